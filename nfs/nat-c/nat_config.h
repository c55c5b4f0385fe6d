#ifndef NAT_CONFIG_H
#define NAT_CONFIG_H

#include <stdint.h>

#include <rte_ether.h>

#include "nf.h"

struct nf_config {
  /* The device to the external network. */
  uint16_t wan_device;
  /* In network byte order. */
  uint32_t external_addr;
  /* By device: its own address, and that of the next hop. */
  struct rte_ether_addr *device_macs;
  struct rte_ether_addr *endpoint_macs;
  /* Flows have external ports from here on, one each. */
  uint16_t start_port;
  uint32_t max_flows;
  /* Nanoseconds after which a flow that is not used is forgotten. */
  vigor_time_t expiration_time;
};

#endif
