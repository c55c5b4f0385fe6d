import type { ChainContractState } from '../../../contracts/index.js'
import type { SymbolicSorts } from '../../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../../smt/index.js'
import type { Naming } from '../naming.js'
import { howMany, isNamed, picked } from './picking.js'

/** Of one name; the time is 64 bits, with a sign. */
export interface ChainEntry {
  readonly used: Term
  readonly time: Term
}

/** An index allocator of few indices. */
export class FiniteChain implements ChainContractState<SymbolicSorts> {
  readonly capacity: Integer
  readonly #integers: Integers
  readonly #terms: Terms
  readonly #names: Naming
  #entries: readonly ChainEntry[]

  constructor(integers: Integers, names: Naming, entries: readonly ChainEntry[]) {
    this.#names = names
    this.#integers = integers
    this.#terms = integers.terms
    this.capacity = integers.of(BigInt(entries.length))
    this.#entries = entries
  }

  copy(): FiniteChain {
    return new FiniteChain(this.#integers, this.#names, this.#entries)
  }

  get entries(): readonly ChainEntry[] {
    return this.#entries
  }

  used(index: Integer): Term {
    return this.#terms.any(this.#entries.map(({ used }, at) => this.#terms.and(this.#isAt(index, at), used)))
  }

  timeAt(index: Integer): Integer {
    const cases = this.#entries.map(({ time }, at) => [this.#isAt(index, at), time] as const)
    return this.#integers.signed(picked(this.#terms, cases))
  }

  count(): Integer {
    return howMany(
      this.#integers,
      this.#entries.map(({ used }) => used),
    )
  }

  countBelow(threshold: Integer): Integer {
    return howMany(
      this.#integers,
      this.#entries.map((entry) => this.#isBelow(entry, threshold)),
    )
  }

  allocate(index: Integer, time: Integer): void {
    this.#update(index, () => ({ used: this.#terms.true, time: this.#integers.bits(time, 64) }))
  }

  refresh(index: Integer, time: Integer): void {
    this.#update(index, ({ used }) => ({ used, time: this.#integers.bits(time, 64) }))
  }

  free(index: Integer): void {
    this.#update(index, ({ time }) => ({ used: this.#terms.false, time }))
  }

  expire(threshold: Integer): void {
    this.#entries = this.#entries.map((entry) => ({
      used: this.#terms.and(entry.used, this.#terms.not(this.#isBelow(entry, threshold))),
      time: entry.time,
    }))
  }

  /** Whether both have the same indices in use, with the same times. */
  same(other: FiniteChain): Term {
    const { terms } = this.#integers
    if (other.#entries.length !== this.#entries.length) return terms.false
    return terms.all(
      this.#entries.map(({ used, time }, at) => {
        const { used: otherUsed, time: otherTime } = other.#entries[at] ?? { used, time }
        return terms.and(terms.iff(used, otherUsed), terms.implies(used, terms.eq(time, otherTime)))
      }),
    )
  }

  #isBelow({ used, time }: ChainEntry, threshold: Integer): Term {
    return this.#terms.and(used, this.#integers.lt(this.#integers.signed(time), threshold))
  }

  #isAt(index: Integer, name: number): Term {
    return isNamed(this.#integers, this.#names, index, name)
  }

  #update(index: Integer, change: (entry: ChainEntry) => ChainEntry): void {
    this.#entries = this.#entries.map((entry, name) => {
      const isHere = this.#isAt(index, name)
      const { used, time } = change(entry)
      return { used: this.#terms.ite(isHere, used, entry.used), time: this.#terms.ite(isHere, time, entry.time) }
    })
  }
}
