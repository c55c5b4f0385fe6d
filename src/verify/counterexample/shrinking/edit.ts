/** Changes to a frame that keep it whole: a checksum that was right is right afterwards. */
import {
  icmpChecksum,
  icmpChecksumState,
  ipv4ChecksumState,
  ipv4HeaderChecksum,
  Layers,
  parseLayers,
  transportChecksum,
  transportChecksumState,
  writeU16,
} from '../../../packet/index.js'
import type { TestPacket } from '../judged-runs.js'

/** Where the headers are, behind VLAN tags too. */
export function layersOf(bytes: Uint8Array): Layers {
  const layers = new Layers()
  parseLayers(layers, bytes, 0, bytes.length, true)
  return layers
}

/** `change` gets a copy, and may give another frame instead. */
export function edited(
  bytes: Uint8Array,
  change: (copy: Uint8Array, layers: Layers) => Uint8Array | undefined,
): Uint8Array {
  const before = layersOf(bytes)
  const copy = bytes.slice()
  const changed = change(copy, layersOf(copy)) ?? copy
  if (ipv4ChecksumState(before) === 'right') writeIpv4Checksum(changed)
  if (transportChecksumState(before) === 'right') writeTransportChecksum(changed)
  if (icmpChecksumState(before) === 'right') writeIcmpChecksum(changed)
  return changed
}

export function writeIpv4Checksum(bytes: Uint8Array): void {
  const { ipv4, ipHeaderLength } = layersOf(bytes)
  if (ipv4 !== -1) writeU16(bytes, ipv4 + 10, ipv4HeaderChecksum(bytes, ipv4, ipHeaderLength))
}

export function writeTransportChecksum(bytes: Uint8Array): void {
  const layers = layersOf(bytes)
  const { transport, tcp } = layers
  if (transport !== -1) writeU16(bytes, transport + (tcp === -1 ? 6 : 16), transportChecksum(bytes, layers))
}

export function writeIcmpChecksum(bytes: Uint8Array): void {
  const layers = layersOf(bytes)
  const at = Math.max(layers.icmp, layers.icmpv6)
  if (at !== -1) writeU16(bytes, at + 2, icmpChecksum(bytes, layers))
}

/** One change to all packets, then to each alone. */
export function* togetherThenEach(
  packets: readonly TestPacket[],
  change: (bytes: Uint8Array) => Uint8Array,
): Generator<readonly TestPacket[]> {
  const changed = packets.map((packet) => ({ ...packet, bytes: change(packet.bytes) }))
  yield changed
  if (packets.length > 1) for (const [at, packet] of changed.entries()) yield packets.with(at, packet)
}
