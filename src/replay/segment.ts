/**
 * `--oversize segment`: a TCP packet larger than the link carries becomes the segments that the sender's network card
 * made of it (TCP segmentation offload hides that from captures).
 */
import { readU16, readU32, writeU16, writeU32 } from '../packet/bytes.js'
import { ipv4HeaderChecksum, transportChecksum } from '../packet/checksum.js'
import { type Layers, Layers as LayersOf, parseLayers } from '../packet/layers.js'

const FIN = 0x01
const PSH = 0x08
const CWR = 0x80
const minimumPayload = 8

/** Frames cut from one, in storage of their own that the next call reuses. */
export class Segments {
  count = 0
  bytes = new Uint8Array(65_536)
  readonly starts: number[] = []
  readonly lengths: number[] = []
  #used = 0
  readonly #layers = new LayersOf()

  /**
   * Cuts a whole, unfragmented TCP packet into frames of at most `limit` bytes; false where it cannot be. Sequence
   * numbers, lengths, IPv4 identifications and checksums follow; FIN and PSH stay with the last segment, CWR with the
   * first (RFC 3168 section 6.1.2). A checksum that was wrong is wrong in each segment by the same difference.
   */
  cut(layers: Layers, limit: number): boolean {
    this.count = 0
    this.#used = 0
    const { tcp, bytes, start } = layers
    if (tcp < 0 || layers.moreFragments) return false
    const payload = tcp + ((bytes[tcp + 12] ?? 0) >> 4) * 4
    const headers = payload - start
    const room = limit - headers
    if (room < minimumPayload) return false
    const { ipv4 } = layers
    const ipError =
      ipv4 < 0 ? 0 : difference(readU16(bytes, ipv4 + 10), ipv4HeaderChecksum(bytes, ipv4, layers.ipHeaderLength))
    const tcpError = difference(readU16(bytes, tcp + 16), transportChecksum(bytes, layers))
    for (let at = payload; at < layers.ipEnd; at += room) {
      const length = Math.min(room, layers.ipEnd - at)
      const frame = this.#add(layers, headers, at, length)
      this.#fix(layers, frame, at - payload, length, at + length >= layers.ipEnd)
      this.#sums(frame, headers + length, ipError, tcpError)
    }
    return this.count > 0
  }

  /** Copies headers and a piece of payload; where the frame begins. */
  #add(layers: Layers, headers: number, at: number, length: number): number {
    const frame = this.#used
    if (frame + headers + length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length + headers + length)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes.set(layers.bytes.subarray(layers.start, layers.start + headers), frame)
    this.bytes.set(layers.bytes.subarray(at, at + length), frame + headers)
    this.starts[this.count] = frame
    this.lengths[this.count] = headers + length
    this.#used = frame + headers + length
    this.count += 1
    return frame
  }

  #fix(layers: Layers, frame: number, offset: number, length: number, isLast: boolean): void {
    const { bytes } = this
    const tcp = frame + layers.tcp - layers.start
    const headerLength = ((bytes[tcp + 12] ?? 0) >> 4) * 4
    writeU32(bytes, tcp + 4, (readU32(bytes, tcp + 4) + offset) >>> 0)
    if (!isLast) bytes[tcp + 13] = (bytes[tcp + 13] ?? 0) & ~(FIN | PSH)
    if (offset > 0) bytes[tcp + 13] = (bytes[tcp + 13] ?? 0) & ~CWR
    if (layers.ipv4 >= 0) {
      const ip = frame + layers.ipv4 - layers.start
      writeU16(bytes, ip + 2, layers.ipHeaderLength + headerLength + length)
      writeU16(bytes, ip + 4, (readU16(bytes, ip + 4) + this.count - 1) & 0xffff)
    } else writeU16(bytes, frame + layers.ipv6 - layers.start + 4, headerLength + length)
  }

  #sums(frame: number, length: number, ipError: number, tcpError: number): void {
    const { bytes } = this
    parseLayers(this.#layers, bytes, frame, length, true)
    const { ipv4, tcp } = this.#layers
    if (ipv4 >= 0)
      writeU16(bytes, ipv4 + 10, add(ipv4HeaderChecksum(bytes, ipv4, this.#layers.ipHeaderLength), ipError))
    if (tcp >= 0) writeU16(bytes, tcp + 16, add(transportChecksum(bytes, this.#layers), tcpError))
  }
}

/** By how much a checksum is wrong, modulo 65535; 0 for a right one. */
function difference(given: number, right: number): number {
  return (given - right + 0x1_fffe) % 0xffff
}

function add(right: number, error: number): number {
  return error === 0 ? right : (right + error) % 0xffff
}
