/** Cases of malformed and rare packets: one for each kind of packet that leaves, in the state that lets it leave. */

import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import { variantsOf } from './malformed.js'
import type { Reference } from './reference.js'
import { followedBy, type Sequence, stateOf } from './sequence.js'

export interface NotedSequence {
  readonly sequence: Sequence
  /** Of its packets, by their places. */
  readonly notes: ReadonlyMap<number, string>
}

const MILLISECOND = 1_000_000n
/** Variants in one case. */
const MOST_VARIANTS = 40

/** `sequences` in the order in which they were found. */
export function malformations(reference: Reference, sequences: readonly Sequence[], seed: number): NotedSequence[] {
  const bases = new Map<string, Sequence>()
  for (const sequence of sequences) {
    const { step, packets } = sequence
    const packet = packets.at(-1)
    if (step === undefined || packet === undefined || step.verdict === 'drop' || packet.bytes.length < 14) continue
    const { protocol, ipv4, ipv6 } = layersOf(packet.bytes)
    const name = [step.site?.line, packet.port, protocol, ipv4 !== -1, ipv6 !== -1].join(' ')
    const known = bases.get(name)
    if (known === undefined || known.packets.length > packets.length) bases.set(name, sequence)
  }
  return [...bases.values()].flatMap((base) => ofBase(reference, base, seed))
}

/** What leaves the state as it was shares a case; each of the others has one, and ends with the packet as it was. */
function ofBase(reference: Reference, base: Sequence, seed: number): NotedSequence[] {
  const { before, packets } = base
  const packet = packets.at(-1)
  if (before === undefined || packet === undefined) return []
  const found: NotedSequence[] = []
  const follow = (sequence: Sequence, bytes: Uint8Array): Sequence => {
    const now = sequence.packets.length === 0 ? packet.now : stateOf(sequence).last + MILLISECOND
    return followedBy(reference, sequence, { ...packet, bytes, now })
  }
  let shared: Sequence = before
  let notes = new Map<number, string>()
  const close = (): void => {
    if (notes.size === 0) return
    found.push({ sequence: follow(shared, packet.bytes), notes })
    shared = before
    notes = new Map()
  }
  for (const { name, bytes } of variantsOf(packet.bytes, seed)) {
    const next = follow(shared, bytes)
    if (next.step?.state.kind === stateOf(shared).kind) {
      notes.set(next.packets.length - 1, name)
      shared = next
      if (notes.size === MOST_VARIANTS) close()
      continue
    }
    const alone = follow(before, bytes)
    found.push({ sequence: follow(alone, packet.bytes), notes: new Map([[alone.packets.length - 1, name]]) })
  }
  close()
  return found
}
