/** Indices from 0 up to below a capacity, as bit vectors that are just wide enough: the arguments of base functions. */
import { type BitVecSort, bitVecSort, type Term } from '../../smt/index.js'
import { type Integer, type Integers, widthOf } from './integer.js'

export class Slots {
  readonly integers: Integers
  /** From 1 on; may be a term between bounds. */
  readonly capacity: Integer
  readonly sort: BitVecSort

  constructor(integers: Integers, capacity: Integer) {
    if (capacity.lo < 1n) throw new RangeError(`a capacity of ${capacity.lo} or more has no slots`)
    this.integers = integers
    this.capacity = capacity
    this.sort = bitVecSort(widthOf(0n, capacity.hi - 1n))
  }

  inRange(index: Integer): Term {
    const { integers, capacity } = this
    return integers.terms.and(integers.le(integers.of(0n), index), integers.lt(index, capacity))
  }

  /** The bits of an index in range; of others, what is cut. */
  bits(index: Integer): Term {
    return this.integers.bits(index, this.sort.width)
  }

  /** A slot as an integer. It lies below the capacity only where a fact says so: base functions are total. */
  integer(bits: Term): Integer {
    return this.integers.unsigned(bits)
  }

  /** Whether a slot given by its bits lies below the capacity. */
  isBelowCapacity(bits: Term): Term {
    return this.integers.lt(this.integer(bits), this.capacity)
  }
}

/** How deep conditions are moved out of an argument. */
const DEPTH = 6

/** `f(term)`, where f of a condition between two terms is the condition between f of each: base functions see plain arguments. */
export function through(
  term: Term,
  choose: (condition: Term, yes: Term, no: Term) => Term,
  f: (term: Term) => Term,
): Term {
  return descend(term, DEPTH)

  function descend(part: Term, depth: number): Term {
    const [condition, yes, no] = part.args
    if (depth === 0 || part.op !== 'ite' || condition === undefined || yes === undefined || no === undefined)
      return f(part)
    return choose(condition, descend(yes, depth - 1), descend(no, depth - 1))
  }
}
