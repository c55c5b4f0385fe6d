/**
 * What is seen of the device: frames that come out are matched to those that went in, what is given up is closed, and the
 * oracle is told all of it.
 */
import type { DeviceUnderTest } from '../device/index.js'
import { type AnsweringHost, answerOf } from '../hosts/index.js'
import { type Judgement, type Oracle, VIOLATION } from '../oracle/index.js'
import { type Finding, RaceJudge } from '../oracle/races/index.js'
import { Burst, type PacketPort } from '../packetio/index.js'
import type { Observer } from '../testbed/index.js'
import { chatterOf } from './chatter.js'
import { Lane } from './lane.js'
import type { Losses } from './losses.js'
import { CLOSED, JUDGED, LOST, Outstanding, OWN, SILENT, TWIN } from './outstanding.js'
import type { LiveRecord } from './record.js'

export interface WatchOptions {
  readonly oracle: Oracle
  /** Port i of the device is at the other end of `ports[i]`. */
  readonly ports: readonly Pick<PacketPort, 'receive'>[]
  readonly device: Pick<DeviceUnderTest, 'processed'>
  readonly losses: Pick<Losses, 'take'>
  readonly record: LiveRecord
  readonly observer: Observer
  /** The host at each port that answers by itself, if any. */
  readonly answering: readonly (AnsweringHost | undefined)[]
  /** Sends what a host answers. */
  readonly answer: (port: number, frame: Uint8Array) => void
  /** Whether what the device says by itself is expected: a network function of ours says nothing. */
  readonly chatters: boolean
  /** Milliseconds after which a frame that did not come out is taken to be dropped. */
  readonly patience: number
  /** Bytes of the longest frame. */
  readonly longest: number
  /** The clock: nanoseconds since the origin, which is one of CLOCK_MONOTONIC. */
  readonly now: () => number
  readonly origin: bigint
}

/** Frames that may be under way before the oldest is forgotten. */
export const OUTSTANDING = 1 << 16
/** Frames looked for at a time on each port. */
const BURST = 256
/** Nanoseconds after which a judged frame is not expected to come out once more. */
const SETTLED = 100e6
/** So many times as long is waited for a device that says that it has not come to a frame yet. */
const SLOW = 10
/** Bounds of the search for an order: frames whose place is not final, and trials for one that does not fit. */
const MOST_WAITING = 4096
const MOST_TRIES = 20_000
const TWINS = 'another packet with the same bytes was under way: which of them came out is not known'
/** The tag of what hosts send by themselves. */
export const HOST = -1

export class Watch {
  readonly outstanding = new Outstanding(OUTSTANDING)
  readonly races: RaceJudge
  /** Packets that came out when they were taken to be dropped already. */
  late = 0
  /** Entries that are not judged. */
  open = 0
  readonly #options: WatchOptions
  readonly #received: Burst
  readonly #lanes: readonly Lane[]
  /** Entries before it are closed. */
  #closed = 0
  /** Entries before it were sent, or never will be. */
  #gone = 0

  constructor(options: WatchOptions) {
    const { oracle, ports, longest } = options
    this.#options = options
    this.#received = new Burst(BURST, longest)
    this.#lanes = ports.map(() => new Lane(OUTSTANDING))
    this.races = new RaceJudge(oracle, {
      portCount: ports.length,
      onJudged: (entry, judgement, finding) => this.#judged(entry, judgement, finding),
      doubtOf: (entry) => (this.outstanding.is(entry, TWIN) ? TWINS : undefined),
      mostWaiting: MOST_WAITING,
      mostTries: MOST_TRIES,
    })
  }

  /** Frames that were sent and that the device may still do something about. */
  get waiting(): number {
    let waiting = 0
    for (const lane of this.#lanes) waiting += lane.sent - lane.through
    return waiting
  }

  get hasRoom(): boolean {
    return this.outstanding.count < OUTSTANDING - 2 * BURST
  }

  /** A frame is about to be sent; without `isJudged` the device's answer to it does not matter. */
  push(port: number, tag: number, isJudged: boolean, bytes: Uint8Array, start: number, length: number): void {
    const entry = this.outstanding.add(port, tag, bytes, start, length)
    if (isJudged) {
      this.open += 1
      this.#options.record.sent += 1
    } else this.outstanding.note(entry, OWN | JUDGED | CLOSED)
  }

  /** The next frame of all has left at a time. */
  sent(at: number, bytes: Uint8Array, length: number): void {
    const entry = this.#gone++
    if (this.outstanding.is(entry, OWN)) return
    const port = this.outstanding.port(entry)
    const lane = this.#lanes[port]
    if (lane === undefined) throw new RangeError(`there is no port ${port}`)
    this.outstanding.setSent(entry, at)
    this.outstanding.setRank(entry, lane.push(entry))
    this.races.sent(entry, port, this.#time(at), bytes, 0, length)
  }

  /** The next frame of all was not taken by its port. */
  refused(cause: string): void {
    const entry = this.#gone++
    if (this.outstanding.is(entry, OWN)) return
    this.#options.record.ignore(cause)
    this.#end(entry)
    this.#noteClosed(entry)
  }

  /** Looks once at everything, where `drainUntil` tells what was sent before a time. @returns Whether anything has happened. */
  look(drainUntil: (time: number) => void): boolean {
    const came = this.#receive(drainUntil)
    const passed = this.#pass(drainUntil)
    const closed = this.#closeOld()
    const isNews = came || passed || closed
    if (isNews) this.races.advance()
    // Nothing is left that could tell more.
    if (this.open > 0 && this.#closed === this.outstanding.next) this.races.finish()
    return isNews
  }

  #receive(drainUntil: (time: number) => void): boolean {
    let all = 0
    for (const [egress, port] of this.#options.ports.entries()) {
      const count = port.receive(this.#received)
      if (count === 0) continue
      const now = this.#options.now()
      drainUntil(now)
      for (let i = 0; i < count; i++) this.#came(egress, now, i)
      all += count
    }
    return all > 0
  }

  /** A frame came out of the device by port `egress`. */
  #came(egress: number, now: number, i: number): void {
    const { bytes } = this.#received
    const start = this.#received.start(i)
    const length = this.#received.length(i)
    const entry = this.outstanding.find(egress, bytes, start, length, this.#gone)
    const isKnown = entry !== -1 && this.races.output(entry, egress, this.#time(now), bytes, start, length)
    if (!isKnown) {
      this.#strange(entry, egress, now, bytes.subarray(start, start + length))
      return
    }
    this.#countLate(entry)
    this.outstanding.setLeft(entry, egress)
    if (this.outstanding.is(entry, JUDGED)) return
    const tag = this.outstanding.tag(entry)
    if (tag !== HOST) this.#options.observer.left(tag, bytes, start, length)
    const port = this.outstanding.port(entry)
    if (this.#lanes[port]?.passTo(this.outstanding.rank(entry) + 1) === true) this.races.passed(port, entry)
  }

  #countLate(entry: number): boolean {
    const isLate = this.outstanding.is(entry, CLOSED) && !this.outstanding.hasLeft(entry)
    if (isLate) this.late += 1
    return isLate
  }

  /** What leaves without having been awaited: the device's own, an answer's reason, too late, twice, or out of nothing. */
  #strange(entry: number, egress: number, now: number, frame: Uint8Array): void {
    const { answering, answer, chatters, record } = this.#options
    if (entry !== -1 && this.outstanding.is(entry, OWN)) return
    const host = answering[egress]
    const reply = host === undefined || entry !== -1 ? undefined : answerOf(host, frame, 0, frame.length)
    if (reply !== undefined) {
      answer(egress, reply)
      return
    }
    const chatter = chatters && entry === -1 ? chatterOf(frame, 0, frame.length) : undefined
    if (chatter !== undefined) {
      record.say(chatter)
      return
    }
    const known = entry === -1 ? this.outstanding.findAny(frame, 0, frame.length) : entry
    const ingress = known === -1 ? egress : this.outstanding.port(known)
    record.strange({
      summary: this.#whatIsStrange(known, egress),
      time: this.#time(now),
      ingress,
      egress,
      bytes: frame,
    })
    if (known !== -1) this.outstanding.setLeft(known, egress)
  }

  #whatIsStrange(entry: number, egress: number): string {
    if (entry === -1) return `a frame leaves by port ${egress} that is none of those sent`
    return this.#countLate(entry)
      ? `a packet leaves by port ${egress} so late that it was taken to be dropped`
      : `a packet leaves by port ${egress} once more`
  }

  /** What the device says of how far it is. */
  #pass(drainUntil: (time: number) => void): boolean {
    const { processed } = this.#options.device
    if (processed === undefined) return false
    let isNews = false
    for (const [port, lane] of this.#lanes.entries()) {
      this.#settleSilent(lane, processed[port] ?? 0)
      if (!lane.passTo(lane.processed)) continue
      const now = this.#options.now()
      drainUntil(now)
      this.races.hear(this.#time(now))
      this.races.passed(port, lane.entryAt(lane.through - 1))
      isNews = true
    }
    return isNews
  }

  /**
   * What the device was through with at the last look has been received since, if it came out: who did not leave by then does
   * not any more. It tells apart packets that are all the same.
   */
  #settleSilent(lane: Lane, processed: number): void {
    for (; lane.seen < Math.min(lane.processed, lane.sent); lane.seen++) {
      const entry = lane.entryAt(lane.seen)
      if (entry >= this.outstanding.oldest && !this.outstanding.hasLeft(entry)) this.outstanding.note(entry, SILENT)
    }
    lane.processed = processed
  }

  /** Gives up what has not come out for long, and forgets what is judged. */
  #closeOld(): boolean {
    const before = this.#closed
    const now = this.#options.now()
    let isHeard = false
    for (; this.#closed < this.#gone; this.#closed++) {
      const entry = this.#closed
      if (this.outstanding.is(entry, CLOSED)) continue
      if (!this.#isOver(entry, now)) break
      if (!isHeard) this.races.hear(this.#time(now))
      isHeard = true
      this.#close(entry)
    }
    while (this.outstanding.oldest < this.#closed && this.outstanding.is(this.outstanding.oldest, JUDGED)) {
      this.outstanding.forget()
    }
    return this.#closed > before
  }

  #isOver(entry: number, now: number): boolean {
    const age = now - this.outstanding.sentAt(entry)
    if (this.outstanding.is(entry, JUDGED)) return age > SETTLED
    const patience = this.#options.patience * 1e6
    return age > patience && (age > SLOW * patience || this.#isThrough(entry))
  }

  /** What nothing came of may have been lost: as many as counters know of. */
  #close(entry: number): void {
    this.#noteClosed(entry)
    const port = this.outstanding.port(entry)
    this.#lanes[port]?.passTo(this.outstanding.rank(entry) + 1)
    const isAbsent = !this.outstanding.is(entry, JUDGED) && !this.outstanding.hasLeft(entry)
    const loss = isAbsent ? this.#options.losses.take() : undefined
    if (loss === 'before' && this.races.lost(entry)) {
      this.#options.record.ignore('lost before the device')
      this.#end(entry)
      return
    }
    if (loss === 'after' && this.races.lostAfter(entry)) this.outstanding.note(entry, LOST)
    this.races.close(entry)
  }

  /** Whether a device that says how far it is is through with it, or does not say. */
  #isThrough(entry: number): boolean {
    const { processed } = this.#options.device
    return processed === undefined || (processed[this.outstanding.port(entry)] ?? 0) > this.outstanding.rank(entry)
  }

  #judged(entry: number, judgement: Judgement, finding: Finding | undefined): void {
    const { observer, record } = this.#options
    const tag = this.outstanding.tag(entry)
    if (judgement === VIOLATION && typeof finding === 'object') {
      record.violated(finding, tag === HOST ? undefined : observer.origin(tag))
    } else if (this.outstanding.is(entry, LOST)) record.unobserved += 1
    else if (typeof finding === 'string') record.doubt(finding)
    if (!this.outstanding.is(entry, JUDGED)) this.#end(entry)
  }

  /** Its fate is known. */
  #end(entry: number): void {
    this.outstanding.note(entry, JUDGED)
    this.open -= 1
    this.#letGo(entry)
  }

  /** Nothing of it is expected any more. */
  #noteClosed(entry: number): void {
    this.outstanding.note(entry, CLOSED)
    this.#letGo(entry)
  }

  /** Until both are so, the observer is asked where it comes from. */
  #letGo(entry: number): void {
    const tag = this.outstanding.tag(entry)
    const isOver = this.outstanding.is(entry, JUDGED) && this.outstanding.is(entry, CLOSED)
    if (isOver && tag !== HOST) this.#options.observer.gone(tag)
  }

  #time(since: number): bigint {
    return this.#options.origin + BigInt(Math.max(0, Math.floor(since)))
  }
}
