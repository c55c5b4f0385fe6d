/* Devices: the ports of nf.yaml. */
#pragma once

#include <stdint.h>

__attribute__((import_module("config"), import_name("portCount"))) int32_t vigor_port_count(void);

static inline uint16_t rte_eth_dev_count_avail(void) { return (uint16_t)vigor_port_count(); }

#define rte_eth_dev_count rte_eth_dev_count_avail
