/** The state that calls use without naming it: libVig's heap, its hash, the time of the packet. */
import type { Integer } from '../../domains/symbolic/integer.js'
import type { Scope } from '../../domains/symbolic/scope.js'
import { bitVecSort } from '../../smt/index.js'
import type { Allocatable, ClockState, FunctionState, HeapState } from '../sorts.js'
import { knownBytes, type SymbolicSorts } from './sorts.js'

/** What an allocation takes, in bytes, as libVig's own `<structure>_cost` says. */
export type CostFunction = (structure: Allocatable, sizes: readonly Integer[]) => Integer

export class SymbolicHeap implements HeapState<SymbolicSorts> {
  readonly #scope: Scope
  readonly #cost: CostFunction
  #remaining: Integer

  constructor(scope: Scope, remaining: Integer, cost: CostFunction) {
    this.#scope = scope
    this.#cost = cost
    this.#remaining = remaining
  }

  remaining(): Integer {
    return this.#remaining
  }

  take(bytes: Integer): void {
    this.#remaining = this.#scope.integers.sub(this.#remaining, bytes)
  }

  cost(structure: Allocatable, sizes: readonly Integer[]): Integer {
    return this.#cost(structure, sizes)
  }
}

/** Some function of the bytes, for each number of them. */
export class SymbolicHash implements FunctionState<SymbolicSorts> {
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  isKnown() {
    return this.#scope.path.terms.true
  }

  valueOf(bytes: SymbolicSorts['value']): Integer {
    const { terms } = this.#scope.path
    const known = knownBytes(bytes, 'hash')
    const hash = terms.declareFunction(`hash.${known.width / 8}`, [known.sort], bitVecSort(32))
    return this.#scope.integers.unsigned(terms.apply(hash, known))
  }

  learn(): void {}
}

export class SymbolicClock implements ClockState<SymbolicSorts> {
  readonly #now: Integer

  constructor(now: Integer) {
    this.#now = now
  }

  now(): Integer {
    return this.#now
  }
}
