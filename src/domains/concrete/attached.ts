import { Cells } from './cells.js'
import { Displaced } from './displaced.js'
import type { KeyPacking } from './key-index.js'
import type { Column } from './rows.js'

/** The values attached to slots, with a memory of what was displaced, for undoing: newest first. */
export interface Attached<V> {
  /** Throws RangeError where nothing was ever kept. */
  get(slot: number): V
  set(slot: number, value: V): void
  /** Remembers the value at `slot`. */
  save(slot: number): void
  /** Puts the value saved last, and not yet restored, back to `slot`. */
  restore(slot: number): void
  /** Forgets what was saved. */
  begin(): void
  /** Where what is saved next is put; wraps at 32 bits. */
  readonly savedEnd: number
  /** Forgets what was saved before `savedEnd` was `position`. */
  forget(position: number): void
  move(from: number, to: number): void
}

/** Any values, as the objects given. */
export class AttachedObjects<V> implements Attached<V> {
  readonly #cells: Cells<V>
  readonly #saved = new Displaced<V>()

  constructor(capacity: number) {
    this.#cells = new Cells(capacity)
  }

  get(slot: number): V {
    return this.#cells.get(slot)
  }

  set(slot: number, value: V): void {
    this.#cells.set(slot, value)
  }

  save(slot: number): void {
    this.#saved.push(this.#cells.get(slot))
  }

  restore(slot: number): void {
    this.#cells.set(slot, this.#saved.pop())
  }

  begin(): void {
    this.#saved.begin()
  }

  get savedEnd(): number {
    return this.#saved.end
  }

  forget(position: number): void {
    this.#saved.forget(position)
  }

  move(from: number, to: number): void {
    this.#cells.set(to, this.#cells.get(from))
  }
}

/** Records by their words, side by side: nothing is followed, and the collector has nothing to look after. */
export class AttachedWords<V> implements Attached<V> {
  readonly #packing: KeyPacking<V>
  readonly #width: number
  readonly #words: Int32Array
  readonly #stride: number
  readonly #first: number
  /** A ring, of whole values. */
  #saved: Int32Array
  #room = 16
  #savedEnd = 0
  /** Where the ring is full. */
  #savedFull = 16

  constructor(packing: KeyPacking<V>, words: Column) {
    this.#packing = packing
    this.#width = packing.words
    this.#words = words.words
    this.#stride = words.stride
    this.#first = words.first
    this.#saved = new Int32Array(this.#room * packing.words)
  }

  get(slot: number): V {
    return this.#packing.read(this.#words, this.#wordsOf(slot))
  }

  set(slot: number, value: V): void {
    this.#packing.write(value, this.#words, this.#wordsOf(slot))
  }

  save(slot: number): void {
    if (this.#savedEnd === this.#savedFull) this.#grow()
    const to = this.#savedAt(this.#savedEnd)
    for (let i = 0, at = this.#wordsOf(slot); i < this.#width; i++) this.#saved[to + i] = this.#words[at + i] ?? 0
    this.#savedEnd = (this.#savedEnd + 1) | 0
  }

  restore(slot: number): void {
    this.#savedEnd = (this.#savedEnd - 1) | 0
    const from = this.#savedAt(this.#savedEnd)
    for (let i = 0, at = this.#wordsOf(slot); i < this.#width; i++) this.#words[at + i] = this.#saved[from + i] ?? 0
  }

  begin(): void {
    this.#savedEnd = 0
    this.#savedFull = this.#room
  }

  get savedEnd(): number {
    return this.#savedEnd
  }

  forget(position: number): void {
    this.#savedFull = (position + this.#room) | 0
  }

  move(from: number, to: number): void {
    this.#words.copyWithin(this.#wordsOf(to), this.#wordsOf(from), this.#wordsOf(from) + this.#width)
  }

  #wordsOf(slot: number): number {
    return slot * this.#stride + this.#first
  }

  #savedAt(position: number): number {
    return (position & (this.#room - 1)) * this.#width
  }

  #grow(): void {
    const width = this.#width
    const old = this.#saved
    const first = (this.#savedFull - this.#room) | 0
    const from = this.#savedAt(first)
    this.#room *= 2
    this.#savedFull = (first + this.#room) | 0
    this.#saved = new Int32Array(this.#room * width)
    const to = this.#savedAt(first)
    // Two parts, and the second one follows the first: at the end of the ring, or at its start again.
    const split = old.length - from
    this.#saved.set(old.subarray(from), to)
    this.#saved.set(old.subarray(0, from), (to + split) % this.#saved.length)
  }
}
