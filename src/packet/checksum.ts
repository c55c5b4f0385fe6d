/**
 * The Internet checksum (RFC 1071): in full for the headers of a packet, and moved along with a changed field by RFC
 * 1624 equation 3, C' = ~(~C + ~m + m'), so that a right checksum stays right and a wrong one wrong by as much. A checksum value 0x0000 and 0xFFFF mean the same in one's complement; UDP alone tells them apart, where 0
 * says "no checksum" (RFC 768).
 */
import { readU16 } from './bytes.js'
import type { Layers } from './layers.js'

/**
 * `absent`: there is nothing to judge here, be it that the header is not there, that UDP over IPv4 has none (RFC 768),
 * or that the packet is a fragment, whose other bytes are elsewhere.
 */
export type ChecksumState = 'right' | 'wrong' | 'absent'

/** Bytes whose 16-bit words add up to less than 2^30, so that the sum below stays a small integer. */
const blockLength = 32_768

/**
 * Adds the 16-bit words of `bytes[from, to)` to `initial`; an odd last byte is the high half of a word. The result
 * (at most 32 bits) may be passed on as `initial` after an even number of bytes, and ends in `fold`.
 */
export function onesComplementSum(bytes: Uint8Array, from: number, to: number, initial = 0): number {
  let sum = fold(initial)
  let at = from
  while (to - at > blockLength) {
    sum = fold(sumWords(bytes, at, at + blockLength, sum))
    at += blockLength
  }
  sum = sumWords(bytes, at, to, sum)
  return ((to - from) & 1) === 1 ? sum + ((bytes[to - 1] ?? 0) << 8) : sum
}

function sumWords(bytes: Uint8Array, from: number, to: number, initial: number): number {
  let sum = initial
  let at = from
  for (; at + 8 <= to; at += 8) {
    sum +=
      (((bytes[at] ?? 0) + (bytes[at + 2] ?? 0) + (bytes[at + 4] ?? 0) + (bytes[at + 6] ?? 0)) << 8) +
      ((bytes[at + 1] ?? 0) + (bytes[at + 3] ?? 0) + (bytes[at + 5] ?? 0) + (bytes[at + 7] ?? 0))
  }
  for (; at + 2 <= to; at += 2) sum += readU16(bytes, at)
  return sum
}

/** Folds a sum of up to 32 bits to 16 with end-around carry: 0 only for a sum of 0. */
export function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16)
  return (once & 0xffff) + (once >>> 16)
}

/** Whether two checksums (or sums) are equal in one's complement: modulo 65535, so 0x0000 equals 0xFFFF. */
export function congruent(a: number, b: number): boolean {
  return a % 0xffff === b % 0xffff
}

/** The checksum over `bytes[from, to)` as if the 16 bits at `field` (an even distance from `from`) were zero. */
export function checksumAround(bytes: Uint8Array, from: number, to: number, field: number, initial = 0): number {
  return fold(onesComplementSum(bytes, field + 2, to, onesComplementSum(bytes, from, field, initial))) ^ 0xffff
}

/** The right header checksum of the IPv4 header at `at`, RFC 791 section 3.1. */
export function ipv4HeaderChecksum(bytes: Uint8Array, at: number, headerLength: number): number {
  return checksumAround(bytes, at, at + headerLength, at + 10)
}

/** Sum over the pseudo header of RFC 9293 section 3.1 and RFC 768, from the IPv4 header at `at`. */
export function pseudoHeaderSum4(bytes: Uint8Array, at: number, protocol: number, length: number): number {
  return onesComplementSum(bytes, at + 12, at + 20, protocol + length)
}

/** Sum over the pseudo header of RFC 8200 section 8.1, from the IPv6 header at `at`. */
export function pseudoHeaderSum6(bytes: Uint8Array, at: number, protocol: number, length: number): number {
  return onesComplementSum(bytes, at + 8, at + 40, protocol + length)
}

/**
 * The right checksum of the TCP or UDP header of `layers`; a UDP sum of 0 is sent as 0xFFFF (RFC 768). For whole
 * datagrams with a transport header; 0 where there is none. UDP is covered up to its own length.
 */
export function transportChecksum(bytes: Uint8Array, layers: Layers): number {
  const at = layers.transport
  if (at === -1) return 0
  const isTcp = layers.tcp !== -1
  const to = transportEnd(bytes, layers)
  const checksum = checksumAround(bytes, at, to, at + (isTcp ? 16 : 6), pseudoHeaderSum(bytes, layers, to - at))
  return checksum === 0 && !isTcp ? 0xffff : checksum
}

/** The right checksum of the ICMP or ICMPv6 message of `layers` (RFC 792, RFC 4443 section 2.3), 0 without one. */
export function icmpChecksum(bytes: Uint8Array, layers: Layers): number {
  const { icmp, icmpv6, ipEnd } = layers
  if (icmp !== -1) return checksumAround(bytes, icmp, ipEnd, icmp + 2)
  if (icmpv6 === -1) return 0
  return checksumAround(bytes, icmpv6, ipEnd, icmpv6 + 2, pseudoHeaderSum(bytes, layers, ipEnd - icmpv6))
}

/** Judges the IPv4 header checksum. */
export function ipv4ChecksumState(layers: Layers): ChecksumState {
  const { bytes, ipv4, ipHeaderLength } = layers
  if (ipv4 === -1) return 'absent'
  return state(onesComplementSum(bytes, ipv4, ipv4 + ipHeaderLength))
}

/** Judges the TCP or UDP checksum. */
export function transportChecksumState(layers: Layers): ChecksumState {
  const { bytes, transport, udp } = layers
  if (transport === -1 || layers.moreFragments) return 'absent'
  if (udp !== -1 && readU16(bytes, udp + 6) === 0) return 'absent'
  const to = transportEnd(bytes, layers)
  return state(onesComplementSum(bytes, transport, to, pseudoHeaderSum(bytes, layers, to - transport)))
}

/** Judges the ICMP or ICMPv6 checksum. */
export function icmpChecksumState(layers: Layers): ChecksumState {
  const { bytes, icmp, icmpv6, ipEnd } = layers
  if (layers.moreFragments) return 'absent'
  if (icmp !== -1) return state(onesComplementSum(bytes, icmp, ipEnd))
  if (icmpv6 === -1) return 'absent'
  return state(onesComplementSum(bytes, icmpv6, ipEnd, pseudoHeaderSum(bytes, layers, ipEnd - icmpv6)))
}

function state(sum: number): ChecksumState {
  return fold(sum) === 0xffff ? 'right' : 'wrong'
}

function transportEnd(bytes: Uint8Array, layers: Layers): number {
  return layers.udp === -1 ? layers.ipEnd : layers.udp + readU16(bytes, layers.udp + 4)
}

function pseudoHeaderSum(bytes: Uint8Array, layers: Layers, length: number): number {
  const { ipv4, ipv6 } = layers
  if (ipv4 !== -1) return pseudoHeaderSum4(bytes, ipv4, layers.protocol, length)
  return pseudoHeaderSum6(bytes, ipv6, layers.protocol, length)
}

/** `old` after a covered 16-bit word changed. */
export function updateChecksum(old: number, oldWord: number, newWord: number): number {
  return move(old, (oldWord ^ 0xffff) + newWord)
}

/** `old` after two covered words changed, given as one number of 32 bits. */
export function updateChecksum32(old: number, oldValue: number, newValue: number): number {
  return move(old, delta32(oldValue, newValue))
}

/** `old` after three covered words changed, given as one number of 48 bits. */
export function updateChecksum48(old: number, oldValue: number, newValue: number): number {
  const high = (high16(oldValue) ^ 0xffff) + high16(newValue)
  return move(old, high + delta32(oldValue, newValue))
}

/** `old` after eight covered words changed, given as one bigint of 128 bits. */
export function updateChecksum128(old: number, oldValue: bigint, newValue: bigint): number {
  return move(old, delta128(oldValue, newValue))
}

/**
 * `old` after a covered word changed, for UDP: no checksum (0) stays none, and a checksum that comes to 0 is sent as
 * 0xFFFF (RFC 768; RFC 8200 section 8.1 for IPv6, where 0 is malformed to begin with and stays so).
 */
export function updateUdpChecksum(old: number, oldWord: number, newWord: number): number {
  return udpRule(old, updateChecksum(old, oldWord, newWord))
}

/** `updateUdpChecksum` for two words. */
export function updateUdpChecksum32(old: number, oldValue: number, newValue: number): number {
  return udpRule(old, updateChecksum32(old, oldValue, newValue))
}

/** `updateUdpChecksum` for eight words. */
export function updateUdpChecksum128(old: number, oldValue: bigint, newValue: bigint): number {
  return udpRule(old, updateChecksum128(old, oldValue, newValue))
}

function udpRule(old: number, updated: number): number {
  if (old === 0) return 0
  return updated === 0 ? 0xffff : updated
}

function move(old: number, delta: number): number {
  return fold((old ^ 0xffff) + delta) ^ 0xffff
}

function high16(value: number): number {
  return Math.floor(value / 0x1_0000_0000)
}

function delta32(oldValue: number, newValue: number): number {
  const old = ~oldValue
  return ((old >>> 16) & 0xffff) + (old & 0xffff) + ((newValue >>> 16) & 0xffff) + (newValue & 0xffff)
}

function delta128(oldValue: bigint, newValue: bigint): number {
  let delta = 0
  for (let shift = 0n; shift < 128n; shift += 32n) {
    delta += delta32(Number((oldValue >> shift) & 0xffff_ffffn), Number((newValue >> shift) & 0xffff_ffffn))
  }
  return delta
}
