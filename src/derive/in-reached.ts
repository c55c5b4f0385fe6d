/** What cannot be met in the states that packets lead to, where it can in some state that the types of fields allow. */
import type { SyncSolver } from '../smt/index.js'
import { openTargets } from './coverage.js'
import { type Candidate, EntryFields } from './invariant.js'
import { KnownPath } from './known/path.js'
import { Reachability, type Reaching } from './reach.js'
import { ReachBeside } from './reach-beside.js'
import type { Reference } from './reference.js'
import type { Found } from './search.js'

/** Of so many paths it takes longer than a thread to start. */
const MANY_PATHS = 100

export interface InReachedOptions {
  readonly solver: SyncSolver
  /** What is known of any state. */
  readonly reach: Reachability
  readonly found: Found
  /** As a thread finds the specification again. */
  readonly subject: { readonly nf: string; readonly config: readonly string[] }
}

export class InReached {
  readonly #reference: Reference
  readonly #options: InReachedOptions
  /** Undefined where all that was not met cannot be in any state. */
  readonly #candidates: readonly Candidate[] | undefined
  readonly #beside: ReachBeside | undefined

  /** A thread begins with it at once where that is worth it. */
  constructor(reference: Reference, options: InReachedOptions) {
    this.#reference = reference
    this.#options = options
    const { reach, found, subject } = options
    const isOpen = [...reach.targets].some((target) => !found.met.has(target) && reach.of(target).kind !== 'impossible')
    if (!isOpen) return
    const fields = new EntryFields(reference.reading.declarations)
    const candidates = fields.candidates(new KnownPath(reference.terms), found.reached)
    this.#candidates = candidates
    if (reach.paths < MANY_PATHS || candidates.length === 0) return
    this.#beside = new ReachBeside({ ...subject, candidates }, openTargets(reference, found.met))
  }

  /** `met`: what nobody will ask about. */
  async answer(met: ReadonlySet<string>): Promise<Reaching> {
    const { solver, reach } = this.#options
    const more =
      this.#beside === undefined
        ? this.#candidates && Reachability.ofReached(this.#reference, solver, this.#candidates)
        : await this.#beside.answer(openTargets(this.#reference, met))
    return more ?? reach
  }

  async close(): Promise<void> {
    await this.#beside?.close()
  }
}
