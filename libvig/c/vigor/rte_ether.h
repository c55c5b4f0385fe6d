/* Ethernet headers, by DPDK's names. */
#pragma once

#include <stdint.h>

#define RTE_ETHER_ADDR_LEN 6
#define RTE_ETHER_TYPE_IPV4 0x0800

struct rte_ether_addr {
  uint8_t addr_bytes[RTE_ETHER_ADDR_LEN];
} __attribute__((packed, aligned(1)));

struct rte_ether_hdr {
  struct rte_ether_addr d_addr;
  struct rte_ether_addr s_addr;
  uint16_t ether_type;
} __attribute__((packed, aligned(1)));

/* As they were called before they had a prefix. */
#define ether_addr rte_ether_addr
#define ether_hdr rte_ether_hdr
#define ETHER_TYPE_IPv4 RTE_ETHER_TYPE_IPV4
