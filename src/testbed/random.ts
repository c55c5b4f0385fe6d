/**
 * A small seeded generator (sfc32, Chris Doty-Humphrey): 2^64 states at least in every cycle, the same numbers on
 * every machine. Each use gets a stream of its own by name, so that one more link does not change another's losses.
 */
export class Random {
  #a: number
  #b: number
  #c = 0x811c_9dc5 | 0
  #counter = 1

  constructor(seed: number, stream = '') {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0
    for (let i = 0; i < stream.length; i++) this.#c = Math.imul(this.#c ^ stream.charCodeAt(i), 0x0100_0193)
    for (let i = 0; i < 16; i++) this.u32()
  }

  /** An even 32-bit number. */
  u32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** A number from 0 inclusive to 1 exclusive, in steps of 2^-32. */
  fraction(): number {
    return this.u32() / 0x1_0000_0000
  }

  /** An even whole number below `bound` (at most 2^53), by 53 bits. */
  below(bound: number): number {
    const high = this.u32() & 0x1f_ffff
    return Math.floor(((high * 0x1_0000_0000 + this.u32()) / 0x20_0000_0000_0000) * bound)
  }
}
