/** Header fields that seldom matter, as a network would have them. */
import { etherTypes, isVlanTag, type Layers, readU16, writeU16, writeU32 } from '../../../packet/index.js'
import type { TestPacket } from '../judged-runs.js'
import { headersEnd } from './cuts.js'
import {
  edited,
  layersOf,
  togetherThenEach,
  writeIcmpChecksum,
  writeIpv4Checksum,
  writeTransportChecksum,
} from './edit.js'

type Change = (bytes: Uint8Array, layers: Layers) => void

export function* rightChecksums(packets: readonly TestPacket[]): Generator<readonly TestPacket[]> {
  yield* changes(packets, [writeIpv4Checksum, writeTransportChecksum, writeIcmpChecksum])
}

export function* tidyHeaders(packets: readonly TestPacket[]): Generator<readonly TestPacket[]> {
  yield* changes(packets, TIDY)
}

function* changes(packets: readonly TestPacket[], all: readonly Change[]): Generator<readonly TestPacket[]> {
  const making =
    (some: readonly Change[]) =>
    (bytes: Uint8Array): Uint8Array =>
      edited(bytes, (copy) => {
        for (const change of some) change(copy, layersOf(copy))
        return copy
      })
  yield* togetherThenEach(packets, making(all))
  for (const change of all) yield* togetherThenEach(packets, making([change]))
}

/** For local experiments (IEEE 802). */
const EXPERIMENTAL = 0x88b5
const KNOWN_TYPES: readonly number[] = [etherTypes.ipv4, etherTypes.ipv6, etherTypes.arp]
const HOPS = 64
const WINDOW = 64_240

const TIDY: readonly Change[] = [
  (bytes, layers) => bytes.fill(0, headersEnd(layers)),
  (bytes, { l3 }) => {
    const type = readU16(bytes, l3 - 2)
    if (l3 !== -1 && !KNOWN_TYPES.includes(type) && !isVlanTag(type)) writeU16(bytes, l3 - 2, EXPERIMENTAL)
  },
  (bytes, { ipv4 }) => {
    if (ipv4 !== -1) bytes[ipv4 + 1] = 0
  },
  (bytes, { ipv4, fragmentOffset }) => {
    if (ipv4 !== -1 && fragmentOffset === 0) writeU32(bytes, ipv4 + 4, 0)
  },
  (bytes, { ipv4 }) => {
    if (ipv4 !== -1) bytes[ipv4 + 8] = HOPS
  },
  (bytes, { ipv6 }) => {
    if (ipv6 !== -1) writeU32(bytes, ipv6, 0x6000_0000)
  },
  (bytes, { ipv6 }) => {
    if (ipv6 !== -1) bytes[ipv6 + 7] = HOPS
  },
  (bytes, { tcp }) => {
    if (tcp !== -1) bytes.fill(0, tcp + 4, tcp + 12)
  },
  (bytes, { tcp }) => {
    if (tcp !== -1) bytes[tcp + 12] = (bytes[tcp + 12] ?? 0) & 0xf0
  },
  (bytes, { tcp }) => {
    if (tcp !== -1) writeU16(bytes, tcp + 14, WINDOW)
  },
  (bytes, { tcp }) => {
    if (tcp !== -1) writeU16(bytes, tcp + 18, 0)
  },
]

const SYN = 0x02
const ACK = 0x10

/** The first TCP segment between two ends is a SYN, later ones have ACK. */
export function* flagsByPlace(packets: readonly TestPacket[]): Generator<readonly TestPacket[]> {
  const flows = new Set<string>()
  const wanted = packets.map(({ bytes }) => {
    const { tcp, ipv4 } = layersOf(bytes)
    if (tcp === -1) return bytes
    const [at, size] = ipv4 === -1 ? [tcp - 32, 16] : [ipv4 + 12, 4]
    const end = (which: number): string =>
      Buffer.from([
        ...bytes.subarray(at + which * size, at + (which + 1) * size),
        ...bytes.subarray(tcp + which * 2, tcp + which * 2 + 2),
      ]).toString('hex')
    const flow = [end(0), end(1)].sort().join()
    const flags = flows.has(flow) ? ACK : SYN
    flows.add(flow)
    return edited(bytes, (copy) => {
      copy[tcp + 13] = flags
      return copy
    })
  })
  yield packets.map((packet, at) => ({ ...packet, bytes: wanted[at] ?? packet.bytes }))
  for (const [at, packet] of packets.entries()) yield packets.with(at, { ...packet, bytes: wanted[at] ?? packet.bytes })
}
