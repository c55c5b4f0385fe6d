/**
 * A network of real ports as traces are sent through it: frames leave when they are due, and what comes of them is watched.
 * Nothing is lost to haste: only so many frames are in queues at a time.
 */
import { setImmediate } from 'node:timers/promises'

import type { DeviceUnderTest, Fault } from '../device/index.js'
import { MachineError, VigilError } from '../errors.js'
import type { Oracle } from '../oracle/index.js'
import { Pacer, type PacketPort, waitForFrames } from '../packetio/index.js'
import { type Beat, Emitter, type NetworkCounts, type Observer, type Simulator } from '../testbed/index.js'
import type { WatchedLink } from '../wires/index.js'
import type { AnsweringHost } from './answers.js'
import type { Entries } from './entries.js'
import type { Losses } from './losses.js'
import { Pace, type PaceOptions } from './pace.js'
import { LiveRecord } from './record.js'
import { Timing } from './timing.js'
import { HOST, Watch } from './watch.js'

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
  readonly beats: readonly Beat[]
  readonly observer: Observer
  readonly violationLimit: number
  /** Milliseconds after which a frame that did not come out is taken to be dropped. */
  readonly patience: number
}

/**
 * Frames in queues between sending and coming out, at most. Queues of devices hold more; but in long ones an answer overtakes
 * what it answers, by another port.
 */
const IN_FLIGHT = 32
/** Nanoseconds that frames are taken ahead of the time when they are due. */
const AHEAD = 100e6
/** Milliseconds that an answer is waited for on which the next frame depends. */
const ANSWER = 50
/** Milliseconds that a call which sends may take. */
const IN_CALL = 200
/** Milliseconds between two looks at signals. */
const BREATH = 20
/** Frames put out together where they have no time. */
const PUBLISH = 16
/** Milliseconds for which ports are watched when all is judged: what must not come out may still come. */
const LINGER = 20
/** Two tags are the most that a frame of Ethernet has beyond what a link says. */
const TAGS = 64
/** What a port says of a frame that it cannot carry. */
const UNTAKEN = new Map([
  ['EINVAL', 'shorter than an Ethernet header, which a port does not send'],
  ['EMSGSIZE', 'longer than a port sends'],
])

export class LiveNetwork implements Simulator {
  readonly record: LiveRecord
  readonly timing = new Timing()
  readonly watch: Watch
  readonly #options: LiveOptions
  readonly #pacer: Pacer
  readonly #pace: Pace
  readonly #emitter: Emitter
  /** Frames whose sending was looked at. */
  #drained = 0
  /** What hosts send first is there before the trace begins. */
  #hasBegun = false
  #lastDue = 0
  #firstSent: number | undefined
  #lastSent = 0
  #breathed = performance.now()
  readonly #drainUntil = (time: number): void => this.#drainBefore(time)

  constructor(options: LiveOptions) {
    const { ports, oracle, name, violationLimit, beats } = options
    this.#options = options
    const longest = Math.max(2048, ...ports.map(({ capabilities }) => capabilities.longestTagged + TAGS))
    const pacer = new Pacer(ports, { slotBytes: longest, spin: options.speed !== 'max' })
    this.#pacer = pacer
    this.#pace = new Pace(options)
    this.#emitter = new Emitter(beats)
    this.#emitter.start(0n)
    this.record = new LiveRecord(name, oracle, violationLimit)
    this.watch = new Watch({
      ...options,
      record: this.record,
      answer: (port, frame) => this.#push(port, frame, 0, frame.length, 0, HOST, false),
      longest,
      now: () => pacer.now(),
      origin: pacer.origin,
    })
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

  /** By the time from the first frame to the last. */
  get packetsPerSecond(): number {
    const seconds = (this.#lastSent - (this.#firstSent ?? 0)) / 1e9
    return seconds > 0 ? Math.round(this.#pacer.pushed / seconds) : 0
  }

  /** Frames that the device may still do something about. */
  get waiting(): number {
    return this.#pacer.pushed - this.#drained + this.watch.waiting
  }

  send(input: number, bytes: Uint8Array, start: number, length: number, time: bigint, tag: number): void {
    const due = this.#pace.due(time, this.#pacer.now())
    this.#beat(due === 0 ? this.#pacer.now() : due)
    if (this.#pacer.pushed > 0 && !this.#hasBegun) this.flush()
    this.#hasBegun = true
    this.#push(this.#options.entries.inputs[input] ?? 0, bytes, start, length, due, tag, true)
  }

  /** Waits for the answers to what was sent, unless they take long: the next frame depends on them. */
  flush(): void {
    let last = performance.now()
    while (this.waiting > 0) {
      if (this.#serve() || this.#drained < this.#pacer.pushed) last = performance.now()
      else if (performance.now() - last > ANSWER) return
      else this.#rest()
    }
    this.#serve()
  }

  /** What was sent is under way; `settle` waits for it. */
  finish(): void {
    this.#pacer.publish()
  }

  get isFull(): boolean {
    const { pushed, room } = this.#pacer
    if (room < 2 || !this.watch.hasRoom) return true
    if (!this.#pace.isScheduled) return this.waiting >= IN_FLIGHT
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
    length: number,
    due: number,
    tag: number,
    isJudged: boolean,
  ): void {
    if (isJudged) this.#awaitTwin(bytes, start, length)
    while (this.#pacer.room === 0) if (!this.#serve()) this.#rest()
    const slot = this.#pacer.frames[this.#pacer.next]
    if (slot === undefined) throw new Error('a pacer without slots')
    slot.set(bytes.subarray(start, start + length))
    const gateway = this.#options.gateways[port]
    // What goes to a group goes to all.
    if (gateway !== undefined && isJudged && length >= 6 && ((slot[0] ?? 0) & 1) === 0) setDestination(slot, gateway)
    this.watch.push(port, tag, isJudged, slot, 0, length)
    const at = this.#pace.capped(due, this.#pacer.now())
    this.#pacer.push(length, port, at)
    this.#lastDue = at
    if (at !== 0 || this.#pacer.pushed % PUBLISH === 0) this.#pacer.publish()
  }

  /** Of two that are all the same nobody could tell which came out: the first one's fate is awaited, unless it takes long. */
  #awaitTwin(bytes: Uint8Array, start: number, length: number): void {
    let last = performance.now()
    while (this.watch.outstanding.twinOf(bytes, start, length) !== -1) {
      if (this.#serve() || this.#drained < this.#pacer.pushed) last = performance.now()
      else if (performance.now() - last > ANSWER) return
      else this.#rest()
    }
  }

  /** One look at everything. @returns Whether anything has happened. */
  #serve(): boolean {
    this.#pacer.publish()
    const went = this.#drain()
    return this.watch.look(this.#drainUntil) || went
  }

  #rest(): void {
    waitForFrames(this.#options.ports, 1)
  }

  async #breathe(): Promise<void> {
    const { fault } = this.#options.device
    if (fault !== undefined) throw this.#failed(fault)
    this.#checkLinks()
    this.#breathed = performance.now()
    await setImmediate()
  }

  /** Sending into a link that nobody is at the other end of is no error to the kernel. */
  #checkLinks(): void {
    for (const [port, link] of this.#options.links.entries()) {
      const fault = link.fault()
      if (fault !== undefined) throw new MachineError(`the link at port ${port} was lost: ${link.name} ${fault}`)
    }
  }

  /** A device that has ended by itself. What no specification allows is a violation, though no frame shows it. */
  #failed({ cause, exitCode, kind }: Fault): VigilError {
    if (kind !== undefined) this.record.badEnd(cause, kind)
    return new VigilError(exitCode, cause)
  }

  /** Takes note of what was sent. @returns Whether that is any. */
  #drain(): boolean {
    const finished = this.#pacer.finished()
    if (finished === this.#drained) return false
    for (; this.#drained < finished; this.#drained++) this.#went(this.#drained % this.#pacer.slots)
    return true
  }

  /**
   * Takes note of all that was sent before a time that is over: a call that sends may have begun, and not have ended. One
   * whose port takes nothing is not waited for.
   */
  #drainBefore(time: number): void {
    const until = performance.now() + IN_CALL
    while (performance.now() < until) {
      this.#drain()
      if (this.#drained === this.#pacer.pushed) return
      if (this.#pacer.dueAt(this.#drained % this.#pacer.slots) > time || this.#lastSent > time) return
    }
  }

  #went(slot: number): void {
    const pacer = this.#pacer
    const error = pacer.errorOf(slot)
    if (error !== undefined) {
      this.watch.refused(UNTAKEN.get(error) ?? `not taken by its port: ${error}`)
      return
    }
    const sentAt = pacer.sentAt(slot)
    const due = pacer.dueAt(slot)
    this.#firstSent ??= sentAt
    this.#lastSent = sentAt
    if (due > 0) this.timing.add(sentAt - due)
    this.watch.sent(sentAt, pacer.frames[slot] ?? new Uint8Array(0), pacer.lengthAt(slot))
  }
}

function setDestination(frame: Uint8Array, mac: number): void {
  for (let i = 0; i < 6; i++) frame[i] = Math.floor(mac / 2 ** (40 - 8 * i)) % 256
}
