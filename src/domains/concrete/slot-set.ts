import { checkCapacity } from './capacity.js'

/**
 * A set of slots 0 to capacity - 1 as a tree of bit words: bit b of word w in level n + 1 says whether word 32w + b of
 * level n has any bit set. `lowest` and `from` take one step per level (four levels for a million slots).
 */
export class SlotSet {
  readonly capacity: number
  readonly #levels: Int32Array[] = []
  readonly #leaves: Int32Array

  /** A full set when `full`, else an empty one. */
  constructor(capacity: number, full: boolean) {
    this.capacity = checkCapacity('slot set', capacity)
    let bits = capacity
    do {
      const words = new Int32Array((bits + 31) >>> 5)
      if (full) fillBits(words, bits)
      this.#levels.push(words)
      bits = words.length
    } while (bits > 1)
    this.#leaves = this.#levels[0] ?? new Int32Array(0)
  }

  /** Requires `0 <= slot < capacity`. */
  has(slot: number): boolean {
    return (((this.#leaves[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1
  }

  add(slot: number): void {
    let at = slot
    for (const words of this.#levels) {
      const before = words[at >>> 5] ?? 0
      words[at >>> 5] = before | (1 << (at & 31))
      if (before !== 0) return
      at >>>= 5
    }
  }

  remove(slot: number): void {
    let at = slot
    for (const words of this.#levels) {
      const after = (words[at >>> 5] ?? 0) & ~(1 << (at & 31))
      words[at >>> 5] = after
      if (after !== 0) return
      at >>>= 5
    }
  }

  /** The lowest slot in the set, or -1. */
  lowest(): number {
    const top = this.#levels.length - 1
    return (this.#levels[top]?.[0] ?? 0) === 0 ? -1 : this.#descend(0, top)
  }

  /** The lowest slot in the set that is at least `slot`, or -1. */
  from(slot: number): number {
    let at = Math.max(slot, 0)
    if (at >= this.capacity) return -1
    for (let level = 0; level < this.#levels.length; level++) {
      const word = (this.#levels[level]?.[at >>> 5] ?? 0) & (-1 << (at & 31))
      if (word !== 0) return this.#descend((at & ~31) | lowestBit(word), level - 1)
      // Nothing left in this word: go on with the next word, one level up.
      at = (at >>> 5) + 1
      if (at >= (this.#levels[level]?.length ?? 0)) return -1
    }
    return -1
  }

  /** The slots in rising order; the set must not change meanwhile. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let slot = this.lowest(); slot !== -1; slot = this.from(slot + 1)) yield slot
  }

  /** The lowest slot below word `at` of `level`, which is not zero; `at` itself when `level` is -1. */
  #descend(at: number, level: number): number {
    let found = at
    for (let n = level; n >= 0; n--) found = (found << 5) | lowestBit(this.#levels[n]?.[found] ?? 0)
    return found
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}

function fillBits(words: Int32Array, bits: number): void {
  words.fill(-1)
  const rest = bits & 31
  if (rest !== 0) words[words.length - 1] = (1 << rest) - 1
}
