/**
 * What `packet.with(...)` does to the bytes. Every checksum that covers a changed field moves by the difference (RFC
 * 1624 equation 3), so that a right checksum stays right and a wrong one stays as wrong as it was; `recomputed` makes
 * them right instead.
 */
import { readU16, readU128, writeU16, writeU32, writeU48, writeU128 } from '../../packet/bytes.js'
import { ipv4HeaderChecksum, transportChecksum } from '../../packet/checksum.js'
import type { Layers } from '../../packet/layers.js'
import { SpecError } from '../../spec/error.js'
import type { Changes } from '../../spec/packet.js'
import type { any } from '../../spec/verdict.js'
import type { Seen } from './features.js'

type Free = typeof any

/** Sums of the 16-bit words that `m' - m` adds to a one's complement sum; reset for each packet. */
let headerDelta = 0
let pseudoDelta = 0
let observed: Seen

/** Applies `changes` to the frame that `layers` was parsed from, in place. */
export function applyChanges(layers: Layers, changes: Changes, seen: Seen): void {
  headerDelta = 0
  pseudoDelta = 0
  observed = seen
  const { ethernet, vlan, ipv4, ipv6, transport, checksums } = changes
  if (ethernet !== undefined) applyEthernet(layers, ethernet)
  if (vlan !== undefined) applyVlan(layers, vlan)
  if (ipv4 !== undefined) applyIpv4(layers, ipv4)
  if (ipv6 !== undefined) applyIpv6(layers, ipv6)
  if (transport !== undefined) applyTransport(layers, transport)
  if (checksums === 'recomputed') recompute(layers)
  else update(layers)
}

function applyEthernet(layers: Layers, change: NonNullable<Changes['ethernet']>): void {
  if (!layers.ethernet) throw absent('ethernet')
  const { dst, src } = change
  if (dst !== undefined && typeof dst !== 'function')
    writeU48(layers.bytes, layers.start, fits(dst, 0xffffffffffff, 'ethernet.dst'))
  else if (dst !== undefined) free(layers, layers.start, 6)
  if (src !== undefined && typeof src !== 'function')
    writeU48(layers.bytes, layers.start + 6, fits(src, 0xffffffffffff, 'ethernet.src'))
  else if (src !== undefined) free(layers, layers.start + 6, 6)
}

function applyVlan(layers: Layers, change: NonNullable<Changes['vlan']>): void {
  if (layers.vlanTags === 0) throw absent('vlan')
  const at = layers.start + 14
  const old = readU16(layers.bytes, at)
  const seen = observedU16(layers, at)
  const priority = pick(change.priority, 7, 'vlan.priority', old >> 13, seen >> 13)
  const dropEligible = pick(change.dropEligible, 1, 'vlan.dropEligible', (old >> 12) & 1, (seen >> 12) & 1)
  const id = pick(change.id, 0xfff, 'vlan.id', old & 0xfff, seen & 0xfff)
  writeU16(layers.bytes, at, (priority << 13) | (dropEligible << 12) | id)
}

function applyIpv4(layers: Layers, change: NonNullable<Changes['ipv4']>): void {
  const at = layers.ipv4
  if (at === -1) throw absent('ipv4')
  const { src, dst, ttl, dscp, ecn, identification } = change
  if (src !== undefined) setAddress4(layers, at + 12, src, 'ipv4.src')
  if (dst !== undefined) setAddress4(layers, at + 16, dst, 'ipv4.dst')
  if (ttl !== undefined) {
    const old = readU16(layers.bytes, at + 8)
    const value = pick(ttl, 0xff, 'ipv4.ttl', old >> 8, observedU16(layers, at + 8) >> 8)
    setHeaderWord(layers, at + 8, (value << 8) | (old & 0xff))
  }
  if (dscp !== undefined || ecn !== undefined) {
    const old = readU16(layers.bytes, at)
    const seen = observedU16(layers, at)
    const newDscp = pick(dscp, 0x3f, 'ipv4.dscp', (old >> 2) & 0x3f, (seen >> 2) & 0x3f)
    const newEcn = pick(ecn, 3, 'ipv4.ecn', old & 3, seen & 3)
    setHeaderWord(layers, at, (old & 0xff00) | (newDscp << 2) | newEcn)
  }
  if (identification !== undefined) {
    const old = readU16(layers.bytes, at + 4)
    setHeaderWord(layers, at + 4, pick(identification, 0xffff, 'ipv4.identification', old, observedU16(layers, at + 4)))
  }
}

function applyIpv6(layers: Layers, change: NonNullable<Changes['ipv6']>): void {
  const at = layers.ipv6
  if (at === -1) throw absent('ipv6')
  const { src, dst, hopLimit, trafficClass } = change
  if (src !== undefined) setAddress6(layers, at + 8, src, 'ipv6.src')
  if (dst !== undefined) setAddress6(layers, at + 24, dst, 'ipv6.dst')
  if (hopLimit !== undefined) {
    const old = readU16(layers.bytes, at + 6)
    const value = pick(hopLimit, 0xff, 'ipv6.hopLimit', old & 0xff, observedU16(layers, at + 6) & 0xff)
    writeU16(layers.bytes, at + 6, (old & 0xff00) | value)
  }
  if (trafficClass !== undefined) {
    const old = readU16(layers.bytes, at)
    const value = pick(
      trafficClass,
      0xff,
      'ipv6.trafficClass',
      (old >> 4) & 0xff,
      (observedU16(layers, at) >> 4) & 0xff,
    )
    writeU16(layers.bytes, at, (old & 0xf00f) | (value << 4))
  }
}

function applyTransport(layers: Layers, change: NonNullable<Changes['transport']>): void {
  const at = layers.transport
  if (at === -1) throw absent('transport')
  const { srcPort, dstPort } = change
  if (srcPort !== undefined) setPort(layers, at, srcPort, 'transport.srcPort')
  if (dstPort !== undefined) setPort(layers, at + 2, dstPort, 'transport.dstPort')
}

function setPort(layers: Layers, at: number, value: number | Free, what: string): void {
  const old = readU16(layers.bytes, at)
  const next = pick(value, 0xffff, what, old, observedU16(layers, at))
  pseudoDelta += (old ^ 0xffff) + next
  writeU16(layers.bytes, at, next)
}

function setHeaderWord(layers: Layers, at: number, next: number): void {
  headerDelta += (readU16(layers.bytes, at) ^ 0xffff) + next
  writeU16(layers.bytes, at, next)
}

function setAddress4(layers: Layers, at: number, value: number | Free, what: string): void {
  const oldDelta = (readU16(layers.bytes, at) ^ 0xffff) + (readU16(layers.bytes, at + 2) ^ 0xffff)
  if (typeof value === 'function') free(layers, at, 4)
  else writeU32(layers.bytes, at, fits(value, 0xffffffff, what))
  const delta = oldDelta + readU16(layers.bytes, at) + readU16(layers.bytes, at + 2)
  headerDelta += delta
  pseudoDelta += delta
}

function setAddress6(layers: Layers, at: number, value: bigint | Free, what: string): void {
  for (let i = 0; i < 16; i += 2) pseudoDelta += readU16(layers.bytes, at + i) ^ 0xffff
  if (typeof value === 'function') free(layers, at, 16)
  else {
    writeU128(layers.bytes, at, value)
    if (readU128(layers.bytes, at) !== value) throw doesNotFit(value, what)
  }
  for (let i = 0; i < 16; i += 2) pseudoDelta += readU16(layers.bytes, at + i)
}

/** Moves the checksums by what changed, with the rules for UDP's zero (RFC 768, RFC 8200 section 8.1). */
function update(layers: Layers): void {
  if (headerDelta !== 0) moveChecksum(layers.bytes, layers.ipv4 + 10, headerDelta)
  if (pseudoDelta === 0) return
  if (layers.tcp !== -1) moveChecksum(layers.bytes, layers.tcp + 16, pseudoDelta)
  else if (layers.udp !== -1) {
    if (readU16(layers.bytes, layers.udp + 6) === 0) return
    moveChecksum(layers.bytes, layers.udp + 6, pseudoDelta)
    if (readU16(layers.bytes, layers.udp + 6) === 0) writeU16(layers.bytes, layers.udp + 6, 0xffff)
  } else if (layers.icmpv6 !== -1) moveChecksum(layers.bytes, layers.icmpv6 + 2, pseudoDelta)
}

function moveChecksum(bytes: Uint8Array, at: number, delta: number): void {
  let sum = (readU16(bytes, at) ^ 0xffff) + delta
  sum = (sum & 0xffff) + (sum >>> 16)
  sum = (sum & 0xffff) + (sum >>> 16)
  writeU16(bytes, at, sum ^ 0xffff)
}

function recompute(layers: Layers): void {
  if (layers.fragmentOffset > 0 || layers.moreFragments) {
    throw new SpecError(
      "checksums: 'recomputed' was asked of a fragment, whose transport checksum covers bytes that are elsewhere",
    )
  }
  if (layers.ipv4 !== -1)
    writeU16(layers.bytes, layers.ipv4 + 10, ipv4HeaderChecksum(layers.bytes, layers.ipv4, layers.ipHeaderLength))
  if (layers.transport === -1) return
  const at = layers.transport + (layers.tcp === -1 ? 6 : 16)
  if (layers.udp !== -1 && readU16(layers.bytes, at) === 0) return
  writeU16(layers.bytes, at, transportChecksum(layers.bytes, layers))
}

/** A field that is free takes what was seen; where nothing was seen it stays. */
function free(layers: Layers, at: number, length: number): void {
  const offset = at - layers.start
  if (offset + length > observed.length) return
  for (let i = 0; i < length; i++) layers.bytes[at + i] = observed.bytes[observed.start + offset + i] ?? 0
}

function observedU16(layers: Layers, at: number): number {
  const offset = at - layers.start
  return offset + 2 > observed.length ? readU16(layers.bytes, at) : readU16(observed.bytes, observed.start + offset)
}

function pick(value: number | Free | undefined, largest: number, what: string, old: number, seen: number): number {
  if (value === undefined) return old
  return typeof value === 'function' ? seen : fits(value, largest, what)
}

function fits(value: number, largest: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return value
  throw doesNotFit(value, what)
}

function doesNotFit(value: number | bigint, what: string): SpecError {
  return new SpecError(`${value} does not fit into ${what}`)
}

function absent(part: string): SpecError {
  return new SpecError(`packet.with changes ${part}, which this packet does not have`)
}
