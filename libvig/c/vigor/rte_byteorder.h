/* Network byte order, by DPDK's names. */
#pragma once

#include "bytes.h"

#define rte_cpu_to_be_16(value) ((uint16_t)__builtin_bswap16(value))
#define rte_cpu_to_be_32(value) ((uint32_t)__builtin_bswap32(value))
#define rte_cpu_to_be_64(value) ((uint64_t)__builtin_bswap64(value))
#define rte_be_to_cpu_16 rte_cpu_to_be_16
#define rte_be_to_cpu_32 rte_cpu_to_be_32
#define rte_be_to_cpu_64 rte_cpu_to_be_64
