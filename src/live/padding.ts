/** What raw IP cannot carry behind a datagram. */
import { readU16 } from '../packet/bytes.js'
import { etherTypes, protocols } from '../packet/numbers.js'

const IP = 14
const LEAST_IPV4 = 20
const HEADER_6 = 40

/** Bytes of a frame without what follows its datagram: only Ethernet has a shortest frame. */
export function withoutPadding(bytes: Uint8Array, start: number, length: number): number {
  if (length < IP + LEAST_IPV4) return length
  const type = readU16(bytes, start + IP - 2)
  if (type === etherTypes.ipv4) {
    const total = readU16(bytes, start + IP + 2)
    return total < LEAST_IPV4 ? length : Math.min(length, IP + total)
  }
  if (type !== etherTypes.ipv6 || length < IP + HEADER_6) return length
  const behind = readU16(bytes, start + IP + 4)
  // An option of a jumbogram says its length, RFC 2675.
  if (behind === 0 && bytes[start + IP + 6] === protocols.hopByHop) return length
  return Math.min(length, IP + HEADER_6 + behind)
}
