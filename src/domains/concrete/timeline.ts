import type { Retractable } from '../state.js'
import { checkCapacity } from './capacity.js'
import { Journal } from './journal.js'
import { type Column, column } from './rows.js'

const FREE = -1
/** In the log, in place of a slot whose entry no longer counts. */
const STALE = -1
const PLACED = 0
const REMOVED = 1
const MOVED = 2

/** Entries for each slot before stale ones are swept out: more make sweeps rarer, and the log longer. */
const SWEEP_AT = 4

/** A slot placed at a time, moved to another, or else removed; without a slot, the start of a packet. */
type Update = { readonly slot?: number; readonly to?: number; readonly time?: bigint }

// Halves of a 64-bit cell in this machine's byte order.
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

/**
 * Slots in use, each with a time, in order of time; slots of equal time in the order in which they got it.
 *
 * It is a log: placing a slot appends (slot, time), `positions` says where the entry of a slot is, and the one that it
 * had before is marked as stale. So a refresh writes two random words and otherwise runs along the end of the log, and the
 * oldest slot, the first entry that is not stale, is found without a look at any slot. Stale entries are swept out every
 * three times `capacity` or more appends, between packets: what kept packets did is undone before, and done again.
 * A time below the newest is put into its place by moving what is later: correct, but slow.
 *
 * Times are signed 64-bit; they are compared as two 32-bit halves, which allocates nothing.
 */
export class Timeline implements Retractable {
  readonly capacity: number
  readonly #positions: Int32Array
  readonly #stride: number
  readonly #first: number
  readonly #leastSweep: number
  /** Entries in the log at which it is swept. */
  #sweepAt: number
  #slots: Int32Array
  #times: BigInt64Array
  #halves: Int32Array
  #head = 0
  #tail = 0
  #count = 0
  #headAtBegin = 0
  readonly #journal = new Journal()
  readonly #threshold = new BigInt64Array(1)
  readonly #thresholdHalves = new Int32Array(this.#threshold.buffer)

  /** `positions` is where to keep one word for each slot. */
  constructor(capacity: number, positions: Column = column(checkCapacity('timeline', capacity), 1)) {
    this.capacity = capacity
    this.#positions = positions.words
    this.#stride = positions.stride
    this.#first = positions.first
    for (let slot = 0; slot < capacity; slot++) this.#setPosition(slot, FREE)
    this.#leastSweep = SWEEP_AT * capacity + 256
    this.#sweepAt = this.#leastSweep
    this.#slots = new Int32Array(this.#sweepAt + 64)
    this.#times = new BigInt64Array(this.#slots.length)
    this.#halves = new Int32Array(this.#times.buffer)
  }

  get count(): number {
    return this.#count
  }

  /** Also false for anything that is not a slot. */
  used(slot: number): boolean {
    return (slot | 0) === slot && slot >= 0 && slot < this.capacity && this.#positionOf(slot) !== FREE
  }

  /** Meaningful only where `used(slot)`. */
  timeAt(slot: number): bigint {
    return this.#times[this.#positionOf(slot)] ?? 0n
  }

  /** The slots in use, oldest first; they must not change meanwhile. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let at = this.#head; at < this.#tail; at++) {
      const slot = this.#slots[at] ?? STALE
      if (slot !== STALE) yield slot
    }
  }

  /** The oldest slot, if its time is below `threshold`; else -1. */
  oldestBefore(threshold: bigint): number {
    this.#threshold[0] = threshold
    const high = this.#thresholdHalves[HIGH] ?? 0
    const low = this.#thresholdHalves[LOW] ?? 0
    while (this.#head < this.#tail && this.#isBefore(this.#head, high, low)) {
      const slot = this.#slots[this.#head] ?? STALE
      if (slot !== STALE) return slot
      this.#head++
    }
    return -1
  }

  /** How many slots in use have a time below `threshold`: one step for each. */
  countBelow(threshold: bigint): number {
    let count = 0
    for (const slot of this) {
      if (this.timeAt(slot) >= threshold) break
      count++
    }
    return count
  }

  /** Gives `slot`, used or not, a time; among equal times it comes last. */
  place(slot: number, time: bigint): void {
    if (this.#tail === this.#slots.length) this.#makeRoom()
    const before = this.#positionOf(slot)
    const tail = this.#tail++
    this.#times[tail] = time
    const at = this.#isOrdered(tail) ? tail : this.#shiftLaterThan(time)
    // Where later entries moved, so may have the one that is stale now.
    if (before !== FREE) this.#slots[at === tail ? before : this.#positionOf(slot)] = STALE
    else this.#count++
    this.#put(slot, at)
    this.#journal.push(PLACED, slot, before, at)
  }

  /** Takes out `slot`, which must be used. */
  remove(slot: number): void {
    const at = this.#positionOf(slot)
    this.#journal.push(REMOVED, slot, at, 0)
    this.#slots[at] = STALE
    this.#setPosition(slot, FREE)
    this.#count--
  }

  /** Gives `to`, which must be free, the place and time of `from`, which becomes free. */
  move(from: number, to: number): void {
    this.#rename(from, to)
    this.#journal.push(MOVED, from, to, 0)
  }

  begin(): void {
    if (this.#tail >= this.#sweepAt) this.#sweep()
    this.#journal.begin()
    this.#headAtBegin = this.#head
  }

  rollback(): void {
    const journal = this.#journal
    while (journal.back()) this.#undo(journal.field(0), journal.field(1), journal.field(2), journal.field(3))
    if (journal.recording) this.#head = this.#headAtBegin
  }

  mark(): void {
    if (this.#journal.kept === 0) this.begin()
    else if (this.#tail >= this.#sweepAt) this.#sweepUnderKept()
    this.#mark()
  }

  retract(): void {
    this.rollback()
    this.#journal.retract()
    if (this.#journal.kept > 0) this.#headAtBegin = this.#journal.newestMark(1)
  }

  forget(count: number): void {
    this.#journal.forget(count)
  }

  #mark(): void {
    this.#headAtBegin = this.#head
    this.#journal.mark(this.#head, 0, 0)
  }

  #undo(operation: number, slot: number, second: number, at: number): void {
    if (operation === PLACED) {
      this.#setPosition(slot, FREE)
      this.#shift(at + 1, this.#tail--, -1)
      if (second === FREE) this.#count--
      else this.#put(slot, second)
    } else if (operation === REMOVED) {
      this.#put(slot, second)
      this.#count++
    } else {
      this.#rename(second, slot)
    }
  }

  /** The entry at `at` is that of `slot` from now on, or again. */
  #put(slot: number, at: number): void {
    this.#slots[at] = slot
    this.#setPosition(slot, at)
  }

  #rename(from: number, to: number): void {
    const at = this.#positionOf(from)
    this.#setPosition(from, FREE)
    this.#put(to, at)
  }

  #positionOf(slot: number): number {
    return this.#positions[slot * this.#stride + this.#first] ?? FREE
  }

  #setPosition(slot: number, at: number): void {
    this.#positions[slot * this.#stride + this.#first] = at
  }

  /** True where the time at `tail` is not below that of the entry before it. */
  #isOrdered(tail: number): boolean {
    if (tail === this.#head) return true
    return !this.#isBefore(tail, this.#halves[2 * tail - 2 + HIGH] ?? 0, this.#halves[2 * tail - 2 + LOW] ?? 0)
  }

  #isBefore(at: number, high: number, low: number): boolean {
    const own = this.#halves[2 * at + HIGH] ?? 0
    return own < high || (own === high && (this.#halves[2 * at + LOW] ?? 0) >>> 0 < low >>> 0)
  }

  /** Opens a place for an entry of `time` by moving the later ones up; the last entry of the log is overwritten. */
  #shiftLaterThan(time: bigint): number {
    let at = this.#tail - 1
    while (at > this.#head && (this.#times[at - 1] ?? 0n) > time) at--
    this.#shift(at, this.#tail - 1, 1)
    this.#times[at] = time
    return at
  }

  /** Moves the entries from `start` up to `end` by `step` places, 1 or -1. */
  #shift(start: number, end: number, step: number): void {
    for (let at = start; at < end; at++) {
      const slot = this.#slots[at] ?? STALE
      if (slot !== STALE) this.#setPosition(slot, at + step)
    }
    this.#slots.copyWithin(start + step, start, end)
    this.#times.copyWithin(start + step, start, end)
  }

  #makeRoom(): void {
    // Within a packet that may be undone, positions must stay: then the log grows instead.
    if (!this.#journal.recording) this.#sweep()
    else this.#grow()
  }

  /** Journals hold positions. The log may grow to twice what it has then, or many packets over few slots sweep it always. */
  #sweepUnderKept(): void {
    const done = this.#undoKept().reverse()
    this.#sweep()
    for (const { slot, to, time } of done) {
      if (slot === undefined) this.#mark()
      else if (time !== undefined) this.place(slot, time)
      else if (to !== undefined) this.move(slot, to)
      else this.remove(slot)
    }
    this.#sweepAt = Math.max(this.#leastSweep, 2 * this.#tail)
  }

  /** Undoes all kept packets; what they did, newest first. */
  #undoKept(): Update[] {
    const journal = this.#journal
    const done: Update[] = []
    for (; journal.kept > 0; journal.retract()) {
      while (journal.back()) {
        const slot = journal.field(1)
        if (journal.field(0) === PLACED) done.push({ slot, time: this.#times[journal.field(3)] ?? 0n })
        else done.push(journal.field(0) === MOVED ? { slot, to: journal.field(2) } : { slot })
        this.#undo(journal.field(0), slot, journal.field(2), journal.field(3))
      }
      this.#head = journal.newestMark(1)
      done.push({})
    }
    return done
  }

  #sweep(): void {
    const halves = this.#halves
    let to = 0
    for (let at = this.#head; at < this.#tail; at++) {
      const slot = this.#slots[at] ?? STALE
      if (slot === STALE) continue
      this.#put(slot, to)
      halves[2 * to] = halves[2 * at] ?? 0
      halves[2 * to + 1] = halves[2 * at + 1] ?? 0
      to++
    }
    this.#head = 0
    this.#tail = to
    this.#sweepAt = this.#leastSweep
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length)
    const times = new BigInt64Array(slots.length)
    slots.set(this.#slots)
    times.set(this.#times)
    this.#slots = slots
    this.#times = times
    this.#halves = new Int32Array(times.buffer)
  }
}
