/** A path on which what must hold is known to: obligations that a proof has shown of one run are facts for another. */
import type { Obligation, Path, Place } from '../domains/symbolic/path.js'
import type { Sort, Term, Terms } from '../smt/index.js'

export class GrantedPath implements Path {
  readonly terms: Terms
  readonly #path: Path

  constructor(path: Path) {
    this.terms = path.terms
    this.#path = path
  }

  get factCount(): number {
    return this.#path.factCount
  }

  decide(condition: Term, place?: Place): boolean {
    return this.#path.decide(condition, place)
  }

  assume(fact: Term): void {
    this.#path.assume(fact)
  }

  proves(condition: Term): boolean {
    return this.#path.proves(condition)
  }

  oblige({ holds }: Obligation): void {
    this.#path.assume(holds)
  }

  fresh(name: string, sort: Sort): Term {
    return this.#path.fresh(name, sort)
  }
}
