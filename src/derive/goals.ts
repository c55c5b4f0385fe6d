/** What a run of the specification over terms could meet, and under which condition: hears its hooks. */
import { type Integer, Integers } from '../domains/symbolic/integer.js'
import { SymbolicBigint, SymbolicNumber, SymbolicTruth } from '../domains/symbolic/values.js'
import type { Term, Terms } from '../smt/index.js'
import type { ObservedPart, ObservedPlace, Observer } from '../spec/instrumented/index.js'
import type { Condition, Conditions } from './conditions.js'
import { boundaryOf, DISTANCES, sideOf } from './targets.js'

/** By target: met on the path where one of these holds. */
export type Goals = ReadonlyMap<string, readonly Term[]>

/** Two numbers that are compared, where the guard holds. */
export interface Gap {
  readonly guard: Term
  readonly left: Integer
  readonly right: Integer
}

export class GoalsOfRun implements Observer {
  readonly goals = new Map<string, Term[]>()
  readonly gaps = new Map<Condition, Gap[]>()
  readonly #conditions: Conditions
  readonly #terms: Terms
  readonly #integers: Integers
  #guard: Term

  constructor(conditions: Conditions, terms: Terms) {
    this.#conditions = conditions
    this.#terms = terms
    this.#integers = new Integers(terms)
    this.#guard = terms.true
  }

  condition(at: ObservedPlace, part: ObservedPart, value: unknown): void {
    const condition = this.#conditions.at(at, part)
    if (condition === undefined) return
    const truth = this.#truth(value)
    this.#add(sideOf(condition.id, true), truth)
    this.#add(sideOf(condition.id, false), this.#terms.not(truth))
  }

  compared(at: ObservedPlace, a: unknown, b: unknown, result: unknown): void {
    this.condition(at, 'itself', result)
    const condition = this.#conditions.at(at, 'itself')
    const [left, right] = [this.#integer(a), this.#integer(b)]
    if (condition === undefined || left === undefined || right === undefined) return
    this.gaps.set(condition, [...(this.gaps.get(condition) ?? []), { guard: this.#guard, left, right }])
    for (const distance of DISTANCES) {
      const holds = this.#integers.eq(left, this.#integers.add(right, this.#integers.of(distance)))
      this.#add(boundaryOf(condition.id, distance), holds)
    }
  }

  under<T>(condition: unknown, side: boolean, run: () => T): T {
    const outer = this.#guard
    const truth = this.#truth(condition)
    this.#guard = this.#terms.and(outer, side ? truth : this.#terms.not(truth))
    try {
      return run()
    } finally {
      this.#guard = outer
    }
  }

  #add(target: string, holds: Term): void {
    const goal = this.#terms.and(this.#guard, holds)
    const known = this.goals.get(target) ?? []
    if (!known.includes(goal)) known.push(goal)
    this.goals.set(target, known)
  }

  #truth(value: unknown): Term {
    return value instanceof SymbolicTruth ? value.term : this.#terms.bool(Boolean(value))
  }

  #integer(value: unknown): Integer | undefined {
    if (value instanceof SymbolicNumber || value instanceof SymbolicBigint) return value.integer
    if (typeof value === 'bigint') return this.#integers.of(value)
    return typeof value === 'number' ? this.#integers.of(BigInt(value)) : undefined
  }
}
