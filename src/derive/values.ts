/**
 * Cases that tell the values of entries apart: one entry keeps what it was given, although another, whose key differs in one
 * thing only, was given something else since, and the device would now choose anew. What chooses does so by the key, in a way
 * that nothing says; so the key is another in each case.
 */
import { FIELDS, readField, withField } from './fields.js'
import { inOtherForms, type NotedSequence } from './malformations.js'
import { fieldMisses } from './near.js'
import type { Reference } from './reference.js'
import { type FilledPacket, NOTHING, prefix, type Sequence, stateOf, withFills } from './sequence.js'

const MILLISECOND = 1_000_000n
/** Packets until an entry is used that are few enough to come three times. */
const MOST_PACKETS = 3
/** Between the ports of one case and the next. */
const STRIDE = 37n

/** How the same packets come to another value: later, one of them changed. */
interface Detour {
  readonly wait: bigint
  readonly at: number
  readonly other: FilledPacket
}

/** `sequences` in the order in which they were found. */
export function valuesApart(reference: Reference, sequences: readonly Sequence[]): NotedSequence[] {
  const done = new Set<number>()
  return sequences.flatMap((base) => {
    const { step, packets } = base
    const line = step?.site?.line ?? 0
    const isUse = step?.hits.some(({ margin }) => margin >= 0n) === true && step.verdict !== 'drop'
    if (!isUse || packets.length > MOST_PACKETS || done.has(line)) return []
    const detour = detourOf(reference, base)
    if (detour === undefined) return []
    done.add(line)
    return inOtherForms(reference, base).flatMap((each) => casesOf(reference, each, detour))
  })
}

/** Found where the last packet, coming once more after a wait and one changed packet, leaves by other ports. */
function detourOf(reference: Reference, base: Sequence): Detour | undefined {
  const last = base.packets.at(-1)
  if (last === undefined || base.step === undefined) return undefined
  // The shortest first: what is used itself must not expire before what it was chosen by.
  const ends = base.step.hits.map(({ margin }) => margin + 1n).filter((margin) => margin > MILLISECOND)
  for (const wait of [MILLISECOND, ...ends.sort((a, b) => (a < b ? -1 : 1))]) {
    const now = last.now + wait
    for (const [at, packet] of base.packets.slice(0, -1).entries()) {
      for (const other of changesOf(reference, packet)) {
        const changed = withFills(reference, base, { ...other, now })
        if (changed.step?.site?.line !== lineAt(base, at)) continue
        const used = withFills(reference, changed, { ...last, now: now + MILLISECOND })
        if (isElsewhere(used, base)) return { wait, at, other }
      }
    }
  }
  return undefined
}

/** A packet by each port, as it is and with each field one more. */
function changesOf({ reading }: Reference, packet: FilledPacket): FilledPacket[] {
  const { bytes } = packet
  const others = FIELDS.flatMap((field) => {
    const value = readField(bytes, field)
    return value === undefined ? [] : [withField(bytes, field, value + 1n)]
  })
  return [bytes, ...others].flatMap((each) =>
    Array.from({ length: reading.portCount }, (_, port) => ({ ...packet, bytes: each, port })),
  )
}

function casesOf(reference: Reference, base: Sequence, { wait, at, other }: Detour): NotedSequence[] {
  const last = base.packets.at(-1)
  if (last === undefined) return []
  return fieldMisses(last.bytes).flatMap(({ name }, number) => {
    const key = (packet: FilledPacket): FilledPacket => moved(packet, last.bytes, BigInt(number) * STRIDE)
    const mine = key(last)
    const near = fieldMisses(mine.bytes).find((each) => each.name === name)
    if (near === undefined) return []
    let found: Sequence = base.packets.reduce(
      (sequence, packet) => withFills(reference, sequence, key(packet)),
      NOTHING,
    )
    const first = found
    const follow = (packet: FilledPacket, after: bigint): void => {
      found = withFills(reference, found, { ...packet, now: stateOf(found).last + after })
    }
    follow(other, wait)
    const changedBy = found.step?.site?.line
    follow({ ...mine, bytes: near.bytes }, MILLISECOND)
    const note = found.packets.length - 1
    if (changedBy !== lineAt(base, at) || !isElsewhere(found, first)) return []
    for (const packet of base.packets) follow(key(packet), MILLISECOND)
    return isElsewhere(found, first) ? [] : [{ sequence: found, notes: new Map([[note, `${name}, kept apart`]]) }]
  })
}

/** With another source port, where it is of the same conversation. */
function moved(packet: FilledPacket, like: Uint8Array, by: bigint): FilledPacket {
  const { bytes } = packet
  const port = readField(bytes, 'transport.srcPort')
  const isAlike = FIELDS.every((field) => readField(bytes, field) === readField(like, field))
  return port === undefined || !isAlike
    ? packet
    : { ...packet, bytes: withField(bytes, 'transport.srcPort', (port + by) & 0xffffn) }
}

function lineAt(base: Sequence, at: number): number | undefined {
  return prefix(base, at + 1).step?.site?.line
}

/** Whether their last packets leave, by other ports. */
function isElsewhere({ step }: Sequence, { step: other }: Sequence): boolean {
  return step !== undefined && other !== undefined && step.ports !== 0 && step.ports !== other.ports
}
