/** Assigned numbers that more than one file of this folder needs. */

/** IEEE 802 EtherTypes. */
export const etherTypes = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  /** Service tag of Q-in-Q, IEEE 802.1Q-2014 table 9-1. */
  serviceVlan: 0x88a8,
} as const

/** Values below are the length field of an 802.3 frame (IEEE 802.3-2018 clause 3.2.6). */
export const firstEtherType = 0x0600

/** IANA protocol numbers: IPv4 `protocol`, IPv6 `nextHeader`. */
export const protocols = {
  hopByHop: 0,
  icmp: 1,
  tcp: 6,
  udp: 17,
  routing: 43,
  fragment: 44,
  esp: 50,
  authentication: 51,
  icmpv6: 58,
  noNextHeader: 59,
  destinationOptions: 60,
  mobility: 135,
  hostIdentity: 139,
  shim6: 140,
} as const

/** Header lengths in bytes, without options. */
export const headerLengths = {
  ethernet: 14,
  vlan: 4,
  arp: 28,
  ipv4: 20,
  ipv6: 40,
  tcp: 20,
  udp: 8,
  icmp: 8,
} as const

/** Whether an EtherType announces a VLAN tag. */
export function isVlanTag(etherType: number): boolean {
  return etherType === etherTypes.vlan || etherType === etherTypes.serviceVlan
}

/** EtherTypes as text, for printing. */
export const etherTypeNames: Readonly<Record<number, string>> = {
  [etherTypes.ipv4]: 'IPv4',
  [etherTypes.arp]: 'ARP',
  [etherTypes.vlan]: '802.1Q',
  [etherTypes.ipv6]: 'IPv6',
  [etherTypes.serviceVlan]: '802.1ad',
}

/** Protocol numbers as text, for printing. */
export const protocolNames: Readonly<Record<number, string>> = {
  [protocols.hopByHop]: 'hop-by-hop options',
  [protocols.icmp]: 'ICMP',
  2: 'IGMP',
  4: 'IPv4',
  [protocols.tcp]: 'TCP',
  [protocols.udp]: 'UDP',
  41: 'IPv6',
  [protocols.routing]: 'routing',
  [protocols.fragment]: 'fragment',
  47: 'GRE',
  [protocols.esp]: 'ESP',
  [protocols.authentication]: 'authentication',
  [protocols.icmpv6]: 'ICMPv6',
  [protocols.noNextHeader]: 'no next header',
  [protocols.destinationOptions]: 'destination options',
  89: 'OSPF',
  [protocols.mobility]: 'mobility',
  [protocols.hostIdentity]: 'host identity',
  [protocols.shim6]: 'shim6',
  132: 'SCTP',
}
