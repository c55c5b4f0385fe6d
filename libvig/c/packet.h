/*
 * Headers as they stand in packets: packed, at any address, numbers in network byte order (bytes.h). Nothing here checks a
 * bound: compare what a header takes with `length` before it is looked at.
 */
#ifndef VIGIL_PACKET_H
#define VIGIL_PACKET_H

#include "bytes.h"

#define PACKED __attribute__((packed, aligned(1)))
#define IS_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has another size than its header")

/* Ethernet II (IEEE 802.3 clause 3). */
#define ETHERNET_ADDRESS_LENGTH 6

struct ethernet_header {
  uint8_t destination[ETHERNET_ADDRESS_LENGTH];
  uint8_t source[ETHERNET_ADDRESS_LENGTH];
  uint16_t type;
} PACKED;
IS_SIZE(struct ethernet_header, 14);

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_QINQ 0x88a8

/* A MAC address as a number, 02:00:00:00:00:01 as 0x020000000001: what `config_deviceMac(port)` gives. */
static inline int64_t load_mac(const uint8_t *address) {
  const struct {
    uint16_t high;
    uint32_t low;
  } PACKED *parts = (const void *)address;
  return ((int64_t)ntohs(parts->high) << 32) | (int64_t)ntohl(parts->low);
}

static inline void store_mac(uint8_t *address, int64_t mac) {
  struct {
    uint16_t high;
    uint32_t low;
  } PACKED *parts = (void *)address;
  parts->high = htons((uint16_t)(mac >> 32));
  parts->low = htonl((uint32_t)mac);
}

/* IEEE 802.1Q clause 9.6: follows the addresses in the place of the type, which then comes after it. */
struct vlan_header {
  uint16_t control; /* priority 3, drop eligible 1, identifier 12 bits */
  uint16_t type;
} PACKED;
IS_SIZE(struct vlan_header, 4);

#define VLAN_IDENTIFIER 0x0fff

/* ARP for IPv4 over Ethernet (RFC 826). */
struct arp_header {
  uint16_t hardware_type;
  uint16_t protocol_type;
  uint8_t hardware_length;
  uint8_t protocol_length;
  uint16_t operation;
  uint8_t sender_mac[ETHERNET_ADDRESS_LENGTH];
  uint32_t sender_ip;
  uint8_t target_mac[ETHERNET_ADDRESS_LENGTH];
  uint32_t target_ip;
} PACKED;
IS_SIZE(struct arp_header, 28);

#define ARP_HARDWARE_ETHERNET 1
#define ARP_REQUEST 1
#define ARP_REPLY 2

/* IPv4 (RFC 791 section 3.1). */
struct ipv4_header {
  uint8_t version_ihl; /* version 4, words of the header 4 bits */
  uint8_t tos;
  uint16_t total_length;
  uint16_t identification;
  uint16_t fragment; /* flags 3, offset 13 bits */
  uint8_t ttl;
  uint8_t protocol;
  uint16_t checksum;
  uint32_t source;
  uint32_t destination;
} PACKED;
IS_SIZE(struct ipv4_header, 20);

#define IPV4_FRAGMENT_OFFSET 0x1fff
#define IPV4_MORE_FRAGMENTS 0x2000
#define IPV4_DONT_FRAGMENT 0x4000

static inline int32_t ipv4_version(const struct ipv4_header *ip) { return ip->version_ihl >> 4; }
/* In bytes, as the header says it. */
static inline int32_t ipv4_header_length(const struct ipv4_header *ip) { return (ip->version_ihl & 15) * 4; }

/* IPv6 (RFC 8200 section 3). */
struct ipv6_header {
  uint32_t version_class_flow; /* version 4, traffic class 8, flow label 20 bits */
  uint16_t payload_length;
  uint8_t next_header;
  uint8_t hop_limit;
  uint8_t source[16];
  uint8_t destination[16];
} PACKED;
IS_SIZE(struct ipv6_header, 40);

static inline int32_t ipv6_version(const struct ipv6_header *ip) { return *(const uint8_t *)ip >> 4; }

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMPV6 58

/* TCP (RFC 9293 section 3.1). */
struct tcp_header {
  uint16_t source_port;
  uint16_t destination_port;
  uint32_t sequence;
  uint32_t acknowledgement;
  uint8_t data_offset; /* words of the header in the upper 4 bits */
  uint8_t flags;
  uint16_t window;
  uint16_t checksum;
  uint16_t urgent;
} PACKED;
IS_SIZE(struct tcp_header, 20);

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_URG 0x20

/* UDP (RFC 768). */
struct udp_header {
  uint16_t source_port;
  uint16_t destination_port;
  uint16_t length;
  uint16_t checksum; /* 0: none (IPv4 only) */
} PACKED;
IS_SIZE(struct udp_header, 8);

/* ICMP (RFC 792) and ICMPv6 (RFC 4443 section 2.1); what follows depends on the type. */
struct icmp_header {
  uint8_t type;
  uint8_t code;
  uint16_t checksum;
  uint32_t rest;
} PACKED;
IS_SIZE(struct icmp_header, 8);

#define ICMP_ECHO_REPLY 0
#define ICMP_UNREACHABLE 3
#define ICMP_ECHO_REQUEST 8
#define ICMP_TIME_EXCEEDED 11

#endif
