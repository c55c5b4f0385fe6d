/**
 * Cases that tell entries apart: a packet that would leave but for what is stored, with one thing of a header changed at a
 * time. Where that is a part of the key it leaves; where it is none it does not.
 */
import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import { MANNERS } from './known/device.js'
import { KnownState } from './known/state.js'
import { inCases, inOtherForms, type NotedSequence } from './malformations.js'
import { fieldMisses, otherTransport, sameOverIpv6 } from './near.js'
import type { Reference } from './reference.js'
import { followedBy, type Sequence, stateOf } from './sequence.js'

/** `sequences` in the order in which they were found. */
export function keysApart(reference: Reference, sequences: readonly Sequence[]): NotedSequence[] {
  const dropped = sequences.filter(({ step }) => step?.verdict === 'drop')
  const keptBack = dropped.filter((sequence) => isKeptBack(reference, sequence))
  const always = dropped.filter((sequence) => !keptBack.includes(sequence))
  return [
    ...shortest(keptBack).flatMap((base) => inOtherForms(reference, base).flatMap((each) => ofBase(reference, each))),
    ...shortest(always).flatMap((base) => beside(reference, base)),
  ]
}

/** One for each line, port and kind of packet. */
function shortest(sequences: readonly Sequence[]): readonly Sequence[] {
  const bases = new Map<string, Sequence>()
  for (const sequence of sequences) {
    const packet = sequence.packet
    if (packet === undefined) continue
    const { protocol, ipv4, ipv6 } = layersOf(packet.bytes)
    const name = [sequence.step?.site?.line, packet.port, protocol, ipv4 !== -1, ipv6 !== -1].join(' ')
    const known = bases.get(name)
    if (known === undefined || known.length > sequence.length) bases.set(name, sequence)
  }
  return [...bases.values()]
}

/** What is dropped for what it is, with one field different: as far as that leaves what is stored as it was. */
function beside(reference: Reference, base: Sequence): NotedSequence[] {
  const packet = base.packet
  if (packet === undefined) return []
  // Once more first: what it refreshes each time is then as each time.
  const begun = followedBy(reference, base, packet)
  return inCases(begun, fieldMisses(packet.bytes), {
    follow: (sequence, { bytes }) => followedBy(reference, sequence, { ...packet, bytes }),
    end: (sequence) => sequence,
    alone: () => undefined,
  })
}

/** Whether the last packet is dropped, and would leave from the empty state. */
function isKeptBack(reference: Reference, { step, before, packet }: Sequence): boolean {
  if (step?.verdict !== 'drop' || packet === undefined || before === undefined) return false
  if (stateOf(before).kind === '') return false
  return reference.run(KnownState.empty(), packet, MANNERS[0]).verdict !== 'drop'
}

/** What changes nothing shares a case, which ends with the packet as it was. */
function ofBase(reference: Reference, { before, packet }: Sequence): NotedSequence[] {
  if (before === undefined || packet === undefined) return []
  // No time passes: what is stored stays as it was.
  const follow = (sequence: Sequence, bytes: Uint8Array): Sequence =>
    followedBy(reference, sequence, { ...packet, bytes })
  const other = otherTransport(packet.bytes)
  const variants = [
    ...fieldMisses(packet.bytes),
    ...(other === undefined ? [] : [{ name: 'the other transport protocol', bytes: other }]),
    ...sameOverIpv6(packet.bytes),
  ]
  const found: NotedSequence[] = []
  const notes = new Map<number, string>()
  let shared = before
  for (const { name, bytes } of variants) {
    const next = follow(shared, bytes)
    const isApart = next.step?.verdict !== 'drop'
    if (isApart) found.push({ sequence: follow(before, bytes), notes: new Map([[before.length, name]]) })
    else {
      notes.set(shared.length, name)
      shared = next
    }
  }
  return notes.size === 0 ? found : [...found, { sequence: follow(shared, packet.bytes), notes }]
}
