/** The one path that a known packet takes through a known state: every condition is a constant. */
import { type Obligation, type Path, Undecidable } from '../../domains/symbolic/path.js'
import type { Sort, Term, Terms } from '../../smt/index.js'

export class KnownPath implements Path {
  readonly terms: Terms
  readonly factCount = 0
  readonly stepCount = 0

  constructor(terms: Terms) {
    this.terms = terms
  }

  decide(condition: Term): boolean {
    return this.#known(condition)
  }

  assume(fact: Term): void {
    if (!this.#known(fact)) throw new Undecidable('what is known of a state does not hold in it')
  }

  proves(condition: Term): boolean {
    return condition === this.terms.true
  }

  oblige({ what, holds, place }: Obligation): void {
    if (!this.#known(holds)) throw new Undecidable(`the specification: ${what}`, place)
  }

  fresh(name: string, sort: Sort): Term {
    throw new Undecidable(`${name} (${sort.kind}) is not known`)
  }

  #known(condition: Term): boolean {
    if (condition === this.terms.true) return true
    if (condition === this.terms.false) return false
    throw new Undecidable('a condition that a known packet and state should decide is not decided')
  }
}
