/* Headers of packets one after the other, as Vigor's network functions ask for them (nf-util.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rte_byteorder.h"
#include "rte_common.h"
#include "rte_ethdev.h"
#include "rte_ether.h"
#include "rte_ip.h"
#include "libvig/verified/boilerplate-util.h"
#include "libvig/verified/packet-io.h"
#include "libvig/verified/tcpudp_hdr.h"
#include "vigor.h"

#define IP_MIN_SIZE_WORDS 5
#define WORD_SIZE 4

struct rte_ether_hdr *vigor_no_header(void);

static inline bool nf_has_rte_ipv4_header(struct rte_ether_hdr *header) {
  return header->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
}

static inline bool nf_has_tcpudp_header(struct rte_ipv4_hdr *header) {
  return header->next_proto_id == IPPROTO_TCP || header->next_proto_id == IPPROTO_UDP;
}

/* The bytes that are read next. */
static inline void *nf_borrow_next_chunk(void *p, size_t length) {
  void *const chunk = (uint8_t *)p + vigor_packet.read;
  vigor_packet.read += length;
  return chunk;
}

static inline void nf_return_all_chunks(void *p) { vigor_packet.read = 0; }

static inline struct rte_ether_hdr *nf_then_get_rte_ether_header(void *p) {
  if (packet_get_unread_length(p) < sizeof(struct rte_ether_hdr)) return vigor_no_header();
  return nf_borrow_next_chunk(p, sizeof(struct rte_ether_hdr));
}

/* NULL where there is none, or it says that more is there than is. */
static inline struct rte_ipv4_hdr *nf_then_get_rte_ipv4_header(void *ether_header, void *p, uint8_t **ip_options) {
  *ip_options = NULL;
  const uint32_t unread = packet_get_unread_length(p);
  if (!nf_has_rte_ipv4_header(ether_header) || unread < sizeof(struct rte_ipv4_hdr)) return NULL;
  struct rte_ipv4_hdr *const header = nf_borrow_next_chunk(p, sizeof(struct rte_ipv4_hdr));
  vigor_packet.ipv4 = *header;
  const uint32_t words = header->version_ihl & 0x0f;
  if (words < IP_MIN_SIZE_WORDS || unread < rte_be_to_cpu_16(header->total_length)) return NULL;
  const uint32_t length = (words - IP_MIN_SIZE_WORDS) * WORD_SIZE;
  const bool fits = unread - sizeof(struct rte_ipv4_hdr) >= length;
  uint8_t *const options = nf_borrow_next_chunk(p, fits ? length : 0);
  if (fits && length != 0) *ip_options = options;
  return header;
}

static inline struct tcpudp_hdr *nf_then_get_tcpudp_header(struct rte_ipv4_hdr *ip_header, void *p) {
  if (!nf_has_tcpudp_header(ip_header) || packet_get_unread_length(p) < sizeof(struct tcpudp_hdr)) return NULL;
  vigor_packet.tcpudp_at = vigor_packet.read;
  struct tcpudp_hdr *const header = nf_borrow_next_chunk(p, sizeof(struct tcpudp_hdr));
  vigor_packet.tcpudp = *header;
  return header;
}

/*
 * Moves the checksums of both headers by what has changed since they were got (RFC 1624), so a right one stays right and a
 * wrong one wrong; Vigor's own sums everything up anew. A UDP checksum of 0 stays 0.
 */
void nf_set_rte_ipv4_udptcp_checksum(struct rte_ipv4_hdr *ip_header, struct tcpudp_hdr *l4_header, void *packet);

/* As they were called before DPDK's names had a prefix. */
#define nf_has_ipv4_header nf_has_rte_ipv4_header
#define nf_then_get_ether_header nf_then_get_rte_ether_header
#define nf_then_get_ipv4_header nf_then_get_rte_ipv4_header
#define nf_set_ipv4_udptcp_checksum nf_set_rte_ipv4_udptcp_checksum
