/**
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3). Checksums and 16- and 32-bit
 * fields are numbers, as a big-endian load gives them. An update is exact: a right checksum stays right, a wrong one
 * stays wrong by the same difference.
 *
 * A NAT that rewrites an address and a port: `c = checksum_update_u32(c, oldAddress, newAddress)`, then
 * `c = checksum_update_u16(c, oldPort, newPort)`, and for UDP `c = udp_checksum_finish(original, c)`.
 */

@inline
function fold(sum: u64): u32 {
  sum = (sum >> 32) + (sum & 0xffffffff)
  sum = (sum >> 16) + (sum & 0xffff)
  sum = (sum >> 16) + (sum & 0xffff)
  return <u32>((sum >> 16) + (sum & 0xffff))
}

@inline
function complement(value: u32): u32 {
  return ~value & 0xffff
}

/** The checksum after a covered 16-bit field went from `old` to `fresh` (RFC 1624: HC' = ~(~HC + ~m + m')). */
export function checksum_update_u16(checksum: i32, old: i32, fresh: i32): i32 {
  return <i32>complement(fold(<u64>(complement(checksum) + complement(old) + (<u32>fresh & 0xffff))))
}

/** The checksum after a covered 32-bit field went from `old` to `fresh`. */
export function checksum_update_u32(checksum: i32, old: i32, fresh: i32): i32 {
  const was = complement(<u32>old >> 16) + complement(old)
  const is = (<u32>fresh >> 16) + (<u32>fresh & 0xffff)
  return <i32>complement(fold(<u64>(complement(checksum) + was + is)))
}

/** The checksum after a covered 16-byte field (an IPv6 address) went from the bytes at `old` to those at `fresh`. */
export function checksum_update_u128(checksum: i32, old: i32, fresh: i32): i32 {
  let sum: u64 = complement(checksum)
  for (let at: u32 = 0; at < 16; at += 2) {
    sum += complement(<u32>bswap<u16>(load<u16>(old + at))) + <u32>bswap<u16>(load<u16>(fresh + at))
  }
  return <i32>complement(fold(sum))
}

/**
 * What a UDP checksum field must hold after updates (RFC 768): a datagram without a checksum (`original` 0) stays
 * without, and an updated checksum of 0 is sent as 0xFFFF, its equal.
 */
export function udp_checksum_finish(original: i32, updated: i32): i32 {
  if (original == 0) return 0
  return updated == 0 ? 0xffff : updated
}

function sumOf(pointer: u32, length: u32, initial: u64): u64 {
  let sum = initial
  let at = pointer
  const even = pointer + (length & ~1)
  for (; at + 4 <= even; at += 4) sum += bswap<u32>(load<u32>(at))
  if (at < even) sum += <u32>bswap<u16>(load<u16>(at))
  if (length & 1) sum += <u64>load<u8>(even) << 8
  return sum
}

/**
 * The ones' complement sum, folded to 16 bits and not complemented, of the big-endian words of `length` bytes at
 * `pointer` (an odd last byte is followed by a zero) plus `initial`, any unsigned 32-bit number.
 */
export function checksum_ones_complement(pointer: i32, length: i32, initial: i32): i32 {
  return <i32>fold(sumOf(<u32>pointer, <u32>length, <u64>(<u32>initial)))
}

/** 1 when the header checksum of the IPv4 header of `headerLength` bytes at `ip` is right (RFC 791), else 0. */
export function ipv4_header_checksum_ok(ip: i32, headerLength: i32): i32 {
  return <i32>(fold(sumOf(<u32>ip, <u32>headerLength, 0)) == 0xffff)
}

const TCP: i32 = 6
const UDP: i32 = 17
const ICMPV6: i32 = 58

/**
 * 1 when the checksum of the TCP, UDP, ICMP or ICMPv6 message of `length` bytes at `transport` is right, else 0. `ip` is
 * the IP header before it; its first four bits say the version, and the pseudo header (RFC 768, RFC 9293 3.1, RFC 8200
 * 8.1) is taken from it. UDP without a checksum is right over IPv4 and wrong over IPv6.
 */
export function transport_checksum_ok(ip: i32, protocol: i32, transport: i32, length: i32): i32 {
  const isIpv4 = load<u8>(ip) >> 4 == 4
  if (protocol == UDP && load<u16>(transport, 6) == 0) return <i32>isIpv4
  let sum: u64 = 0
  if (protocol == TCP || protocol == UDP || protocol == ICMPV6) {
    const addresses: u32 = isIpv4 ? 12 : 8
    const size: u32 = isIpv4 ? 8 : 32
    sum = sumOf(<u32>ip + addresses, size, <u64>(<u32>protocol) + <u64>(<u32>length))
  }
  return <i32>(fold(sumOf(<u32>transport, <u32>length, sum)) == 0xffff)
}
