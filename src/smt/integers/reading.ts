/** A query over bit vectors as one over integers, which solvers decide by linear arithmetic instead of by bits. */
import { Evaluator, isModel } from '../evaluate.js'
import { reachable } from '../reachable.js'
import type { Term } from '../term.js'
import { Model } from '../value.js'
import { NotReadable, Reader } from './reader.js'

export interface IntegerReading {
  /** Unsatisfiable only where the query is. */
  readonly assertions: readonly Term[]
  /** A model of the query from one of its reading; undefined where what was left out makes it none. */
  modelOf(read: Model): Model | undefined
}

/** Undefined where the query has nothing that this would help with, or has arrays or integers of its own. */
export function integerReading(query: readonly Term[]): IntegerReading | undefined {
  const all = reachable(query)
  return all.some(isHard) ? readingOf(query, all) : undefined
}

/** Whatever the query consists of; undefined where it has arrays or integers of its own. */
export function readingOf(query: readonly Term[], all = reachable(query)): IntegerReading | undefined {
  try {
    const reader = new Reader(all)
    const truths = query.map((assertion) => reader.truth(assertion))
    const assertions = [...reader.unknowns.facts, ...truths]
    return { assertions, modelOf: (read) => modelOf(query, all, reader, read) }
  } catch (error) {
    if (error instanceof NotReadable) return undefined
    throw error
  }
}

/** Products and quotients by constants, and sums that no machine word holds: what costs solvers of bits most. */
function isHard({ op, args: [a, b], width }: Term): boolean {
  if (op === 'bvadd') return width > 64
  if (op === 'bvmul') return width > 32 && a?.op === 'bv'
  return (op === 'bvudiv' || op === 'bvurem') && b?.op === 'bv'
}

/** Bottom up: what an application has as arguments is computed before the function is given its value there. */
function modelOf(query: readonly Term[], all: readonly Term[], { symbols }: Reader, read: Model): Model | undefined {
  const model = new Model()
  const [given, values] = [new Evaluator(read), new Evaluator(model)]
  for (const term of all) {
    const own = symbols.get(term)
    if (own !== undefined && term.symbol !== undefined) {
      const value = given.value(own)
      if (term.op === 'var') model.variables.set(term.symbol, value)
      else
        model.table(term.symbol).define(
          term.args.map((arg) => values.value(arg)),
          value,
        )
    }
    values.value(term)
  }
  return isModel(model, query) ? model : undefined
}
