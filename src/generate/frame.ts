/** One buffer in which frames are written, header by header, lengths and checksums right. Nothing is allocated. */

import {
  checksumAround,
  etherTypes,
  ipv4HeaderChecksum,
  protocols,
  pseudoHeaderSum4,
  pseudoHeaderSum6,
  writeU16,
  writeU32,
  writeU48,
} from '../packet/index.js'
import type { AddressBytes } from './addresses.js'
import type { Random } from './random.js'
import { largestFrame, smallestFrame } from './sizes.js'

export const tcpFlags = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const

export interface TransportPacket {
  readonly srcMac: number
  readonly dstMac: number
  /** Both of one version. */
  readonly src: AddressBytes
  readonly dst: AddressBytes
  readonly protocol: typeof protocols.tcp | typeof protocols.udp
  readonly srcPort: number
  readonly dstPort: number
  readonly ttl: number
  readonly id: number
  /** TCP only. */
  readonly sequence?: number
  readonly acknowledgement?: number
  readonly flags?: number
  /** The maximum segment size offered, as a TCP option. */
  readonly mss?: number
  readonly payload: number
}

const ethernetLength = 14

/** Bytes before the payload. */
export function overhead(version: 4 | 6, protocol: number, options = 0): number {
  return ethernetLength + (version === 4 ? 20 : 40) + (protocol === protocols.tcp ? 20 + options : 8)
}

export class Frame {
  /** With room for what malformed packets add. */
  readonly bytes = new Uint8Array(largestFrame + 128)
  length = 0

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  ethernet(dst: number, src: number, etherType: number): void {
    writeU48(this.bytes, 0, dst)
    writeU48(this.bytes, 6, src)
    writeU16(this.bytes, 12, etherType)
    this.length = ethernetLength
  }

  /** A whole TCP or UDP packet, padded to the smallest frame; its payload is drawn from `random`. */
  transport(packet: TransportPacket, random: Random): void {
    const tcpLength = packet.mss === undefined ? 20 : 24
    const headerLength = packet.protocol === protocols.tcp ? tcpLength : 8
    const length = headerLength + packet.payload
    const version = packet.src.length === 4 ? 4 : 6
    this.ethernet(packet.dstMac, packet.srcMac, version === 4 ? etherTypes.ipv4 : etherTypes.ipv6)
    const at = version === 4 ? this.ipv4(packet, length) : this.ipv6(packet, length)
    if (packet.protocol === protocols.tcp) this.#tcp(at, packet, headerLength)
    else this.#udp(at, packet, length)
    random.fill(this.bytes, at + headerLength, at + length)
    this.length = at + length
    this.#checksum(at, packet.protocol, length)
    this.pad()
  }

  /** Writes the header; the payload of `length` bytes follows at the offset returned. */
  ipv4(
    packet: Pick<TransportPacket, 'src' | 'dst' | 'ttl' | 'id'> & { readonly protocol: number },
    length: number,
  ): number {
    const { bytes } = this
    bytes[14] = 0x45
    bytes[15] = 0
    writeU16(bytes, 16, 20 + length)
    writeU16(bytes, 18, packet.id)
    writeU16(bytes, 20, 0x4000)
    bytes[22] = packet.ttl
    bytes[23] = packet.protocol
    bytes.set(packet.src, 26)
    bytes.set(packet.dst, 30)
    writeU16(bytes, 24, ipv4HeaderChecksum(bytes, 14, 20))
    this.length = 34 + length
    return 34
  }

  /** Writes the header; the payload of `length` bytes follows at the offset returned. */
  ipv6(packet: Pick<TransportPacket, 'src' | 'dst' | 'ttl'> & { readonly protocol: number }, length: number): number {
    const { bytes } = this
    writeU32(bytes, 14, 0x6000_0000)
    writeU16(bytes, 18, length)
    bytes[20] = packet.protocol
    bytes[21] = packet.ttl
    bytes.set(packet.src, 22)
    bytes.set(packet.dst, 38)
    this.length = 54 + length
    return 54
  }

  /** Zeros up to the smallest frame, IEEE 802.3-2018 clause 3.2.8. */
  pad(): void {
    if (this.length >= smallestFrame) return
    this.bytes.fill(0, this.length, smallestFrame)
    this.length = smallestFrame
  }

  #tcp(at: number, packet: TransportPacket, headerLength: number): void {
    const { bytes } = this
    writeU16(bytes, at, packet.srcPort)
    writeU16(bytes, at + 2, packet.dstPort)
    writeU32(bytes, at + 4, packet.sequence ?? 0)
    writeU32(bytes, at + 8, packet.acknowledgement ?? 0)
    bytes[at + 12] = headerLength << 2
    bytes[at + 13] = packet.flags ?? 0
    writeU16(bytes, at + 14, 0xffff)
    writeU32(bytes, at + 16, 0)
    if (packet.mss !== undefined) writeU32(bytes, at + 20, 0x0204_0000 + packet.mss)
  }

  #udp(at: number, packet: TransportPacket, length: number): void {
    writeU16(this.bytes, at, packet.srcPort)
    writeU16(this.bytes, at + 2, packet.dstPort)
    writeU16(this.bytes, at + 4, length)
    writeU16(this.bytes, at + 6, 0)
  }

  #checksum(at: number, protocol: number, length: number): void {
    const pseudo =
      at === 34
        ? pseudoHeaderSum4(this.bytes, ethernetLength, protocol, length)
        : pseudoHeaderSum6(this.bytes, ethernetLength, protocol, length)
    const field = at + (protocol === protocols.tcp ? 16 : 6)
    const checksum = checksumAround(this.bytes, at, at + length, field, pseudo)
    writeU16(this.bytes, field, checksum === 0 && protocol === protocols.udp ? 0xffff : checksum)
  }
}
