/**
 * Pseudo-random numbers that are the same for a seed on every machine: xoshiro128** (Blackman and Vigna, "Scrambled
 * linear pseudorandom number generators", 2021), seeded by splitmix32. Only exact operations are used.
 */

export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** @param seed Any safe integer. */
  constructor(seed: number) {
    let state = (seed ^ Math.floor(seed / 0x1_0000_0000)) >>> 0
    const next = () => {
      state = (state + 0x9e3779b9) >>> 0
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      return (z ^ (z >>> 15)) >>> 0
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() | 1
  }

  /** 32 bits. */
  next(): number {
    const scrambled = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotate(this.#d, 11)
    return scrambled
  }

  /** At least 0, below 1, with 53 bits. */
  fraction(): number {
    return (this.next() * 0x20_0000 + (this.next() >>> 11)) / 0x20_0000_0000_0000
  }

  /** An integer at least 0 and below `limit`. */
  below(limit: number): number {
    return limit <= 0x10000 ? Math.floor((this.next() / 0x1_0000_0000) * limit) : Math.floor(this.fraction() * limit)
  }

  /** An integer at least `low` and at most `high`. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True in that share of the cases, 0 to 1. Draws nothing where the answer is certain. */
  chance(share: number): boolean {
    return share > 0 && (share >= 1 || this.fraction() < share)
  }

  /** One of a list that has at least one. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0]
  }

  fill(bytes: Uint8Array, from: number, to: number): void {
    let word = 0
    for (let at = from; at < to; at++) {
      word = (at - from) % 4 === 0 ? this.next() : word >>> 8
      bytes[at] = word
    }
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
