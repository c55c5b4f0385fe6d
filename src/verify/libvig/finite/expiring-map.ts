import type { ExpiringMapContractState } from '../../../contracts/index.js'
import type { Bytes, SymbolicSorts } from '../../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../../smt/index.js'
import type { Naming } from '../naming.js'
import { howMany, isNamed, picked } from './picking.js'

/** Of one name; the time is 64 bits, with a sign; there is no value where values have no bytes. */
export interface Entry {
  readonly used: Term
  readonly time: Term
  readonly key: Term
  readonly value: Term | undefined
}

/** An expiring map of few slots. */
export class FiniteExpiringMap implements ExpiringMapContractState<SymbolicSorts> {
  readonly capacity: Integer
  readonly #integers: Integers
  readonly #terms: Terms
  readonly #names: Naming
  #entries: readonly Entry[]

  constructor(integers: Integers, names: Naming, entries: readonly Entry[]) {
    this.#names = names
    this.#integers = integers
    this.#terms = integers.terms
    this.capacity = integers.of(BigInt(entries.length))
    this.#entries = entries
  }

  copy(): FiniteExpiringMap {
    return new FiniteExpiringMap(this.#integers, this.#names, this.#entries)
  }

  has(key: Term): Term {
    return this.#terms.any(this.#entries.map((entry) => this.#holds(entry, key)))
  }

  slotOf(key: Term): Integer {
    const cases = this.#entries.map((entry, name) => [this.#holds(entry, key), this.#names.index(name)] as const)
    return this.#integers.unsigned(picked(this.#terms, cases))
  }

  used(slot: Integer): Term {
    return this.#terms.any(this.#entries.map(({ used }, at) => this.#terms.and(this.#isAt(slot, at), used)))
  }

  keyAt(slot: Integer): Term {
    return this.#at(slot, ({ key }) => key)
  }

  timeAt(slot: Integer): Integer {
    return this.#integers.signed(this.#at(slot, ({ time }) => time))
  }

  valueAt(slot: Integer): Bytes {
    if (this.#entries.some(({ value }) => value === undefined)) return undefined
    return this.#at(slot, ({ value, key }) => value ?? key)
  }

  zeroValue(): Bytes {
    const value = this.#entries[0]?.value
    return value && this.#terms.bv(0, value.width)
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

  insert(slot: Integer, key: Term, time: Integer, value: Bytes): void {
    if (value !== undefined && 'frame' in value) throw new TypeError('a value of bytes that are not known')
    this.#update(slot, () => ({ used: this.#terms.true, time: this.#integers.bits(time, 64), key, value }))
  }

  refresh(slot: Integer, time: Integer): void {
    this.#update(slot, (entry) => ({ ...entry, time: this.#integers.bits(time, 64) }))
  }

  setValue(slot: Integer, value: Bytes): void {
    if (value !== undefined && 'frame' in value) throw new TypeError('a value of bytes that are not known')
    this.#update(slot, (entry) => ({ ...entry, value }))
  }

  erase(slot: Integer): void {
    this.#update(slot, (entry) => ({ ...entry, used: this.#terms.false }))
  }

  expire(threshold: Integer): void {
    this.#entries = this.#entries.map((entry) => ({
      ...entry,
      used: this.#terms.and(entry.used, this.#terms.not(this.#isBelow(entry, threshold))),
    }))
  }

  /** Whether both have the same entries at the same slots. */
  same(other: FiniteExpiringMap): Term {
    const terms = this.#terms
    if (other.#entries.length !== this.#entries.length) return terms.false
    return terms.all(
      this.#entries.map((mine, at) => {
        const theirs = other.#entries[at] ?? mine
        const parts = [terms.eq(mine.time, theirs.time), terms.eq(mine.key, theirs.key)]
        if (mine.value !== undefined && theirs.value !== undefined) parts.push(terms.eq(mine.value, theirs.value))
        return terms.and(terms.iff(mine.used, theirs.used), terms.implies(mine.used, terms.all(parts)))
      }),
    )
  }

  #holds({ used, key }: Entry, wanted: Term): Term {
    return this.#terms.and(used, this.#terms.eq(key, wanted))
  }

  #isBelow({ used, time }: Entry, threshold: Integer): Term {
    return this.#terms.and(used, this.#integers.lt(this.#integers.signed(time), threshold))
  }

  #isAt(slot: Integer, name: number): Term {
    return isNamed(this.#integers, this.#names, slot, name)
  }

  #at(slot: Integer, part: (entry: Entry) => Term): Term {
    return picked(
      this.#terms,
      this.#entries.map((entry, at) => [this.#isAt(slot, at), part(entry)] as const),
    )
  }

  #update(slot: Integer, change: (entry: Entry) => Entry): void {
    const terms = this.#terms
    this.#entries = this.#entries.map((entry, at) => {
      const isHere = this.#isAt(slot, at)
      const { used, time, key, value } = change(entry)
      return {
        used: terms.ite(isHere, used, entry.used),
        time: terms.ite(isHere, time, entry.time),
        key: terms.ite(isHere, key, entry.key),
        value: value === undefined || entry.value === undefined ? undefined : terms.ite(isHere, value, entry.value),
      }
    })
  }
}
