/* A NAT in the way that Vigor's network functions are written. See README.md and ../nat/spec.ts. */
#include <rte_byteorder.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "nat_config.h"
#include "nat_flowmanager.h"
#include "nf-log.h"
#include "nf-util.h"
#include "nf.h"

struct nf_config config;

static struct FlowManager *flow_manager;

bool nf_init(void) {
  flow_manager = flow_manager_allocate(config.start_port, config.expiration_time, config.max_flows);
  return flow_manager != NULL;
}

/* Bytes that the datagram has beyond its header; 0 where that is malformed, or no first fragment. */
static uint16_t payload_length(const struct rte_ipv4_hdr *ipv4_header) {
  const uint16_t header_length = (ipv4_header->version_ihl & 0x0f) * WORD_SIZE;
  const uint16_t total_length = rte_be_to_cpu_16(ipv4_header->total_length);
  if (ipv4_header->version_ihl >> 4 != 4 || total_length < header_length) return 0;
  if ((ipv4_header->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_OFFSET_MASK)) != 0) return 0;
  return total_length - header_length;
}

/* Whether a whole header of TCP or UDP is there, and says of itself what can be. */
static bool is_legal_transport(const struct tcpudp_hdr *header, uint8_t protocol, uint16_t length) {
  if (protocol == IPPROTO_TCP) {
    if (length < sizeof(struct rte_tcp_hdr)) return false;
    const uint16_t header_length = (((const struct rte_tcp_hdr *)header)->data_off >> 4) * WORD_SIZE;
    return header_length >= sizeof(struct rte_tcp_hdr) && header_length <= length;
  }
  if (length < sizeof(struct rte_udp_hdr)) return false;
  const uint16_t datagram_length = rte_be_to_cpu_16(((const struct rte_udp_hdr *)header)->dgram_len);
  return datagram_length >= sizeof(struct rte_udp_hdr) && datagram_length <= length;
}

int nf_process(uint16_t device, uint8_t *buffer, uint16_t packet_length, vigor_time_t now) {
  flow_manager_expire(flow_manager, now);

  struct rte_ether_hdr *ether_header = nf_then_get_rte_ether_header(buffer);
  uint8_t *ip_options;
  struct rte_ipv4_hdr *ipv4_header = nf_then_get_rte_ipv4_header(ether_header, buffer, &ip_options);
  if (ipv4_header == NULL) {
    NF_DEBUG("Not IPv4, dropping");
    return device;
  }
  const uint16_t length = payload_length(ipv4_header);
  if (length == 0) {
    NF_DEBUG("Malformed or a later fragment, dropping");
    return device;
  }
  struct tcpudp_hdr *tcpudp_header = nf_then_get_tcpudp_header(ipv4_header, buffer);
  if (tcpudp_header == NULL || !is_legal_transport(tcpudp_header, ipv4_header->next_proto_id, length)) {
    NF_DEBUG("Not TCP or UDP, dropping");
    return device;
  }

  uint16_t dst_device;
  if (device == config.wan_device) {
    struct FlowId flow;
    if (ipv4_header->dst_addr != config.external_addr ||
        !flow_manager_get_external(flow_manager, tcpudp_header->dst_port, &flow)) {
      NF_DEBUG("Unknown flow, dropping");
      return device;
    }
    if (flow.dst_ip != ipv4_header->src_addr || flow.dst_port != tcpudp_header->src_port ||
        flow.protocol != ipv4_header->next_proto_id) {
      NF_DEBUG("Another peer, dropping");
      return device;
    }
    flow_manager_rejuvenate(flow_manager, tcpudp_header->dst_port, now);
    ipv4_header->dst_addr = flow.src_ip;
    tcpudp_header->dst_port = flow.src_port;
    dst_device = flow.internal_device;
  } else {
    struct FlowId id = { .src_port = tcpudp_header->src_port,
                         .dst_port = tcpudp_header->dst_port,
                         .src_ip = ipv4_header->src_addr,
                         .dst_ip = ipv4_header->dst_addr,
                         .protocol = ipv4_header->next_proto_id,
                         .internal_device = device };
    uint16_t external_port;
    if (!flow_manager_get_internal(flow_manager, &id, now, &external_port) &&
        !flow_manager_allocate_flow(flow_manager, &id, now, &external_port)) {
      NF_DEBUG("No space for the flow, dropping");
      return device;
    }
    ipv4_header->src_addr = config.external_addr;
    tcpudp_header->src_port = external_port;
    dst_device = config.wan_device;
  }

  nf_set_rte_ipv4_udptcp_checksum(ipv4_header, tcpudp_header, buffer);

  concretize_devices(&dst_device, rte_eth_dev_count_avail());
  ether_header->s_addr = config.device_macs[dst_device];
  ether_header->d_addr = config.endpoint_macs[dst_device];
  return dst_device;
}
