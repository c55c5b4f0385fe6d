/**
 * Cases of quantities that packets use up and time fills, such as tokens: used up to the last unit, waited for as long as the
 * next packet needs, to the nanosecond, and used up again after waits that fill them just not, and just.
 */
import { EntryFields } from './invariant.js'
import { MANNERS } from './known/device.js'
import { KnownPath } from './known/path.js'
import { inOtherForms, type NotedSequence } from './malformations.js'
import { LONGEST_FRAME, overIpv6, sized } from './near.js'
import type { Reference, Step } from './reference.js'
import { type FilledPacket, type Sequence, stateOf, withFills } from './sequence.js'
import { type Worn, wearing, wears } from './wear.js'

/** Nothing in the specifications of networks takes longer. */
const HOURS = 1n << 46n

/** A packet that uses something up. */
interface Use {
  readonly reference: Reference
  readonly packet: FilledPacket
  /** Line of the specification by which it leaves. */
  readonly line: number | undefined
}

/** What nothing is left in. */
interface UsedUp {
  /** Ends with the packet that was too long for what was left by a byte, and that which was not. */
  readonly sequence: Sequence
  readonly refused: Sequence
}

export interface Quantities {
  readonly cases: readonly NotedSequence[]
  /** Sequences that end with a packet for which too little is left. */
  readonly refused: readonly Sequence[]
}

/** `sequences` in the order in which they were found. */
export function quantities(reference: Reference, sequences: readonly Sequence[]): Quantities {
  const bases = new Map<string, Sequence>()
  for (const sequence of sequences) {
    const packet = sequence.packet
    if (packet === undefined || sequence.length > 1 || !isUsed(reference, sequence)) continue
    const name = `${packet.port} ${sequence.step?.site?.line}`
    if (!bases.has(name)) bases.set(name, sequence)
  }
  const all = [...bases.values()].flatMap((base) => versionsOf(reference, base)).map((base) => ofBase(reference, base))
  return { cases: all.flatMap(({ cases }) => cases), refused: all.flatMap(({ refused }) => refused) }
}

/** Whether the last packet leaves, and changes a value each time that it comes again at once. */
function isUsed(reference: Reference, sequence: Sequence): boolean {
  const packet = sequence.packet
  if (packet === undefined || sequence.step?.ports === 0) return false
  const [one, two] = again(reference, sequence, packet, 2)
  if (one === undefined || two === undefined || two.step?.ports === 0) return false
  return stateOf(one).kind === stateOf(two).kind && wears(stateOf(one), stateOf(two))
}

function again(reference: Reference, sequence: Sequence, packet: FilledPacket, times: number): Sequence[] {
  const found: Sequence[] = []
  for (let number = 0; number < times; number++) {
    found.push(withFills(reference, found.at(-1) ?? sequence, { ...packet, now: stateOf(sequence).last }))
  }
  return found
}

/** As it is, and over the other IP version. */
function versionsOf(reference: Reference, base: Sequence): Sequence[] {
  const isOver6 = (sequence: Sequence): boolean => sequence.packets.some(({ bytes }) => overIpv6(bytes) === undefined)
  const forms = inOtherForms(reference, base)
  return forms.filter((form, at) => forms.findIndex((each) => isOver6(each) === isOver6(form)) === at)
}

function ofBase(reference: Reference, base: Sequence): Quantities {
  const packet = base.packet
  const [, begun] = packet === undefined ? [] : again(reference, base, packet, 2)
  const use = packet && { reference, packet, line: base.step?.site?.line }
  const empty = use && begun && usedUp(use, begun, stateOf(begun).last)
  if (use === undefined || empty === undefined) return { cases: [], refused: [] }
  const cases = [waited(use, empty.sequence), filledUp(use, empty.sequence)]
  return { cases: cases.flatMap((each) => (each === undefined ? [] : [each])), refused: [empty.refused] }
}

/** From a time on, until the longest packet that still leaves has left; undefined where there is no end to it. */
function usedUp(use: Use, begun: Sequence, now: bigint): UsedUp | undefined {
  const { reference, packet } = use
  const first = withFills(reference, begun, { ...packet, now })
  const worn: Worn | undefined = leaves(use, first.step) ? wearing(reference, first, packet) : undefined
  if (worn === undefined) return undefined
  const { last, refused } = worn
  const ofLength = (length: number): FilledPacket => ({ ...packet, bytes: sized(packet.bytes, length), now })
  const fits = (length: number): boolean => leaves(use, stepOf(use, last, ofLength(length)))
  const least = packet.bytes.length
  if (!fits(least)) return { sequence: last, refused }
  const most = Number(lastOf(BigInt(least), BigInt(LONGEST_FRAME), (length) => fits(Number(length))))
  const tooLong = withFills(reference, last, ofLength(Math.min(most + 1, LONGEST_FRAME)))
  return { sequence: withFills(reference, tooLong, ofLength(most)), refused }
}

/** Its packet comes too early, a nanosecond too early, and in time; and once more. */
function waited(use: Use, empty: Sequence): NotedSequence | undefined {
  let found = empty
  const notes = new Map<number, string>()
  for (let round = 0; round < 2; round++) {
    const { last } = stateOf(found)
    const wait = leastWait(use, found)
    if (wait === undefined || wait < 2n) return undefined
    notes.set(found.length, 'too early')
    for (const after of [wait / 3n, wait - 1n, wait]) found = follow(use, found, last + after)
    notes.set(found.length - 2, 'a nanosecond too early')
    notes.set(found.length - 1, 'in time')
    if (!leaves(use, found.step)) return undefined
  }
  return { sequence: found, notes }
}

/** Used up again after waits that leave a nanosecond to what it can hold, that fill it, and the longest that there is. */
function filledUp(use: Use, empty: Sequence): NotedSequence | undefined {
  const longest = lifeOf(use, empty)
  const full = fillTime(use, empty, longest)
  const waits = full === undefined ? [longest] : [full - 1n, full, longest]
  const notes = new Map<number, string>()
  let found = empty
  for (const wait of waits) {
    notes.set(found.length, `after ${wait} ns`)
    const next = usedUp(use, found, stateOf(found).last + wait)
    if (next === undefined) return undefined
    found = next.sequence
  }
  return { sequence: found, notes }
}

/** Nanoseconds after which the packet leaves again; undefined where it never does, or always. */
function leastWait(use: Use, found: Sequence): bigint | undefined {
  const isRefused = (wait: bigint): boolean => !leaves(use, stepAfter(use, found, wait))
  let most = 1n
  while (isRefused(most)) {
    if (most > HOURS) return undefined
    most *= 2n
  }
  return isRefused(0n) ? lastOf(0n, most, isRefused) + 1n : undefined
}

/** How long entries are there that the packet looks up. */
function lifeOf(use: Use, found: Sequence): bigint {
  const lives = (stepAfter(use, found, 1n)?.hits ?? []).map(({ life }) => life)
  return lives.toSorted((a, b) => (a < b ? -1 : 1))[0] ?? HOURS
}

/** After how many nanoseconds a field of what is stored has what it has at last; undefined where none changes so. */
function fillTime(use: Use, found: Sequence, longest: bigint): bigint | undefined {
  const { reading, terms } = use.reference
  const fields = new EntryFields(reading.declarations)
  const valuesAfter = (wait: bigint): ReadonlyMap<string, bigint> => {
    const state = stepAfter(use, found, wait)?.state
    return state === undefined ? new Map() : fields.valuesIn(new KnownPath(terms), state)
  }
  const [soon, before, atLast] = [valuesAfter(1n), valuesAfter(longest - 1n), valuesAfter(longest)]
  for (const [name, value] of atLast) {
    if (before.get(name) !== value || soon.get(name) === value) continue
    return lastOf(0n, longest, (wait) => valuesAfter(wait).get(name) !== value) + 1n
  }
  return undefined
}

function leaves({ line }: Use, step: Step | undefined): boolean {
  return step !== undefined && step.ports !== 0 && step.site?.line === line
}

function follow({ reference, packet }: Use, found: Sequence, now: bigint): Sequence {
  return withFills(reference, found, { ...packet, now })
}

function stepAfter(use: Use, found: Sequence, wait: bigint): Step | undefined {
  return stepOf(use, found, { ...use.packet, now: stateOf(found).last + wait })
}

/** On the first device. */
function stepOf({ reference }: Use, found: Sequence, packet: FilledPacket): Step {
  return reference.run(stateOf(found), packet, MANNERS[0])
}

/** The greatest for which it holds, between one for which it does and one for which it does not. */
function lastOf(least: bigint, most: bigint, holds: (value: bigint) => boolean): bigint {
  let [low, high] = [least, most]
  if (holds(high)) return high
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}
