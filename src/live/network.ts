/**
 * A network of real ports as traces are sent through it: frames leave when they are due, what comes back is matched to what
 * went in, and the oracle judges it in an order that explains all that was seen.
 */
import { setImmediate } from 'node:timers/promises'

import type { DeviceUnderTest } from '../device/index.js'
import { VigilError } from '../errors.js'
import type { Oracle } from '../oracle/index.js'
import { Burst, Pacer, type PacketPort, waitForFrames } from '../packetio/index.js'
import { Emitter } from '../testbed/emitter.js'
import type { Beat, NetworkCounts, Observer, Simulator } from '../testbed/index.js'
import type { Entries } from './entries.js'
import { RaceJudge, type RaceOutcome } from './in-order.js'
import { Lane } from './lane.js'
import type { Losses } from './losses.js'
import { CLOSED, JUDGED, Outstanding, UNSPECIFIED } from './outstanding.js'
import { Pace, type PaceOptions } from './pace.js'
import { LiveRecord } from './record.js'
import { Timing } from './timing.js'

export interface LiveOptions extends PaceOptions {
  readonly name: string
  readonly oracle: Oracle
  /** Port i of the device is at the other end of `ports[i]`. */
  readonly ports: readonly PacketPort[]
  readonly device: DeviceUnderTest
  readonly losses: Losses
  readonly entries: Entries
  readonly beats: readonly Beat[]
  readonly observer: Observer
  readonly violationLimit: number
  /** Milliseconds after which a frame that did not come out is taken to be dropped. */
  readonly patience: number
}

/** Frames in queues between sending and judging, at most: the device's queue holds more, so that none is lost to haste. */
const IN_FLIGHT = 2048
/** Frames that may be under way before the oldest is forgotten. */
const OUTSTANDING = 1 << 16
/** Nanoseconds that frames are taken ahead of the time when they are due. */
const AHEAD = 100e6
/** Milliseconds that an answer is waited for on which the next frame depends. */
const ANSWER = 50
/** Milliseconds between two looks at signals. */
const BREATH = 20
/** Frames looked for at a time on each port, and put out for sending together where they have no time. */
const BURST = 256
const PUBLISH = 16
/** Milliseconds for which ports are watched when all is judged: what must not come out may still come. */
const LINGER = 20
/** So many times as long is waited for a device that says that it has not come to a frame yet. */
const SLOW = 10
/** Judged entries that are kept, to know what comes out once more or late. */
const KEPT = OUTSTANDING / 2
/** What a port says of a frame that it cannot carry. */
const UNTAKEN = new Map([
  ['EINVAL', 'shorter than an Ethernet header, which a port does not send'],
  ['EMSGSIZE', 'longer than a port sends'],
])
/** The tag of what hosts send by themselves. */
const HOST = -1

export class LiveNetwork implements Simulator {
  readonly record: LiveRecord
  readonly timing = new Timing()
  /** Outputs that came when their frame was taken to be dropped already. */
  late = 0
  readonly #options: LiveOptions
  readonly #pacer: Pacer
  readonly #pace: Pace
  readonly #emitter: Emitter
  readonly #received: Burst
  readonly #outstanding = new Outstanding(OUTSTANDING)
  readonly #races: RaceJudge
  /** Of each port: entries in the order in which they entered it, how many were sent, and how many the device is through with. */
  readonly #lanes: readonly Lane[]
  /** Frames whose sending was looked at. */
  #drained = 0
  /** Entries before it are closed. */
  #closed = 0
  /** Entries that are not judged. */
  #open = 0
  /** Hosts send no more. */
  #isEnding = false
  #lastDue = 0
  #firstSent: number | undefined
  #lastSent = 0
  #breathed = performance.now()

  constructor(options: LiveOptions) {
    const { ports, oracle, name, violationLimit, beats } = options
    this.#options = options
    const longest = Math.max(...ports.map(({ capabilities }) => capabilities.longestTagged))
    // Two tags are the most that a frame of Ethernet has beyond what a link says.
    const slotBytes = Math.max(2048, longest + 64)
    this.#pacer = new Pacer(ports, { slotBytes, spin: options.speed !== 'max' })
    this.#pace = new Pace(options)
    this.#emitter = new Emitter(beats)
    this.#emitter.start(0n)
    this.#received = new Burst(BURST, slotBytes)
    this.#lanes = ports.map(() => new Lane(OUTSTANDING))
    this.record = new LiveRecord(name, oracle, violationLimit)
    this.#races = new RaceJudge(oracle, {
      portCount: ports.length,
      onJudged: (entry, outcome) => this.#judged(entry, outcome),
    })
  }

  /** Nanoseconds of the clock of Linux that all here is told by. */
  get now(): bigint {
    return process.hrtime.bigint()
  }

  get counts(): NetworkCounts {
    const { timesBack } = this.#pace
    return { timesBack, lostOnLinks: 0, heldBackOnLinks: 0, emitted: this.#emitter.sent, isDirect: true }
  }

  /** Frames that the device may still do something about. */
  get waiting(): number {
    let waiting = this.#pacer.pushed - this.#drained
    for (const lane of this.#lanes) waiting += lane.sent - lane.through
    return waiting
  }

  send(input: number, bytes: Uint8Array, start: number, length: number, time: bigint, tag: number): void {
    const due = this.#pace.due(time, this.#pacer.now())
    this.#beat(due === 0 ? this.#pacer.now() : due)
    this.#push(this.#options.entries.inputs[input] ?? 0, bytes, start, length, due, tag)
  }

  /** Waits for the answers to what was sent, unless they take long: the next frame depends on them. */
  flush(): void {
    let sent = performance.now()
    while (this.waiting > 0) {
      if (this.#serve() || this.#drained < this.#pacer.pushed) sent = performance.now()
      else if (performance.now() - sent > ANSWER) return
      else waitForFrames(this.#options.ports, 1)
    }
    this.#serve()
  }

  get isFull(): boolean {
    const { pushed, room } = this.#pacer
    if (room < 2 || this.#outstanding.count >= OUTSTANDING - 2 * BURST) return true
    if (!this.#pace.isScheduled) return this.waiting >= IN_FLIGHT
    return pushed > 0 && this.#lastDue > this.#pacer.now() + AHEAD
  }

  /** What was sent is under way; `settle` waits for it. */
  finish(): void {
    this.#pacer.publish()
  }

  /** Until there is room, or signals are to be heard. @throws VigilError where the device or a link has failed. */
  async room(): Promise<void> {
    while (this.isFull) {
      if (!this.#serve()) this.#rest()
      if (performance.now() - this.#breathed > BREATH) break
    }
    await this.#breathe()
  }

  /** All that was pushed is sent and judged, and what comes out after that is seen too. */
  async settle(): Promise<void> {
    this.#isEnding = true
    this.#pacer.publish()
    let last = performance.now()
    while (this.#open > 0 || performance.now() - last < LINGER) {
      if (this.#open > 0) last = performance.now()
      if (!this.#serve()) this.#rest()
      if (performance.now() - this.#breathed > BREATH) await this.#breathe()
    }
  }

  get order(): RaceJudge['counts'] {
    return this.#races.counts
  }

  get losses(): Losses {
    return this.#options.losses
  }

  /** By the time from the first frame to the last. */
  get packetsPerSecond(): number {
    const seconds = (this.#lastSent - (this.#firstSent ?? 0)) / 1e9
    return seconds > 0 ? Math.round(this.#pacer.pushed / seconds) : 0
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#pacer.stop()
  }

  /** What hosts send by themselves up to then, and as far ahead as frames are taken. */
  #beat(until: number): void {
    for (let due = this.#emitter.next; due !== undefined && Number(due) <= until; due = this.#emitter.next) {
      if (this.#pacer.room < 2) return
      const beat = this.#emitter.take()
      const port = beat === undefined ? undefined : this.#options.entries.hosts[beat.host]
      if (beat !== undefined && port !== undefined) {
        this.#push(port, beat.frame, 0, beat.frame.length, Number(due), HOST)
      }
    }
  }

  #push(port: number, bytes: Uint8Array, start: number, length: number, due: number, tag: number): void {
    while (this.#pacer.room === 0 || this.#outstanding.count >= OUTSTANDING - 1) if (!this.#serve()) this.#rest()
    this.#pacer.frames[this.#pacer.next]?.set(bytes.subarray(start, start + length))
    this.#pacer.push(length, port, due)
    this.#outstanding.add(port, tag, bytes, start, length)
    this.#open += 1
    this.record.sent += 1
    this.#lastDue = due
    if (this.#pacer.pushed % PUBLISH === 0 || due !== 0) this.#pacer.publish()
  }

  /** One look at everything. @returns Whether anything has happened. */
  #serve(): boolean {
    this.#pacer.publish()
    const came = this.#receive()
    const went = this.#drain()
    const passed = this.#pass()
    const closed = this.#closeOld()
    const isNews = came || went || passed || closed
    if (isNews) this.#races.advance()
    return isNews
  }

  #rest(): void {
    waitForFrames(this.#options.ports, 1)
  }

  async #breathe(): Promise<void> {
    const { fault } = this.#options.device
    if (fault !== undefined) throw new VigilError(fault.exitCode, fault.cause)
    this.#breathed = performance.now()
    if (!this.#isEnding) this.#beat(this.#pacer.now() + AHEAD)
    await setImmediate()
  }

  #receive(): boolean {
    let all = 0
    for (const [egress, port] of this.#options.ports.entries()) {
      const count = port.receive(this.#received)
      if (count === 0) continue
      const now = this.#pacer.now()
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
    const entry = this.#outstanding.find(egress, bytes, start, length)
    if (entry === -1 || this.#outstanding.is(entry, JUDGED)) {
      this.#strange(entry, egress, now, bytes, start, length)
      return
    }
    // It can be here before its sender's call has returned.
    while (entry >= this.#drained) this.#drain()
    this.#outstanding.setLeft(entry, egress)
    const tag = this.#outstanding.tag(entry)
    if (tag !== HOST) this.#options.observer.left(tag, bytes, start, length)
    const lane = this.#lanes[this.#outstanding.port(entry)]
    if (lane?.passTo(this.#outstanding.rank(entry) + 1) === true)
      this.#races.passed(this.#outstanding.port(entry), entry)
    this.#races.output(entry, egress, this.#time(now), bytes, start, length)
  }

  /** What leaves without having been awaited: too late, twice, where it must not, or out of nothing. */
  #strange(entry: number, egress: number, now: number, bytes: Uint8Array, start: number, length: number): void {
    const wrong = {
      kind: 'ports' as const,
      time: this.#time(now),
      egress,
      bytes: bytes.slice(start, start + length),
    }
    if (entry === -1) {
      const known = this.#outstanding.findAny(bytes, start, length)
      const summary =
        known === -1
          ? `a frame leaves by port ${egress} that is none of those sent`
          : `a packet leaves by port ${egress} more than once`
      this.record.strange({ ...wrong, summary, ingress: known === -1 ? egress : this.#outstanding.port(known) })
      return
    }
    this.#outstanding.setLeft(entry, egress)
    if (this.#outstanding.is(entry, UNSPECIFIED)) return
    if (this.#outstanding.is(entry, CLOSED)) this.late += 1
    const summary = this.#outstanding.is(entry, CLOSED)
      ? `a packet leaves by port ${egress} so late that it was taken to be dropped`
      : `a packet leaves by port ${egress} besides what the specification says of it`
    this.record.strange({ ...wrong, summary, ingress: this.#outstanding.port(entry) })
  }

  /** Takes note of what was sent. */
  #drain(): boolean {
    const finished = this.#pacer.finished()
    if (finished === this.#drained) return false
    for (; this.#drained < finished; this.#drained++) this.#went(this.#drained)
    return true
  }

  /** The frame of an entry has gone, or was refused. */
  #went(entry: number): void {
    const slot = entry % this.#pacer.slots
    const error = this.#pacer.errorOf(slot)
    const port = this.#outstanding.port(entry)
    const lane = this.#lanes[port]
    if (error !== undefined || lane === undefined) {
      this.record.ignore(UNTAKEN.get(error ?? '') ?? `not taken by its port: ${error}`)
      this.#end(entry)
      return
    }
    const sentAt = this.#pacer.sentAt(slot)
    this.#firstSent ??= sentAt
    this.#lastSent = sentAt
    const due = this.#pacer.dueAt(slot)
    if (due > 0) this.timing.add(sentAt - due)
    this.#outstanding.setSent(entry, sentAt)
    this.#outstanding.setRank(entry, lane.push(entry))
    const frame = this.#pacer.frames[slot]
    if (frame !== undefined) this.#races.sent(entry, port, this.#time(sentAt), frame, 0, this.#pacer.lengthAt(slot))
  }

  /** What the device says of how far it is. */
  #pass(): boolean {
    const { processed } = this.#options.device
    if (processed === undefined) return false
    let isNews = false
    for (const [port, lane] of this.#lanes.entries()) {
      if (!lane.passTo(processed[port] ?? 0)) continue
      this.#races.passed(port, lane.entryAt(lane.through - 1))
      isNews = true
    }
    return isNews
  }

  /** Gives up what has not come out for long. */
  #closeOld(): boolean {
    const before = this.#closed
    const now = this.#pacer.now()
    const patience = this.#options.patience * 1e6
    for (; this.#closed < this.#drained; this.#closed++) {
      const entry = this.#closed
      if (this.#outstanding.is(entry, JUDGED)) continue
      const age = now - this.#outstanding.sentAt(entry)
      if (age < patience || (age < SLOW * patience && !this.#isThrough(entry))) break
      this.#outstanding.note(entry, CLOSED)
      const port = this.#outstanding.port(entry)
      this.#lanes[port]?.passTo(this.#outstanding.rank(entry) + 1)
      this.#races.close(entry)
    }
    return this.#closed > before
  }

  /** Whether a device that says how far it is is through with it, or does not say. */
  #isThrough(entry: number): boolean {
    const { processed } = this.#options.device
    return processed === undefined || (processed[this.#outstanding.port(entry)] ?? 0) > this.#outstanding.rank(entry)
  }

  #judged(entry: number, outcome: RaceOutcome): void {
    const { observer } = this.#options
    if (outcome.detail !== undefined) {
      const tag = this.#outstanding.tag(entry)
      this.record.violated(outcome.detail, tag === HOST ? undefined : observer.origin(tag))
    }
    this.#end(entry)
  }

  /** Nothing more is to come of an entry. */
  #end(entry: number): void {
    this.#outstanding.note(entry, JUDGED)
    this.#open -= 1
    const tag = this.#outstanding.tag(entry)
    if (tag !== HOST) this.#options.observer.gone(tag)
    while (this.#outstanding.count > KEPT && this.#outstanding.is(this.#outstanding.oldest, JUDGED)) {
      this.#outstanding.forget()
    }
  }

  #time(since: number): bigint {
    return this.#pacer.origin + BigInt(Math.max(0, Math.floor(since)))
  }
}
