import { checkCapacity } from './capacity.js'

/** How keys of one type are hashed and told apart; equal keys have equal hashes. */
export interface KeyOps<K> {
  /** An unsigned 32-bit number. */
  hash(key: K): number
  equals(a: K, b: K): boolean
  /** Where there is one, lookups compare words kept side by side and never follow objects: twice as fast. */
  readonly packing?: KeyPacking<K>
}

/** Keys as a fixed number of 32-bit words; two keys are equal exactly where all their words are. */
export interface KeyPacking<K> {
  readonly words: number
  /** Writes the words of `key` from `into[at]` on. */
  write(key: K, into: Int32Array, at: number): void
}

/**
 * Which slot each key is at: open addressing with linear probing, at most half full. A table entry is slot + 1 in its
 * low bits and, above them, bits of the hash that did not choose the place, so that a probe reads one word and
 * compares keys only where those agree. Removal shifts followers back: no tombstones, lookups stay short for ever.
 */
export class KeyIndex<K> {
  readonly #ops: KeyOps<K>
  readonly #packing: KeyPacking<K> | undefined
  readonly #bits: number
  readonly #mask: number
  readonly #table: Int32Array
  /** By slot: the mixed hash, the key, and where keys are packed its words. */
  readonly #mixed: Int32Array
  readonly #keys: (K | undefined)[]
  readonly #words: Int32Array
  readonly #wanted: Int32Array

  constructor(capacity: number, ops: KeyOps<K>) {
    checkCapacity('key index', capacity)
    this.#ops = ops
    this.#packing = ops.packing
    this.#bits = Math.max(2, 33 - Math.clz32(capacity - 1))
    this.#mask = (1 << this.#bits) - 1
    this.#table = new Int32Array(1 << this.#bits)
    this.#mixed = new Int32Array(capacity)
    this.#keys = new Array<K | undefined>(capacity).fill(undefined)
    const words = ops.packing?.words ?? 0
    this.#words = new Int32Array(words * capacity)
    this.#wanted = new Int32Array(words)
  }

  /** The slot of `key`, or -1. */
  find(key: K): number {
    const mixed = this.#mix(key)
    const table = this.#table
    const mask = this.#mask
    const tag = mixed << this.#bits
    if (this.#packing !== undefined) this.#packing.write(key, this.#wanted, 0)
    for (let at = mixed >>> (32 - this.#bits); ; at = (at + 1) & mask) {
      const entry = table[at] ?? 0
      if (entry === 0) return -1
      if (((entry ^ tag) & ~mask) !== 0) continue
      const slot = (entry & mask) - 1
      if (this.#packing === undefined ? this.#equalAt(slot, key) : this.#wordsEqualAt(slot)) return slot
    }
  }

  /** The key at `slot`; throws RangeError where there is none. */
  keyAt(slot: number): K {
    const key = this.#keys[slot]
    if (key === undefined) throw new RangeError(`no key at slot ${slot}`)
    return key
  }

  /** Requires that neither `key` nor `slot` is in. */
  add(slot: number, key: K): void {
    this.#keep(slot, key, this.#mix(key))
    let at = this.#home(slot)
    while (this.#table[at] !== 0) at = (at + 1) & this.#mask
    this.#table[at] = this.#entry(slot)
  }

  /** Takes out the key at `slot`, which must be in, and returns it. */
  remove(slot: number): K {
    const key = this.keyAt(slot)
    this.#closeGap(this.#position(slot))
    this.#keys[slot] = undefined
    return key
  }

  /** Rebinds the key at `from` to the slot `to`, which must have none. */
  move(from: number, to: number): void {
    this.#keep(to, this.keyAt(from), this.#mixed[from] ?? 0)
    this.#table[this.#position(from)] = this.#entry(to)
    this.#keys[from] = undefined
  }

  #keep(slot: number, key: K, mixed: number): void {
    this.#mixed[slot] = mixed
    this.#keys[slot] = key
    this.#packing?.write(key, this.#words, slot * this.#packing.words)
  }

  #equalAt(slot: number, key: K): boolean {
    const found = this.#keys[slot]
    return found !== undefined && this.#ops.equals(found, key)
  }

  #wordsEqualAt(slot: number): boolean {
    const count = this.#wanted.length
    const from = slot * count
    for (let i = 0; i < count; i++) if (this.#words[from + i] !== this.#wanted[i]) return false
    return true
  }

  // Fibonacci hashing: the high bits of the product depend on all bits, also where the key's own hash is weak.
  #mix(key: K): number {
    return Math.imul(this.#ops.hash(key), 0x9e3779b1)
  }

  #home(slot: number): number {
    return (this.#mixed[slot] ?? 0) >>> (32 - this.#bits)
  }

  #entry(slot: number): number {
    return ((this.#mixed[slot] ?? 0) << this.#bits) | (slot + 1)
  }

  #position(slot: number): number {
    let at = this.#home(slot)
    while (((this.#table[at] ?? 0) & this.#mask) !== slot + 1) at = (at + 1) & this.#mask
    return at
  }

  /** Moves later entries of the run back over the gap wherever their home allows it (Knuth, vol. 3, 6.4, R). */
  #closeGap(position: number): void {
    const table = this.#table
    const mask = this.#mask
    let gap = position
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const entry = table[at] ?? 0
      if (entry === 0) break
      if (((at - this.#home((entry & mask) - 1)) & mask) < ((at - gap) & mask)) continue
      table[gap] = entry
      gap = at
    }
    table[gap] = 0
  }
}
