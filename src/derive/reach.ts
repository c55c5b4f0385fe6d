/** What of the targets cannot be met, from any state that the types of its fields allow; shown by a solver. */
import type { SyncSolver } from '../smt/index.js'
import type { PathReport } from '../verify/exploration/explore.js'
import { exploreAny, type GoalsOnPath } from './explored.js'
import type { Reference } from './reference.js'

export type Reach =
  | { readonly kind: 'possible' }
  | { readonly kind: 'impossible'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string }

export class Reachability {
  readonly #solver: SyncSolver
  readonly #paths: readonly PathReport<GoalsOnPath>[]
  readonly #gap: string | undefined
  readonly #known = new Map<string, Reach>()
  /** Targets of comparisons that some path makes. */
  readonly targets: ReadonlySet<string>
  /** Lookups that some path makes, `line:column` each. */
  readonly lookups: ReadonlySet<string>

  constructor(reference: Reference, solver: SyncSolver) {
    const { paths, isComplete } = exploreAny(reference, solver)
    this.#solver = solver
    this.#paths = paths.filter(({ satisfied }) => satisfied.kind !== 'no')
    const open = this.#paths.find(({ end }) => end.kind === 'undecidable')
    this.#gap = !isComplete
      ? 'there are more paths than are looked at'
      : open?.end.kind === 'undecidable'
        ? `a path cannot be followed: ${open.end.reason}`
        : undefined
    const results = this.#paths.flatMap(({ end }) => (end.kind === 'ended' ? [end.result] : []))
    this.targets = new Set(results.flatMap(({ goals }) => [...goals.keys()]))
    this.lookups = new Set(results.flatMap(({ looked }) => [...looked]))
  }

  /** Of all paths, how many. */
  get paths(): number {
    return this.#paths.length
  }

  of(target: string): Reach {
    const known = this.#known.get(target)
    if (known !== undefined) return known
    const found = this.#find(target)
    this.#known.set(target, found)
    return found
  }

  ofLookup(place: string): Reach {
    if (this.lookups.has(place)) return { kind: 'possible' }
    return this.#never('no path comes here')
  }

  #find(target: string): Reach {
    let asked = 0
    let unknown: string | undefined
    for (const path of this.#paths) {
      if (path.end.kind !== 'ended') continue
      for (const goal of path.end.result.goals.get(target) ?? []) {
        if (goal.op === 'false') continue
        asked += 1
        const answer = this.#solver.check([...path.facts, goal])
        if (answer.status === 'sat') return { kind: 'possible' }
        if (answer.status === 'unknown') unknown = 'the solver does not know'
      }
    }
    if (unknown !== undefined) return { kind: 'unknown', why: unknown }
    return this.#never(
      asked === 0 ? 'no path comes here, or the configuration decides it' : `unsatisfiable, ${asked} queries`,
    )
  }

  #never(how: string): Reach {
    if (this.#gap !== undefined) return { kind: 'unknown', why: this.#gap }
    return { kind: 'impossible', why: `proved from any state: ${how} (${this.#paths.length} paths)` }
  }
}
