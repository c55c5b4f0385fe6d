/** What came back in a trial: each frame counted by its tag, held against where it has to leave, and its latency. */

import { Histogram } from '../../histogram.js'
import type { Burst } from '../../packetio/index.js'
import { readTag, sequenceOf, testOf } from '../tag.js'
import type { SynFlood } from './flood.js'
import { FrameCheck } from './frame-check.js'
import type { Load } from './load.js'
import type { Sample } from './sample.js'
import type { SentTimes } from './sent-times.js'

export interface ArrivalCounts {
  /** Different frames that came out by a port that is right. */
  received: number
  /** Frames that came out once more by such a port. */
  duplicated: number
  /** Behind a later one of their flow. */
  outOfOrder: number
  /** With a length, payload or checksum that is wrong. */
  corrupt: number
  /** By a port that is wrong; for what is sent beside the trial, that is each. */
  misdirected: number
  /** Copies by ports that are allowed besides. */
  flooded: number
  /** No frame of this trial: of an earlier one, or of nobody. */
  foreign: number
}

/** What came of the frames that enter by the ports of one direction. */
export interface DirectionArrivals {
  readonly name: string
  /** Different frames by a port that is right. */
  received: number
  /** Nanoseconds. */
  readonly latencies: Histogram
  /** Nanoseconds of its marked frame; undefined as long as that did not come. */
  markedLatency: number | undefined
}

/** Of each flow, how its last frame came out. */
export interface Kept {
  /** By which port; -1 where none came out. */
  readonly ports: Int8Array
  /** Its bytes before the tag, as many of each flow; of a frame without VLAN tags. */
  readonly headers: Uint8Array
}

/** Frames that may come before it is known when they were sent. */
const WAITING = 4096

export class Arrivals {
  readonly counts: ArrivalCounts = {
    received: 0,
    duplicated: 0,
    outOfOrder: 0,
    corrupt: 0,
    misdirected: 0,
    flooded: 0,
    foreign: 0,
  }
  /** Of each direction of the load. */
  readonly directions: readonly DirectionArrivals[]
  /** Of each port. */
  readonly byPort: Float64Array
  /** Frames of which no time is known. */
  untimed = 0
  readonly #load: Load
  readonly #test: number
  readonly #times: SentTimes
  /** Nanoseconds since 1970 of the pacer's origin. */
  #origin: bigint
  readonly #check: FrameCheck
  #seen = new Uint8Array(2 ** 16)
  readonly #latest: Float64Array
  #highest = -1
  readonly #waiting = new Float64Array(WAITING * 2)
  #waitingCount = 0
  readonly #marked: number
  /** Of each flow. */
  readonly #directionOf: Uint8Array
  readonly kept: Kept | undefined
  readonly #sample: Sample | undefined
  readonly #beside: SynFlood | undefined

  /**
   * `marked`: a sequence number from which on one of each direction has its latency told apart; `keeps`: whether it is kept
   * how flows came out; `sample`: what keeps frames to be judged; `beside`: what is sent as well, and must not come out.
   */
  constructor(
    load: Load,
    test: number,
    times: SentTimes,
    origin: bigint,
    portCount: number,
    {
      marked = Number.POSITIVE_INFINITY,
      keeps = false,
      sample,
      beside,
    }: {
      readonly marked?: number | undefined
      readonly keeps?: boolean
      readonly sample?: Sample | undefined
      readonly beside?: SynFlood | undefined
    } = {},
  ) {
    const { flows, tagAt } = load.frames
    this.directions = load.directions.map(({ name }) => ({
      name,
      received: 0,
      latencies: new Histogram(),
      markedLatency: undefined,
    }))
    this.#directionOf = Uint8Array.from(load.ports, (port) =>
      load.directions.findIndex(({ ports }) => ports.includes(port)),
    )
    this.kept = keeps ? { ports: new Int8Array(flows).fill(-1), headers: new Uint8Array(flows * tagAt) } : undefined
    this.#load = load
    this.#sample = sample
    this.#beside = beside
    this.#test = test
    this.#times = times
    this.#origin = origin
    this.#marked = marked
    this.#check = new FrameCheck(load.frames)
    this.#latest = new Float64Array(load.frames.flows).fill(-1)
    this.byPort = new Float64Array(portCount)
  }

  /** The clocks of sending and arriving are compared anew: one of them is adjusted now and then. */
  adjust(origin: bigint): void {
    this.#origin = origin
  }

  /** The first `count` frames of a burst that a port received. */
  take(burst: Burst, bytes: Buffer, count: number, port: number): void {
    this.byPort[port] = (this.byPort[port] ?? 0) + count
    for (let i = 0; i < count; i++) {
      const start = burst.start(i)
      const length = burst.length(i)
      const tag = readTag(bytes, start, length)
      if (tag === -1 && this.#beside?.isOf(bytes, start, length) === true) this.counts.misdirected += 1
      else if (tag === -1 && this.#check.isDamaged(bytes, start, length)) this.counts.corrupt += 1
      else if (tag === -1 || testOf(tag) !== this.#test) this.counts.foreign += 1
      else if (!this.#check.isIntact(bytes, start, length)) this.counts.corrupt += 1
      else this.#sort(sequenceOf(tag, Math.max(0, this.#highest)), port, burst, i)
    }
  }

  /** Latencies of frames that came before it was known when they were sent. */
  settle(): void {
    let kept = 0
    for (let i = 0; i < this.#waitingCount; i++) {
      const sequence = this.#waiting[2 * i] ?? 0
      const time = this.#waiting[2 * i + 1] ?? 0
      if (this.#time(sequence, time)) continue
      this.#waiting[2 * kept] = sequence
      this.#waiting[2 * kept + 1] = time
      kept += 1
    }
    this.#waitingCount = kept
  }

  /** Of those up to `given`, the last one that did not come; undefined where none is missing. */
  lastMissing(given: number): number | undefined {
    for (let sequence = given - 1; sequence >= 0; sequence--) if (!this.has(sequence)) return sequence
    return undefined
  }

  has(sequence: number): boolean {
    return this.#seen[sequence] === 1
  }

  #sort(sequence: number, port: number, burst: Burst, index: number): void {
    const { counts } = this
    const load = this.#load
    if (sequence < 0) {
      counts.foreign += 1
      return
    }
    const flow = sequence % load.frames.flows
    const bit = 1 << port
    this.#sample?.take(flow, sequence, port, burst.time(index), burst.bytes, burst.start(index), burst.length(index))
    if (((load.right[flow] ?? 0) & bit) === 0) {
      if (((load.tolerated[flow] ?? 0) & bit) === 0) counts.misdirected += 1
      else counts.flooded += 1
      return
    }
    if (sequence >= this.#seen.length) this.#grow(sequence)
    if (this.#seen[sequence] === 1) {
      counts.duplicated += 1
      return
    }
    this.#seen[sequence] = 1
    if (this.kept !== undefined) this.#keep(this.kept, flow, port, burst, index)
    counts.received += 1
    const direction = this.directions[this.#directionOf[flow] ?? 0]
    if (direction !== undefined) direction.received += 1
    if (sequence > this.#highest) this.#highest = sequence
    if (sequence < (this.#latest[flow] ?? 0)) counts.outOfOrder += 1
    else this.#latest[flow] = sequence
    const time = Number(burst.time(index) - this.#origin)
    if (!this.#time(sequence, time)) this.#wait(sequence, time)
  }

  #keep({ ports, headers }: Kept, flow: number, port: number, burst: Burst, index: number): void {
    const { tagAt } = this.#load.frames
    const start = burst.start(index)
    ports[flow] = port
    headers.set(burst.bytes.subarray(start, start + tagAt), flow * tagAt)
  }

  /** @returns Whether it is known when the frame was sent. */
  #time(sequence: number, arrived: number): boolean {
    const sent = this.#times.get(sequence)
    if (sent === undefined) return false
    const direction = this.directions[this.#directionOf[sequence % this.#load.frames.flows] ?? 0]
    if (direction === undefined) return true
    direction.latencies.record(arrived - sent)
    if (sequence >= this.#marked && sequence < this.#marked + this.directions.length) {
      direction.markedLatency ??= arrived - sent
    }
    return true
  }

  #wait(sequence: number, time: number): void {
    if (this.#waitingCount === WAITING) {
      this.untimed += 1
      return
    }
    this.#waiting[2 * this.#waitingCount] = sequence
    this.#waiting[2 * this.#waitingCount + 1] = time
    this.#waitingCount += 1
  }

  #grow(sequence: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#seen.length, 2 * sequence))
    larger.set(this.#seen)
    this.#seen = larger
  }
}
