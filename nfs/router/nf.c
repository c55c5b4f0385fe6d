/* Forwards IPv4 between networks as RFC 1812 has it, each port leading to one next hop. See README.md and spec.ts. */
#include <vigil.h>

CONFIG(libvig_handle, routes, void);
CONFIG(int32_t, address, int32_t);
CONFIG(int32_t, ipOptions, void);
CONFIG(int64_t, deviceMac, int32_t);
CONFIG(int64_t, nextHopMac, int32_t);

/* Places of the alternatives of `ipOptions` in nf.yaml. */
enum ip_options { OPTIONS_DROP, OPTIONS_FORWARD };

/* The host fills the table of routes, and nothing is kept from one packet to the next. */
int32_t nf_init(void) { return 1; }

/* Whether a header is whole and fits the `present` bytes that are there (RFC 1812 section 5.2.2), and has no options to be dropped for. */
static int is_legal(const struct ipv4_header *ip, int32_t present) {
  const int32_t header_length = ipv4_header_length(ip);
  const int32_t total_length = ntohs(ip->total_length);
  if (ipv4_version(ip) != 4 || header_length < (int32_t)sizeof *ip) return 0;
  if (total_length < header_length || total_length > present) return 0;
  return header_length == (int32_t)sizeof *ip || config_ipOptions() == OPTIONS_FORWARD;
}

/* This network, the host itself, groups, addresses of no class, that of all, and link-local ones. */
static int is_martian(uint32_t address) {
  const uint32_t network = address >> 24;
  return network == 0 || network == 127 || network >= 224 || address >> 16 == 0xa9fe;
}

static int is_own(uint32_t address) {
  for (int32_t port = 0; port < config_portCount(); port++) {
    if (address == (uint32_t)config_address(port)) return 1;
  }
  return 0;
}

/* The sum covers the lifetime as the upper half of a word, the protocol as the lower (RFC 1624). */
static void count_hop(struct ipv4_header *ip) {
  const uint16_t old = (uint16_t)(ip->ttl << 8 | ip->protocol);
  ip->ttl--;
  const uint16_t fresh = (uint16_t)(ip->ttl << 8 | ip->protocol);
  ip->checksum = checksum_after_u16(ip->checksum, htons(old), htons(fresh));
}

int32_t nf_process(int32_t port, void *packet, int32_t length, int64_t now) {
  struct ethernet_header *ethernet = packet;
  struct ipv4_header *ip = (struct ipv4_header *)(ethernet + 1);
  const int32_t present = length - (int32_t)sizeof *ethernet;
  if (present < (int32_t)sizeof *ip) return NF_DROP;
  if (load_mac(ethernet->destination) != config_deviceMac(port)) return NF_DROP;
  if (ntohs(ethernet->type) != ETHERTYPE_IPV4 || !is_legal(ip, present)) return NF_DROP;

  const uint32_t source = ntohl(ip->source);
  const uint32_t destination = ntohl(ip->destination);
  if (is_martian(source) || is_martian(destination)) return NF_DROP;
  if (is_own(source) || is_own(destination)) return NF_DROP;
  const int32_t egress = lpm_lookup_elem(config_routes(), (int32_t)destination);
  if (egress < 0 || ip->ttl <= 1) return NF_DROP;
  /* Last, since it takes longest and what is dropped anyway needs none. */
  if (!ipv4_header_checksum_ok(ip, ipv4_header_length(ip))) return NF_DROP;

  count_hop(ip);
  store_mac(ethernet->destination, config_nextHopMac(egress));
  store_mac(ethernet->source, config_deviceMac(egress));
  return egress;
}
