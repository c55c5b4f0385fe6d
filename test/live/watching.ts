/** Ports, a device and a clock by hand, and what is found of frames that are sent and come out at will. */
import type { AnsweringHost } from '../../src/hosts/index.js'
import { HOST } from '../../src/live/outstanding.js'
import { LiveRecord } from '../../src/live/record.js'
import { Watch } from '../../src/live/watch.js'
import { Oracle } from '../../src/oracle/index.js'
import type { Burst } from '../../src/packetio/index.js'
import { asSpec } from '../../src/spec/spec.js'

const LONGEST = 256

class Wire {
  readonly #queue: Uint8Array[] = []

  put(frame: Uint8Array): void {
    this.#queue.push(frame)
  }

  receive(burst: Burst): number {
    const frames = this.#queue.splice(0, burst.capacity)
    for (const [i, frame] of frames.entries()) {
      burst.bytes.set(frame, burst.start(i))
      burst.set(i, burst.start(i), frame.length)
    }
    return frames.length
  }
}

export interface Watched {
  readonly answering?: readonly (AnsweringHost | undefined)[]
  readonly chatters?: boolean
  /** What counters say was lost, one frame after the other. */
  readonly lost?: ('before' | 'after')[]
  /** By port, how many frames the device says that it is through with; otherwise it says nothing. */
  readonly processed?: Float64Array
  readonly removesTrailers?: boolean
}

/** Patience is one second. */
export class Watching {
  /** Milliseconds. */
  now = 0
  readonly record: LiveRecord
  readonly watch: Watch
  readonly left: number[] = []
  readonly gone: number[] = []
  readonly answers: [number, Uint8Array][] = []
  readonly #wires = [new Wire(), new Wire()]
  #sent = 0
  readonly #begun: Uint8Array[] = []

  constructor(
    process: object,
    { answering = [], chatters = false, lost = [], processed, removesTrailers = false }: Watched = {},
  ) {
    const spec = asSpec(process)
    if (spec === undefined) throw new Error('not a specification')
    const config = { values: new Map(), portCount: 2 }
    const oracle = new Oracle({ nf: 'test', instance: 'test', spec: { spec, file: 'test.ts' }, config })
    this.record = new LiveRecord('test', oracle, 100, () => false)
    this.watch = new Watch({
      oracle,
      ports: this.#wires,
      device: { processed },
      losses: { take: () => lost.shift() },
      record: this.record,
      observer: {
        left: (tag) => void this.left.push(tag),
        gone: (tag) => void this.gone.push(tag),
        origin: (tag) => (this.gone.includes(tag) ? undefined : { trace: 'trace.pcap', packet: tag }),
      },
      answering,
      answer: (port, frame) => void this.answers.push([port, frame]),
      chatters,
      patience: 1000,
      longest: LONGEST,
      granularity: 0,
      removesTrailers,
      now: () => this.now * 1e6,
      origin: 0n,
    })
  }

  /** Sends a frame as packet `tag` of the trace. */
  sends(port: number, frame: Uint8Array, tag: number = HOST, isJudged = true): this {
    this.watch.push(port, tag, isJudged, frame, 0, frame.length)
    this.#sent += 1
    this.watch.sent(this.now * 1e6, frame, frame.length)
    return this
  }

  /** The call that sends a frame begins, and ends only where that is waited for. */
  begins(port: number, frame: Uint8Array, tag: number): this {
    this.watch.push(port, tag, true, frame, 0, frame.length)
    this.#begun.push(frame)
    return this
  }

  comesOut(port: number, frame: Uint8Array): this {
    return this.puts(port, frame).after(1)
  }

  /** It will be there at the next look. */
  puts(port: number, frame: Uint8Array): this {
    this.#wires[port]?.put(frame)
    return this
  }

  /** Looks at everything until so many milliseconds later, every ten. */
  after(milliseconds: number): this {
    const end = this.now + milliseconds
    while (this.now < end) this.pausedFor(Math.min(10, end - this.now))
    return this
  }

  /** Looks at everything again after so many milliseconds without a processor. */
  pausedFor(milliseconds: number): this {
    this.now += milliseconds
    this.watch.look((known = 0) => this.#drained(known))
    return this
  }

  #drained(known: number): number {
    while (this.#sent < known) {
      const frame = this.#begun.shift()
      if (frame === undefined) throw new Error('no call has begun')
      this.#sent += 1
      this.watch.sent(this.now * 1e6, frame, frame.length)
    }
    return this.#sent + this.#begun.length
  }

  get summaries(): readonly string[] {
    return this.record.violations.map(({ summary }) => summary)
  }
}
