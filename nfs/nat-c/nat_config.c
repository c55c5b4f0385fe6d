/* From the values of nf.yaml; with Vigor's own main loop this reads the command line. */
#include "nat_config.h"

#include <rte_byteorder.h>
#include <rte_ethdev.h>
#include <stdlib.h>
#include <vigor_config.h>

CONFIG(int32_t, wan, void);
CONFIG(int32_t, externalIp, void);
CONFIG(int32_t, startPort, void);
CONFIG(int32_t, maxFlows, void);
CONFIG(int64_t, expiration, void);
CONFIG(int64_t, deviceMac, int32_t);
CONFIG(int64_t, nextHopMac, int32_t);

void nf_config_init(int argc, char **argv) {
  const uint16_t devices = rte_eth_dev_count_avail();
  config.wan_device = (uint16_t)config_wan();
  config.external_addr = rte_cpu_to_be_32((uint32_t)config_externalIp());
  config.start_port = (uint16_t)config_startPort();
  config.max_flows = (uint32_t)config_maxFlows();
  config.expiration_time = config_expiration();
  config.device_macs = calloc(devices, sizeof(struct rte_ether_addr));
  config.endpoint_macs = calloc(devices, sizeof(struct rte_ether_addr));
  if (config.device_macs == NULL || config.endpoint_macs == NULL) exit(EXIT_FAILURE);
  for (uint16_t device = 0; device < devices; device++) {
    config.device_macs[device] = config_mac(config_deviceMac(device));
    config.endpoint_macs[device] = config_mac(config_nextHopMac(device));
  }
}
