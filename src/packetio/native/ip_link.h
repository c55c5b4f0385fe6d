/* An interface as raw IP sees it: what it carries, and which frames would not arrive as they are. */
#ifndef VIGIL_IP_LINK_H
#define VIGIL_IP_LINK_H

#include "port.h"

#define ETHERNET_BYTES 14u
/* Addresses of one interface, of each version. */
#define MOST_ADDRESSES 64

struct ip_link {
  uint32_t mtu;
  bool fills_identification;
  bool carries4, carries6;
  uint32_t count4, count6;
  uint8_t own4[MOST_ADDRESSES][4], own6[MOST_ADDRESSES][16];
};

/* In the namespace that this thread is in. */
int look_at_ip_link(struct ip_link *link, const char *interface, struct failure *failure);
/* Why a frame would not arrive as it is: the kernel would repair its header, keep it, or cannot carry it; else 0. */
int obstacle(const struct ip_link *link, const uint8_t *bytes, uint32_t length);
/* Of a frame with a datagram of either. */
bool is_version6(const uint8_t *bytes);
/* Bytes of a datagram without what follows it, the padding of a short frame of Ethernet. */
uint32_t datagram_bytes(const uint8_t *ip, uint32_t length, bool is_6);

#endif
