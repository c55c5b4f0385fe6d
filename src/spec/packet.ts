/**
 * The packet as specifications see it: the legal form; what is legal is said in `src/packet/layers.ts`. Every
 * part is `undefined` where it is absent or malformed.
 */
import type { IpAddress, Ipv4Address, Ipv6Address, MacAddress, TransportPort } from './units.js'
import type { Any } from './verdict.js'

export interface Ethernet {
  readonly dst: MacAddress
  readonly src: MacAddress
  /** The EtherType or length, after VLAN tags where the specification is tag-aware. */
  readonly type: number
}

/** The outermost VLAN tag, IEEE 802.1Q-2014 clause 9.6; seen only by tag-aware specifications. */
export interface Vlan {
  readonly tpid: number
  readonly priority: number
  readonly dropEligible: number
  readonly id: number
}

export interface Ipv4 {
  readonly headerLength: number
  readonly dscp: number
  readonly ecn: number
  readonly totalLength: number
  readonly identification: number
  /** Bits: 4 reserved, 2 don't fragment, 1 more fragments. */
  readonly flags: number
  /** In units of 8 bytes. */
  readonly fragmentOffset: number
  readonly ttl: number
  readonly protocol: number
  readonly headerChecksum: number
  readonly src: Ipv4Address
  readonly dst: Ipv4Address
  /** Whether the header checksum is right (RFC 791 section 3.1). */
  readonly checksumRight: boolean
  /** Whether this is a fragment that is not the first. */
  readonly laterFragment: boolean
}

export interface Ipv6 {
  readonly trafficClass: number
  readonly flowLabel: number
  readonly payloadLength: number
  readonly nextHeader: number
  readonly hopLimit: number
  readonly src: Ipv6Address
  readonly dst: Ipv6Address
}

/** What both IP versions have; addresses in 128 bits, to be kept beside `version`. */
export interface Ip {
  readonly version: number
  readonly protocol: number
  readonly src: IpAddress
  readonly dst: IpAddress
  /** Bytes of the datagram: IPv4 total length, IPv6 payload length + 40. */
  readonly length: number
}

/** TCP or UDP, in a datagram or its first fragment. */
export interface Transport {
  readonly srcPort: TransportPort
  readonly dstPort: TransportPort
  readonly checksum: number
  /** Whether the checksum is right, or absent where it may be (UDP over IPv4, RFC 768); false for fragments. */
  readonly checksumRight: boolean
}

export interface Tcp extends Transport {
  readonly sequence: number
  readonly acknowledgement: number
  readonly dataOffset: number
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  readonly flags: number
  readonly window: number
}

export interface Udp extends Transport {
  readonly length: number
}

export interface Icmp {
  readonly type: number
  readonly code: number
}

export interface Arp {
  readonly operation: number
}

/** What `with` changes. A field set to `any` is free; the checksums that cover it follow what is chosen. */
export interface Changes {
  readonly ethernet?: { readonly dst?: MacAddress | Any; readonly src?: MacAddress | Any }
  readonly vlan?: { readonly priority?: number | Any; readonly dropEligible?: number | Any; readonly id?: number | Any }
  readonly ipv4?: {
    readonly src?: Ipv4Address | Any
    readonly dst?: Ipv4Address | Any
    readonly ttl?: number | Any
    readonly dscp?: number | Any
    readonly ecn?: number | Any
    readonly identification?: number | Any
  }
  readonly ipv6?: {
    readonly src?: Ipv6Address | Any
    readonly dst?: Ipv6Address | Any
    readonly hopLimit?: number | Any
    readonly trafficClass?: number | Any
  }
  readonly transport?: { readonly srcPort?: TransportPort | Any; readonly dstPort?: TransportPort | Any }
  /**
   * `updated` (the default) moves each checksum by the difference of what it covers, so that right stays right and
   * wrong stays wrong; `recomputed` makes them right, for whole datagrams only.
   */
  readonly checksums?: 'updated' | 'recomputed'
}

/** What is in a tag that is put in; 0 where not given. */
export interface Tag {
  readonly id: number
  readonly priority?: number
  readonly dropEligible?: number
}

export interface Packet {
  /** Bytes of the frame, without preamble and FCS. */
  readonly length: number
  readonly ethernet: Ethernet | undefined
  readonly vlan: Vlan | undefined
  readonly arp: Arp | undefined
  readonly ipv4: Ipv4 | undefined
  readonly ipv6: Ipv6 | undefined
  /** `ipv4` or `ipv6`, whichever is there. */
  readonly ip: Ip | undefined
  readonly transport: Transport | undefined
  readonly tcp: Tcp | undefined
  readonly udp: Udp | undefined
  readonly icmp: Icmp | undefined
  readonly icmpv6: Icmp | undefined
  /**
   * The same packet with these fields changed and every checksum that covers them moved along. Two sets of changes may
   * be given, such as `rewriteMacs(port)` and the rest.
   */
  with(changes: Changes, more?: Changes): Packet
  /** The packet that came in with a C-tag (IEEE 802.1Q-2014 clause 9.6) put in before its type, and any tag that it has. */
  tagged(tag: Tag): Packet
  /** The packet that came in without its outermost VLAN tag, which it must have. */
  untagged(): Packet
}
