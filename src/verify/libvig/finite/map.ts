import type { MapContractState } from '../../../contracts/index.js'
import { type Bytes, knownBytes, type SymbolicSorts } from '../../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../../smt/index.js'
import { howMany, picked } from './picking.js'

/** Present ones have different keys. The value is 32 bits, with a sign. */
export interface Pair {
  readonly present: Term
  readonly key: Term
  readonly value: Term
}

/** A map of few keys. */
export class FiniteMap implements MapContractState<SymbolicSorts> {
  readonly capacity: Integer
  readonly #integers: Integers
  readonly #terms: Terms
  #pairs: readonly Pair[]

  constructor(integers: Integers, capacity: number, pairs: readonly Pair[]) {
    this.#integers = integers
    this.#terms = integers.terms
    this.capacity = integers.of(BigInt(capacity))
    this.#pairs = pairs
  }

  copy(): FiniteMap {
    return new FiniteMap(this.#integers, Number(this.capacity.constant ?? 0n), this.#pairs)
  }

  has(key: Term): Term {
    return this.#terms.any(this.#pairs.map((pair) => this.#holds(pair, key)))
  }

  get(key: Term): Integer {
    const cases = this.#pairs.map((pair) => [this.#holds(pair, key), pair.value] as const)
    return this.#integers.signed(picked(this.#terms, cases))
  }

  keyIn(cell: Bytes): Term {
    const bytes = knownBytes(cell, 'a cell')
    const width = this.#pairs[0]?.key.width ?? bytes.width
    return this.#terms.extract(bytes.width - 1, bytes.width - width, bytes)
  }

  count(): Integer {
    return howMany(
      this.#integers,
      this.#pairs.map(({ present }) => present),
    )
  }

  put(key: Term, value: Integer): void {
    this.#pairs = [...this.#pairs, { present: this.#terms.true, key, value: this.#integers.bits(value, 32) }]
  }

  erase(key: Term): void {
    this.#keep((pair) => this.#terms.not(this.#terms.eq(pair.key, key)))
  }

  eraseWhere(gone: (key: Term, value: Integer) => Term): void {
    this.#keep(({ key, value }) => this.#terms.not(gone(key, this.#integers.signed(value))))
  }

  /** Whether both have the same keys, with the same values. */
  same(other: FiniteMap): Term {
    return this.#terms.and(this.#isWithin(other), other.#isWithin(this))
  }

  #isWithin(other: FiniteMap): Term {
    const terms = this.#terms
    return terms.all(
      this.#pairs.map(({ present, key, value }) => {
        const found = other.#pairs.map((pair) => terms.and(other.#holds(pair, key), terms.eq(pair.value, value)))
        return terms.implies(present, terms.any(found))
      }),
    )
  }

  #keep(isKept: (pair: Pair) => Term): void {
    this.#pairs = this.#pairs.map((pair) => ({ ...pair, present: this.#terms.and(pair.present, isKept(pair)) }))
  }

  #holds({ present, key }: Pair, wanted: Term): Term {
    return this.#terms.and(present, this.#terms.eq(key, wanted))
  }
}
