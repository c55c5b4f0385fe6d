/** Fills a pacer with test frames at their times, heartbeats among them, and keeps when each was sent. */
import type { Pacer } from '../../packetio/index.js'
import type { FlowFrames } from '../frames.js'
import type { SynFlood } from './flood.js'
import type { Flows, Heartbeat } from './load.js'
import { SentTimes } from './sent-times.js'

/** A part of a trial in which the rate is one. */
export interface Segment {
  /** Frames a second; Infinity: as fast as the ports take them. */
  readonly rate: number
  /** It ends after so long, or so many frames. */
  readonly seconds?: number
  readonly frames?: number
}

/** What is sent beside a trial, as long as that sends. */
export interface Beside {
  readonly frames: SynFlood
  /** Frames a second. */
  readonly rate: number
}

/** What was sent of a segment. Nanoseconds since the pacer's origin. */
export interface SentSegment {
  /** Frames that were put into the pacer. */
  given: number
  sent: number
  firstAt: number
  lastAt: number
}

/** Nanoseconds of frames that lie ready: longer than JavaScript pauses. */
const AHEAD = 50_000_000
/** Before the first frame of a trial. */
const LEAD = 5_000_000
/** After the end of a part that could not be sent at its rate: a pause of JavaScript is caught up with, and no more. */
const GRACE = 250_000_000
/** Ports are bits. */
const MOST_PORTS = 32
/** In a slot, in place of a sequence number: of no trial, or beside one. */
const NONE = -1
const BESIDE = -2
/** Frames beside a trial that are sent together, those of a millisecond: a port that changes with each takes the time of several. */
const TOGETHER = { most: 32, seconds: 0.001 }

export class Sender {
  readonly times = new SentTimes()
  /** Of the trial. */
  readonly segments: SentSegment[] = []
  sent = 0
  /** Frames that their port refused. */
  refused = 0
  /** Test frames of the trial, by the port that they were sent by. */
  readonly sentBy: Float64Array
  /** Of what is beside the trial. */
  sentBeside = 0
  /** Of all trials, heartbeats included. */
  allSent = 0
  readonly #pacer: Pacer
  /** What each slot holds: of which frames, which sequence number, in which segment. */
  readonly #held: (FlowFrames | undefined)[]
  readonly #sequences: Float64Array
  readonly #segmentOf: Int32Array
  #beats: { readonly beat: Heartbeat; due: number }[] = []
  /** Frames that hosts answer, sent at once. */
  readonly #answers: { readonly bytes: Uint8Array; readonly port: number }[] = []
  #looked = 0
  #flows: Flows | undefined
  #test = 0
  #plan: readonly Segment[] = []
  #segment = 0
  /** Undefined until frames are put into the pacer. */
  #segmentStart: number | undefined
  #inSegment = 0
  #sequence = 0
  #beside: Beside | undefined
  #besideStart: number | undefined
  #besideGiven = 0

  constructor(pacer: Pacer) {
    this.#pacer = pacer
    this.sentBy = new Float64Array(MOST_PORTS)
    this.#held = Array.from({ length: pacer.slots }, () => undefined)
    this.#sequences = new Float64Array(pacer.slots)
    this.#segmentOf = new Int32Array(pacer.slots)
    this.#looked = pacer.pushed
  }

  /** All at once, and then as often as each says. */
  beat(heartbeats: readonly Heartbeat[]): void {
    const now = this.#pacer.now()
    this.#beats = heartbeats.map((beat) => ({ beat, due: now }))
  }

  /** A frame of no trial, before all others. */
  answer(bytes: Uint8Array, port: number): void {
    this.#answers.push({ bytes, port })
  }

  /** A new trial; what was sent before has been looked at. */
  begin(flows: Flows, test: number, plan: readonly Segment[], beside?: Beside): void {
    this.times.clear()
    this.segments.splice(0, Number.POSITIVE_INFINITY, ...plan.map(() => ({ given: 0, sent: 0, firstAt: 0, lastAt: 0 })))
    this.sent = 0
    this.refused = 0
    this.sentBy.fill(0)
    this.#flows = flows
    this.#test = test
    this.#plan = plan
    this.#segment = 0
    this.#inSegment = 0
    this.#sequence = 0
    this.#segmentStart = undefined
    this.sentBeside = 0
    this.#beside = beside
    this.#besideStart = undefined
    this.#besideGiven = 0
  }

  /** Sequence numbers that were given out. */
  get given(): number {
    return this.#sequence
  }

  /** Whether all frames of the trial are with the pacer. */
  get isThrough(): boolean {
    return this.#segment >= this.#plan.length
  }

  /** Whether nothing waits in the pacer, as far as was looked. */
  get isIdle(): boolean {
    return this.#looked === this.#pacer.pushed
  }

  /** The trial sends no more than it has. */
  cut(): void {
    this.#segment = this.#plan.length
  }

  /** Puts frames into the pacer for the next moments. @returns Whether there were some. */
  fill(): boolean {
    const pacer = this.#pacer
    const before = pacer.pushed
    const now = pacer.now()
    while (pacer.room > 0) {
      const answer = this.#answers.shift()
      if (answer !== undefined) {
        this.#pushOther(answer.bytes, answer.port, now)
        continue
      }
      const due = this.#due(now)
      const beside = this.#dueBeside()
      const next = Math.min(due, beside)
      const isNext = next <= now + AHEAD
      if (this.#pushBeat(isNext ? next : now)) continue
      if (!isNext) break
      if (beside < due) this.#pushBeside(beside)
      else this.#pushTest(due)
    }
    if (pacer.pushed === before) return false
    pacer.publish()
    return true
  }

  /** Looks at what the pacer has sent. */
  look(): void {
    const pacer = this.#pacer
    const finished = pacer.finished()
    for (; this.#looked < finished; this.#looked++) {
      const slot = this.#looked % pacer.slots
      const sequence = this.#sequences[slot] ?? NONE
      const isSent = pacer.errorOf(slot) === undefined
      if (isSent) this.allSent += 1
      if (sequence === BESIDE && isSent) this.sentBeside += 1
      if (sequence < 0) continue
      if (isSent) this.#count(sequence, this.#segmentOf[slot] ?? 0, pacer.sentAt(slot))
      else this.refused += 1
    }
  }

  #count(sequence: number, index: number, time: number): void {
    this.sent += 1
    const port = this.#flows?.ports[sequence % this.#flows.frames.flows] ?? 0
    this.sentBy[port] = (this.sentBy[port] ?? 0) + 1
    this.times.set(sequence, time)
    const segment = this.segments[index]
    if (segment === undefined) return
    if (segment.sent === 0) segment.firstAt = time
    segment.sent += 1
    segment.lastAt = time
  }

  /** When the next test frame is due; Infinity where there is none. */
  #due(now: number): number {
    for (;;) {
      const segment = this.#plan[this.#segment]
      if (segment === undefined) return Number.POSITIVE_INFINITY
      const start = this.#segmentStart ?? now + LEAD
      this.#segmentStart = start
      const { rate, seconds = Number.POSITIVE_INFINITY, frames = Number.POSITIVE_INFINITY } = segment
      const end = start + seconds * 1e9
      const due = start + (this.#inSegment / rate) * 1e9
      const last = Number.isFinite(rate) ? end + GRACE : end
      if (this.#inSegment < frames && due < end && now < last) return due
      this.#segment += 1
      this.#inSegment = 0
      this.#segmentStart = Number.isFinite(end) ? end : Math.max(due, now)
    }
  }

  /** When the next frame beside the trial is due; Infinity where there is none, or the trial is through. */
  #dueBeside(): number {
    if (this.#beside === undefined || this.isThrough) return Number.POSITIVE_INFINITY
    this.#besideStart ??= this.#segmentStart
    const { rate } = this.#beside
    const group = Math.max(1, Math.min(TOGETHER.most, Math.floor(rate * TOGETHER.seconds)))
    const before = this.#besideGiven - (this.#besideGiven % group)
    return (this.#besideStart ?? Number.POSITIVE_INFINITY) + (before / rate) * 1e9
  }

  #pushBeside(due: number): void {
    const slot = this.#pacer.next
    const bytes = this.#pacer.frames[slot]
    if (this.#beside === undefined || bytes === undefined) return
    const { frames } = this.#beside
    frames.write(bytes, this.#besideGiven)
    this.#held[slot] = undefined
    this.#sequences[slot] = BESIDE
    this.#pacer.push(frames.length, frames.portOf(this.#besideGiven), due)
    this.#besideGiven += 1
  }

  #pushTest(due: number): void {
    const flows = this.#flows
    const slot = this.#pacer.next
    const bytes = this.#pacer.frames[slot]
    if (flows === undefined || bytes === undefined) return
    const { frames, ports } = flows
    const flow = this.#sequence % frames.flows
    if (this.#held[slot] === frames) frames.rewrite(bytes, flow, this.#test, this.#sequence)
    else frames.write(bytes, flow, this.#test, this.#sequence)
    this.#held[slot] = frames
    this.#sequences[slot] = this.#sequence
    this.#segmentOf[slot] = this.#segment
    this.#pacer.push(frames.length, ports[flow] ?? 0, due)
    this.#sequence += 1
    this.#inSegment += 1
    const segment = this.segments[this.#segment]
    if (segment !== undefined) segment.given += 1
  }

  /** One that is due by then, if there is one. */
  #pushBeat(by: number): boolean {
    for (const waiting of this.#beats) {
      if (waiting.due > by) continue
      const { bytes, port, every } = waiting.beat
      this.#pushOther(bytes, port, waiting.due)
      waiting.due = Math.max(waiting.due + every, by - every)
      return true
    }
    return false
  }

  /** One that is no test frame. */
  #pushOther(bytes: Uint8Array, port: number, due: number): void {
    const slot = this.#pacer.next
    this.#pacer.frames[slot]?.set(bytes)
    this.#held[slot] = undefined
    this.#sequences[slot] = NONE
    this.#pacer.push(bytes.length, port, due)
  }
}
