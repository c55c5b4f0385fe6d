/**
 * Cases that tell the values of entries apart: one entry keeps what it was given, although another, whose key differs in one
 * thing only, was given something else since, and the device would now choose anew. What chooses does so by the key, in a way
 * that nothing says; so the key is another in each round.
 */
import { type Detour, endsOf, isElsewhere, lineAt, MILLISECOND, moved, peersOf } from './detour.js'
import { inOtherForms, type NotedSequence } from './malformations.js'
import { fieldMisses } from './near.js'
import type { Reference } from './reference.js'
import { Course, inRounds, type Round } from './rounds.js'
import type { FilledPacket, Sequence } from './sequence.js'

/** Between the ports of one round and the next. */
export const STRIDE = 37n

export function valuesApart(reference: Reference, detours: readonly Detour[]): NotedSequence[] {
  return detours.flatMap((detour) => {
    const ends = endsOf(reference, detour)
    const peers = peersOf(reference, detour)
    return inOtherForms(reference, detour.base).flatMap((base) =>
      inRounds(roundsOf(reference, { ...detour, base }, peers), ends && ends.entry.life + MILLISECOND),
    )
  })
}

function roundsOf(reference: Reference, detour: Detour, peers: readonly FilledPacket[]): Round[] {
  const last = detour.base.packet
  if (last === undefined) return []
  return fieldMisses(last.bytes).map(
    ({ name }, number) =>
      (begun, start) =>
        roundOf(new Course(reference, begun), start, { detour, peers, last, name, by: BigInt(number) * STRIDE }),
  )
}

interface Miss {
  readonly detour: Detour
  readonly peers: readonly FilledPacket[]
  readonly last: FilledPacket
  /** What differs between the two entries. */
  readonly name: string
  readonly by: bigint
}

function roundOf(course: Course, start: bigint, miss: Miss): NotedSequence | undefined {
  const { detour, peers, last, name, by } = miss
  const { base, wait, at, other } = detour
  const key = (packet: FilledPacket): FilledPacket => moved(packet, last.bytes, by)
  const mine = key(last)
  const near = fieldMisses(mine.bytes).find((each) => each.name === name)
  if (near === undefined) return undefined
  const theirs = { ...mine, bytes: near.bytes }
  const follow = (packet: FilledPacket, after = MILLISECOND): Sequence => course.send(packet, course.last + after)
  for (const packet of base.packets) course.send(key(packet), start + packet.now)
  const first = course.found
  if (first.step?.site?.line !== base.step?.site?.line) return undefined
  if (follow(other, wait).step?.site?.line !== lineAt(base, at)) return undefined
  const note = course.found.length
  const second = follow(theirs)
  if (!isElsewhere(second, first)) return undefined
  for (const packet of base.packets) follow(key(packet))
  // All that a choice could be made of is there, and each keeps what it has.
  for (const peer of peers.slice(1)) follow(peer)
  if (isElsewhere(follow(mine), first)) return undefined
  follow(theirs)
  return { sequence: course.found, notes: new Map([[note, `${name}, kept apart`]]) }
}
