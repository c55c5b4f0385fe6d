/**
 * Tags of test frames: six bytes at the start of a UDP payload, which say of which test and which in their row a frame is.
 * The last two are the complement of the sum of the others, so that the UDP checksum is the same for every tag: writing
 * one changes nothing else, and a device that rewrites addresses and ports leaves it as it is.
 */
import { etherTypes, fold, isVlanTag, protocols, readU16, readU32, writeU16, writeU32 } from '../packet/index.js'

/** 8 bits of the test, 24 of the sequence number, 16 of complement. */
export const TAG_BYTES = 6

const SEQUENCES = 2 ** 24 - 1

/** Into the payload at `at`, an even number of bytes behind the UDP header; numbers are cut to 8 and 24 bits. */
export function writeTag(bytes: Uint8Array, at: number, test: number, sequence: number): void {
  const word = ((test << 24) | (sequence & SEQUENCES)) >>> 0
  writeU32(bytes, at, word)
  writeU16(bytes, at + 4, fold(word) ^ 0xffff)
}

/**
 * The tag of the frame in `bytes[start, start + length)`, for `testOf` and `sequenceOf`; -1 where it has none: no whole UDP
 * datagram over IPv4 or IPv6, behind up to two VLAN tags, or bytes that are no tag, which 1 of 65,536 others seems to be.
 */
export function readTag(bytes: Uint8Array, start: number, length: number): number {
  let at = start + 12
  for (let tags = 0; tags < 2 && isVlanTag(readU16(bytes, at)); tags++) at += 4
  const type = readU16(bytes, at)
  at += 2
  if (type === etherTypes.ipv4) {
    const isFragment = (readU16(bytes, at + 6) & 0x3fff) !== 0
    if (bytes[at + 9] !== protocols.udp || isFragment) return -1
    at += ((bytes[at] ?? 0) & 15) * 4
  } else if (type === etherTypes.ipv6 && bytes[at + 6] === protocols.udp) at += 40
  else return -1
  at += 8
  if (at + TAG_BYTES > start + length) return -1
  const word = readU32(bytes, at)
  return fold(word) + readU16(bytes, at + 4) === 0xffff ? word : -1
}

/** The test of a tag, modulo 256. */
export function testOf(tag: number): number {
  return tag >>> 24
}

/** The sequence number of a tag: of all that it may stand for, the one nearest to `near`, up to 2^23 away. */
export function sequenceOf(tag: number, near: number): number {
  return near + (((tag - near) << 8) >> 8)
}
