/** Whether a test frame came back whole, whatever a device may rewrite: addresses and ports, with checksums that are right. */
import { congruent, etherTypes, isVlanTag, readU16, readU32 } from '../../packet/index.js'
import type { FlowFrames } from '../frames.js'
import { TAG_BYTES } from '../tag.js'

const ETHERNET = 14
const IPV4 = 20
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
    if (readU16(bytes, at + 12) !== etherTypes.ipv4) return false
    const payload = this.#frames.tagAt + TAG_BYTES
    if (this.#payload.compare(bytes, at + payload, start + length) !== 0) return false
    return this.#hasRightSums(bytes, at + ETHERNET, length - 4 * tags - ETHERNET)
  }

  /** Whether a frame without a tag ends as a test frame does: its tag was damaged. */
  isDamaged(bytes: Buffer, start: number, length: number): boolean {
    const from = start + length - this.#payload.length
    return this.#payload.length > 0 && from > start && this.#payload.compare(bytes, from, start + length) === 0
  }

  /** RFC 791 section 3.1, RFC 768. `length` is that of the IP packet. */
  #hasRightSums(bytes: Buffer, ip: number, length: number): boolean {
    if (bytes[ip] !== 0x45 || readU16(bytes, ip + 2) !== length) return false
    let header = 0
    for (let i = 0; i < IPV4; i += 2) header += readU16(bytes, ip + i)
    if (!congruent(header, 0)) return false
    const udp = ip + IPV4
    const [source, destination] = [readU32(bytes, ip + 12), readU32(bytes, ip + 16)]
    let sum = words(source) + words(destination) + (bytes[ip + 9] ?? 0) + length - IPV4 + this.#frames.sum
    for (let i = 0; i < UDP; i += 2) sum += readU16(bytes, udp + i)
    return congruent(sum, 0)
  }
}

function words(value: number): number {
  return (value >>> 16) + (value & 0xffff)
}
