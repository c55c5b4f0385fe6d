/** The other way: what comes out at the far side of a device is answered, as its peer would. */
import type { FlowFrames } from '../frames.js'
import { writeTag } from '../tag.js'
import type { Kept } from './arrivals.js'
import { directionName, type Load } from './load.js'

/** Exchanged in an answer, by which every checksum stays right: MAC addresses, IP addresses, UDP ports. */
const PAIRS = {
  4: [
    [0, 6, 6],
    [26, 30, 4],
    [34, 36, 2],
  ],
  6: [
    [0, 6, 6],
    [22, 38, 16],
    [54, 56, 2],
  ],
} as const

/** Answers to the flows that came out. A device that keeps flows lets them pass to where the flows come from. */
export function answersTo(load: Load, kept: Kept): Load | undefined {
  const { ports, headers } = kept
  const flows = [...ports.keys()].filter((flow) => (ports[flow] ?? -1) >= 0)
  if (flows.length === 0) return undefined
  // Of the load, not of what came out in one trial: a direction is the same in all of them.
  const far = load.right.reduce((all, bits) => all | bits, 0)
  const from = Array.from({ length: 32 }, (_, port) => port).filter((port) => ((far >>> port) & 1) === 1)
  const to = [...new Set(load.ports)].sort((a, b) => a - b)
  return {
    frames: new AnswerFrames(load.frames, headers, flows),
    ports: Uint8Array.from(flows, (flow) => ports[flow] ?? 0),
    conversations: {
      ...load.conversations,
      numbers: Uint32Array.from(flows, (flow) => load.conversations.numbers[flow] ?? 0),
      isAnswer: new Uint8Array(flows.length).fill(1),
    },
    right: Uint32Array.from(flows, (flow) => 1 << (load.ports[flow] ?? 0)),
    tolerated: new Uint32Array(flows.length),
    directions: [{ name: directionName(from, to), ports: from }],
    ways: 1,
    learning: [],
    heartbeats: load.heartbeats,
    plan: [],
  }
}

/** Frames of one load and of another in turns. The payload is the same, as it is in answers. */
export function bothWays(there: Load, back: Load): Load {
  const frames = new AlternatingFrames(there.frames, back.frames)
  const each = <T>(of: (load: Load, flow: number) => T): T[] =>
    Array.from({ length: frames.flows }, (_, flow) => {
      const load = flow % 2 === 0 ? there : back
      return of(load, (flow >> 1) % load.frames.flows)
    })
  return {
    ...there,
    frames,
    ports: Uint8Array.from(each(({ ports }, flow) => ports[flow] ?? 0)),
    conversations: {
      ...there.conversations,
      numbers: Uint32Array.from(each(({ conversations }, flow) => conversations.numbers[flow] ?? 0)),
      isAnswer: Uint8Array.from(each(({ conversations }, flow) => conversations.isAnswer[flow] ?? 0)),
    },
    right: Uint32Array.from(each(({ right }, flow) => right[flow] ?? 0)),
    tolerated: Uint32Array.from(each(({ tolerated }, flow) => tolerated[flow] ?? 0)),
    directions: [...there.directions, ...back.directions],
    ways: there.ways + back.ways,
  }
}

class AlternatingFrames implements FlowFrames {
  readonly version: 4 | 6
  readonly length: number
  readonly tagAt: number
  readonly flows: number
  readonly payload: Uint8Array
  readonly sum: number
  readonly #both: readonly [FlowFrames, FlowFrames]

  constructor(there: FlowFrames, back: FlowFrames) {
    this.version = there.version
    this.length = there.length
    this.tagAt = there.tagAt
    this.payload = there.payload
    this.sum = there.sum
    this.flows = 2 * Math.max(there.flows, back.flows)
    this.#both = [there, back]
  }

  write(into: Uint8Array, flow: number, test: number, sequence: number): void {
    const frames = this.#both[flow % 2 === 0 ? 0 : 1]
    frames.write(into, (flow >> 1) % frames.flows, test, sequence)
  }

  rewrite(into: Uint8Array, flow: number, test: number, sequence: number): void {
    const frames = this.#both[flow % 2 === 0 ? 0 : 1]
    frames.rewrite(into, (flow >> 1) % frames.flows, test, sequence)
  }
}

class AnswerFrames implements FlowFrames {
  readonly version: 4 | 6
  readonly length: number
  readonly tagAt: number
  readonly flows: number
  readonly payload: Uint8Array
  readonly sum: number
  readonly #headers: Uint8Array

  constructor(frames: FlowFrames, headers: Uint8Array, flows: readonly number[]) {
    this.version = frames.version
    this.length = frames.length
    this.tagAt = frames.tagAt
    this.payload = frames.payload
    this.sum = frames.sum
    this.flows = flows.length
    this.#headers = new Uint8Array(flows.length * this.tagAt)
    for (const [index, flow] of flows.entries()) {
      const header = headers.slice(flow * this.tagAt, (flow + 1) * this.tagAt)
      exchange(header, this.version)
      this.#headers.set(header, index * this.tagAt)
    }
  }

  write(into: Uint8Array, flow: number, test: number, sequence: number): void {
    into.set(this.payload, this.length - this.payload.length)
    this.rewrite(into, flow, test, sequence)
  }

  rewrite(into: Uint8Array, flow: number, test: number, sequence: number): void {
    const from = flow * this.tagAt
    for (let i = 0; i < this.tagAt; i++) into[i] = this.#headers[from + i] ?? 0
    writeTag(into, this.tagAt, test, sequence)
  }
}

function exchange(header: Uint8Array, version: 4 | 6): void {
  for (const [one, other, length] of PAIRS[version]) {
    const first = header.slice(one, one + length)
    header.copyWithin(one, other, other + length)
    header.set(first, other)
  }
}
