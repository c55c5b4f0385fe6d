import { checkCapacity } from './capacity.js'
import { type Column, column } from './rows.js'

/** How keys of one type are hashed and told apart; equal keys have equal hashes. */
export interface KeyOps<K> {
  /** An unsigned 32-bit number. */
  hash(key: K): number
  equals(a: K, b: K): boolean
  /** Where there is one, lookups compare words kept side by side and never follow objects: twice as fast. */
  readonly packing?: KeyPacking<K>
}

/** Records as a fixed number of 32-bit words; two are equal exactly where all their words are. */
export interface KeyPacking<K> {
  readonly words: number
  /** Writes the words of `key` from `into[at]` on. */
  write(key: K, into: Int32Array, at: number): void
  /** The key whose words begin at `from[at]`. */
  read(from: Int32Array, at: number): K
  /** An unsigned 32-bit number, from the words that begin at `from[at]`. */
  hash(from: Int32Array, at: number): number
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
  /** By slot: the mixed hash, and the key: an object, or where keys are packed its words alone. */
  readonly #mixed: Int32Array
  readonly #keys: (K | undefined)[]
  readonly #words: Int32Array
  /** The words of the key asked for. */
  readonly #wanted: Int32Array
  readonly #width: number
  readonly #stride: number
  readonly #first: number
  /** The key that was found last and its slot, while that may still hold it: specifications often ask twice. */
  #lastKey: K | undefined
  #lastSlot = -1

  /** `words` is where to keep the words of packed keys. */
  constructor(capacity: number, ops: KeyOps<K>, words: Column = column(capacity, ops.packing?.words ?? 0)) {
    checkCapacity('key index', capacity)
    this.#ops = ops
    this.#packing = ops.packing
    this.#bits = Math.max(2, 33 - Math.clz32(capacity - 1))
    this.#mask = (1 << this.#bits) - 1
    this.#table = new Int32Array(1 << this.#bits)
    this.#mixed = new Int32Array(capacity)
    this.#keys = new Array<K | undefined>(ops.packing === undefined ? capacity : 0).fill(undefined)
    this.#width = ops.packing?.words ?? 0
    this.#words = words.words
    this.#stride = words.stride
    this.#first = words.first
    this.#wanted = new Int32Array(this.#width)
  }

  /** The slot of `key`, or -1. */
  find(key: K): number {
    if (key === this.#lastKey) return this.#lastSlot
    const slot = this.#search(key)
    if (slot !== -1) {
      this.#lastKey = key
      this.#lastSlot = slot
    }
    return slot
  }

  #search(key: K): number {
    const mixed = this.#mix(key)
    const table = this.#table
    const mask = this.#mask
    const tag = mixed << this.#bits
    for (let at = mixed >>> (32 - this.#bits); ; at = (at + 1) & mask) {
      const entry = table[at] ?? 0
      if (entry === 0) return -1
      if (((entry ^ tag) & ~mask) !== 0) continue
      const slot = (entry & mask) - 1
      if (this.#packing === undefined ? this.#equalAt(slot, key) : this.#wordsEqualAt(slot)) return slot
    }
  }

  /** The key at `slot`, which must be in. */
  keyAt(slot: number): K {
    if (this.#packing !== undefined) return this.#packing.read(this.#words, this.#wordsOf(slot))
    const key = this.#keys[slot]
    if (key === undefined) throw new RangeError(`no key at slot ${slot}`)
    return key
  }

  /** Requires that neither `key` nor `slot` is in. */
  add(slot: number, key: K): void {
    this.#mixed[slot] = this.#mix(key)
    if (this.#packing === undefined) this.#keys[slot] = key
    else this.#words.set(this.#wanted, this.#wordsOf(slot))
    let at = this.#home(slot)
    while (this.#table[at] !== 0) at = (at + 1) & this.#mask
    this.#table[at] = this.#entry(slot)
  }

  /** Takes out the key at `slot`, which must be in, and returns it. */
  remove(slot: number): K {
    this.#lastKey = undefined
    const key = this.keyAt(slot)
    this.#closeGap(this.#position(slot))
    if (this.#packing === undefined) this.#keys[slot] = undefined
    return key
  }

  /** Rebinds the key at `from` to the slot `to`, which must have none. */
  move(from: number, to: number): void {
    this.#lastKey = undefined
    this.#mixed[to] = this.#mixed[from] ?? 0
    this.#table[this.#position(from)] = this.#entry(to)
    if (this.#packing === undefined) {
      this.#keys[to] = this.keyAt(from)
      this.#keys[from] = undefined
    } else this.#words.copyWithin(this.#wordsOf(to), this.#wordsOf(from), this.#wordsOf(from) + this.#width)
  }

  #wordsOf(slot: number): number {
    return slot * this.#stride + this.#first
  }

  #equalAt(slot: number, key: K): boolean {
    const found = this.#keys[slot]
    return found !== undefined && this.#ops.equals(found, key)
  }

  #wordsEqualAt(slot: number): boolean {
    const words = this.#words
    const wanted = this.#wanted
    const count = this.#width
    for (let i = 0, at = this.#wordsOf(slot); i < count; i++, at++) if (words[at] !== wanted[i]) return false
    return true
  }

  /**
   * The hash of `key`, whose words it leaves in `#wanted`. Fibonacci hashing: the high bits of the product depend on
   * all bits, also where the key's own hash is weak.
   */
  #mix(key: K): number {
    const packing = this.#packing
    if (packing === undefined) return Math.imul(this.#ops.hash(key), 0x9e3779b1)
    packing.write(key, this.#wanted, 0)
    return Math.imul(packing.hash(this.#wanted, 0), 0x9e3779b1)
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
