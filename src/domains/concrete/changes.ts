/**
 * What `packet.with(...)` does to the bytes. Every checksum that covers a changed field moves by the difference (RFC
 * 1624 equation 3), so that a right checksum stays right and a wrong one stays as wrong as it was; `recomputed` makes
 * them right instead.
 */
import { readU16, readU128, writeU128 } from '../../packet/bytes.js'
import { icmpChecksum, ipv4HeaderChecksum, transportChecksum } from '../../packet/checksum.js'
import type { Layers } from '../../packet/layers.js'
import { SpecError } from '../../spec/error.js'
import type { Changes } from '../../spec/packet.js'
import type { any } from '../../spec/verdict.js'
import type { Seen } from './features.js'

type Free = typeof any

/** A packet that is changed: a copy of another, so that its frame begins at 0. */
export interface ChangeTarget {
  readonly bytes: Uint8Array
  /** Of `bytes`. */
  readonly view: DataView
  /** The form of the copy. */
  readonly layers: Layers
}

/** Sums of the 16-bit words that `m' - m` adds to a one's complement sum; reset for each packet. */
let headerDelta = 0
let pseudoDelta = 0
let bytes: Uint8Array
let view: DataView
let observed: Seen

/** Applies `changes` to `target`, a copy of the packet that was parsed to `form`. */
export function applyChanges(target: ChangeTarget, form: Layers, changes: Changes, seen: Seen): void {
  headerDelta = 0
  pseudoDelta = 0
  bytes = target.bytes
  view = target.view
  observed = seen
  const { ethernet, vlan, ipv4, ipv6, transport, checksums } = changes
  if (ethernet !== undefined) applyEthernet(form, ethernet)
  if (vlan !== undefined) applyVlan(form, vlan)
  if (ipv4 !== undefined) applyIpv4(form, ipv4)
  if (ipv6 !== undefined) applyIpv6(form, ipv6)
  if (transport !== undefined) applyTransport(form, transport)
  if (checksums === 'recomputed') recompute(target.layers)
  else update(form)
}

function applyEthernet(form: Layers, change: NonNullable<Changes['ethernet']>): void {
  if (!form.ethernet) throw absent('ethernet')
  const { dst, src } = change
  if (dst !== undefined) setMac(0, dst, 'ethernet.dst')
  if (src !== undefined) setMac(6, src, 'ethernet.src')
}

function setMac(at: number, value: number | Free, what: string): void {
  if (typeof value === 'function') free(at, 6)
  else {
    const address = fits(value, 0xffffffffffff, what)
    view.setUint16(at, address / 0x1_0000_0000)
    view.setUint32(at + 2, address)
  }
}

function applyVlan(form: Layers, change: NonNullable<Changes['vlan']>): void {
  if (form.vlanTags === 0) throw absent('vlan')
  const old = view.getUint16(14)
  const priority = pick(change.priority, 7, 'vlan.priority', old, 14, 13)
  const dropEligible = pick(change.dropEligible, 1, 'vlan.dropEligible', old, 14, 12)
  const id = pick(change.id, 0xfff, 'vlan.id', old, 14, 0)
  view.setUint16(14, (priority << 13) | (dropEligible << 12) | id)
}

function applyIpv4(form: Layers, change: NonNullable<Changes['ipv4']>): void {
  if (form.ipv4 === -1) throw absent('ipv4')
  const at = form.ipv4 - form.start
  const { src, dst, ttl, dscp, ecn, identification } = change
  if (src !== undefined) setAddress4(at + 12, src, 'ipv4.src')
  if (dst !== undefined) setAddress4(at + 16, dst, 'ipv4.dst')
  if (ttl !== undefined) {
    const old = view.getUint16(at + 8)
    setHeaderWord(at + 8, old, (pick(ttl, 0xff, 'ipv4.ttl', old, at + 8, 8) << 8) | (old & 0xff))
  }
  if (dscp !== undefined || ecn !== undefined) {
    const old = view.getUint16(at)
    const newDscp = pick(dscp, 0x3f, 'ipv4.dscp', old, at, 2)
    const newEcn = pick(ecn, 3, 'ipv4.ecn', old, at, 0)
    setHeaderWord(at, old, (old & 0xff00) | (newDscp << 2) | newEcn)
  }
  if (identification !== undefined) {
    const old = view.getUint16(at + 4)
    setHeaderWord(at + 4, old, pick(identification, 0xffff, 'ipv4.identification', old, at + 4, 0))
  }
}

function applyIpv6(form: Layers, change: NonNullable<Changes['ipv6']>): void {
  if (form.ipv6 === -1) throw absent('ipv6')
  const at = form.ipv6 - form.start
  const { src, dst, hopLimit, trafficClass } = change
  if (src !== undefined) setAddress6(at + 8, src, 'ipv6.src')
  if (dst !== undefined) setAddress6(at + 24, dst, 'ipv6.dst')
  if (hopLimit !== undefined) {
    const old = view.getUint16(at + 6)
    view.setUint16(at + 6, (old & 0xff00) | pick(hopLimit, 0xff, 'ipv6.hopLimit', old, at + 6, 0))
  }
  if (trafficClass !== undefined) {
    const old = view.getUint16(at)
    view.setUint16(at, (old & 0xf00f) | (pick(trafficClass, 0xff, 'ipv6.trafficClass', old, at, 4) << 4))
  }
}

function applyTransport(form: Layers, change: NonNullable<Changes['transport']>): void {
  if (form.transport === -1) throw absent('transport')
  const at = form.transport - form.start
  const { srcPort, dstPort } = change
  if (srcPort !== undefined) setPort(at, srcPort, 'transport.srcPort')
  if (dstPort !== undefined) setPort(at + 2, dstPort, 'transport.dstPort')
}

function setPort(at: number, value: number | Free, what: string): void {
  const old = view.getUint16(at)
  const next = pick(value, 0xffff, what, old, at, 0)
  pseudoDelta += (old ^ 0xffff) + next
  view.setUint16(at, next)
}

function setHeaderWord(at: number, old: number, next: number): void {
  if (next === old) return
  headerDelta += (old ^ 0xffff) + next
  view.setUint16(at, next)
}

function setAddress4(at: number, value: number | Free, what: string): void {
  const old = view.getUint32(at) ^ 0xffffffff
  if (typeof value === 'function') free(at, 4)
  else view.setUint32(at, fits(value, 0xffffffff, what))
  const next = view.getUint32(at)
  const delta = (old >>> 16) + (old & 0xffff) + (next >>> 16) + (next & 0xffff)
  headerDelta += delta
  pseudoDelta += delta
}

function setAddress6(at: number, value: bigint | Free, what: string): void {
  for (let i = 0; i < 16; i += 2) pseudoDelta += view.getUint16(at + i) ^ 0xffff
  if (typeof value === 'function') free(at, 16)
  else {
    writeU128(bytes, at, value)
    if (readU128(bytes, at) !== value) throw doesNotFit(value, what)
  }
  for (let i = 0; i < 16; i += 2) pseudoDelta += view.getUint16(at + i)
}

/** Moves the checksums by what changed, with the rules for UDP's zero (RFC 768, RFC 8200 section 8.1). */
function update(form: Layers): void {
  const { start } = form
  if (headerDelta !== 0) moveChecksum(form.ipv4 - start + 10, headerDelta)
  if (pseudoDelta === 0) return
  if (form.tcp !== -1) moveChecksum(form.tcp - start + 16, pseudoDelta)
  else if (form.udp !== -1) {
    const at = form.udp - start + 6
    if (view.getUint16(at) === 0) return
    moveChecksum(at, pseudoDelta)
    if (view.getUint16(at) === 0) view.setUint16(at, 0xffff)
  } else if (form.icmpv6 !== -1) moveChecksum(form.icmpv6 - start + 2, pseudoDelta)
}

function moveChecksum(at: number, delta: number): void {
  let sum = (view.getUint16(at) ^ 0xffff) + delta
  sum = (sum & 0xffff) + (sum >>> 16)
  sum = (sum & 0xffff) + (sum >>> 16)
  view.setUint16(at, sum ^ 0xffff)
}

function recompute(layers: Layers): void {
  if (layers.fragmentOffset > 0 || layers.moreFragments) {
    throw new SpecError(
      "checksums: 'recomputed' was asked of a fragment, whose transport checksum covers bytes that are elsewhere",
    )
  }
  if (layers.ipv4 !== -1)
    view.setUint16(layers.ipv4 + 10, ipv4HeaderChecksum(layers.bytes, layers.ipv4, layers.ipHeaderLength))
  if (layers.icmpv6 !== -1) view.setUint16(layers.icmpv6 + 2, icmpChecksum(layers.bytes, layers))
  if (layers.transport === -1) return
  const at = layers.transport + (layers.tcp === -1 ? 6 : 16)
  if (layers.udp !== -1 && view.getUint16(at) === 0) return
  view.setUint16(at, transportChecksum(layers.bytes, layers))
}

/** A field that is free takes what was seen; where nothing was seen it stays. */
function free(at: number, length: number): void {
  if (at + length > observed.length) return
  for (let i = 0; i < length; i++) bytes[at + i] = observed.bytes[observed.start + at + i] ?? 0
}

/**
 * The value for a field that lies in the 16-bit word at `at`, `shift` bits from its end: what was seen there where the
 * field is free, and what it was (`old` is the whole word) where nothing is said.
 */
function pick(
  value: number | Free | undefined,
  largest: number,
  what: string,
  old: number,
  at: number,
  shift: number,
): number {
  if (typeof value === 'number') return fits(value, largest, what)
  if (value === undefined || at + 2 > observed.length) return (old >> shift) & largest
  return (readU16(observed.bytes, observed.start + at) >> shift) & largest
}

export function fits(value: number, largest: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return value
  throw doesNotFit(value, what)
}

function doesNotFit(value: number | bigint, what: string): SpecError {
  return new SpecError(`${value} does not fit into ${what}`)
}

function absent(part: string): SpecError {
  return new SpecError(`packet.with changes ${part}, which this packet does not have`)
}
