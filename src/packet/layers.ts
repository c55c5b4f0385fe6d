/**
 * The legal form of a packet: the one definition of what is absent and what is malformed, shared by specifications,
 * the oracle and derivation. A header has an offset here only where it is whole and its lengths agree with the bytes
 * present; everything else is -1. Bytes after `ipEnd` are the trailer.
 *
 * One object is filled again and again; `parseLayers` allocates nothing and reads nothing outside the frame.
 */
import { readU16 } from './bytes.js'
import { etherTypes, isVlanTag, protocols } from './numbers.js'

/**
 * Tags that a tag-aware reading passes over: a service and a customer tag (IEEE 802.1Q-2014 clause 9). A third stays
 * in place as an EtherType, so that the parse is bounded for the proof as well.
 */
export const maxVlanTags = 2

const nothing = new Uint8Array(0)

/** Offsets are absolute in `bytes`, -1 where the header is absent or malformed. */
export class Layers {
  bytes: Uint8Array = nothing
  /** The frame is `bytes[start, end)`. */
  start = 0
  end = 0
  /** At least 14 bytes. */
  ethernet = false
  /** Whole VLAN tags passed over; 0 unless tag-aware. */
  vlanTags = 0
  /** The EtherType or length read last: after the tags where tag-aware, the TPID of a tag that is not whole. */
  etherType = -1
  /** Offset after that EtherType. */
  l3 = -1
  ipv4 = -1
  ipv6 = -1
  /** ARP for IPv4 over Ethernet (RFC 826): whole and with those types and lengths. */
  arp = -1
  /** Bytes: IPv4 with options, 40 for IPv6, 0 without IP. */
  ipHeaderLength = 0
  /** End of the datagram by its own length field; -1 without IP. */
  ipEnd = -1
  /** IPv4 protocol or IPv6 next header, -1 without IP. */
  protocol = -1
  /** IPv4, in units of 8 bytes. */
  fragmentOffset = 0
  /** IPv4. */
  moreFragments = false
  tcp = -1
  udp = -1
  /** `tcp` or `udp`. */
  transport = -1
  /** At least 8 bytes, first fragment; over IPv4. */
  icmp = -1
  /** At least 8 bytes; directly after the IPv6 header. */
  icmpv6 = -1
}

/** Parses the frame `bytes[start, start + length)`, which must lie within `bytes`. */
export function parseLayers(into: Layers, bytes: Uint8Array, start: number, length: number, tagAware: boolean): void {
  clear(into)
  into.bytes = bytes
  into.start = start
  into.end = start + length
  into.ethernet = length >= 14
  if (length < 14) return
  let etherType = readU16(bytes, start + 12)
  let l3 = start + 14
  if (tagAware) {
    while (isVlanTag(etherType) && into.vlanTags < maxVlanTags && l3 + 4 <= into.end) {
      etherType = readU16(bytes, l3 + 2)
      l3 += 4
      into.vlanTags += 1
    }
  }
  into.etherType = etherType
  into.l3 = l3
  if (etherType === etherTypes.ipv4) parseIpv4(into, bytes, l3)
  else if (etherType === etherTypes.ipv6) parseIpv6(into, bytes, l3)
  else if (etherType === etherTypes.arp) parseArp(into, bytes, l3)
}

function clear(into: Layers): void {
  into.vlanTags = 0
  into.etherType = -1
  into.l3 = -1
  into.ipv4 = -1
  into.ipv6 = -1
  into.arp = -1
  into.ipHeaderLength = 0
  into.ipEnd = -1
  into.protocol = -1
  into.fragmentOffset = 0
  into.moreFragments = false
  into.tcp = -1
  into.udp = -1
  into.transport = -1
  into.icmp = -1
  into.icmpv6 = -1
}

/** RFC 791 section 3.1: version 4, ihl >= 5, header <= total length <= bytes present. The checksum is not judged. */
function parseIpv4(into: Layers, bytes: Uint8Array, at: number): void {
  const present = into.end - at
  if (present < 20) return
  const first = bytes[at] ?? 0
  const headerLength = (first & 15) * 4
  const totalLength = readU16(bytes, at + 2)
  if (first >> 4 !== 4 || headerLength < 20 || headerLength > totalLength || totalLength > present) return
  const fragment = readU16(bytes, at + 6)
  into.ipv4 = at
  into.ipHeaderLength = headerLength
  into.ipEnd = at + totalLength
  into.protocol = bytes[at + 9] ?? 0
  into.fragmentOffset = fragment & 0x1fff
  into.moreFragments = (fragment & 0x2000) !== 0
  if ((fragment & 0x1fff) !== 0) return
  const payload = at + headerLength
  if (into.protocol === protocols.icmp) {
    if (payload + 8 <= into.ipEnd) into.icmp = payload
  } else parseTransport(into, bytes, payload, false)
}

/** RFC 8200 section 3: version 6, 40 + payload length <= bytes present. No extension header is passed over. */
function parseIpv6(into: Layers, bytes: Uint8Array, at: number): void {
  const present = into.end - at
  if (present < 40) return
  const datagramLength = 40 + readU16(bytes, at + 4)
  if ((bytes[at] ?? 0) >> 4 !== 6 || datagramLength > present) return
  into.ipv6 = at
  into.ipHeaderLength = 40
  into.ipEnd = at + datagramLength
  into.protocol = bytes[at + 6] ?? 0
  const payload = at + 40
  if (into.protocol === protocols.icmpv6) {
    if (payload + 8 <= into.ipEnd) into.icmpv6 = payload
  } else parseTransport(into, bytes, payload, true)
}

function parseTransport(into: Layers, bytes: Uint8Array, at: number, isIpv6: boolean): void {
  const present = into.ipEnd - at
  if (into.protocol === protocols.tcp) {
    if (present < 20) return
    const headerLength = ((bytes[at + 12] ?? 0) >> 4) * 4
    if (headerLength < 20 || headerLength > present) return
    into.tcp = at
    into.transport = at
  } else if (into.protocol === protocols.udp) {
    if (present < 8) return
    const length = readU16(bytes, at + 4)
    if (length < 8 || length > present) return
    // RFC 8200 section 8.1: a zero checksum is not allowed over IPv6.
    if (isIpv6 && readU16(bytes, at + 6) === 0) return
    into.udp = at
    into.transport = at
  }
}

function parseArp(into: Layers, bytes: Uint8Array, at: number): void {
  if (at + 28 > into.end) return
  const isEthernet = readU16(bytes, at) === 1 && bytes[at + 4] === 6
  const isIpv4 = readU16(bytes, at + 2) === etherTypes.ipv4 && bytes[at + 5] === 4
  if (isEthernet && isIpv4) into.arp = at
}
