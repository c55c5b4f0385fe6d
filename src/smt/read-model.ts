/** From the values that a solver gives to a model that our evaluator confirms. */
import { meaning } from './meaning.js'
import { reachable } from './reachable.js'
import { readSExprs, readValue, type SExpr } from './sexpr.js'
import type { Term } from './term.js'
import { ArrayValue, Model, sameValue, type Value, zeroOf } from './value.js'

/** What to ask the solver for: variables, applications of functions, and elements read from arrays. */
export function askedFor(terms: readonly Term[]): Term[] {
  return terms.filter(({ op }) => op === 'var' || op === 'apply' || op === 'select')
}

/**
 * The model from a reply to `(get-value (...))` for `asked`, in that order; a text that says what is wrong where there
 * is none. Every one of `assertions` is true under the model.
 */
export function readModel(assertions: readonly Term[], asked: readonly Term[], reply: string): Model | string {
  const expressions = readSExprs(reply)
  const pairs = expressions?.length === 1 ? expressions[0] : asked.length === 0 ? [] : undefined
  if (pairs === undefined || typeof pairs === 'string' || pairs.length !== asked.length) {
    return `the values cannot be read: ${reply.slice(0, 200)}`
  }
  const told = new Map<Term, SExpr>()
  for (const [i, pair] of pairs.entries()) {
    const term = asked[i]
    const value = typeof pair === 'string' ? undefined : pair[1]
    if (term === undefined || value === undefined) return 'the values cannot be read: a pair is incomplete'
    told.set(term, value)
  }
  return new ModelReader(told).read(assertions)
}

class ModelReader {
  readonly #told: ReadonlyMap<Term, SExpr>
  readonly #model = new Model()
  readonly #values = new Map<Term, Value>()

  constructor(told: ReadonlyMap<Term, SExpr>) {
    this.#told = told
  }

  /** Goes through the terms once, arguments first: it fills the model and evaluates under it at the same time. */
  read(assertions: readonly Term[]): Model | string {
    const terms = reachable(assertions)
    const elements = this.#elements(terms)
    for (const term of terms) {
      const value = this.#valueOf(term, elements)
      if (value === undefined) return `the value of ${term.symbol?.name ?? term.op} cannot be read`
      this.#values.set(term, value)
    }
    for (const term of assertions) {
      if (this.#values.get(term) !== true) return 'the values do not satisfy the query'
    }
    return this.#model
  }

  #valueOf(term: Term, elements: ReadonlyMap<Term, readonly Term[]>): Value | undefined {
    const { op, symbol } = term
    if (op === 'var' && symbol !== undefined) {
      const value = this.#tell(term) ?? this.#arrayOf(term, elements.get(term) ?? [])
      if (value !== undefined) this.#model.variables.set(symbol, value)
      return value
    }
    const args: Value[] = []
    for (const arg of term.args) {
      const value = this.#values.get(arg)
      if (value !== undefined) args.push(value)
    }
    if (op === 'apply' && symbol !== undefined) {
      const value = this.#tell(term)
      if (value === undefined) return undefined
      // Two values at one point: the first stays, and the assertions decide whether that is a model.
      this.#model.table(symbol).define(args, value)
      return this.#model.apply(symbol, args)
    }
    return op === 'var' || op === 'apply' ? undefined : meaning(op, term, args)
  }

  #tell(term: Term): Value | undefined {
    const expr = this.#told.get(term)
    return expr === undefined ? undefined : readValue(expr, term.sort)
  }

  /** Elements read directly from array variables, by array. */
  #elements(terms: readonly Term[]): Map<Term, Term[]> {
    const elements = new Map<Term, Term[]>()
    for (const term of terms) {
      const [array] = term.args
      if (term.op !== 'select' || array?.op !== 'var') continue
      const known = elements.get(array)
      if (known === undefined) elements.set(array, [term])
      else known.push(term)
    }
    return elements
  }

  /** An array whose value is in a form that we do not read: made of the elements that the query reads. */
  #arrayOf(array: Term, selects: readonly Term[]): Value | undefined {
    const { sort } = array
    if (sort.kind !== 'array') return undefined
    const pairs: [Value, Value][] = []
    for (const select of selects) {
      const index = this.#indexOf(select)
      const element = this.#tell(select)
      if (index === undefined || element === undefined) return undefined
      const clash = pairs.some(([at, other]) => sameValue(at, index) && !sameValue(other, element))
      if (clash) return undefined
      pairs.push([index, element])
    }
    return new ArrayValue(sort, zeroOf(sort.element), pairs)
  }

  /** The index of a select where it is a constant or something that the solver was asked for. */
  #indexOf(select: Term): Value | undefined {
    const index = select.args[1]
    if (index === undefined) return undefined
    return index.isConstant ? (index.sort.kind === 'bool' ? index.op === 'true' : index.value) : this.#tell(index)
  }
}
