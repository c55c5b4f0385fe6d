/** A stack of 32-bit integers that can also be taken from at the bottom: a ring, so that neither end ever moves. */
export class Marks {
  #values = new Int32Array(16)
  #first = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** That of the bottom; requires one. */
  get oldest(): number {
    return this.#values[this.#first] ?? 0
  }

  /** That of the top; requires one. */
  get newest(): number {
    return this.fromTop(0)
  }

  /** The one that lies `index` below the top; requires more than so many. */
  fromTop(index: number): number {
    return this.#values[(this.#first + this.#count - 1 - index) & (this.#values.length - 1)] ?? 0
  }

  push(value: number): void {
    if (this.#count === this.#values.length) this.#grow()
    this.#values[(this.#first + this.#count++) & (this.#values.length - 1)] = value
  }

  /** Requires one. */
  pop(): void {
    this.#count -= 1
  }

  /** Takes `count` from the bottom, where there must be as many. */
  forget(count: number): void {
    this.#first = (this.#first + count) & (this.#values.length - 1)
    this.#count -= count
  }

  clear(): void {
    this.#count = 0
  }

  #grow(): void {
    const grown = new Int32Array(2 * this.#values.length)
    for (let i = 0; i < this.#count; i++) grown[i] = this.#values[(this.#first + i) & (this.#values.length - 1)] ?? 0
    this.#values = grown
    this.#first = 0
  }
}
