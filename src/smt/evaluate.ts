/** Values of terms under a model, by our own arithmetic: what every answer of a solver is held against. */
import { asBool, meaning } from './meaning.js'
import type { Term } from './term.js'
import type { Model, Value } from './value.js'

/** What an evaluator asks of a model. */
export type Assignment = Pick<Model, 'variable' | 'apply'>

/** Evaluates terms under one model, and remembers what it has evaluated; the model must not change meanwhile. */
export class Evaluator {
  readonly #model: Assignment
  readonly #values = new Map<Term, Value>()

  constructor(model: Assignment) {
    this.#model = model
  }

  value(term: Term): Value {
    const known = this.#values.get(term)
    if (known !== undefined) return known
    // Terms may be a hundred thousand deep: no recursion.
    const waiting = [term]
    for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
      if (!this.#values.has(next)) {
        if (this.#await(next.args, waiting)) continue
        this.#values.set(next, this.#compute(next))
      }
      waiting.pop()
    }
    return this.#values.get(term) ?? false
  }

  /** The value of a term of sort Bool. */
  holds(term: Term): boolean {
    return asBool(this.value(term))
  }

  /** Adds those of `terms` that are not evaluated yet; whether there are any. */
  #await(terms: readonly Term[], waiting: Term[]): boolean {
    const before = waiting.length
    for (const term of terms) if (!this.#values.has(term)) waiting.push(term)
    return waiting.length > before
  }

  #compute(term: Term): Value {
    const { op, symbol } = term
    const args: Value[] = []
    for (const arg of term.args) {
      const value = this.#values.get(arg)
      if (value !== undefined) args.push(value)
    }
    if (op !== 'var' && op !== 'apply') return meaning(op, term, args)
    if (symbol === undefined) return false
    return op === 'var' ? this.#model.variable(symbol) : this.#model.apply(symbol, args)
  }
}

/** The value of one term; for several under the same model, an `Evaluator` is faster. */
export function evaluate(term: Term, model: Model): Value {
  return new Evaluator(model).value(term)
}

/** Whether all of `assertions` hold in it. */
export function isModel(model: Model, assertions: readonly Term[]): boolean {
  const evaluator = new Evaluator(model)
  return assertions.every((assertion) => evaluator.holds(assertion))
}
