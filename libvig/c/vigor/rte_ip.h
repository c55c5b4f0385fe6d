/* IPv4 headers, by DPDK's names. */
#pragma once

#include <stdint.h>

#define IPPROTO_TCP 6
#define IPPROTO_UDP 17

struct rte_ipv4_hdr {
  uint8_t version_ihl;
  uint8_t type_of_service;
  uint16_t total_length;
  uint16_t packet_id;
  uint16_t fragment_offset;
  uint8_t time_to_live;
  uint8_t next_proto_id;
  uint16_t hdr_checksum;
  uint32_t src_addr;
  uint32_t dst_addr;
} __attribute__((packed, aligned(1)));

#define RTE_IPV4_HDR_OFFSET_MASK 0x1fff
#define RTE_IPV4_HDR_MF_FLAG 0x2000

#define ipv4_hdr rte_ipv4_hdr
