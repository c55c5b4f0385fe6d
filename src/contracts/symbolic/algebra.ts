/**
 * The symbolic algebra of contracts. Quantifiers are exact where they run over few indices; else they are instantiated,
 * which is sound in one direction only. Which one, the caller says before it evaluates a clause: a precondition is to be
 * proved, so one index of which nothing is known stands for all; what a choice may be is assumed, so any indices will
 * do; and what decides between outcomes has to be exact. Whatever would turn the direction round is undecidable.
 */

import { isPrime } from '../../domains/concrete/maglev.js'
import { type Integer, Integers } from '../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term } from '../../smt/index.js'
import type { ContractAlgebra } from '../sorts.js'
import { Extent, type SymbolicSorts } from './sorts.js'

/** Indices that are tried one by one. */
const MOST_ENUMERATED = 64n

/** What a clause is evaluated for. */
export type Purpose = 'prove' | 'assume' | 'decide'

export class SymbolicAlgebra implements ContractAlgebra<SymbolicSorts> {
  readonly path: Path
  readonly integers: Integers
  readonly true: Term
  readonly false: Term
  #purpose: Purpose = 'decide'
  #indices: Iterable<Integer> = []
  /** Terms that stand for more than they say. */
  readonly #instantiated = new Set<Term>()

  constructor(path: Path, integers = new Integers(path.terms)) {
    this.path = path
    this.integers = integers
    this.true = path.terms.true
    this.false = path.terms.false
  }

  /** Evaluates a clause; `indices` are those at which an assumed quantifier is instantiated. */
  evaluate(purpose: Purpose, clause: () => Term, indices: Iterable<Integer> = []): Term {
    const before = [this.#purpose, this.#indices] as const
    this.#purpose = purpose
    this.#indices = indices
    try {
      return clause()
    } finally {
      this.#purpose = before[0]
      this.#indices = before[1]
    }
  }

  number(value: number): Integer {
    return this.integers.of(BigInt(value))
  }

  wide(value: bigint): Integer {
    return this.integers.of(value)
  }

  widen(value: Integer): Integer {
    return value
  }

  not(a: Term): Term {
    this.#refuse(a)
    return this.path.terms.not(a)
  }

  and(a: Term, b: Term): Term {
    return this.#passOn(this.path.terms.and(a, b), a, b)
  }

  or(a: Term, b: Term): Term {
    return this.#passOn(this.path.terms.or(a, b), a, b)
  }

  implies(a: Term, b: Term): Term {
    this.#refuse(a)
    return this.#passOn(this.path.terms.implies(a, b), b)
  }

  iff(a: Term, b: Term): Term {
    this.#refuse(a)
    this.#refuse(b)
    return this.path.terms.iff(a, b)
  }

  eq(a: Integer, b: Integer): Term {
    return this.integers.eq(a, b)
  }

  lt(a: Integer, b: Integer): Term {
    return this.integers.lt(a, b)
  }

  le(a: Integer, b: Integer): Term {
    return this.integers.le(a, b)
  }

  add(a: Integer, b: Integer): Integer {
    return this.integers.add(a, b)
  }

  sub(a: Integer, b: Integer): Integer {
    return this.integers.sub(a, b)
  }

  eqWide(a: Integer, b: Integer): Term {
    return this.integers.eq(a, b)
  }

  ltWide(a: Integer, b: Integer): Term {
    return this.integers.lt(a, b)
  }

  leWide(a: Integer, b: Integer): Term {
    return this.integers.le(a, b)
  }

  select(condition: Term, yes: Integer, no: Integer): Integer {
    this.#refuse(condition)
    return this.integers.select(condition, yes, no)
  }

  quotient(value: Integer, divisor: number): Integer {
    return this.integers.div(value, this.number(divisor))
  }

  remainder(value: Integer, divisor: number): Integer {
    return this.integers.rem(value, this.number(divisor))
  }

  isPrime({ constant }: Integer): Term {
    if (constant === undefined) throw new Undecidable('whether a number that is not known is prime')
    return this.path.terms.bool(isPrime(Number(constant)))
  }

  everyIndex(below: Integer, holds: (index: Integer) => Term): Term {
    const { terms } = this.path
    if (below.constant !== undefined && below.constant <= MOST_ENUMERATED) {
      let all = this.true
      for (let index = 0n; index < below.constant; index++) all = this.and(all, holds(this.integers.of(index)))
      return all
    }
    const instance = (index: Integer): Term => {
      const isIndex = terms.and(this.le(this.number(0), index), this.lt(index, below))
      return this.implies(isIndex, holds(index))
    }
    if (this.#purpose === 'decide') throw new Undecidable('a condition on every index decides, and there are many')
    const indices =
      this.#purpose === 'assume'
        ? [...this.#indices]
        : [this.integers.unsigned(this.path.fresh('index', bitVecSort(below.term.width)))]
    const all = terms.all(indices.map(instance))
    if (!all.isConstant) this.#instantiated.add(all)
    return all
  }

  sameKey(a: Term, b: Term): Term {
    return this.path.terms.eq(a, b)
  }

  byteAt(bytes: SymbolicSorts['value'], at: number): Integer {
    const { terms } = this.path
    if (bytes === undefined) return this.number(0)
    if (bytes instanceof Extent) {
      const place = terms.bv(at, 32)
      const byte = this.integers.unsigned(bytes.frame.read(terms.add(bytes.start, place), 1))
      return this.integers.select(terms.ult(place, bytes.size), byte, this.number(0))
    }
    const size = bytes.width / 8
    return at < size ? this.integers.unsigned(terms.byte(size - 1 - at, bytes)) : this.number(0)
  }

  wordSum(bytes: SymbolicSorts['value'], start = 0, end?: number): Integer {
    if (bytes instanceof Extent && end === undefined) {
      const { terms } = this.path
      const from = terms.add(bytes.start, terms.bv(start, 32))
      return bytes.frame.wordSum(from, terms.add(bytes.start, bytes.size))
    }
    const size = bytes === undefined ? 0 : bytes instanceof Extent ? (end ?? 0) : bytes.width / 8
    let sum = this.number(0)
    for (let at = start; at < (end ?? size); at++) {
      const weight = this.number((at - start) % 2 === 0 ? 256 : 1)
      sum = this.integers.add(sum, this.integers.mul(this.byteAt(bytes, at), weight))
    }
    return sum
  }

  #passOn(result: Term, ...parts: readonly Term[]): Term {
    if (!result.isConstant && parts.some((part) => this.#instantiated.has(part))) this.#instantiated.add(result)
    return result
  }

  #refuse(term: Term): void {
    if (this.#instantiated.has(term))
      throw new Undecidable('a condition on every index, of which the contrary is asked')
  }
}
