/* For nf_config_init, in the place of a command line: values of nf.yaml, as vigil.h has them. */
#pragma once

#include <stdint.h>

#include "rte_byteorder.h"
#include "rte_ether.h"

#define CONFIG(type, name, index) \
  __attribute__((import_module("config"), import_name(#name))) type config_##name(index)

/* A value of the type mac: 02:00:00:00:00:01 is 0x020000000001. */
static inline struct rte_ether_addr config_mac(int64_t mac) {
  struct rte_ether_addr address;
  for (int at = 0; at < RTE_ETHER_ADDR_LEN; at++) address.addr_bytes[at] = (uint8_t)(mac >> (40 - 8 * at));
  return address;
}
