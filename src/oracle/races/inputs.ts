import { firstDifference } from '../../domains/concrete/words.js'
import { FrameStore } from './frame-store.js'

/** What is known of an input, as bits. */
export const CLOSED = 1
export const PASSED = 2
/** It was processed, but what left was lost. */
export const UNOBSERVED = 4
/** It left twice by one port. */
export const TWICE = 8
/** It left by three ports with different bytes each. */
export const DIFFERENT = 16
/** It has a place in the order. */
export const PLACED = 32
/** Its place is final. */
export const FINAL = 64
/** The specification leaves open what becomes of it. */
export const OPEN = 128
/** An output came after it got its place. */
export const REFUTED = 256
/** It is a violation, or undecided, wherever it is placed. */
export const CONCEDED = 512

/** It has its place at another time than that of sending. */
export const MOVED = 1024

const NONE = -1

/**
 * The inputs that are not forgotten yet, each at a slot, with what left of them. Slots and frames are used again. Times
 * are nanoseconds since the first one, as numbers: exact for a hundred days.
 */
export class Inputs {
  readonly portCount: number
  readonly store = new FrameStore()
  /** The longest time from sending to an output so far. */
  delay = 0
  /** How many have a final place, forgotten ones included. */
  finals = 0
  #tags = new Float64Array(64)
  /** Number in the order of sending. */
  #numbers = new Float64Array(64)
  /** How many had a final place when it was sent: those were taken before it. */
  #finalsBefore = new Float64Array(64)
  #ports = new Uint8Array(64)
  #flags = new Int32Array(64)
  #sentAt = new Float64Array(64)
  #until = new Float64Array(64)
  #sent: bigint[] = new Array<bigint>(64).fill(0n)
  #frames = new Int32Array(64)
  #lengths = new Int32Array(64)
  #egress = new Int32Array(64)
  #outputs = new Int32Array(64)
  #outputLengths = new Int32Array(64)
  /** The ports by which it left with other bytes than by the first, and these. */
  #otherEgress = new Int32Array(64)
  #others = new Int32Array(64)
  #otherLengths = new Int32Array(64)
  /** The port by which it left again, or with other bytes. */
  #secondPorts = new Uint8Array(64)
  /** For each port, how many outputs had left by it before this one. */
  #orders: Int32Array
  #next = new Int32Array(64).fill(NONE)
  #previous = new Int32Array(64).fill(NONE)
  /** Slots that were used before and are free, one leading to the next by `#next`. */
  #free = NONE
  #used = 0
  #count = 0

  constructor(portCount: number) {
    this.portCount = portCount
    this.#orders = new Int32Array(64 * portCount)
  }

  /** Takes a slot for an input that comes after `previous` (or -1) by its port. */
  add(tag: number, port: number, sent: bigint, sentAt: number, previous: number): number {
    const slot = this.#take()
    this.#tags[slot] = tag
    this.#numbers[slot] = this.#count++
    this.#finalsBefore[slot] = this.finals
    this.#ports[slot] = port
    this.#flags[slot] = 0
    this.#sent[slot] = sent
    this.#sentAt[slot] = sentAt
    this.#until[slot] = Number.POSITIVE_INFINITY
    this.#egress[slot] = 0
    this.#otherEgress[slot] = 0
    this.#next[slot] = NONE
    this.#previous[slot] = previous
    if (previous !== NONE) this.#next[previous] = slot
    return slot
  }

  setFrame(slot: number, bytes: Uint8Array, start: number, length: number): void {
    this.#frames[slot] = this.store.put(bytes, start, length)
    this.#lengths[slot] = length
  }

  /** It left by `egress`, for the first time, as output number `order` of that port. */
  addOutput(slot: number, egress: number, order: number, bytes: Uint8Array, start: number, length: number): void {
    if (this.egress(slot) === 0) {
      this.#outputs[slot] = this.store.put(bytes, start, length)
      this.#outputLengths[slot] = length
    } else if (!this.#isOutput(slot, bytes, start, length)) this.#addOther(slot, egress, bytes, start, length)
    this.#egress[slot] = this.egress(slot) | (1 << egress)
    this.#orders[slot * this.portCount + egress] = order
  }

  /** Gives back the slot and the frames. */
  remove(slot: number): void {
    const next = this.next(slot)
    const previous = this.previous(slot)
    if (next !== NONE) this.#previous[next] = previous
    if (previous !== NONE) this.#next[previous] = next
    this.store.free(this.#frames[slot] ?? 0)
    if (this.egress(slot) !== 0) this.store.free(this.#outputs[slot] ?? 0)
    if (this.otherEgress(slot) !== 0) this.store.free(this.#others[slot] ?? 0)
    this.#next[slot] = this.#free
    this.#free = slot
  }

  tag(slot: number): number {
    return this.#tags[slot] ?? 0
  }

  /** How many were sent before it. */
  number(slot: number): number {
    return this.#numbers[slot] ?? 0
  }

  finalsBefore(slot: number): number {
    return this.#finalsBefore[slot] ?? 0
  }

  port(slot: number): number {
    return this.#ports[slot] ?? 0
  }

  /** When it was sent. */
  sentAt(slot: number): number {
    return this.#sentAt[slot] ?? 0
  }

  /** The same as it was given. */
  sent(slot: number): bigint {
    return this.#sent[slot] ?? 0n
  }

  /**
   * The device had taken it by this time: that of its first output. Where nothing left, by when that was certain; but it
   * was taken about as soon as those that left.
   */
  takenBy(slot: number): number {
    const until = this.#until[slot] ?? 0
    if (this.egress(slot) !== 0 || this.delay === 0) return until
    return Math.min(until, this.sentAt(slot) + 2 * this.delay)
  }

  /** It was taken by `time`. */
  setTakenBy(slot: number, time: number): void {
    if (time < (this.#until[slot] ?? 0)) this.#until[slot] = time
  }

  is(slot: number, flags: number): boolean {
    return ((this.#flags[slot] ?? 0) & flags) !== 0
  }

  mark(slot: number, flags: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) | flags
  }

  /** It left by `port` in a way that few specifications allow. */
  markSecond(slot: number, flag: typeof TWICE | typeof DIFFERENT, port: number): void {
    this.mark(slot, flag)
    this.#secondPorts[slot] = port
  }

  secondPort(slot: number): number {
    return this.#secondPorts[slot] ?? 0
  }

  unmark(slot: number, flags: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) & ~flags
  }

  /** The ports that it left by, as a set. */
  egress(slot: number): number {
    return this.#egress[slot] ?? 0
  }

  /** How many outputs had left by `port` before its own; it must have left there. */
  order(slot: number, port: number): number {
    return this.#orders[slot * this.portCount + port] ?? 0
  }

  /** The one that was sent after it by its port, or -1. */
  next(slot: number): number {
    return this.#next[slot] ?? NONE
  }

  previous(slot: number): number {
    return this.#previous[slot] ?? NONE
  }

  frameLength(slot: number): number {
    return this.#lengths[slot] ?? 0
  }

  /** Where in the store's bytes its frame begins. */
  frameStart(slot: number): number {
    return this.store.startOf(this.#frames[slot] ?? 0)
  }

  /** 0 where nothing left. */
  outputLength(slot: number): number {
    return this.egress(slot) === 0 ? 0 : (this.#outputLengths[slot] ?? 0)
  }

  outputStart(slot: number): number {
    return this.store.startOf(this.#outputs[slot] ?? 0)
  }

  /** The ports, of all by which it left, by which it did with other bytes than by the first. */
  otherEgress(slot: number): number {
    return this.#otherEgress[slot] ?? 0
  }

  /** 0 where it left with the same bytes by all ports. */
  otherLength(slot: number): number {
    return this.otherEgress(slot) === 0 ? 0 : (this.#otherLengths[slot] ?? 0)
  }

  otherStart(slot: number): number {
    return this.store.startOf(this.#others[slot] ?? 0)
  }

  #addOther(slot: number, egress: number, bytes: Uint8Array, start: number, length: number): void {
    if (this.otherEgress(slot) === 0) {
      this.#others[slot] = this.store.put(bytes, start, length)
      this.#otherLengths[slot] = length
    } else if (!this.#isSame(this.otherStart(slot), this.otherLength(slot), bytes, start, length)) {
      this.markSecond(slot, DIFFERENT, egress)
    }
    this.#otherEgress[slot] = this.otherEgress(slot) | (1 << egress)
  }

  #isOutput(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
    return this.#isSame(this.outputStart(slot), this.#outputLengths[slot] ?? 0, bytes, start, length)
  }

  #isSame(kept: number, keptLength: number, bytes: Uint8Array, start: number, length: number): boolean {
    return length === keptLength && firstDifference(this.store.bytes, kept, bytes, start, length) === -1
  }

  #take(): number {
    const slot = this.#free
    if (slot !== NONE) {
      this.#free = this.next(slot)
      return slot
    }
    if (this.#used === this.#ports.length) this.#grow()
    return this.#used++
  }

  #grow(): void {
    const length = 2 * this.#ports.length
    this.#tags = copied(this.#tags, new Float64Array(length))
    this.#numbers = copied(this.#numbers, new Float64Array(length))
    this.#finalsBefore = copied(this.#finalsBefore, new Float64Array(length))
    this.#ports = copied(this.#ports, new Uint8Array(length))
    this.#flags = copied(this.#flags, new Int32Array(length))
    this.#sentAt = copied(this.#sentAt, new Float64Array(length))
    this.#until = copied(this.#until, new Float64Array(length))
    this.#sent = [...this.#sent, ...new Array<bigint>(this.#sent.length).fill(0n)]
    this.#frames = copied(this.#frames, new Int32Array(length))
    this.#lengths = copied(this.#lengths, new Int32Array(length))
    this.#egress = copied(this.#egress, new Int32Array(length))
    this.#outputs = copied(this.#outputs, new Int32Array(length))
    this.#outputLengths = copied(this.#outputLengths, new Int32Array(length))
    this.#otherEgress = copied(this.#otherEgress, new Int32Array(length))
    this.#others = copied(this.#others, new Int32Array(length))
    this.#otherLengths = copied(this.#otherLengths, new Int32Array(length))
    this.#secondPorts = copied(this.#secondPorts, new Uint8Array(length))
    this.#orders = copied(this.#orders, new Int32Array(length * this.portCount))
    this.#next = copied(this.#next, new Int32Array(length))
    this.#previous = copied(this.#previous, new Int32Array(length))
  }
}

function copied<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from)
  return into
}
