/** Trials: sends what a load says at the rates of its segments, counts what comes back, and waits until nothing is on its way. */
import type { DeviceUnderTest } from '../../device/index.js'
import { VigilError } from '../../errors.js'
import { Histogram } from '../../histogram.js'
import { Burst, clockOffset, Pacer, type PacketPort, waitForFrames } from '../../packetio/index.js'
import type { RateOutcome } from '../search.js'
import { type ArrivalCounts, Arrivals, type DirectionArrivals, type Kept } from './arrivals.js'
import type { Flows, Heartbeat, Load } from './load.js'
import { Neighbours } from './neighbours.js'
import { type ProcessorUse, watchProcessors } from './processors.js'
import type { Sample } from './sample.js'
import { type Beside, type Segment, Sender, type SentSegment } from './sender.js'

export interface TrialOutcome extends RateOutcome, Readonly<ArrivalCounts> {
  /** The number in the tags of its frames. */
  readonly test: number
  readonly testerLost: number
  /** Frames that a port of the tester refused; they are not among those sent. */
  readonly refused: number
  /** Frames that were sent beside those. */
  readonly sentBeside: number
  /** Seconds in which frames were sent. */
  readonly seconds: number
  /** Nanoseconds. */
  readonly latencies: Histogram
  /** Received frames of which no latency is known. */
  readonly untimed: number
  /** Those of the load, in its order. */
  readonly directions: readonly DirectionOutcome[]
  readonly segments: readonly OutcomeSegment[]
  /** When the last frame was sent that did not come; nanoseconds since the same origin as those of the segments. */
  readonly lastLostAt: number | undefined
  /** Frames that came out, by port. */
  readonly byPort: readonly number[]
  readonly processors: ProcessorUse
  /** Where it was asked for. */
  readonly kept: Kept | undefined
}

/** Frames of one direction; its latencies, also that of the frame in the middle of the trial. */
export interface DirectionOutcome extends Readonly<DirectionArrivals> {
  readonly sent: number
}

/** `received`: of the frames sent in it. */
export type OutcomeSegment = Readonly<SentSegment> & { readonly received: number }

export interface TrialOptions {
  /** Frames, about: those in the middle are marked, one of each direction. */
  readonly expected?: number
  /** Whether it is kept how each flow came out. */
  readonly keeps?: boolean
  /** Keeps frames to be judged. */
  readonly sample?: Sample | undefined
  /** Sent as well, and not to come out. It is neither sent nor received in what is counted, but misdirected where it does. */
  readonly beside?: Beside | undefined
}

export interface TesterOptions {
  readonly ports: readonly PacketPort[]
  readonly device: DeviceUnderTest
  /** Milliseconds without a frame after which none is on its way any more, where the device does not tell. */
  readonly quiet: number
  /** Frames a second that are never exceeded, whatever a trial asks for. */
  readonly rateCap: number
  readonly signal?: AbortSignal | undefined
}

/** Frames a second at which a device learns so many flows. */
export function learningRate(flows: number): number {
  return Math.max(LEARNING.rate, flows / LEARNING.most)
}

function allOf(directions: readonly DirectionOutcome[]): Histogram {
  const all = new Histogram()
  for (const { latencies } of directions) all.merge(latencies)
  return all
}

/** The user ended it. */
export class Interrupted extends Error {}

/** Bytes of the longest frame. */
const ROOM = 9216
const BURST = 256
const SLOTS = 8192
/** Frames a second of learning frames; and milliseconds in which they are sent at most. */
const LEARNING = { rate: 5000, most: 2 }
/** Milliseconds: between two looks at what is outside; of one sleep; to wait for what is on its way at most. */
const SLICE = 20
const NAP = 1
const PATIENCE = 5000
/** Without a frame, where the device tells that it is through with all. */
const SETTLED = 10

export class Tester {
  readonly #options: TesterOptions
  readonly #pacer: Pacer
  readonly #sender: Sender
  /** They answer also between trials; none of it is counted. */
  readonly neighbours: Neighbours
  /** Those that are sent. */
  heartbeats: readonly Heartbeat[] = []
  readonly #burst = new Burst(BURST, ROOM)
  readonly #bytes: Buffer
  #arrivals: Arrivals | undefined
  #test = 0
  #lookedOutside = 0
  /** Frames of which nobody knows where they are. */
  #vanished = 0

  /** @throws VigilError where the ports give no pacer. */
  constructor(options: TesterOptions) {
    this.#options = options
    const longest = Math.max(...options.ports.map(({ capabilities }) => capabilities.longest))
    this.#pacer = new Pacer(options.ports, { slots: SLOTS, slotBytes: Math.min(ROOM, longest + 16) })
    this.#sender = new Sender(this.#pacer)
    this.neighbours = new Neighbours(this.#sender, options.ports, this.#burst)
    this.#bytes = Buffer.from(this.#burst.bytes.buffer)
  }

  /** From now on these are sent, also between trials. */
  beat(heartbeats: readonly Heartbeat[]): void {
    this.heartbeats = heartbeats
    this.#sender.beat(heartbeats)
  }

  /**
   * The device knows all flows and stations of a load afterwards.
   *
   * @param samples Keep what comes out of the load's learning frames, each in its turn.
   * @throws As `run`.
   */
  async learn(load: Load, samples: readonly (Sample | undefined)[] = []): Promise<void> {
    for (const [i, flows] of load.learning.entries()) {
      const frames = flows.frames.flows
      this.#arrivals = this.#learningArrivals(load, flows, samples[i])
      this.#sender.begin(flows, 0, this.#capped([{ rate: learningRate(frames), frames }]))
      await this.#sendAll()
      await this.#drain()
    }
    this.#arrivals = undefined
  }

  /** None of it is counted. */
  #learningArrivals(load: Load, flows: Flows, sample: Sample | undefined): Arrivals | undefined {
    if (sample === undefined) return undefined
    const { times } = this.#sender
    return new Arrivals({ ...load, ...flows }, 0, times, this.#origin(), this.#options.ports.length, { sample })
  }

  /** One trial. @throws Interrupted; VigilError where the device or a port ended. */
  async run(load: Load, segments: readonly Segment[], options: TrialOptions = {}): Promise<TrialOutcome> {
    const { ports } = this.#options
    const test = (this.#test % 255) + 1
    this.#test = test
    const lostBefore = this.#lostByTester()
    const { expected, keeps = false, sample, beside } = options
    const marked = expected === undefined ? undefined : Math.floor(expected / 2)
    const { times } = this.#sender
    const arrivals = new Arrivals(load, test, times, this.#origin(), ports.length, {
      marked,
      keeps,
      sample,
      beside: beside?.frames,
    })
    this.#arrivals = arrivals
    this.#sender.begin(load, test, this.#capped(segments), beside)
    const processors = watchProcessors()
    await this.#sendAll()
    const used = processors()
    await this.#drain()
    arrivals.settle()
    return { ...this.#outcome(load, arrivals, this.#lostByTester() - lostBefore, used), test }
  }

  /** So many milliseconds in which only heartbeats are sent. @throws As `run`. */
  async idle(milliseconds: number): Promise<void> {
    this.#arrivals = undefined
    for (const end = performance.now() + milliseconds; performance.now() < end; ) {
      if (!this.#step()) waitForFrames(this.#options.ports, NAP)
      await this.#lookOutside()
    }
  }

  /** Nothing is sent any more; the ports can be closed then. */
  close(): void {
    this.#pacer.stop()
  }

  #outcome(load: Load, arrivals: Arrivals, testerLost: number, processors: ProcessorUse): Omit<TrialOutcome, 'test'> {
    const { sent, sentBy, sentBeside, refused, segments, given, times } = this.#sender
    const used = segments.filter((segment) => segment.sent > 0)
    const [first, last] = [used[0]?.firstAt ?? 0, used.at(-1)?.lastAt ?? 0]
    const seconds = (last - first) / 1e9
    const missing = arrivals.lastMissing(given)
    const directions = arrivals.directions.map((direction, i) => {
      const sentOf = load.directions[i]?.ports.reduce((sum, port) => sum + (sentBy[port] ?? 0), 0) ?? 0
      return { ...direction, sent: sentOf }
    })
    return {
      ...arrivals.counts,
      sent,
      refused,
      sentBeside,
      seconds,
      // From the first frame to the last is one gap less than frames.
      offered: seconds > 0 ? (sent - 1) / seconds : 0,
      testerLost,
      latencies: allOf(directions),
      untimed: arrivals.untimed,
      directions,
      segments: this.#receivedOf(arrivals),
      lastLostAt: missing === undefined ? undefined : (times.get(missing) ?? first),
      byPort: [...arrivals.byPort],
      processors,
      kept: arrivals.kept,
    }
  }

  #capped(segments: readonly Segment[]): readonly Segment[] {
    return segments.map((segment) => ({ ...segment, rate: Math.min(segment.rate, this.#options.rateCap) }))
  }

  /** Sequence numbers of a segment follow each other. */
  #receivedOf(arrivals: Arrivals): OutcomeSegment[] {
    let sequence = 0
    return this.#sender.segments.map((segment) => {
      let received = 0
      for (const end = sequence + segment.given; sequence < end; sequence++) if (arrivals.has(sequence)) received += 1
      return { ...segment, received }
    })
  }

  /** Until the pacer has sent all of the trial. */
  async #sendAll(): Promise<void> {
    try {
      while (!(this.#sender.isThrough && this.#sender.isIdle)) {
        const isBusy = this.#step()
        if (!isBusy) waitForFrames(this.#options.ports, NAP)
        await this.#lookOutside()
      }
    } catch (error) {
      this.#sender.cut()
      throw error
    }
  }

  /** Until what was sent has come, or does not. */
  async #drain(): Promise<void> {
    const { quiet } = this.#options
    const begun = performance.now()
    let last = begun
    for (let now = begun; now - begun < Math.max(PATIENCE, quiet); now = performance.now()) {
      if (this.#step()) last = now
      const through = this.#isThroughDevice()
      if (now - last >= (through === undefined ? quiet : SETTLED) && through !== false) return
      waitForFrames(this.#options.ports, NAP)
      await this.#lookOutside()
    }
    // What nobody has counted is not waited for again.
    this.#vanished += Math.max(0, this.#sender.allSent - this.#taken())
  }

  /** Whether the device is through with all that was sent to it; undefined where it does not tell. */
  #isThroughDevice(): boolean | undefined {
    if (this.#options.device.processed === undefined) return undefined
    return this.#taken() >= this.#sender.allSent
  }

  /** Frames that are not on their way to the device any more. */
  #taken(): number {
    const { device } = this.#options
    const processed = device.processed?.reduce((sum, count) => sum + count, 0) ?? 0
    return processed + device.lost().before + this.#vanished
  }

  /** One round of sending and receiving. @returns Whether frames came. */
  #step(): boolean {
    this.#sender.fill()
    let came = false
    for (const [index, port] of this.#options.ports.entries()) {
      const count = port.receive(this.#burst)
      if (count === 0) continue
      came = true
      this.#sender.look()
      this.#arrivals?.take(this.#burst, this.#bytes, count, index)
      this.neighbours.take(count, index)
    }
    this.#sender.look()
    this.#arrivals?.settle()
    return came
  }

  /** Signals, and what became of the device, now and then. */
  async #lookOutside(): Promise<void> {
    if (performance.now() - this.#lookedOutside < SLICE) return
    this.#arrivals?.adjust(this.#origin())
    await new Promise(setImmediate)
    this.#lookedOutside = performance.now()
    const { signal, device } = this.#options
    if (signal?.aborted === true) throw new Interrupted('interrupted')
    if (device.fault !== undefined) throw new VigilError(device.fault.exitCode, device.fault.cause)
  }

  #origin(): bigint {
    return this.#pacer.origin + clockOffset()
  }

  #lostByTester(): number {
    return this.#options.ports.reduce((sum, port) => {
      const { lost, oversize } = port.counts()
      return sum + lost + oversize
    }, 0)
  }
}
