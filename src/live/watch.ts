/**
 * What is seen of the device: frames that come out are matched to those that went in, what is given up is closed, and the
 * oracle is told all of it.
 */
import type { DeviceUnderTest } from '../device/index.js'
import { type Judgement, type Oracle, VIOLATION, type ViolationDetail } from '../oracle/index.js'
import { type Finding, RaceJudge } from '../oracle/races/index.js'
import { Burst, type PacketPort } from '../packetio/index.js'
import { AnswerTime } from './answer-time.js'
import { Lane } from './lane.js'
import type { Losses } from './losses.js'
import { CLOSED, HOST, JUDGED, LOST, Outstanding, OWN, SILENT, TWIN } from './outstanding.js'
import { Queued } from './queued.js'
import { Strangers, type StrangersOptions } from './strangers.js'
import { Trailers } from './trailers.js'
import { WatchedTime } from './watched-time.js'

export interface WatchOptions extends StrangersOptions {
  readonly oracle: Oracle
  /** Port i of the device is at the other end of `ports[i]`. */
  readonly ports: readonly Pick<PacketPort, 'receive'>[]
  readonly device: Pick<DeviceUnderTest, 'processed'>
  readonly losses: Pick<Losses, 'take'>
  /** Milliseconds after which a frame that did not come out is taken to be dropped. */
  readonly patience: number
  /** Bytes of the longest frame. */
  readonly longest: number
  /** Nanoseconds by which the device's clock goes in steps, or is late. */
  readonly granularity: number
  /** Whether the device sends datagrams without what follows them in their frames. */
  readonly removesTrailers: boolean
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
/** A frame is remembered so many times as long as its device has time for it, to be known where it comes out late. */
const MEMORY = 3
/** So many times as long is waited for a device that says that it has not come to a frame yet. */
const SLOW = 10
/** Bounds of the search for an order: frames whose place is not final, and trials for one that does not fit. */
const MOST_WAITING = 4096
const MOST_TRIES = 20_000
const NONE = -1
const TWINS = 'another packet with the same bytes was under way: which of them came out is not known'

/** Tells all that was sent until now, also where `known` frames were; and how many may have left, of all. */
type Drain = (known?: number) => number

interface Sending {
  /** Frames that may have left, of all. */
  readonly begun: number
  readonly drain: Drain
}

export class Watch {
  readonly outstanding = new Outstanding(OUTSTANDING)
  readonly races: RaceJudge
  readonly strangers: Strangers
  readonly answerTime = new AnswerTime()
  /** Entries that are not judged. */
  open = 0
  /** The device says that it has still not come to a frame that was given up. */
  isStalled = false
  readonly #options: WatchOptions
  readonly #received: Burst
  readonly #lanes: readonly Lane[]
  readonly #queued: Queued
  readonly #trailers: Trailers | undefined
  readonly #watched: WatchedTime
  /** When anything happened last, and when nothing was left in a port, by the time for which they were watched. */
  #latestNews = 0
  #latestAll = 0
  /** Whether no port had more than was taken from it. */
  #hasSeenAll = true
  /** Entries before it are closed. */
  #closed = 0
  /** Entries before it were sent, or never will be. */
  #gone = 0

  constructor(options: WatchOptions) {
    const { oracle, ports, longest, granularity, removesTrailers, patience } = options
    this.#options = options
    this.#watched = new WatchedTime(patience * 1e6)
    this.#received = new Burst(BURST, longest)
    this.strangers = new Strangers(options, this.outstanding)
    this.#lanes = ports.map(() => new Lane(OUTSTANDING))
    this.#queued = new Queued(this.#lanes, (entry) => this.outstanding.sentAt(entry))
    this.#trailers = removesTrailers ? new Trailers() : undefined
    this.races = new RaceJudge(oracle, {
      portCount: ports.length,
      onJudged: (entry, judgement, ...found) => this.#judged(entry, judgement, ...found),
      doubtOf: (entry) => (this.outstanding.is(entry, TWIN) ? TWINS : undefined),
      mostWaiting: MOST_WAITING,
      mostTries: MOST_TRIES,
      leastDelay: granularity,
    })
  }

  /** Frames that were sent and that the device may still do something about. */
  get waiting(): number {
    let waiting = 0
    for (const lane of this.#lanes) waiting += lane.sent - lane.through
    return waiting
  }

  /** As many of these as may be in its queues. */
  get queued(): number {
    return this.#queued.count(this.#options.now())
  }

  get hasRoom(): boolean {
    return this.outstanding.count < OUTSTANDING - 2 * BURST
  }

  /** Whether as many wait to be judged as may, without the oldest being judged before all is known. */
  get isCrowded(): boolean {
    return this.races.waiting > MOST_WAITING / 2
  }

  /** A frame is about to be sent; without `isJudged` the device's answer to it does not matter. @returns Its entry. */
  push(port: number, tag: number, isJudged: boolean, bytes: Uint8Array, start: number, length: number): number {
    const entry = this.outstanding.add(port, tag, bytes, start, length)
    if (isJudged) {
      this.open += 1
      this.#options.record.sent += 1
    } else this.outstanding.note(entry, OWN | JUDGED | CLOSED)
    return entry
  }

  /** Whether it is not known yet what became of a frame. */
  isUnderWay(entry: number): boolean {
    if (entry < this.outstanding.oldest || this.outstanding.hasLeft(entry)) return false
    return !this.outstanding.is(entry, JUDGED | SILENT | CLOSED)
  }

  /** The next frame of all has left at a time. */
  sent(at: number, bytes: Uint8Array, length: number): void {
    const entry = this.#gone++
    if (this.outstanding.is(entry, OWN)) return
    const port = this.outstanding.port(entry)
    const lane = this.#lanes[port]
    if (lane === undefined) throw new RangeError(`there is no port ${port}`)
    this.outstanding.setSent(entry, at)
    this.outstanding.setSince(entry, this.#watched.now)
    this.outstanding.setRank(entry, lane.push(entry))
    this.#trailers?.note(entry, bytes.subarray(0, length))
    this.races.sent(entry, port, this.#time(at), bytes, 0, length)
  }

  /** The next frame of all was not taken by its port. */
  refused(cause: string): void {
    const entry = this.#gone++
    if (this.outstanding.is(entry, OWN)) return
    this.#options.record.ignore(cause)
    this.outstanding.note(entry, CLOSED)
    this.#end(entry)
  }

  /** Looks once at everything. @returns Whether anything has happened. */
  look(drain: Drain): boolean {
    this.#watched.look(this.#options.now())
    const came = this.#receive(drain)
    const passed = this.#pass(drain)
    const closed = this.#closeOld()
    const isNews = came || passed || closed
    if (isNews) {
      this.races.advance()
      this.#latestNews = this.#watched.now
    }
    if (this.open > 0 && this.#isSettled) this.races.finish()
    return isNews
  }

  /** Whether nothing is left that could tell more, or all is explained and nothing has come for long. */
  get #isSettled(): boolean {
    if (this.#closed === this.outstanding.next) return true
    const isSent = this.#gone === this.outstanding.next
    return isSent && this.races.isExplained && this.#watched.now - this.#latestNews > SETTLED
  }

  #receive(drain: Drain): boolean {
    let all = 0
    this.#hasSeenAll = true
    for (const [egress, port] of this.#options.ports.entries()) {
      const count = port.receive(this.#received)
      if (count === 0) continue
      if (count === BURST) this.#hasSeenAll = false
      const now = this.#options.now()
      const begun = drain()
      for (let i = 0; i < count; i++) this.#came(egress, now, i, { begun, drain })
      all += count
    }
    if (this.#hasSeenAll) this.#latestAll = this.#watched.now
    return all > 0
  }

  /** A frame came out of the device by port `egress`. */
  #came(egress: number, looked: number, i: number, { begun, drain }: Sending): void {
    const { bytes } = this.#received
    const start = this.#received.start(i)
    const length = this.#received.length(i)
    const found = this.outstanding.find(egress, bytes, start, length, Math.max(begun, this.#gone))
    // It has left, but the call that sent it has not come to its end.
    const isUntold = found >= this.#gone
    if (isUntold) drain(found + 1)
    const now = isUntold ? this.#options.now() : looked
    const entry = found < this.#gone ? found : NONE
    const isKnown = entry !== NONE && this.#output(entry, egress, now, bytes.subarray(start, start + length))
    if (!isKnown) {
      this.strangers.came(entry, egress, this.#time(now), bytes.subarray(start, start + length))
      return
    }
    this.strangers.countLate(entry)
    this.outstanding.setLeft(entry, egress)
    const sentAt = this.outstanding.sentAt(entry)
    this.#queued.came(sentAt)
    this.answerTime.came(now - sentAt)
    if (this.outstanding.is(entry, JUDGED)) return
    const tag = this.outstanding.tag(entry)
    if (tag !== HOST) this.#options.observer.left(tag, bytes, start, length)
    const port = this.outstanding.port(entry)
    if (this.#lanes[port]?.passTo(this.outstanding.rank(entry) + 1) === true) this.races.passed(port, entry)
  }

  /** Tells the oracle, as a frame with the trailer that its device has removed. @returns Whether it may be one of that entry. */
  #output(entry: number, egress: number, now: number, frame: Uint8Array): boolean {
    const restored = this.#trailers?.restored(entry, frame)
    if (restored !== undefined) this.#options.record.say('trailer removed')
    const whole = restored ?? frame
    return this.races.output(entry, egress, this.#time(now), whole, 0, whole.length)
  }

  /** What the device says of how far it is. */
  #pass(drain: Drain): boolean {
    const { processed } = this.#options.device
    if (processed === undefined) return false
    let isNews = false
    for (const [port, lane] of this.#lanes.entries()) {
      this.#settleSilent(lane, processed[port] ?? 0)
      if (!lane.passTo(lane.processed)) continue
      const now = this.#options.now()
      drain()
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
    if (!this.#hasSeenAll) return
    for (; lane.seen < Math.min(lane.processed, lane.sent); lane.seen++) {
      const entry = lane.entryAt(lane.seen)
      if (entry < this.outstanding.oldest || this.outstanding.hasLeft(entry)) continue
      this.outstanding.note(entry, SILENT)
      // Links may still have it.
      this.outstanding.setSince(entry, this.#watched.now)
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
      if (this.#isThrough(entry) === false) this.isStalled = true
      if (!isHeard) this.races.hear(this.#time(now))
      isHeard = true
      this.#close(entry)
    }
    while (this.outstanding.oldest < this.#closed && this.outstanding.is(this.outstanding.oldest, JUDGED)) {
      if (this.#mayComeLate(this.outstanding.oldest, now)) break
      this.#forget()
    }
    return this.#closed > before
  }

  #isOver(entry: number, now: number): boolean {
    if (this.outstanding.is(entry, JUDGED)) return now - this.outstanding.sentAt(entry) > SETTLED
    const patience = this.#options.patience * 1e6
    // It may be among what was not received yet. A port that is flooded does not come to an end, though.
    if (!this.#hasSeenAll && this.#watched.now - this.#latestAll < patience) return false
    const waited = this.#watched.now - this.outstanding.since(entry)
    return waited > patience && (waited > SLOW * patience || this.#isThrough(entry) !== false)
  }

  /** What a device is through with, by its own word, was seen before it was closed. */
  #mayComeLate(entry: number, now: number): boolean {
    if (this.#isThrough(entry) === true || this.outstanding.count > OUTSTANDING / 2) return false
    const sentAt = this.outstanding.sentAt(entry)
    return sentAt !== NONE && now - sentAt < MEMORY * this.#options.patience * 1e6
  }

  /** What nothing came of may have been lost: as many as counters know of. */
  #close(entry: number): void {
    this.outstanding.note(entry, CLOSED)
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

  /** Whether the device is through with it, and all that came of it was seen; undefined of one that does not say so. */
  #isThrough(entry: number): boolean | undefined {
    if (this.#options.device.processed === undefined) return undefined
    return (this.#lanes[this.outstanding.port(entry)]?.seen ?? 0) > this.outstanding.rank(entry)
  }

  #judged(
    entry: number,
    judgement: Judgement,
    finding: Finding | undefined,
    suspect: ViolationDetail | undefined,
  ): void {
    const { record } = this.#options
    if (judgement === VIOLATION && typeof finding === 'object') record.violated(finding, this.strangers.origin(entry))
    else if (this.outstanding.is(entry, LOST)) record.unobserved += 1
    else if (typeof finding === 'string') {
      const isItsOwn = !this.outstanding.is(entry, TWIN)
      record.doubt(finding, isItsOwn ? suspect : undefined, this.strangers.origin(entry))
    }
    if (!this.outstanding.is(entry, JUDGED)) this.#end(entry)
  }

  /** Its fate is known. */
  #end(entry: number): void {
    this.outstanding.note(entry, JUDGED)
    this.open -= 1
  }

  /** Forgets the oldest: until then the observer is asked where it comes from. */
  #forget(): void {
    const tag = this.outstanding.tag(this.outstanding.oldest)
    if (tag !== HOST) this.#options.observer.gone(tag)
    this.#trailers?.forget(this.outstanding.oldest)
    this.outstanding.forget()
  }

  #time(since: number): bigint {
    return this.#options.origin + BigInt(Math.max(0, Math.floor(since)))
  }
}
