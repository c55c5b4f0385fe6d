/* What the parts of this kit know of each other. Network functions include Vigor's own headers only. */
#ifndef VIGOR_VIGOR_H
#define VIGOR_VIGOR_H

#include <stdbool.h>
#include <stdint.h>

#include "rte_ip.h"
#include "libvig/verified/tcpudp_hdr.h"

struct Map;

/* libVig's handle of the keys. */
void *vigor_keys_of(const struct Map *map);

/* Whether a cell of a vector is borrowed. */
bool vigor_has_lent(void);

/* The packet that is processed. Where it lies is not kept, as proofs do not follow its address through memory. */
struct vigor_packet {
  uint32_t length;
  /* Bytes before what is unread. */
  uint32_t read;
  /* The headers as they came. */
  struct rte_ipv4_hdr ipv4;
  struct tcpudp_hdr tcpudp;
  /* Where the latter was. */
  uint32_t tcpudp_at;
};
extern struct vigor_packet vigor_packet;

#endif
