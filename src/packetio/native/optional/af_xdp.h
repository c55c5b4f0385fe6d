/* The AF_XDP back-end, as its addon sees it. */
#ifndef VIGIL_AF_XDP_H
#define VIGIL_AF_XDP_H

#include "../port.h"

struct af_xdp_options {
  const char *interface;
  int namespace_fd; /* -1: the present one */
  uint32_t mtu;
  uint32_t frames; /* that wait to be read, and as many to be sent; a power of two */
};

/* What the kernel has given. */
struct af_xdp_mode {
  uint32_t longest;  /* bytes of a frame */
  bool is_native;    /* the driver runs the XDP program, not the kernel behind it */
  bool is_zero_copy; /* the device itself reads and writes the rings' memory */
};

struct xdp_program {
  int map, link; /* file descriptors, or negative: where its socket is put, and what holds it */
  bool is_native;
};

int attach_program(struct xdp_program *program, int index, const char *name, struct failure *failure);

struct port *open_af_xdp(const struct af_xdp_options *options, struct af_xdp_mode *mode, struct failure *failure);

#endif
