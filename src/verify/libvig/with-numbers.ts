/**
 * One call with numbers in place of everything that is not known, which is what a model gives: nothing is left to be
 * decided by a solver, no address is unknown, and products are what they are. What fails here fails in a real call.
 */
import type { Obligation, Path } from '../../domains/symbolic/path.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { Evaluator, type Model, printSort, type Sort, SortError, type Term, type Terms } from '../../smt/index.js'
import { Random } from '../../testbed/random.js'
import { ENDLESS } from './calls.js'
import type { Followed } from './operation.js'

export interface Failed {
  readonly obligation: Pick<Obligation, 'guarantee' | 'what' | 'place'>
  /** Undefined where the call does not end. */
  readonly made: Followed['made'] | undefined
}

/**
 * The first thing that fails; undefined where nothing does, or the model is none with libVig's own hash. What the model does
 * not say is any number, another one for each seed.
 */
export function failedWithNumbers(
  run: (path: Path) => Followed,
  terms: Terms,
  model: Model,
  seed: number,
): Failed | undefined {
  const path = new PathOfNumbers(terms, model, seed)
  try {
    const { made } = run(path)
    return path.failed === undefined ? undefined : { obligation: path.failed, made }
  } catch (error) {
    if (error instanceof NoState) return undefined
    if (!(error instanceof Undecidable)) throw error
    if (error.reason !== ENDLESS || path.failed !== undefined) return undefined
    return { obligation: { guarantee: 'no trap', what: ENDLESS, place: error.place }, made: undefined }
  }
}

/** What was assumed does not hold. */
class NoState extends Error {
  override readonly name = 'NoState'
}

class PathOfNumbers implements Path {
  readonly terms: Terms
  readonly factCount = 0
  readonly stepCount = 0
  failed: Obligation | undefined
  readonly #model: Model
  readonly #values: Evaluator
  readonly #random: Random
  readonly #numbers = new Map<string, number>()

  constructor(terms: Terms, model: Model, seed: number) {
    this.terms = terms
    this.#model = model
    this.#values = new Evaluator(model)
    this.#random = new Random(seed, 'numbers')
  }

  decide(condition: Term): boolean {
    return this.#values.holds(condition)
  }

  proves(condition: Term): boolean {
    return this.#values.holds(condition)
  }

  assume(fact: Term): void {
    if (!this.#values.holds(fact)) throw new NoState()
  }

  oblige(obligation: Obligation): void {
    if (this.failed === undefined && !this.#values.holds(obligation.holds)) this.failed = obligation
  }

  /** The number that the model has for what is called so on other paths. */
  fresh(name: string, sort: Sort): Term {
    const number = (this.#numbers.get(name) ?? 0) + 1
    this.#numbers.set(name, number)
    const variable = this.#variable(number === 1 ? name : `${name}!${number}`, sort)
    const { symbol } = variable
    const isKnown = symbol !== undefined && this.#model.variables.has(symbol)
    const value = isKnown ? this.#values.value(variable) : this.#any(sort)
    if (typeof value === 'boolean') return this.terms.bool(value)
    if (typeof value !== 'bigint' || sort.kind !== 'bitvec') throw new TypeError(`${name} is no number`)
    return this.terms.bv(BigInt.asUintN(sort.width, value), sort.width)
  }

  #any(sort: Sort): boolean | bigint {
    if (sort.kind === 'bool') return this.#random.fraction() < 0.5
    const bytes = sort.kind === 'bitvec' ? Math.ceil(sort.width / 8) : 0
    const digits = Array.from({ length: bytes }, () => Math.floor(256 * this.#random.fraction()))
    return BigInt.asUintN(8 * bytes, BigInt(`0x0${Buffer.from(digits).toString('hex')}`))
  }

  #variable(name: string, sort: Sort): Term {
    try {
      return this.terms.variable(name, sort)
    } catch (error) {
      if (!(error instanceof SortError)) throw error
      return this.terms.variable(`${name}:${printSort(sort)}`, sort)
    }
  }
}
