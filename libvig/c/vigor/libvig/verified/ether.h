/* Ethernet addresses as keys. */
#pragma once

#include <stdbool.h>

#include "boilerplate-util.h"
#include "memory.h"
#include "rte_ether.h"

static inline bool rte_ether_addr_eq(void *a, void *b) { return memcmp(a, b, RTE_ETHER_ADDR_LEN) == 0; }
static inline void rte_ether_addr_allocate(void *obj) { memset(obj, 0, RTE_ETHER_ADDR_LEN); }
static inline unsigned rte_ether_addr_hash(void *obj) {
  const uint8_t *const bytes = obj;
  unsigned hash = 0;
  for (int at = 0; at < RTE_ETHER_ADDR_LEN; at++) hash = __builtin_ia32_crc32si(hash, bytes[at]);
  return hash;
}

#define ether_addr_eq rte_ether_addr_eq
#define ether_addr_hash rte_ether_addr_hash
#define ether_addr_allocate rte_ether_addr_allocate
