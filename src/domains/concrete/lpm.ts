import type { LpmState, Undoable } from '../state.js'

/** Splits addresses: the first `length` bits of one. */
type PrefixOf<A> = (address: A, length: number) => A

interface Undo<A> {
  readonly length: number
  readonly prefix: A
  readonly before: number | undefined
}

/**
 * Longest-prefix match over addresses of a fixed width: one table for each prefix length in use, asked from the
 * longest to the shortest. What counts is the set of prefixes, in whatever order they came.
 */
export class ConcreteLpm<A extends number | bigint> implements LpmState<boolean, number, A>, Undoable {
  readonly width: number
  readonly #prefixOf: PrefixOf<A>
  readonly #tables: Map<A, number>[]
  /** Prefix lengths in use, longest first. */
  #lengths: number[] = []
  readonly #undo: Undo<A>[] = []
  #recording = false

  private constructor(width: number, prefixOf: PrefixOf<A>) {
    this.width = width
    this.#prefixOf = prefixOf
    this.#tables = Array.from({ length: width + 1 }, () => new Map<A, number>())
  }

  /** For addresses of up to 53 bits held as numbers. Throws RangeError on another width. */
  static ofNumbers(width: number): ConcreteLpm<number> {
    if (!Number.isInteger(width) || width < 1 || width > 53) throw new RangeError(`no number has ${width} exact bits`)
    return new ConcreteLpm<number>(width, (address, length) => Math.floor(address / 2 ** (width - length)))
  }

  /** For addresses of any width held as bigints. Throws RangeError on a width that is none. */
  static ofBigints(width: number): ConcreteLpm<bigint> {
    if (!Number.isInteger(width) || width < 1) throw new RangeError(`an address cannot have ${width} bits`)
    return new ConcreteLpm<bigint>(width, (address, length) => address >> BigInt(width - length))
  }

  insert(prefix: A, prefixLength: number, value: number): void {
    const bits = this.#prefixOf(prefix, prefixLength)
    if (this.#recording) {
      this.#undo.push({ length: prefixLength, prefix: bits, before: this.#tables[prefixLength]?.get(bits) })
    }
    this.#write(prefixLength, bits, value)
  }

  has(address: A): boolean {
    return this.find(address) !== undefined
  }

  /** -1 where no prefix matches. */
  lookup(address: A): number {
    return this.find(address) ?? -1
  }

  /** The value of the longest inserted prefix of `address`, or undefined. */
  find(address: A): number | undefined {
    for (const length of this.#lengths) {
      const value = this.#tables[length]?.get(this.#prefixOf(address, length))
      if (value !== undefined) return value
    }
    return undefined
  }

  begin(): void {
    this.#undo.length = 0
    this.#recording = true
  }

  rollback(): void {
    for (let last = this.#undo.pop(); last !== undefined; last = this.#undo.pop()) {
      this.#write(last.length, last.prefix, last.before)
    }
  }

  #write(length: number, prefix: A, value: number | undefined): void {
    const table = this.#tables[length]
    if (table === undefined) throw new RangeError(`prefix length ${length} is above the width ${this.width}`)
    if (value === undefined) table.delete(prefix)
    else table.set(prefix, value)
    if (table.size < 2) this.#lengths = [...this.#tables.keys()].filter((n) => this.#tables[n]?.size !== 0).reverse()
  }
}
