import { checkCapacity } from './capacity.js'

const NONE = -1
const UNUSED = -2

// Halves of a 64-bit cell in this machine's byte order.
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

/**
 * Slots in use, each with a time, in a doubly linked list ordered by time; slots of equal time in the order in which
 * they got it. One slot is 16 bytes, `[previous, next, time]`, so that a slot costs one cache line.
 *
 * Times are signed 64-bit. They come as bigints and are compared as two 32-bit halves: that needs no bigint
 * arithmetic and allocates nothing. `load` takes a time in; the operations that follow use the time last loaded.
 */
export class Timeline {
  readonly capacity: number
  readonly #links: Int32Array
  readonly #times: BigInt64Array
  readonly #loaded = new BigInt64Array(1)
  readonly #halves = new Int32Array(this.#loaded.buffer)
  #oldest = NONE
  #newest = NONE
  #count = 0
  #high = 0
  #low = 0

  constructor(capacity: number) {
    this.capacity = checkCapacity('timeline', capacity)
    const buffer = new ArrayBuffer(16 * capacity)
    this.#links = new Int32Array(buffer)
    this.#times = new BigInt64Array(buffer)
    for (let slot = 0; slot < capacity; slot++) this.#links[4 * slot] = UNUSED
  }

  get count(): number {
    return this.#count
  }

  /** The slot of the oldest time, or -1. */
  get oldest(): number {
    return this.#oldest
  }

  /** The slot of the newest time, or -1. */
  get newest(): number {
    return this.#newest
  }

  /** Also false for anything that is not a slot. */
  used(slot: number): boolean {
    return slot >= 0 && slot < this.capacity && (this.#links[4 * slot] ?? UNUSED) !== UNUSED
  }

  /** Meaningful only where `used(slot)`. */
  timeAt(slot: number): bigint {
    return this.#times[2 * slot + 1] ?? 0n
  }

  /** The signed high half of the time at `slot`. */
  highAt(slot: number): number {
    return this.#links[4 * slot + 2 + HIGH] ?? 0
  }

  /** The low half of the time at `slot`, as a signed number. */
  lowAt(slot: number): number {
    return this.#links[4 * slot + 2 + LOW] ?? 0
  }

  /** The slot before `slot` in the list, or -1. */
  previous(slot: number): number {
    return this.#links[4 * slot] ?? NONE
  }

  /** The slot after `slot` in the list, or -1. */
  next(slot: number): number {
    return this.#links[4 * slot + 1] ?? NONE
  }

  load(time: bigint): void {
    this.#loaded[0] = time
    this.#high = this.#halves[HIGH] ?? 0
    this.#low = this.#halves[LOW] ?? 0
  }

  loadHalves(high: number, low: number): void {
    this.#high = high
    this.#low = low
  }

  /** True where the oldest time is below the loaded one. */
  oldestIsBefore(): boolean {
    return this.#oldest !== NONE && this.#isBefore(this.#oldest)
  }

  /** Adds `slot` with the loaded time. O(1) when no time is above it. */
  add(slot: number): void {
    let after = this.#newest
    while (after !== NONE && this.#isAfter(after)) after = this.previous(after)
    this.addAfter(slot, after)
  }

  /** Adds `slot` with the loaded time right after `previous` (first, when -1). Requires that the order allows it. */
  addAfter(slot: number, previous: number): void {
    const links = this.#links
    const next = previous === NONE ? this.#oldest : this.next(previous)
    links[4 * slot] = previous
    links[4 * slot + 1] = next
    links[4 * slot + 2 + HIGH] = this.#high
    links[4 * slot + 2 + LOW] = this.#low
    this.#connect(previous, slot)
    this.#connect(slot, next)
    this.#count++
  }

  /** Takes out `slot`, which must be used. Its time can still be read. */
  remove(slot: number): void {
    this.#connect(this.previous(slot), this.next(slot))
    this.#links[4 * slot] = UNUSED
    this.#count--
  }

  /** Gives `to`, which must be unused, the place and time of `from`, which becomes unused. */
  move(from: number, to: number): void {
    const previous = this.previous(from)
    this.loadHalves(this.highAt(from), this.lowAt(from))
    this.remove(from)
    this.addAfter(to, previous)
  }

  #connect(earlier: number, later: number): void {
    if (earlier === NONE) this.#oldest = later
    else this.#links[4 * earlier + 1] = later
    if (later === NONE) this.#newest = earlier
    else this.#links[4 * later] = earlier
  }

  #isBefore(slot: number): boolean {
    const high = this.highAt(slot)
    return high < this.#high || (high === this.#high && this.lowAt(slot) >>> 0 < this.#low >>> 0)
  }

  #isAfter(slot: number): boolean {
    const high = this.highAt(slot)
    return high > this.#high || (high === this.#high && this.lowAt(slot) >>> 0 > this.#low >>> 0)
  }
}
