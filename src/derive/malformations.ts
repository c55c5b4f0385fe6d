/** Cases of malformed and rare packets: one for each kind of packet that leaves, in the state that lets it leave. */

import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import { specialChecksums } from './checksums.js'
import { variantsOf } from './malformed.js'
import { nearMisses, otherTransport, overIpv6 } from './near.js'
import type { Reference } from './reference.js'
import { followedBy, NOTHING, prefix, type Sequence, stateOf, withFills } from './sequence.js'

export interface NotedSequence {
  readonly sequence: Sequence
  /** Of its packets, by their places. */
  readonly notes: ReadonlyMap<number, string>
}

const MILLISECOND = 1_000_000n
/** Variants in one case. */
const MOST_VARIANTS = 80

/** `sequences` in the order in which they were found. */
export function malformations(reference: Reference, sequences: readonly Sequence[], seed: number): NotedSequence[] {
  const bases = new Map<string, Sequence>()
  for (const sequence of sequences) {
    const { step, packet } = sequence
    if (packet === undefined || packet.bytes.length < 14) continue
    if (!isSaid(sequence) || step?.verdict === 'drop') continue
    const name = kindOf(sequence)
    const known = bases.get(name)
    if (known === undefined || known.length > sequence.length) bases.set(name, sequence)
  }
  return [...bases.values()].flatMap((base) =>
    inOtherForms(reference, base)
      .filter((each) => each === base || !bases.has(kindOf(each)))
      .flatMap((each) => ofBase(reference, each, seed)),
  )
}

/** By which line it is answered, and what its last packet is. */
function kindOf({ step, packet }: Sequence): string {
  if (packet === undefined) return ''
  const { protocol, ipv4, ipv6 } = layersOf(packet.bytes)
  return [step?.site?.line, packet.port, protocol, ipv4 !== -1, ipv6 !== -1].join(' ')
}

/** A sequence as it is, with the other transport protocol, and each over IPv6, where the last packet has the same fate. */
export function inOtherForms(reference: Reference, base: Sequence): readonly Sequence[] {
  const transports = [base, ...changed(reference, base, otherTransport)]
  return [...transports, ...transports.flatMap((each) => changed(reference, each, overIpv6))]
}

/**
 * The whole sequence with its packets changed, where the last one has the same fate; none where nothing changes. What takes
 * another way so, as a heartbeat that is no UDP, stays as it is.
 */
function changed(
  reference: Reference,
  base: Sequence,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
): Sequence[] {
  if (base.packets.every(({ bytes }) => change(bytes) === undefined)) return []
  let sequence = NOTHING
  let isOther = false
  for (const [at, packet] of base.packets.entries()) {
    const bytes = change(packet.bytes)
    const other = bytes === undefined ? undefined : withFills(reference, sequence, { ...packet, bytes })
    const isKept = other !== undefined && other.step?.site?.line === prefix(base, at + 1).step?.site?.line
    sequence = isKept ? other : withFills(reference, sequence, packet)
    isOther ||= isKept
  }
  return isOther && sequence.step?.site?.line === base.step?.site?.line ? [sequence] : []
}

interface Cases<V> {
  readonly follow: (sequence: Sequence, variant: V) => Sequence
  /** What comes after variants that share a case. */
  readonly end: (sequence: Sequence) => Sequence
  /** What comes after one that has a case of its own; undefined where that shows nothing. */
  readonly alone: (sequence: Sequence) => Sequence | undefined
}

/** What leaves the state as it was shares a case; each of the others has one. */
export function inCases<V extends { readonly name: string }>(
  before: Sequence,
  variants: readonly V[],
  { follow, end, alone }: Cases<V>,
): NotedSequence[] {
  const found: NotedSequence[] = []
  let shared = before
  let notes = new Map<number, string>()
  const close = (): void => {
    if (notes.size > 0) found.push({ sequence: end(shared), notes })
    shared = before
    notes = new Map()
  }
  for (const variant of variants) {
    const next = follow(shared, variant)
    if (stateOf(next).kind === stateOf(shared).kind) {
      notes.set(shared.length, variant.name)
      shared = next
      if (notes.size === MOST_VARIANTS) close()
      continue
    }
    const sequence = alone(follow(before, variant))
    if (sequence !== undefined) found.push({ sequence, notes: new Map([[before.length, variant.name]]) })
  }
  close()
  return found
}

/** Each ends with the packet as it was. */
function ofBase(reference: Reference, base: Sequence, seed: number): NotedSequence[] {
  const { before, packet } = base
  if (before === undefined || packet === undefined) return []
  const follow = (sequence: Sequence, bytes: Uint8Array): Sequence => {
    const now = sequence.length === 0 ? packet.now : stateOf(sequence).last + MILLISECOND
    return followedBy(reference, sequence, { ...packet, bytes, now })
  }
  // What must not count as use must not keep an entry alive: just after its end it is gone.
  const left = (base.step?.hits ?? [])
    .filter(({ margin }) => margin >= 0n)
    .map(({ margin }) => packet.now + margin + 1n)
  const end = left.reduce<bigint | undefined>(
    (least, each) => (least === undefined || each < least ? each : least),
    undefined,
  )
  const ended = (sequence: Sequence): Sequence => {
    const alive = follow(sequence, packet.bytes)
    if (end === undefined || end <= stateOf(sequence).last) return alive
    return followedBy(reference, sequence, { ...packet, now: end })
  }
  const outputOf = (bytes: Uint8Array): Uint8Array | undefined => follow(before, bytes).step?.output
  const variants = [
    ...variantsOf(packet.bytes, seed),
    ...nearMisses(packet.bytes),
    ...specialChecksums(packet.bytes, outputOf),
  ]
  const found = inCases(before, variants, {
    follow: (sequence, { bytes }) => follow(sequence, bytes),
    end: ended,
    alone: (sequence) => {
      const followed = follow(sequence, packet.bytes)
      return isSaid(sequence) || isSaid(followed) ? followed : undefined
    },
  })
  const other = overIpv6(packet.bytes)
  if (other === undefined) return found
  // What a packet of the other IP version leaves in the device's memory must not count in the next.
  const mixed = follow(follow(follow(before, packet.bytes), other), packet.bytes)
  return [...found, { sequence: mixed, notes: new Map([[before.length + 1, 'over IPv6, in between']]) }]
}

/** Whether the specification says anything of its last packet. */
export function isSaid({ step }: Sequence): boolean {
  return step !== undefined && step.verdict !== 'any'
}
