/**
 * What came out of a share of the conversations in one trial: kept while it runs, and judged after it, so that judging
 * takes nothing from the load. All frames of a conversation are kept, or none.
 */
import type { Flows } from './load.js'

/** A frame that came out, by one port or several. */
export interface SampledFrame {
  readonly flow: number
  readonly sequence: number
  /** Nanoseconds since 1970 at which it first came. */
  readonly time: bigint
  /** Ports, as bits. */
  readonly egress: number
  readonly bytes: Uint8Array
  /** Whether the copies are not alike. */
  readonly isMixed: boolean
}

/** Conversations, about, and arrivals and bytes that are kept of them at most. */
const CONVERSATIONS = 64
const MOST = 16_384
const MOST_BYTES = 8 * 2 ** 20

export class Sample {
  readonly flows: Flows
  readonly #isKept: Uint8Array
  readonly #bytes: Uint8Array
  readonly #room: number
  readonly #stride: number
  readonly #sequences: Float64Array
  readonly #times: BigInt64Array
  readonly #ports: Uint8Array
  readonly #lengths: Uint16Array
  #count = 0
  /** The first frame that was not kept for want of room; what was sent from it on is not judged. */
  #end = Number.POSITIVE_INFINITY

  constructor(flows: Flows) {
    const { frames, conversations } = flows
    // A device may add tags.
    this.#stride = frames.length + 8
    this.#room = Math.min(MOST, Math.floor(MOST_BYTES / this.#stride))
    this.flows = flows
    const every = Math.max(1, Math.round(conversations.count / CONVERSATIONS))
    this.#isKept = Uint8Array.from(conversations.numbers, (number) => (scattered(number) % every === 0 ? 1 : 0))
    this.#bytes = new Uint8Array(this.#room * this.#stride)
    this.#sequences = new Float64Array(this.#room)
    this.#times = new BigInt64Array(this.#room)
    this.#ports = new Uint8Array(this.#room)
    this.#lengths = new Uint16Array(this.#room)
  }

  /** One frame of the trial that arrived whole. Nothing is allocated. */
  take(
    flow: number,
    sequence: number,
    port: number,
    time: bigint,
    bytes: Uint8Array,
    start: number,
    length: number,
  ): void {
    if (this.#isKept[flow] !== 1) return
    const at = this.#count
    if (at === this.#room || length > this.#stride) {
      this.#end = Math.min(this.#end, sequence)
      return
    }
    this.#count += 1
    this.#sequences[at] = sequence
    this.#times[at] = time
    this.#ports[at] = port
    this.#lengths[at] = length
    const to = at * this.#stride
    for (let i = 0; i < length; i++) this.#bytes[to + i] = bytes[start + i] ?? 0
  }

  /** In the order in which they were sent. */
  frames(): readonly SampledFrame[] {
    const { flows } = this.flows.frames
    const found = new Map<number, SampledFrame>()
    for (let i = 0; i < this.#count; i++) {
      const sequence = this.#sequences[i] ?? 0
      const bytes = this.#bytes.subarray(i * this.#stride, i * this.#stride + (this.#lengths[i] ?? 0))
      const first = found.get(sequence)
      found.set(sequence, {
        flow: sequence % flows,
        sequence,
        time: first?.time ?? this.#times[i] ?? 0n,
        egress: ((first?.egress ?? 0) | (1 << (this.#ports[i] ?? 0))) >>> 0,
        bytes: first?.bytes ?? bytes,
        isMixed: first !== undefined && (first.isMixed || Buffer.compare(first.bytes, bytes) !== 0),
      })
    }
    return [...found.values()].filter(({ sequence }) => sequence < this.#end).sort((a, b) => a.sequence - b.sequence)
  }
}

/** So that no port is left out where conversations take them in turns. */
function scattered(number: number): number {
  return Math.imul(number + 1, 0x9e37_79b1) >>> 8
}
