/**
 * What an entry is given depends on what else is stored: found by trying how the packets that led to it, one of them changed,
 * would lead to something else.
 */
import { FIELDS, readField, withField } from './fields.js'
import type { Hit, Reference } from './reference.js'
import { type FilledPacket, prefix, type Sequence, stateOf, withFills } from './sequence.js'

export const MILLISECOND = 1_000_000n
/** Packets until an entry is used that are few enough to come many times. */
const MOST_PACKETS = 3
/** Others of the kind of a packet, itself included. */
const MOST_PEERS = 4

/** A sequence that ends with the use of an entry, and how the same packets come to another value: later, one changed. */
export interface Detour {
  readonly base: Sequence
  readonly wait: bigint
  /** The place of the packet that is changed. */
  readonly at: number
  readonly other: FilledPacket
}

/** The first for each line that uses an entry; `sequences` in the order in which they were found. */
export function detoursOf(reference: Reference, sequences: readonly Sequence[]): readonly Detour[] {
  const found = new Map<number, Detour>()
  for (const base of sequences) {
    const { step, length } = base
    const line = step?.site?.line ?? 0
    const isUse = step?.hits.some(({ margin }) => margin >= 0n) === true && step.verdict !== 'drop'
    if (!isUse || length > MOST_PACKETS || found.has(line)) continue
    const detour = detourOf(reference, base)
    if (detour !== undefined) found.set(line, detour)
  }
  return [...found.values()]
}

/** Found where the last packet, coming once more after a wait and one changed packet, leaves by other ports. */
function detourOf(reference: Reference, base: Sequence): Detour | undefined {
  const last = base.packet
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
        if (isElsewhere(used, base)) return { base, wait, at, other }
      }
    }
  }
  return undefined
}

export interface Ends {
  /** A lookup of what the last packet of a detour uses, and one of what that was chosen by, which ends first. */
  readonly entry: Hit
  readonly chosenBy: Hit
}

/** As the last packet finds them when it comes again; undefined where nothing ends. */
export function endsOf(reference: Reference, { base, wait }: Detour): Ends | undefined {
  const last = base.packet
  if (last === undefined) return undefined
  const hits = withFills(reference, base, { ...last, now: last.now + MILLISECOND }).step?.hits ?? []
  const chosenBy = hits.find(({ margin }) => margin + MILLISECOND + 1n === wait)
  if (chosenBy === undefined) return undefined
  const entry = hits.find(({ table, life }) => table !== chosenBy.table && life > chosenBy.life)
  return entry && { entry, chosenBy }
}

/** The packet that a detour changes, and others like it, each of which has an entry of its own stored. */
export function peersOf(reference: Reference, { base, at, other }: Detour): readonly FilledPacket[] {
  const first = base.packets[at]
  if (first === undefined) return []
  const peers = [first, other]
  const { line, begun } = { line: lineAt(base, at), begun: prefix(base, at) }
  const countWith = (packets: readonly FilledPacket[]): number => {
    const { now } = first
    let found = begun
    for (const packet of packets) {
      found = withFills(reference, found, { ...packet, now })
      if (found.step?.site?.line !== line) return 0
    }
    return [...stateOf(found).entries.values()].reduce((sum, entries) => sum + entries.length, 0)
  }
  let count = countWith(peers)
  if (count <= countWith([first])) return [first]
  while (peers.length < MOST_PEERS) {
    const next = changesOf(reference, peers.at(-1) ?? other).find((each) => countWith([...peers, each]) > count)
    if (next === undefined) break
    peers.push(next)
    count = countWith(peers)
  }
  return peers
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

/** With another source port, where it is of the same conversation. */
export function moved(packet: FilledPacket, like: Uint8Array, by: bigint): FilledPacket {
  const { bytes } = packet
  const port = readField(bytes, 'transport.srcPort')
  const isAlike = FIELDS.every((field) => readField(bytes, field) === readField(like, field))
  return port === undefined || !isAlike
    ? packet
    : { ...packet, bytes: withField(bytes, 'transport.srcPort', (port + by) & 0xffffn) }
}

export function lineAt(base: Sequence, at: number): number | undefined {
  return prefix(base, at + 1).step?.site?.line
}

/** Whether their last packets leave, by other ports. */
export function isElsewhere({ step }: Sequence, { step: other }: Sequence): boolean {
  return step !== undefined && other !== undefined && step.ports !== 0 && step.ports !== other.ports
}
