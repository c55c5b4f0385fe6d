/**
 * Cases that tell entries apart: a packet that would leave but for what is stored, with one thing of a header changed at a
 * time. Where that is a part of the key it leaves; where it is none it does not.
 */
import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import { MANNERS } from './known/device.js'
import { KnownState } from './known/state.js'
import { inOtherForms, type NotedSequence } from './malformations.js'
import { fieldMisses, otherTransport } from './near.js'
import type { Reference } from './reference.js'
import { followedBy, type Sequence, stateOf } from './sequence.js'

/** `sequences` in the order in which they were found. */
export function keysApart(reference: Reference, sequences: readonly Sequence[]): NotedSequence[] {
  const bases = new Map<string, Sequence>()
  for (const sequence of sequences) {
    const packet = sequence.packets.at(-1)
    if (packet === undefined || !isKeptBack(reference, sequence)) continue
    const { protocol, ipv4, ipv6 } = layersOf(packet.bytes)
    const name = [sequence.step?.site?.line, packet.port, protocol, ipv4 !== -1, ipv6 !== -1].join(' ')
    const known = bases.get(name)
    if (known === undefined || known.packets.length > sequence.packets.length) bases.set(name, sequence)
  }
  return [...bases.values()].flatMap((base) => inOtherForms(reference, base).flatMap((each) => ofBase(reference, each)))
}

/** Whether the last packet is dropped, and would leave from the empty state. */
function isKeptBack(reference: Reference, { step, before, packets }: Sequence): boolean {
  const packet = packets.at(-1)
  if (step?.verdict !== 'drop' || packet === undefined || before === undefined) return false
  if (stateOf(before).kind === '') return false
  return reference.run(KnownState.empty(), packet, MANNERS[0]).verdict !== 'drop'
}

/** What changes nothing shares a case, which ends with the packet as it was. */
function ofBase(reference: Reference, { before, packets }: Sequence): NotedSequence[] {
  const packet = packets.at(-1)
  if (before === undefined || packet === undefined) return []
  // No time passes: what is stored stays as it was.
  const follow = (sequence: Sequence, bytes: Uint8Array): Sequence =>
    followedBy(reference, sequence, { ...packet, bytes })
  const other = otherTransport(packet.bytes)
  const variants = [
    ...fieldMisses(packet.bytes),
    ...(other === undefined ? [] : [{ name: 'the other transport protocol', bytes: other }]),
  ]
  const found: NotedSequence[] = []
  const notes = new Map<number, string>()
  let shared = before
  for (const { name, bytes } of variants) {
    const next = follow(shared, bytes)
    const isApart = next.step?.verdict !== 'drop'
    if (isApart) found.push({ sequence: follow(before, bytes), notes: new Map([[before.packets.length, name]]) })
    else {
      notes.set(shared.packets.length, name)
      shared = next
    }
  }
  return notes.size === 0 ? found : [...found, { sequence: follow(shared, packet.bytes), notes }]
}
