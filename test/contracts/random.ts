/** Random numbers from a seed, the same every time (xorshift32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) | 1
    for (let i = 0; i < 4; i++) this.next()
  }

  /** A 32-bit number, not negative. */
  next(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return state >>> 0
  }

  /** From 0 to `end - 1`. */
  below(end: number): number {
    return this.next() % end
  }

  /** True once in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0
  }

  pick<V>(from: readonly [V, ...V[]]): V {
    return from[this.below(from.length)] ?? from[0]
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next())
  }
}
