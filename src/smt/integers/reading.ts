/** A query over bit vectors as one over integers, which solvers decide by linear arithmetic instead of by bits. */
import { evaluate } from '../evaluate.js'
import { reachable } from '../reachable.js'
import type { Term } from '../term.js'
import { FunctionValue, Model } from '../value.js'
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
  if (!all.some(isHard)) return undefined
  try {
    const reader = new Reader(all)
    const truths = query.map((assertion) => reader.truth(assertion))
    return { assertions: [...reader.facts, ...truths], modelOf: (read) => modelOf(query, all, reader, read) }
  } catch (error) {
    if (error instanceof NotReadable) return undefined
    throw error
  }
}

/** Products and quotients of many bits, which cost solvers of bits most. */
function isHard({ op, args: [, b], width }: Term): boolean {
  if (op === 'bvmul') return width > 32
  return (op === 'bvudiv' || op === 'bvurem') && b?.op === 'bv'
}

function modelOf(query: readonly Term[], all: readonly Term[], { terms }: Reader, read: Model): Model | undefined {
  const model = new Model()
  for (const { op, symbol } of all) {
    if (symbol === undefined || model.variables.has(symbol) || model.functions.has(symbol)) continue
    if (op === 'var') {
      const own = terms.variable(symbol.name, symbol.range.kind === 'bool' ? symbol.range : { kind: 'int' }).symbol
      if (own !== undefined) model.variables.set(symbol, read.variable(own))
      continue
    }
  }
  void FunctionValue
  return query.every((assertion) => evaluate(assertion, model) === true) ? model : undefined
}
