import { Cells } from './cells.js'
import { Displaced } from './journal.js'
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
  #saved: Int32Array
  #savedEnd = 0

  constructor(packing: KeyPacking<V>, words: Column) {
    this.#packing = packing
    this.#width = packing.words
    this.#words = words.words
    this.#stride = words.stride
    this.#first = words.first
    this.#saved = new Int32Array(16 * packing.words)
  }

  get(slot: number): V {
    return this.#packing.read(this.#words, this.#wordsOf(slot))
  }

  set(slot: number, value: V): void {
    this.#packing.write(value, this.#words, this.#wordsOf(slot))
  }

  save(slot: number): void {
    if (this.#savedEnd === this.#saved.length) this.#grow()
    for (let i = 0, at = this.#wordsOf(slot); i < this.#width; i++) {
      this.#saved[this.#savedEnd++] = this.#words[at + i] ?? 0
    }
  }

  restore(slot: number): void {
    this.#savedEnd -= this.#width
    for (let i = 0, at = this.#wordsOf(slot); i < this.#width; i++) {
      this.#words[at + i] = this.#saved[this.#savedEnd + i] ?? 0
    }
  }

  begin(): void {
    this.#savedEnd = 0
  }

  move(from: number, to: number): void {
    this.#words.copyWithin(this.#wordsOf(to), this.#wordsOf(from), this.#wordsOf(from) + this.#width)
  }

  #wordsOf(slot: number): number {
    return slot * this.#stride + this.#first
  }

  #grow(): void {
    const grown = new Int32Array(this.#saved.length * 2)
    grown.set(this.#saved)
    this.#saved = grown
  }
}
