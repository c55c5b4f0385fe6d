/** The other way: what comes out at the far side of a device is answered, as its peer would. */
import type { FlowFrames } from '../frames.js'
import { writeTag } from '../tag.js'
import type { Kept } from './arrivals.js'
import type { Load } from './load.js'

/** Exchanged in an answer, by which every checksum stays right: MAC addresses, IPv4 addresses, UDP ports. */
const PAIRS = [
  [0, 6, 6],
  [26, 30, 4],
  [34, 36, 2],
] as const

/** Answers to the flows that came out, over IPv4. A device that keeps flows lets them pass to where the flows come from. */
export function answersTo(load: Load, kept: Kept): Load | undefined {
  const { ports, headers } = kept
  const flows = [...ports.keys()].filter((flow) => (ports[flow] ?? -1) >= 0)
  if (flows.length === 0) return undefined
  return {
    frames: new AnswerFrames(load.frames, headers, flows),
    ports: Uint8Array.from(flows, (flow) => ports[flow] ?? 0),
    right: Uint32Array.from(flows, (flow) => 1 << (load.ports[flow] ?? 0)),
    tolerated: new Uint32Array(flows.length),
    learning: [],
    heartbeats: load.heartbeats,
    plan: [],
  }
}

class AnswerFrames implements FlowFrames {
  readonly length: number
  readonly tagAt: number
  readonly flows: number
  readonly payload: Uint8Array
  readonly sum: number
  readonly #headers: Uint8Array

  constructor(frames: FlowFrames, headers: Uint8Array, flows: readonly number[]) {
    this.length = frames.length
    this.tagAt = frames.tagAt
    this.payload = frames.payload
    this.sum = frames.sum
    this.flows = flows.length
    this.#headers = new Uint8Array(flows.length * this.tagAt)
    for (const [index, flow] of flows.entries()) {
      const header = headers.slice(flow * this.tagAt, (flow + 1) * this.tagAt)
      exchange(header)
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

function exchange(header: Uint8Array): void {
  for (const [one, other, length] of PAIRS) {
    const first = header.slice(one, one + length)
    header.copyWithin(one, other, other + length)
    header.set(first, other)
  }
}
