/**
 * Packets from the empty state, run on two reference devices that choose differently: what counts as met is what is met on
 * both. Where a packet carries what the device has chosen, it is filled in from the output in which that shows.
 */
import { Undecidable } from '../domains/symbolic/path.js'
import { FIELDS, type Fill, filled, isAlike, readField } from './fields.js'
import { MANNERS } from './known/device.js'
import { KnownState } from './known/state.js'
import type { Packet, Reference, Step } from './reference.js'

export interface FilledPacket extends Packet {
  readonly fills: readonly Fill[]
}

/** What one reference device has come to. */
interface Course {
  readonly state: KnownState
  /** What came of the last packet. */
  readonly output: Uint8Array | undefined
}

/** One packet more than the sequence before: thousands that begin alike share what they have in common. */
export interface Sequence {
  /** All of them, gone through each time that they are asked for. */
  readonly packets: readonly FilledPacket[]
  /** The last, and how many there are. */
  readonly packet: FilledPacket | undefined
  readonly length: number
  /** Of each of `MANNERS`. */
  readonly courses: readonly Course[]
  /** Packets, counted from 0, whose outputs are not the same on all: a device's choice shows there. */
  readonly telling: readonly number[]
  /** What its packets meet on every device. */
  readonly met: ReadonlySet<string>
  /** The last packet's step on the first device. */
  readonly step: Step | undefined
  /** What the last packet alone meets on every device. */
  readonly own: ReadonlySet<string>
  readonly before: Sequence | undefined
}

export const NOTHING: Sequence = {
  packets: [],
  packet: undefined,
  length: 0,
  courses: MANNERS.map(() => ({ state: KnownState.empty(), output: undefined })),
  telling: [],
  met: new Set(),
  step: undefined,
  own: new Set(),
  before: undefined,
}

/** Its first packets. */
export function prefix(sequence: Sequence, count: number): Sequence {
  let each = sequence
  while (each.length > count && each.before !== undefined) each = each.before
  return each
}

/** After each of its packets. */
function chainOf(sequence: Sequence): Sequence[] {
  const chain: Sequence[] = []
  for (let each = sequence; each.before !== undefined; each = each.before) chain.push(each)
  return chain.reverse()
}

/** What came of its packets on one of the devices. */
function outputsOf(sequence: Sequence, device: number): (Uint8Array | undefined)[] {
  return chainOf(sequence).map(({ courses }) => courses[device]?.output)
}

/** On the first device. */
export function stateOf({ courses }: Sequence): KnownState {
  return courses[0]?.state ?? KnownState.empty()
}

/** With one more packet, as the first device would be sent it. */
export function followedBy(reference: Reference, sequence: Sequence, packet: Packet): Sequence {
  const plain = withFills(reference, sequence, { ...packet, fills: [] })
  const fills = fillsOf(sequence, packet)
  if (fills.length === 0) return plain
  const carried = withFills(reference, sequence, { ...packet, fills })
  return carried.own.size > plain.own.size ? carried : plain
}

/** With a packet whose fields are filled in as it says. */
export function withFills(reference: Reference, before: Sequence, packet: FilledPacket): Sequence {
  const steps: (Step | undefined)[] = []
  const courses = before.courses.map((course, i) => {
    const manner = MANNERS[i] ?? MANNERS[0]
    const bytes = packet.fills.length === 0 ? packet.bytes : filled(packet.bytes, packet.fills, outputsOf(before, i))
    const step =
      i === 0
        ? reference.run(course.state, { ...packet, bytes }, manner)
        : tried(reference, course, { ...packet, bytes }, i)
    steps.push(step)
    return { state: step?.state ?? course.state, output: step?.output }
  })
  const [step] = steps
  const own = new Set([...(step?.met ?? [])].filter((target) => steps.every((each) => each?.met.has(target) === true)))
  return {
    get packets() {
      return chainOf(this).flatMap((each) => each.packet ?? [])
    },
    packet,
    length: before.length + 1,
    courses,
    telling: isTelling(courses) ? [...before.telling, before.length] : before.telling,
    // Packets that come again and again meet nothing new.
    met: [...own].every((target) => before.met.has(target)) ? before.met : new Set([...before.met, ...own]),
    step,
    own,
    before,
  }
}

function tried(reference: Reference, { state }: Course, packet: Packet, device: number): Step | undefined {
  try {
    return reference.run(state, packet, MANNERS[device] ?? MANNERS[0])
  } catch (error) {
    if (error instanceof Undecidable) return undefined
    throw error
  }
}

/** Of the last packet. */
function isTelling(courses: readonly Course[]): boolean {
  const [one, other] = courses.map(({ output }) => output)
  return one !== undefined && other !== undefined && Buffer.compare(one, other) !== 0
}

/** Fields of the packet that have the value of an output's field, or one beside it, that is another on each device. */
function fillsOf(before: Sequence, { bytes }: Packet): Fill[] {
  return FIELDS.flatMap((field) => {
    const value = readField(bytes, field)
    if (value === undefined) return []
    const found: Fill[] = []
    for (const at of before.telling.toReversed()) {
      const [output, other] = prefix(before, at + 1).courses.map((course) => course.output)
      if (output === undefined || other === undefined) continue
      for (const of of FIELDS) {
        const [shown, differently] = [readField(output, of), readField(other, of)]
        if (!isAlike(field, of) || shown === undefined || shown === differently) continue
        const plus = value - shown
        if (plus >= -1n && plus <= 1n) found.push({ field, output: at + 1, of, plus: Number(plus) })
      }
    }
    const nearest = found.toSorted((a, b) => Math.abs(a.plus) - Math.abs(b.plus))[0]
    return nearest === undefined ? [] : [nearest]
  })
}
