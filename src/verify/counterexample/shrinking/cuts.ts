/** Fewer packets, and shorter ones. */
import { headerLengths, isVlanTag, type Layers, readU16, writeU16 } from '../../../packet/index.js'
import type { TestPacket } from '../judged-runs.js'
import { edited, layersOf } from './edit.js'

/** Without all but the last, then without ever fewer that come one after the other. */
export function* withoutPackets(packets: readonly TestPacket[]): Generator<readonly TestPacket[]> {
  const before = packets.length - 1
  for (let run = before; run > 0; run = Math.floor(run / 2)) {
    for (let at = 0; at < before; at += run) yield packets.toSpliced(at, Math.min(run, before - at))
  }
}

/** All packets as short as can be, then each. */
export function* shorterFrames(packets: readonly TestPacket[]): Generator<readonly TestPacket[]> {
  yield packets.map((packet) => ({ ...packet, bytes: bare(packet.bytes) }))
  for (const [at, packet] of packets.entries()) {
    for (const bytes of shorter(packet.bytes)) yield packets.with(at, { ...packet, bytes })
  }
}

/** Lengths of frames that are easy to read, tried where the shortest will not do. */
const LENGTHS = [60, 100, 200, 500, 1000, 1500]

/** Headers only. */
function bare(bytes: Uint8Array): Uint8Array {
  const plain = [withoutTag, withoutIpv4Options, withoutTcpOptions].reduce(edited, bytes)
  return withLength(plain, leastLength(plain))
}

function* shorter(bytes: Uint8Array): Generator<Uint8Array> {
  for (const change of [withoutTag, withoutTrailer, withoutIpv4Options, withoutTcpOptions]) {
    const changed = edited(bytes, change)
    if (changed.length < bytes.length) yield changed
  }
  const least = leastLength(bytes)
  for (const length of [least, ...LENGTHS]) {
    if (length >= least && length < bytes.length) yield withLength(bytes, length)
  }
}

/** Bytes of the frame whose headers are all there, and nothing else. */
function leastLength(bytes: Uint8Array): number {
  return Math.min(bytes.length, headersEnd(layersOf(bytes)))
}

/** Where the payload starts. */
export function headersEnd({
  l3,
  ipv4,
  ipv6,
  ipHeaderLength,
  tcp,
  udp,
  icmp,
  icmpv6,
  arp,
  bytes,
  end,
}: Layers): number {
  if (l3 === -1) return end
  if (arp !== -1) return arp + headerLengths.arp
  if (tcp !== -1) return tcp + ((bytes[tcp + 12] ?? 0) >> 4) * 4
  if (udp !== -1) return udp + headerLengths.udp
  const message = Math.max(icmp, icmpv6)
  if (message !== -1) return message + headerLengths.icmp
  const ip = Math.max(ipv4, ipv6)
  return ip === -1 ? l3 : ip + ipHeaderLength
}

/** The frame cut to a length, its datagram with it. */
function withLength(bytes: Uint8Array, length: number): Uint8Array {
  return edited(bytes, (copy, layers) => {
    setDatagramEnd(copy, layers, Math.min(length, layers.ipEnd))
    return copy.slice(0, length)
  })
}

function setDatagramEnd(bytes: Uint8Array, { ipv4, ipv6, udp }: Layers, end: number): void {
  if (ipv4 !== -1) writeU16(bytes, ipv4 + 2, end - ipv4)
  if (ipv6 !== -1) writeU16(bytes, ipv6 + 4, end - ipv6 - headerLengths.ipv6)
  if (udp !== -1) writeU16(bytes, udp + 4, Math.min(readU16(bytes, udp + 4), end - udp))
}

function withoutTrailer(bytes: Uint8Array, { ipEnd }: Layers): Uint8Array {
  return ipEnd === -1 ? bytes : bytes.slice(0, ipEnd)
}

function withoutTag(bytes: Uint8Array): Uint8Array {
  return isVlanTag(readU16(bytes, 12)) && bytes.length >= headerLengths.ethernet + headerLengths.vlan
    ? without(bytes, 12, headerLengths.vlan)
    : bytes
}

function withoutIpv4Options(bytes: Uint8Array, layers: Layers): Uint8Array {
  const { ipv4, ipHeaderLength, ipEnd } = layers
  const options = ipHeaderLength - headerLengths.ipv4
  if (ipv4 === -1 || options === 0) return bytes
  bytes[ipv4] = 0x45
  writeU16(bytes, ipv4 + 2, ipEnd - ipv4 - options)
  return without(bytes, ipv4 + headerLengths.ipv4, options)
}

function withoutTcpOptions(bytes: Uint8Array, layers: Layers): Uint8Array {
  const { tcp, ipEnd } = layers
  const options = tcp === -1 ? 0 : ((bytes[tcp + 12] ?? 0) >> 4) * 4 - headerLengths.tcp
  if (options === 0) return bytes
  bytes[tcp + 12] = 0x50 | ((bytes[tcp + 12] ?? 0) & 15)
  setDatagramEnd(bytes, layers, ipEnd - options)
  return without(bytes, tcp + headerLengths.tcp, options)
}

function without(bytes: Uint8Array, at: number, count: number): Uint8Array {
  const shorter = new Uint8Array(bytes.length - count)
  shorter.set(bytes.subarray(0, at))
  shorter.set(bytes.subarray(at + count), at)
  return shorter
}
