/**
 * What cannot be beside the facts of a path, told at less cost than by asking everything: by the facts one by one, or by those
 * few of them that a question looks at, which are the same on many paths and then asked once.
 */
import { Knowledge, type SyncSolver, type Term, type Terms } from '../smt/index.js'
import { near } from '../verify/exploration/near.js'

export class Excluded {
  readonly #terms: Terms
  readonly #solver: SyncSolver
  readonly #facts: readonly Term[]
  #known: Knowledge | undefined

  constructor(terms: Terms, solver: SyncSolver, facts: readonly Term[]) {
    this.#terms = terms
    this.#solver = solver
    this.#facts = facts
  }

  /** False says nothing. */
  has(question: Term): boolean {
    this.#known ??= this.#learned()
    if (this.#known.valueOf(question) === false) return true
    return this.#solver.check([...near(question, this.#facts), question]).status === 'unsat'
  }

  #learned(): Knowledge {
    const known = new Knowledge(this.#terms)
    for (const fact of this.#facts) known.learn(fact)
    return known
  }
}
