import { checkCapacity } from './capacity.js'

/** How keys of one type are hashed and told apart; equal keys have equal hashes. */
export interface KeyOps<K> {
  /** An unsigned 32-bit number. */
  hash(key: K): number
  equals(a: K, b: K): boolean
}

/**
 * Which slot each key is at: open addressing with linear probing, at most half full. The table holds pairs (hash,
 * slot + 1), so that a probe touches one cache line and compares keys only where hashes agree. Removal shifts
 * followers back, so there are no tombstones and lookups stay short for ever.
 */
export class KeyIndex<K> {
  readonly #ops: KeyOps<K>
  readonly #table: Int32Array
  readonly #mask: number
  readonly #shift: number
  readonly #hashes: Int32Array
  readonly #keys: (K | undefined)[]

  constructor(capacity: number, ops: KeyOps<K>) {
    checkCapacity('key index', capacity)
    const bits = Math.max(2, 33 - Math.clz32(capacity - 1))
    this.#ops = ops
    this.#table = new Int32Array(2 << bits)
    this.#mask = (1 << bits) - 1
    this.#shift = 32 - bits
    this.#hashes = new Int32Array(capacity)
    this.#keys = new Array<K | undefined>(capacity).fill(undefined)
  }

  /** The slot of `key`, or -1. */
  find(key: K): number {
    const hash = this.#ops.hash(key) | 0
    const table = this.#table
    for (let at = this.#home(hash); ; at = (at + 1) & this.#mask) {
      const slot = (table[2 * at + 1] ?? 0) - 1
      if (slot === -1) return -1
      if (table[2 * at] === hash) {
        const found = this.#keys[slot]
        if (found !== undefined && this.#ops.equals(found, key)) return slot
      }
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
    const hash = this.#ops.hash(key) | 0
    this.#hashes[slot] = hash
    this.#keys[slot] = key
    const table = this.#table
    let at = this.#home(hash)
    while (table[2 * at + 1] !== 0) at = (at + 1) & this.#mask
    table[2 * at] = hash
    table[2 * at + 1] = slot + 1
  }

  /** Takes out the key at `slot`, which must be in, and returns it. */
  remove(slot: number): K {
    const key = this.keyAt(slot)
    this.#keys[slot] = undefined
    this.#closeGap(this.#position(slot))
    return key
  }

  /** Rebinds the key at `from` to the slot `to`, which must have none. */
  move(from: number, to: number): void {
    const key = this.keyAt(from)
    this.#table[2 * this.#position(from) + 1] = to + 1
    this.#hashes[to] = this.#hashes[from] ?? 0
    this.#keys[to] = key
    this.#keys[from] = undefined
  }

  // Fibonacci hashing: the high bits of the product depend on all bits, also where the key's own hash is weak.
  #home(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> this.#shift
  }

  #position(slot: number): number {
    let at = this.#home(this.#hashes[slot] ?? 0)
    while (this.#table[2 * at + 1] !== slot + 1) at = (at + 1) & this.#mask
    return at
  }

  /** Moves later entries of the run back over the gap wherever their home allows it (Knuth, vol. 3, 6.4, R). */
  #closeGap(position: number): void {
    const table = this.#table
    const mask = this.#mask
    let gap = position
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const entry = table[2 * at + 1] ?? 0
      if (entry === 0) break
      const hash = table[2 * at] ?? 0
      if (((at - this.#home(hash)) & mask) < ((at - gap) & mask)) continue
      table[2 * gap] = hash
      table[2 * gap + 1] = entry
      gap = at
    }
    table[2 * gap + 1] = 0
  }
}
