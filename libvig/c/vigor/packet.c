/* Packets, time and devices, as Vigor's network functions ask for them. */
#include "nf-util.h"
#include "libvig_imports.h"
#include "memory.h"
#include "rte_tcp.h"
#include "rte_udp.h"
#include "libvig/verified/expirator.h"
#include "libvig/verified/vigor-time.h"
#include "vigor.h"

struct vigor_packet vigor_packet;

/* In the place of an Ethernet header that is not whole: of no known type. */
static struct rte_ether_hdr no_header;

struct rte_ether_hdr *vigor_no_header(void) {
  vigor_packet.read = vigor_packet.length;
  memset(&no_header, 0, sizeof no_header);
  return &no_header;
}

vigor_time_t current_time(void) { return libvig_time(); }
vigor_time_t recent_time(void) { return libvig_time(); }

int expire_items_single_map(struct DoubleChain *chain, struct Vector *vector, struct Map *map, vigor_time_t time) {
  return libvig_expire_items_single_map(chain, vector, vigor_keys_of(map), time);
}

static uint16_t after_u16(uint16_t checksum, uint16_t old, uint16_t fresh) {
  const int32_t updated =
      libvig_checksum_update_u16(rte_be_to_cpu_16(checksum), rte_be_to_cpu_16(old), rte_be_to_cpu_16(fresh));
  return rte_cpu_to_be_16((uint16_t)updated);
}

static uint16_t after_u32(uint16_t checksum, uint32_t old, uint32_t fresh) {
  const int32_t updated = libvig_checksum_update_u32(rte_be_to_cpu_16(checksum), (int32_t)rte_be_to_cpu_32(old),
                                                     (int32_t)rte_be_to_cpu_32(fresh));
  return rte_cpu_to_be_16((uint16_t)updated);
}

static uint16_t of_header(const struct rte_ipv4_hdr *old, const struct rte_ipv4_hdr *fresh) {
  const uint16_t *const was = (const void *)old;
  const uint16_t *const is = (const void *)fresh;
  uint16_t checksum = fresh->hdr_checksum;
  /* Version to protocol; then the addresses. */
  for (uint32_t word = 0; word < 5; word++) checksum = after_u16(checksum, was[word], is[word]);
  checksum = after_u32(checksum, old->src_addr, fresh->src_addr);
  return after_u32(checksum, old->dst_addr, fresh->dst_addr);
}

/* Addresses and ports; the length and the protocol are taken to be as they were. */
static uint16_t of_datagram(uint16_t checksum, const struct rte_ipv4_hdr *ip, const struct tcpudp_hdr *l4) {
  const struct vigor_packet *const was = &vigor_packet;
  checksum = after_u32(checksum, was->ipv4.src_addr, ip->src_addr);
  checksum = after_u32(checksum, was->ipv4.dst_addr, ip->dst_addr);
  checksum = after_u16(checksum, was->tcpudp.src_port, l4->src_port);
  return after_u16(checksum, was->tcpudp.dst_port, l4->dst_port);
}

void nf_set_rte_ipv4_udptcp_checksum(struct rte_ipv4_hdr *ip, struct tcpudp_hdr *l4, void *packet) {
  const uint32_t present = vigor_packet.length - vigor_packet.tcpudp_at;
  if (ip->next_proto_id == IPPROTO_TCP && present >= sizeof(struct rte_tcp_hdr)) {
    struct rte_tcp_hdr *const tcp = (void *)l4;
    tcp->cksum = of_datagram(tcp->cksum, ip, l4);
  } else if (ip->next_proto_id == IPPROTO_UDP && present >= sizeof(struct rte_udp_hdr)) {
    struct rte_udp_hdr *const udp = (void *)l4;
    const uint16_t original = udp->dgram_cksum;
    const uint16_t updated = of_datagram(original, ip, l4);
    const int32_t finished = libvig_udp_checksum_finish(rte_be_to_cpu_16(original), rte_be_to_cpu_16(updated));
    udp->dgram_cksum = rte_cpu_to_be_16((uint16_t)finished);
  }
  ip->hdr_checksum = of_header(&vigor_packet.ipv4, ip);
}
