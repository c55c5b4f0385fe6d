/*
 * pinhole: what it must do is in spec.ts. There is no libc; state from one packet to the next is in libVig's tables (libvig.h),
 * and headers of packets are in packet.h. docs/c.md of vigil-nf has the rest.
 */
#include <vigil.h>

/* The values of nf.yaml, as config_maxHosts() and config_expiration(). */
CONFIG(int32_t, maxHosts, void);
CONFIG(int64_t, expiration, void);

enum { INSIDE, OUTSIDE };

static libvig_handle hosts;

/* Called once, before any packet: 1 where all is ready. A key is an IPv4 address; there is nothing to keep with it. */
int32_t nf_init(void) {
  return expiring_map_allocate(4, 0, config_maxHosts(), &hosts);
}

/* Whether an IPv4 header is there, whole, and its lengths fit into the `present` bytes (RFC 791). */
static int is_ipv4(const struct ipv4_header *ip, int32_t present) {
  /* Try it: without this line `vigil verify pinhole` shows a packet that is read beyond its end. */
  if (present < (int32_t)sizeof *ip) return 0;
  const int32_t header_length = ipv4_header_length(ip);
  const int32_t total_length = ntohs(ip->total_length);
  return ipv4_version(ip) == 4 && header_length >= (int32_t)sizeof *ip && total_length >= header_length &&
         total_length <= present;
}

/* Called for each packet, `length` bytes at `packet`, `now` in nanoseconds. Answers with a port or NF_DROP. */
int32_t nf_process(int32_t port, void *packet, int32_t length, int64_t now) {
  expiring_map_expire(hosts, now - config_expiration());
  const struct ethernet_header *ethernet = packet;
  const struct ipv4_header *ip = (const void *)(ethernet + 1);
  if (length < (int32_t)sizeof *ethernet || ntohs(ethernet->type) != ETHERTYPE_IPV4) return NF_DROP;
  if (!is_ipv4(ip, length - (int32_t)sizeof *ethernet)) return NF_DROP;

  int32_t slot;
  if (port == OUTSIDE) return expiring_map_get(hosts, &ip->source, &slot) ? INSIDE : NF_DROP;

  if (expiring_map_get(hosts, &ip->destination, &slot)) expiring_map_refresh(hosts, slot, now);
  else if (!expiring_map_insert(hosts, &ip->destination, now, &slot)) return NF_DROP;
  return OUTSIDE;
}
