/**
 * Choices that a specification leaves to the implementation. A reading does not make them: it asks
 * whoever runs it, who has a witness (what the network function did), or takes any.
 */
import { bitVecSort, type Term } from '../../smt/index.js'
import { type Integer, type Integers, widthOf } from './integer.js'
import type { Path, Place } from './path.js'

export interface Choice {
  /** The structure and operation, or the name that the specification gives. */
  readonly name: string
  /** Values run from 0 to `range - 1`. */
  readonly range: Integer
  /** Whether a value in range may be chosen. */
  readonly allowed: (value: Integer) => Term
  readonly place: Place | undefined
}

export interface Choices {
  /**
   * What was chosen. That it is in range and allowed holds of it on this path from here on: it is assumed of a value of
   * which nothing else is known, and proved of a witness. There is one to choose; where there is not, nobody asks.
   */
  choose(choice: Choice): Integer
  /** A number below `range`, the same for ever for the same key: a function that the implementation has made up. */
  chooseBy(name: string, key: Term, range: Integer): Integer
}

/** Any values: new constants, of which is known only what is allowed. */
export class AnyChoices implements Choices {
  readonly #path: Path
  readonly #integers: Integers

  constructor(path: Path, integers: Integers) {
    this.#path = path
    this.#integers = integers
  }

  choose({ name, range, allowed }: Choice): Integer {
    const chosen = this.#below(this.#path.fresh(`${name} chosen`, bitVecSort(widthOf(0n, range.hi - 1n))), range)
    this.#path.assume(allowed(chosen))
    return chosen
  }

  chooseBy(name: string, key: Term, range: Integer): Integer {
    const { terms } = this.#path
    const symbol = terms.declareFunction(`${name} of ${key.width}`, [key.sort], bitVecSort(widthOf(0n, range.hi - 1n)))
    return this.#below(terms.apply(symbol, key), range)
  }

  #below(term: Term, range: Integer): Integer {
    const value = this.#integers.unsigned(term)
    this.#path.assume(this.#integers.lt(value, range))
    return this.#integers.within(value, 0n, range.hi - 1n)
  }
}
