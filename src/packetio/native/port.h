/* What the files of the addon share: frames in an arena, ports, and how an operation says that it failed. */
#ifndef VIGIL_PORT_H
#define VIGIL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One frame of a burst; src/packetio/burst.ts has the same layout. */
struct frame {
  uint32_t start;  /* where it lies in the arena */
  uint32_t length; /* bytes */
  uint32_t flags;  /* FRAME_... */
  uint32_t room;   /* bytes of the arena that it may take */
  int64_t time;    /* nanoseconds since 1970, of its arrival */
};
_Static_assert(sizeof(struct frame) == 24 && offsetof(struct frame, time) == 16, "layout of burst.ts");

/* The checksum of its transport is still to be filled in: it never crossed a wire. */
#define FRAME_CHECKSUM_OPEN 1u
/* Its outer VLAN tag came beside it, and was put back. */
#define FRAME_TAG_RESTORED 2u

/* What went wrong: the operation in words, the error of the system, and more where there is more to say. */
struct failure {
  const char *operation;
  int error;
  char detail[160];
};

int failed(struct failure *failure, const char *operation, int error);
int failed_with(struct failure *failure, const char *operation, int error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Each is written by one thread only, that which receives or that which sends, and read by any. */
struct port_counts {
  uint64_t received, received_bytes;
  uint64_t sent, sent_bytes;
  uint64_t lost;     /* before this port could take them: its ring was full */
  uint64_t oversize; /* longer than their room in the arena: left out */
  uint64_t refused;  /* not taken for sending, for another reason than a full queue */
};

static inline void count_up(uint64_t *count, uint64_t by) {
  __atomic_store_n(count, *count + by, __ATOMIC_RELAXED);
}

static inline void counts_now(const struct port_counts *from, struct port_counts *counts) {
  const uint64_t *words = (const uint64_t *)from;
  for (size_t i = 0; i < sizeof *from / sizeof *words; i++)
    ((uint64_t *)counts)[i] = __atomic_load_n(&words[i], __ATOMIC_RELAXED);
}

struct port;

/* What a back-end does. Functions answer -1 after `failed`; receive and send never block. */
struct port_operations {
  const char *name;
  /* Fills up to `count` frames; how many there were. */
  int (*receive)(struct port *port, uint8_t *arena, struct frame *frames, int count, struct failure *failure);
  /* How many of the frames were taken, from the first on; fewer than `count` where the queue is full. */
  int (*send)(struct port *port, const uint8_t *arena, const struct frame *frames, int count, struct failure *failure);
  int (*counts)(struct port *port, struct port_counts *counts, struct failure *failure);
  void (*close)(struct port *port);
  /* Fails where the link is lost; NULL where poll tells it. */
  int (*check)(struct port *port, struct failure *failure);
  /* Whether there are frames; NULL where poll tells it. */
  bool (*has_frames)(struct port *port);
};

struct port {
  const struct port_operations *operations;
  int fd;      /* readable where frames wait; -1: it is asked again and again */
  int room_fd; /* writable where frames are taken; -1: it counts as ready, so nobody waits for it */
};

/* At a time, waited for or of a pacer. */
#define MOST_PORTS 64

/* Blocks this thread until a port has frames, or takes some; how many are ready, or -1. */
int wait_for_ports(struct port *const *ports, uint32_t count, int milliseconds, bool for_sending,
                   struct failure *failure);

struct af_packet_options {
  const char *interface;
  int namespace_fd; /* -1: the present one */
  uint32_t ring_bytes;
  int fanout; /* group number, or -1 */
  uint32_t transmit_bytes; /* of a ring to send from; 0: by sendmmsg */
  bool promiscuous;
};

struct port *open_af_packet(const struct af_packet_options *options, struct failure *failure);

/* Datagrams of the versions of IP of which an interface has an address, for IPv6 one that is not link-local; without
   `fills_identification`, none of IPv4 with identification 0. */
struct port *open_raw_ip(const char *interface, int namespace_fd, bool fills_identification, struct failure *failure);

/* Network namespaces, by file descriptor. */
int create_namespace(struct failure *failure);
/* Puts this thread into a namespace, and back; with -1 it stays where it is, for which no privilege is needed. */
int enter_namespace(int fd, int *back, struct failure *failure);
void leave_namespace(int back);
int write_in_namespace(int fd, const char *path, const char *text, struct failure *failure);

/* Links, by netlink; each in the namespace of the first argument. */
struct link_info {
  int index;
  unsigned flags; /* IFF_... */
  bool has_carrier;
  uint32_t mtu;
  uint8_t mac[6];
  char name[16];
  int master; /* 0: none */
  char kind[16];
  uint64_t received, sent, receive_dropped, send_dropped, receive_errors, send_errors;
};

int create_veth(int fd, const char *name, int peer_fd, const char *peer, uint32_t mtu, struct failure *failure);
/* mtu 0, mac NULL, up -1: stays as it is. */
int set_link(int fd, const char *name, int up, uint32_t mtu, const uint8_t *mac, struct failure *failure);
int get_link(int fd, const char *name, struct link_info *info, struct failure *failure);
/* An address of this machine alone, and by way of a gateway on that link everything else: of 4 bytes each, or of 16. */
int give_address(int fd, const char *name, size_t size, const void *address, const void *gateway,
                 struct failure *failure);
/* The versions of IP that raw IP carries by an interface, as bits: 1 is IPv4, 2 is IPv6. */
int ip_versions(int fd, const char *name, uint32_t *versions, struct failure *failure);

/* Offloads: bits of OFFLOAD_NAMES in offloads.c. */
#define OFFLOAD_COUNT 7
extern const char *const offload_names[OFFLOAD_COUNT];
int get_offloads(int fd, const char *name, uint32_t *on, struct failure *failure);
int set_offloads(int fd, const char *name, uint32_t on, struct failure *failure);

#endif
