/** A path that knows all: every decision is evaluated under a model, by our own evaluator; no solver takes part. */
import type { Obligation, Path } from '../../../src/domains/symbolic/path.js'
import {
  Evaluator,
  type FunctionSymbol,
  Model,
  type Sort,
  type Term,
  Terms,
  type Value,
} from '../../../src/smt/index.js'

/** A model whose functions are given as programs where they are too large for tables. */
export class ProgrammedModel extends Model {
  readonly programs = new Map<string, (...args: readonly Value[]) => Value>()

  override apply(symbol: FunctionSymbol, args: readonly Value[]): Value {
    const program = this.programs.get(symbol.name)
    return program === undefined ? super.apply(symbol, args) : program(...args)
  }
}

export class EvaluatingPath implements Path {
  readonly terms: Terms
  readonly model = new ProgrammedModel()
  readonly obligations: Obligation[] = []
  /** Conditions that were asked, in order. */
  readonly decisions: Term[] = []
  #evaluator = new Evaluator(this.model)
  #facts = 0

  constructor(terms = new Terms()) {
    this.terms = terms
  }

  /** A constant with this value. */
  constant(name: string, sort: Sort, value: Value): Term {
    const term = this.terms.variable(name, sort)
    if (term.symbol !== undefined) this.model.variables.set(term.symbol, value)
    this.#evaluator = new Evaluator(this.model)
    return term
  }

  holds(term: Term): boolean {
    return this.#evaluator.holds(term)
  }

  bits(term: Term): bigint {
    const value = this.#evaluator.value(term)
    if (typeof value === 'bigint') return value
    throw new TypeError('not a bit vector')
  }

  get factCount(): number {
    return this.#facts
  }

  get stepCount(): number {
    return 0
  }

  decide(condition: Term): boolean {
    this.decisions.push(condition)
    return this.holds(condition)
  }

  assume(fact: Term): void {
    this.#facts += 1
    if (!this.holds(fact)) throw new Error('a fact is assumed that does not hold')
  }

  proves(): boolean {
    return false
  }

  oblige(obligation: Obligation): void {
    this.obligations.push(obligation)
  }

  fresh(name: string, sort: Sort): Term {
    return this.terms.fresh(name, sort)
  }

  /** What was obliged and does not hold, with its place. */
  get failed(): string[] {
    const failed = this.obligations.filter(({ holds }) => !this.holds(holds))
    return failed.map(({ what, place }) =>
      place?.kind === 'source' ? `${place.file}:${place.line}:${place.column}: ${what}` : what,
    )
  }
}
