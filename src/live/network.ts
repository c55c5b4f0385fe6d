/**
 * A network of real ports as traces are sent through it: frames leave when they are due, and what comes of them is watched.
 * Nothing is lost to haste: only so many frames are in queues at a time.
 */
import { setImmediate } from 'node:timers/promises'

import type { DeviceUnderTest, Fault } from '../device/index.js'
import { VigilError } from '../errors.js'
import { type AnsweringHost, addressByIp, addressTo } from '../hosts/index.js'
import type { Oracle } from '../oracle/index.js'
import { Pacer, type PacketPort, waitForFrames } from '../packetio/index.js'
import type { Violation } from '../result/types.js'
import { type Beat, Emitter, type NetworkCounts, type Observer, type Simulator } from '../testbed/index.js'
import { refuseLost, type WatchedLink } from '../wires/index.js'
import { Conversations } from './conversations.js'
import { Departures } from './departures.js'
import type { Entries } from './entries.js'
import type { Losses } from './losses.js'
import { HOST } from './outstanding.js'
import { Pace, type PaceOptions } from './pace.js'
import { withoutPadding } from './padding.js'
import { LiveRecord } from './record.js'
import { Watch } from './watch.js'
import { Window } from './window.js'

export interface LiveOptions extends PaceOptions {
  readonly name: string
  readonly oracle: Oracle
  /** Port i of the device is at the other end of `ports[i]`. */
  readonly ports: readonly PacketPort[]
  /** The links of these. */
  readonly links: readonly WatchedLink[]
  readonly device: DeviceUnderTest
  readonly losses: Losses
  readonly entries: Entries
  /** The host at each port that answers by itself, and the device's MAC address there, where it was asked for. */
  readonly answering: readonly (AnsweringHost | undefined)[]
  readonly gateways: readonly (number | undefined)[]
  readonly chatters: boolean
  /** Of nf.yaml: see `WatchOptions`. */
  readonly granularity: number
  readonly removesTrailers: boolean
  /** Whether a violation is a deviation that the device is known for. */
  readonly isKnown: (violation: Violation) => boolean
  readonly beats: readonly Beat[]
  readonly observer: Observer
  readonly violationLimit: number
  /** Milliseconds after which a frame that did not come out is taken to be dropped. */
  readonly patience: number
}

/** Nanoseconds that frames are taken ahead of the time when they are due. */
const AHEAD = 100e6
/** Milliseconds that an answer is waited for on which only the order of a conversation depends. */
const ORDER = 5
/** Milliseconds between two looks at signals. */
const BREATH = 20
/** The same at links. */
const CHECK = 200
/** Frames put out together where they have no time. */
const PUBLISH = 16
/** Milliseconds for which ports are watched when all is judged: what must not come out may still come. */
const LINGER = 20
const STALLED: Fault = { cause: 'the network function does not come to an end with a frame', exitCode: 1, kind: 'hang' }
/** Two tags are the most that a frame of Ethernet has beyond what a link says. */
const TAGS = 64
const NONE = -1

export class LiveNetwork implements Simulator {
  readonly record: LiveRecord
  readonly departures: Departures
  readonly watch: Watch
  entered = 0
  /** The run has ended because the device did not go on. */
  hasHung = false
  readonly #options: LiveOptions
  readonly #pacer: Pacer
  readonly #pace: Pace
  readonly #emitter: Emitter
  readonly #conversations = new Conversations()
  readonly #window = new Window()
  /** What hosts send first is there before the trace begins. */
  #hasBegun = false
  #lastDue = 0
  #breathed = performance.now()
  /** When links were looked at last. */
  #checked = performance.now()

  constructor(options: LiveOptions) {
    const { ports, oracle, name, violationLimit, beats, isKnown } = options
    this.#options = options
    const longest = Math.max(2048, ...ports.map(({ capabilities }) => capabilities.longestTagged + TAGS))
    const pacer = new Pacer(ports, { slotBytes: longest, spin: options.speed !== 'max' })
    this.#pacer = pacer
    this.#pace = new Pace(options)
    this.#emitter = new Emitter(beats)
    this.#emitter.start(0n)
    this.record = new LiveRecord(name, oracle, violationLimit, isKnown)
    this.watch = new Watch({
      ...options,
      record: this.record,
      answer: (port, frame) => this.#push(port, frame, 0, frame.length, 0, HOST, false),
      longest,
      now: () => pacer.now(),
      origin: pacer.origin,
    })
    this.departures = new Departures(pacer, this.watch)
  }

  /** Nanoseconds of CLOCK_MONOTONIC, that all here is told by. */
  get now(): bigint {
    return process.hrtime.bigint()
  }

  get counts(): NetworkCounts {
    const { timesBack } = this.#pace
    return { timesBack, lostOnLinks: 0, heldBackOnLinks: 0, emitted: this.#emitter.sent, isDirect: true }
  }

  get losses(): Losses {
    return this.#options.losses
  }

  /** Frames that the device may still do something about. */
  get waiting(): number {
    return this.departures.open + this.watch.waiting
  }

  send(input: number, bytes: Uint8Array, start: number, length: number, time: bigint, tag: number): void {
    const due = this.#pace.due(time, this.#pacer.now())
    this.#beat(due === 0 ? this.#pacer.now() : due)
    if (this.#pacer.pushed > 0 && !this.#hasBegun) this.flush()
    this.#hasBegun = true
    this.entered += 1
    this.#push(this.#options.entries.inputs[input] ?? 0, bytes, start, length, due, tag, true)
  }

  /** Its device has a thread or a process of its own, which is ended. */
  stopped(): boolean {
    return false
  }

  /** Waits for the answers to what was sent, unless they take long: the next frame depends on them. */
  flush(): void {
    this.#waitWhile(() => this.waiting > 0, this.watch.answerTime.patience)
    this.#serve()
  }

  /** What was sent is under way; `settle` waits for it. */
  finish(): boolean {
    this.#pacer.publish()
    return true
  }

  get isFull(): boolean {
    const { pushed, room } = this.#pacer
    if (room < 2 || !this.watch.hasRoom) return true
    if (!this.#pace.isScheduled) {
      this.#window.look(pushed, this.watch.races.misfits)
      return this.departures.open + this.watch.queued >= this.#window.size || this.watch.isCrowded
    }
    return pushed > 0 && this.#lastDue > this.#pacer.now() + AHEAD
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
    this.#pacer.publish()
    let last = performance.now()
    while (this.watch.open > 0 || performance.now() - last < LINGER) {
      if (this.watch.open > 0) last = performance.now()
      if (!this.#serve()) this.#rest()
      if (performance.now() - this.#breathed > BREATH) await this.#breathe()
    }
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#pacer.stop()
  }

  /** What hosts send by themselves up to then: frames leave in the order in which they are pushed, so it comes first. */
  #beat(until: number): void {
    for (let due = this.#emitter.next; due !== undefined && Number(due) <= until; due = this.#emitter.next) {
      if (this.#pacer.room < 2) return
      const beat = this.#emitter.take()
      const port = beat === undefined ? undefined : this.#options.entries.hosts[beat.host]
      if (beat !== undefined && port !== undefined) {
        this.#push(port, beat.frame, 0, beat.frame.length, Number(due), HOST, true)
      }
    }
  }

  #push(
    port: number,
    bytes: Uint8Array,
    start: number,
    given: number,
    due: number,
    tag: number,
    isJudged: boolean,
  ): void {
    const isIp = this.#options.ports[port]?.capabilities.layer === 'ip'
    const length = isIp ? withoutPadding(bytes, start, given) : given
    const pair = isJudged ? this.#awaitOthers(port, bytes, start, length) : 0
    while (this.#pacer.room === 0) if (!this.#serve()) this.#rest()
    const slot = this.#pacer.frames[this.#pacer.next]
    if (slot === undefined) throw new Error('a pacer without slots')
    slot.set(bytes.subarray(start, start + length))
    const address = isIp ? addressByIp : addressTo
    if (isJudged) address(this.#options.gateways[port], slot.subarray(0, length))
    const entry = this.watch.push(port, tag, isJudged, slot, 0, length)
    if (isJudged) this.#conversations.note(pair, port, entry)
    const at = this.#pace.capped(due, this.#pacer.now())
    this.#pacer.push(length, port, at)
    this.#lastDue = at
    if (at !== 0 || this.#pacer.pushed % PUBLISH === 0) this.#pacer.publish()
  }

  /** Waits for what must be known before a frame is sent, unless that takes long. @returns The hash of its two ends. */
  #awaitOthers(port: number, bytes: Uint8Array, start: number, length: number): number {
    const { outstanding } = this.watch
    // Of two that are all the same nobody could tell which came out.
    const twin = outstanding.twinOf(bytes, start, length)
    const { pair } = outstanding
    const { patience } = this.watch.answerTime
    if (twin !== NONE) this.#waitWhile(() => this.watch.isUnderWay(twin), patience)
    const other = this.#pace.isScheduled ? NONE : this.#conversations.lastByOther(pair, port)
    if (other !== NONE) this.#waitWhile(() => this.watch.isUnderWay(other), ORDER)
    return pair
  }

  /** Ends also after so many milliseconds in which all is sent and nothing happens. */
  #waitWhile(isOpen: () => boolean, patience: number): void {
    let last = performance.now()
    while (isOpen()) {
      const isNews = this.#serve()
      if (isNews || this.departures.open > 0) last = performance.now()
      else if (performance.now() - last > patience) return
      if (!isNews) this.#rest()
    }
  }

  /** One look at everything. @returns Whether anything has happened. */
  #serve(): boolean {
    this.#pacer.publish()
    const went = this.departures.look()
    return this.watch.look(this.departures.lookForAll) || went
  }

  #rest(): void {
    waitForFrames(this.#options.ports, 1)
  }

  async #breathe(): Promise<void> {
    const fault = this.#options.device.fault ?? (this.watch.isStalled ? STALLED : undefined)
    if (fault !== undefined) throw this.#failed(fault)
    this.#breathed = performance.now()
    if (this.#breathed - this.#checked > CHECK) {
      this.#checked = this.#breathed
      refuseLost(this.#options.links)
    }
    await setImmediate()
  }

  /** A device that has ended by itself. What no specification allows is a violation, though no frame shows it. */
  #failed({ cause, exitCode, kind }: Fault): VigilError {
    if (kind !== undefined) this.record.badEnd(cause, kind)
    this.hasHung ||= kind === 'hang'
    return new VigilError(exitCode, cause)
  }
}
