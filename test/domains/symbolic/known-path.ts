/**
 * A path on which every variable has a value: conditions go the way that the values say, and what is assumed and obliged
 * can be asked for afterwards. Nothing is proved, so that nothing is left out that a solver might see.
 */
import type { Obligation, Path } from '../../../src/domains/symbolic/path.js'
import { bitVecSort, evaluate, Model, type Sort, type Term, Terms, type Value } from '../../../src/smt/index.js'

export class KnownPath implements Path {
  readonly terms = new Terms()
  readonly model = new Model()
  readonly assumed: Term[] = []
  readonly obliged: Obligation[] = []
  /** Values of what is chosen, in order; every other fresh constant is 0. */
  readonly choices: bigint[] = []
  #fresh = 0

  /** A variable with a value. */
  variable(name: string, width: number, value: bigint): Term {
    const variable = this.terms.variable(name, bitVecSort(width))
    if (variable.symbol !== undefined) this.model.variables.set(variable.symbol, BigInt.asUintN(width, value))
    return variable
  }

  value(term: Term): Value {
    return evaluate(term, this.model)
  }

  /** The value of a bit vector, without a sign. */
  number(term: Term): bigint {
    const value = this.value(term)
    if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
    return value
  }

  get factCount(): number {
    return this.assumed.length
  }

  get stepCount(): number {
    return 0
  }

  decide(condition: Term): boolean {
    return this.value(condition) === true
  }

  assume(fact: Term): void {
    this.assumed.push(fact)
  }

  proves(condition: Term): boolean {
    return condition === this.terms.true
  }

  oblige(obligation: Obligation): void {
    this.obliged.push(obligation)
  }

  fresh(name: string, sort: Sort): Term {
    const made = this.terms.variable(`${name}#${this.#fresh++}`, sort)
    const choice = name.endsWith('.chosen') ? this.choices.shift() : undefined
    if (made.symbol !== undefined && choice !== undefined) this.model.variables.set(made.symbol, choice)
    return made
  }

  /** Gives a function a value at one place. */
  define(name: string, args: readonly Term[], range: Sort, value: Value): void {
    const symbol = this.terms.declareFunction(
      name,
      args.map(({ sort }) => sort),
      range,
    )
    this.model.table(symbol).define(
      args.map((arg) => this.value(arg)),
      value,
    )
  }
}
