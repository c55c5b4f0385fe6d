/**
 * What a structure's bytes mean: its invariant, clause by clause, and the abstract state that it stands for. The same
 * reading is assumed of the bytes before a call, all else about them being arbitrary, and proved of those after it.
 */
import type { Loan, Parameters } from '../../../contracts/index.js'
import type { Integers } from '../../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../../domains/symbolic/path.js'
import type { Term } from '../../../smt/index.js'
import type { HeapMemory, Region } from '../heap.js'
import type { Shape } from '../shapes.js'

export interface Clause {
  /** For people. */
  readonly what: string
  readonly holds: Term
}

export interface AbstractState<Self> {
  copy(): Self
}

/** libVig's hash of the bytes at an address, as it comes out on this path. */
export type HashOf = (address: Term, size: number) => Term

/** Where a part that is lent lies, for an index. */
export interface PartAddress {
  readonly index: Term
  readonly address: Term
}

export interface Reading {
  readonly path: Path
  readonly integers: Integers
  readonly memory: HeapMemory
  readonly hashOf: HashOf
  /** Of keys that are different from each other, before any of them is hashed otherwise. */
  readonly hashApart: HashOf
  /** Which bucket is the first, of as many as have indices of so many bits; from here on homes are counted from it. */
  firstBucket(bits: number): Term
}

/** One structure of given sizes at a given address. */
export interface Representation<S> {
  readonly regions: readonly Region[]
  /**
   * Makes all its bytes arbitrary, but for what every operation leaves as the allocator made it, and for what a state of
   * this shape has, or its invariant does not hold.
   */
  makeArbitrary(reading: Reading, shape: Shape): void
  invariant(reading: Reading): readonly Clause[]
  /** What is in memory. */
  state(reading: Reading): S
  /** Whether it is this state that is in memory. */
  holds(reading: Reading, state: S): Term
  /** Of the names by which cells are known that contracts know by index. */
  indices?(): readonly Term[]
  /** Whether it is as a new one. */
  isEmpty(reading: Reading): Term
  addresses(reading: Reading, part: Loan<Parameters>['part']): readonly PartAddress[]
}

/** `parts`: conditions by name; a shorter way to write them down. */
export function clauses(parts: Readonly<Record<string, Term>>): readonly Clause[] {
  return Object.entries(parts).map(([what, holds]) => ({ what, holds }))
}

/** Words of a header as they were made. */
export function words(memory: HeapMemory, address: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => {
    const word = memory.number(address + 4 * at, 4)
    if (word.op !== 'bv') throw new Undecidable('a header that is not known')
    return Number(word.value)
  })
}
