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
  readonly outputs: readonly (Uint8Array | undefined)[]
}

export interface Sequence {
  readonly packets: readonly FilledPacket[]
  /** Of each of `MANNERS`. */
  readonly courses: readonly Course[]
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
  courses: MANNERS.map(() => ({ state: KnownState.empty(), outputs: [] })),
  met: new Set(),
  step: undefined,
  own: new Set(),
  before: undefined,
}

/** Its first packets. */
export function prefix(sequence: Sequence, count: number): Sequence {
  let each = sequence
  while (each.packets.length > count && each.before !== undefined) each = each.before
  return each
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
    const bytes = filled(packet.bytes, packet.fills, course.outputs)
    const step =
      i === 0
        ? reference.run(course.state, { ...packet, bytes }, manner)
        : tried(reference, course, { ...packet, bytes }, i)
    steps.push(step)
    if (step === undefined) return { ...course, outputs: [...course.outputs, undefined] }
    return { state: step.state, outputs: [...course.outputs, step.output] }
  })
  const [step] = steps
  const own = new Set([...(step?.met ?? [])].filter((target) => steps.every((each) => each?.met.has(target) === true)))
  return {
    packets: [...before.packets, packet],
    courses,
    met: new Set([...before.met, ...own]),
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

/** Fields of the packet that have the value of an output's field, or one beside it, that is another on each device. */
function fillsOf({ courses }: Sequence, { bytes }: Packet): Fill[] {
  const [first, second] = courses
  if (first === undefined || second === undefined) return []
  return FIELDS.flatMap((field) => {
    const value = readField(bytes, field)
    if (value === undefined) return []
    const found: Fill[] = []
    for (let at = first.outputs.length - 1; at >= 0; at--) {
      const [output, other] = [first.outputs[at], second.outputs[at]]
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
