/**
 * Cases in which an earlier packet only just fails to change the state, and a later one shows whether it did: what a network
 * function does not compare before it stores something does not show in the packet itself, which may be dropped either way.
 */
import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import { FIELDS, readField, withField } from './fields.js'
import { inCases, inOtherForms, isSaid, type NotedSequence } from './malformations.js'
import { variantsOf } from './malformed.js'
import { nearMisses } from './near.js'
import type { Reference } from './reference.js'
import { type FilledPacket, followedBy, prefix, type Sequence, stateOf } from './sequence.js'

/** Packets of a sequence that is short enough to come in many forms. */
const MOST_PACKETS = 4

/** Entries for which a small table has room. */
const MOST_OTHERS = 5

/** A sequence with the place of a packet without which its last one has another fate. */
interface Base {
  readonly sequence: Sequence
  readonly at: number
}

interface Variant {
  readonly name: string
  readonly packet: FilledPacket
}

/** `sequences` in the order in which they were found. */
export function earlierMisses(reference: Reference, sequences: readonly Sequence[], seed: number): NotedSequence[] {
  const bases = new Map<string, Base>()
  for (const sequence of sequences) {
    if (sequence.length > MOST_PACKETS || !isSaid(sequence)) continue
    for (const at of decisive(reference, sequence)) {
      const name = nameOf(sequence, at)
      const known = bases.get(name)
      if (known === undefined || known.sequence.length > sequence.length) {
        bases.set(name, { sequence, at })
      }
    }
  }
  return [...bases.values()].flatMap(({ sequence, at }) =>
    inOtherForms(reference, sequence)
      .filter((each) => each === sequence || !bases.has(nameOf(each, at)))
      .filter((each) => decisive(reference, each).includes(at))
      .flatMap((each) => ofBase(reference, { sequence: each, at }, seed)),
  )
}

/** What is decided where, of which protocols, by which ports. */
function nameOf(sequence: Sequence, at: number): string {
  const chosen = [sequence.packets[at], sequence.packet]
  const forms = chosen.map((packet) => {
    if (packet === undefined) return ''
    const { protocol, ipv4, ipv6 } = layersOf(packet.bytes)
    return [packet.port, protocol, ipv4 !== -1, ipv6 !== -1].join(' ')
  })
  return [prefix(sequence, at + 1).step?.site?.line, sequence.step?.site?.line, ...forms].join(', ')
}

/** Places of packets that change the state, and without which the last packet has another fate. */
function decisive(reference: Reference, sequence: Sequence): readonly number[] {
  return [...sequence.packets.keys()].slice(0, -1).filter((at) => {
    const [before, after] = [prefix(sequence, at), prefix(sequence, at + 1)]
    if (stateOf(before).kind === stateOf(after).kind) return false
    return !isAlike(ended(reference, before, sequence, at), sequence)
  })
}

/** The packets after the one at that place, from another beginning. */
function ended(reference: Reference, begun: Sequence, { packets }: Sequence, at: number, late = 0n): Sequence {
  return packets
    .slice(at + 1)
    .reduce((found, packet) => followedBy(reference, found, { ...packet, now: packet.now + late }), begun)
}

function isAlike({ step: one }: Sequence, { step: other }: Sequence): boolean {
  return one?.site?.line === other?.site?.line && one?.ports === other?.ports
}

function ofBase(reference: Reference, { sequence, at }: Base, seed: number): NotedSequence[] {
  const packet = sequence.packets[at]
  if (packet === undefined) return []
  return inCases(prefix(sequence, at), variantsFor(reference, packet, seed), {
    follow: (begun, variant) => followedBy(reference, begun, variant.packet),
    end: (begun) => crowded(reference, ended(reference, begun, sequence, at), { sequence, at }),
    alone: (begun) => {
      const other = ended(reference, begun, sequence, at)
      return isAlike(other, sequence) || !isSaid(other) ? undefined : other
    },
  })
}

/**
 * And then the packet as it should be, after others that take all the room but its own: what must not be stored must not take
 * room either.
 */
function crowded(reference: Reference, begun: Sequence, { sequence, at }: Base): Sequence {
  const packet = sequence.packets[at]
  if (packet === undefined) return begun
  const late = stateOf(begun).last - packet.now
  const complete = (others: Sequence): Sequence =>
    ended(reference, followedBy(reference, others, soon(packet, others)), sequence, at, late)
  let last: Sequence | undefined
  let others = begun
  for (let count = 1; count <= MOST_OTHERS; count++) {
    const found = complete(others)
    if (!isAlike(found, sequence)) return last ?? begun
    last = found
    const other = oneMore(reference, others, packet, BigInt(count))
    if (other === undefined) return begun
    others = other
  }
  // There is always room.
  return begun
}

/** With another packet of the kind, which has one more entry stored. */
function oneMore(reference: Reference, begun: Sequence, packet: FilledPacket, by: bigint): Sequence | undefined {
  for (const field of FIELDS) {
    const value = readField(packet.bytes, field)
    if (value === undefined) continue
    const other = soon({ ...packet, bytes: withField(packet.bytes, field, value + by) }, begun)
    const found = followedBy(reference, begun, other)
    if (entriesOf(found) > entriesOf(begun)) return found
  }
  return undefined
}

function soon(packet: FilledPacket, begun: Sequence): FilledPacket {
  return { ...packet, now: stateOf(begun).last }
}

function entriesOf(sequence: Sequence): number {
  return [...stateOf(sequence).entries.values()].reduce((sum, entries) => sum + entries.length, 0)
}

/** No time passes between them: what is stored besides stays as it was. */
function variantsFor({ reading }: Reference, packet: FilledPacket, seed: number): Variant[] {
  const bytes = [...variantsOf(packet.bytes, seed), ...nearMisses(packet.bytes)]
  const ports = Array.from({ length: reading.portCount }, (_, port) => port).filter((port) => port !== packet.port)
  return [
    ...bytes.map((each) => ({ name: each.name, packet: { ...packet, bytes: each.bytes } })),
    ...ports.map((port) => ({ name: `by port ${port}`, packet: { ...packet, port } })),
  ]
}
