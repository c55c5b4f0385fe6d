/** Whether a test frame came back whole, whatever a device may rewrite: addresses and ports, with checksums that are right. */
import { congruent, etherTypes, isVlanTag, protocols, readU16 } from '../../packet/index.js'
import type { FlowFrames } from '../frames.js'
import { TAG_BYTES } from '../tag.js'

const ETHERNET = 14
const IPV4 = 20
const IPV6 = 40
const UDP = 8

export class FrameCheck {
  readonly #frames: FlowFrames
  readonly #payload: Buffer

  constructor(frames: FlowFrames) {
    this.#frames = frames
    const { buffer, byteOffset, length } = frames.payload
    this.#payload = Buffer.from(buffer, byteOffset, length)
  }

  /** Of the frame in `bytes[start, start + length)`, which has a tag: length, payload, and both checksums. */
  isIntact(bytes: Buffer, start: number, length: number): boolean {
    let tags = 0
    while (tags < 2 && isVlanTag(readU16(bytes, start + 12 + 4 * tags))) tags += 1
    if (length !== this.#frames.length + 4 * tags) return false
    const at = start + 4 * tags
    const isIpv4 = this.#frames.version === 4
    if (readU16(bytes, at + 12) !== (isIpv4 ? etherTypes.ipv4 : etherTypes.ipv6)) return false
    const payload = this.#frames.tagAt + TAG_BYTES
    if (this.#payload.compare(bytes, at + payload, start + length) !== 0) return false
    const packet = length - 4 * tags - ETHERNET
    return isIpv4 ? this.#isRight4(bytes, at + ETHERNET, packet) : this.#isRight6(bytes, at + ETHERNET, packet)
  }

  /** Whether a frame without a tag ends as a test frame does: its tag was damaged. */
  isDamaged(bytes: Buffer, start: number, length: number): boolean {
    const from = start + length - this.#payload.length
    return this.#payload.length > 0 && from > start && this.#payload.compare(bytes, from, start + length) === 0
  }

  /** RFC 791 section 3.1, RFC 768. `length` is that of the IP packet. */
  #isRight4(bytes: Buffer, ip: number, length: number): boolean {
    if (bytes[ip] !== 0x45 || readU16(bytes, ip + 2) !== length) return false
    let header = 0
    for (let i = 0; i < IPV4; i += 2) header += readU16(bytes, ip + i)
    if (!congruent(header, 0)) return false
    return this.#hasRightSum(bytes, ip + 12, ip + IPV4, (bytes[ip + 9] ?? 0) + length - IPV4)
  }

  /** RFC 8200 sections 3 and 8.1. */
  #isRight6(bytes: Buffer, ip: number, length: number): boolean {
    const isVersion6 = (bytes[ip] ?? 0) >> 4 === 6
    if (!isVersion6 || readU16(bytes, ip + 4) !== length - IPV6 || bytes[ip + 6] !== protocols.udp) return false
    // RFC 8200 section 8.1: a receiver discards what has none.
    if (readU16(bytes, ip + IPV6 + 6) === 0) return false
    return this.#hasRightSum(bytes, ip + 8, ip + IPV6, protocols.udp + length - IPV6)
  }

  /** Of a datagram behind its addresses, which begin at `addresses`; `rest` is that of the rest of the pseudo-header. */
  #hasRightSum(bytes: Buffer, addresses: number, udp: number, rest: number): boolean {
    let sum = rest + this.#frames.sum
    for (let at = addresses; at < udp + UDP; at += 2) sum += readU16(bytes, at)
    return congruent(sum, 0)
  }
}
