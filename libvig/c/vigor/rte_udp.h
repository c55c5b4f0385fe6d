/* UDP headers, by DPDK's names. */
#pragma once

#include <stdint.h>

struct rte_udp_hdr {
  uint16_t src_port;
  uint16_t dst_port;
  uint16_t dgram_len;
  uint16_t dgram_cksum;
} __attribute__((packed, aligned(1)));

#define udp_hdr rte_udp_hdr
