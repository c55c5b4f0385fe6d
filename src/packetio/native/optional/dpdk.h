/* What the files of the DPDK module share. */
#ifndef VIGIL_DPDK_H
#define VIGIL_DPDK_H

#include "../port.h"

/* EAL, DPDK's environment: once in a process. `is_loud`: what it says goes to stderr too. `argv` stays with it. */
int start_eal(int argc, char **argv, bool is_loud, struct failure *failure);
void stop_eal(void);
/* The first error that DPDK has logged since `forget_complaint`; empty where there is none. */
void forget_complaint(void);
const char *complaint(void);

struct dpdk_options {
  uint16_t mtu;
  uint32_t buffers; /* of frames, for all that is on its way in the port */
};

/* A device in EAL's words, its sockets in a namespace. */
struct port *open_dpdk(const char *device, int namespace_fd, const struct dpdk_options *options,
                       struct failure *failure);
/* Two ports that are each other's wire, of one frame less than `frames`, a power of two, each way; 0, or -1. */
int open_dpdk_rings(const char *name, uint32_t frames, const struct dpdk_options *options, struct port *ports[2],
                    struct failure *failure);
/* What is still open; closing such a port again only frees it. */
void close_all_dpdk(void);
uint16_t dpdk_id(const struct port *port);

#endif
