/**
 * Packet helpers, compiled into the network function: big-endian loads and stores, and where the fields of the common
 * headers lie. Nothing here checks a bound: the function compares every access with `length` itself.
 */

@inline
export function loadU8(at: i32): i32 {
  return <i32>load<u8>(at)
}

@inline
export function loadU16BE(at: i32): i32 {
  return <i32>bswap<u16>(load<u16>(at))
}

@inline
export function loadU32BE(at: i32): i32 {
  return <i32>bswap<u32>(load<u32>(at))
}

/** A MAC address as a number: 02:00:00:00:00:01 is 0x020000000001, as `config` gives it. */
@inline
export function loadMac(at: i32): i64 {
  return (<i64>bswap<u16>(load<u16>(at)) << 32) | <i64>bswap<u32>(load<u32>(at, 2))
}

@inline
export function storeU8(at: i32, value: i32): void {
  store<u8>(at, value)
}

@inline
export function storeU16BE(at: i32, value: i32): void {
  store<u16>(at, bswap<u16>(<u16>value))
}

@inline
export function storeU32BE(at: i32, value: i32): void {
  store<u32>(at, bswap<u32>(<u32>value))
}

@inline
export function storeMac(at: i32, mac: i64): void {
  store<u16>(at, bswap<u16>(<u16>(mac >> 32)))
  store<u32>(at, bswap<u32>(<u32>mac), 2)
}

// Ethernet II (IEEE 802.3 clause 3), from the start of the frame.
export const ETHERNET_DESTINATION: i32 = 0
export const ETHERNET_SOURCE: i32 = 6
export const ETHERNET_TYPE: i32 = 12
export const ETHERNET_LENGTH: i32 = 14
export const ETHERTYPE_IPV4: i32 = 0x0800
export const ETHERTYPE_ARP: i32 = 0x0806
export const ETHERTYPE_VLAN: i32 = 0x8100
export const ETHERTYPE_QINQ: i32 = 0x88a8
export const ETHERTYPE_IPV6: i32 = 0x86dd

// IPv4 (RFC 791 3.1), from the start of the header.
export const IPV4_VERSION_IHL: i32 = 0
export const IPV4_TOTAL_LENGTH: i32 = 2
export const IPV4_FRAGMENT: i32 = 6
/** Fragment offset within the field at IPV4_FRAGMENT. */
export const IPV4_FRAGMENT_OFFSET_MASK: i32 = 0x1fff
export const IPV4_TTL: i32 = 8
export const IPV4_PROTOCOL: i32 = 9
export const IPV4_CHECKSUM: i32 = 10
export const IPV4_SOURCE: i32 = 12
export const IPV4_DESTINATION: i32 = 16
export const IPV4_LEAST_LENGTH: i32 = 20

// IPv6 (RFC 8200 section 3), from the start of the header.
export const IPV6_PAYLOAD_LENGTH: i32 = 4
export const IPV6_NEXT_HEADER: i32 = 6
export const IPV6_HOP_LIMIT: i32 = 7
export const IPV6_SOURCE: i32 = 8
export const IPV6_DESTINATION: i32 = 24
export const IPV6_LENGTH: i32 = 40

// TCP (RFC 9293 3.1) and UDP (RFC 768), from the start of the header.
export const PROTOCOL_ICMP: i32 = 1
export const PROTOCOL_TCP: i32 = 6
export const PROTOCOL_UDP: i32 = 17
export const PROTOCOL_ICMPV6: i32 = 58
export const TRANSPORT_SOURCE_PORT: i32 = 0
export const TRANSPORT_DESTINATION_PORT: i32 = 2
export const TCP_DATA_OFFSET: i32 = 12
export const TCP_FLAGS: i32 = 13
export const TCP_CHECKSUM: i32 = 16
export const TCP_LEAST_LENGTH: i32 = 20
export const UDP_LENGTH: i32 = 4
export const UDP_CHECKSUM: i32 = 6
export const UDP_HEADER_LENGTH: i32 = 8
