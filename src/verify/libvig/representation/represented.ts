/**
 * What a structure's bytes mean: its invariant, clause by clause, and the abstract state that it stands for. The same
 * reading is assumed of the bytes before a call, all else about them being arbitrary, and proved of those after it.
 */
import type { Loan, Parameters } from '../../../contracts/index.js'
import type { Integers } from '../../../domains/symbolic/integer.js'
import type { Path } from '../../../domains/symbolic/path.js'
import type { Term } from '../../../smt/index.js'
import type { HeapMemory, Region } from '../heap.js'

export interface Clause {
  /** For people. */
  readonly what: string
  readonly holds: Term
}

export interface AbstractState<Self> {
  copy(): Self
}

/** libVig's hash of the bytes at an address, as it comes out on this path. */
export type HashOf = (address: number, size: number) => Term

export interface Reading {
  readonly path: Path
  readonly integers: Integers
  readonly memory: HeapMemory
  readonly hashOf: HashOf
}

/** One structure of given sizes at a given address. */
export interface Representation<S> {
  readonly regions: readonly Region[]
  /** Makes all its bytes arbitrary, but for what every operation leaves as the allocator made it. */
  makeArbitrary(reading: Reading): void
  invariant(reading: Reading): readonly Clause[]
  /** What is in memory. */
  state(reading: Reading): S
  /** Whether it is this state that is in memory. */
  holds(reading: Reading, state: S): Term
  /** Whether it is as a new one. */
  isEmpty(reading: Reading): Term
  /** Where a part that is lent lies, for each index. */
  addresses(part: Loan<Parameters>['part']): readonly number[]
}

/** `parts`: conditions by name; a shorter way to write them down. */
export function clauses(parts: Readonly<Record<string, Term>>): readonly Clause[] {
  return Object.entries(parts).map(([what, holds]) => ({ what, holds }))
}
