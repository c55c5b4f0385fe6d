/** What of the targets cannot be met, from any state that the types of its fields allow; shown by a solver. */
import { evaluate, type SyncSolver } from '../smt/index.js'
import type { Exploration, PathReport } from '../verify/exploration/explore.js'
import { Excluded } from './excluded.js'
import { exploreAny, type GoalsOnPath } from './explored.js'
import { type Candidate, MOST_VALUES } from './invariant.js'
import type { Reference } from './reference.js'

export type Reach =
  | { readonly kind: 'possible' }
  | { readonly kind: 'impossible'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string }

/** A field of so many may be a state of a machine, a protocol or a version. */
const FEW_BITS = 8

function textOf({ table, field, values }: Candidate): string {
  return `${field} in ${table} is ${values.join(' or ')}`
}

/** Says what of the targets cannot be met. */
export interface Reaching {
  /** Targets of comparisons that some path makes. */
  readonly targets: ReadonlySet<string>
  of(target: string): Reach
  ofLookup(place: string): Reach
}

/** What always holds, and every path on which it does. */
interface Kept {
  readonly invariant: readonly Candidate[]
  readonly exploration: Exploration<GoalsOnPath>
}

/**
 * Those of the candidates that every packet keeps, if all of these hold before it; with a few more values where need be.
 * Undefined where there are none.
 */
function keptOf(reference: Reference, solver: SyncSolver, candidates: readonly Candidate[]): Kept | undefined {
  let kept = candidates
  while (kept.length > 0) {
    const exploration = exploreAny(reference, solver, kept)
    const { paths, isComplete } = exploration
    if (!isComplete) return undefined
    /** What is stored besides, in the fields of few bits: another address or time would only be one of many more. */
    const broken = new Map<Candidate, bigint | undefined>()
    for (const { end, facts, satisfied } of paths) {
      if (satisfied.kind === 'no' || end.kind === 'impossible') continue
      if (end.kind !== 'ended') return undefined
      for (const { candidate, field, holds } of end.result.kept) {
        if (broken.has(candidate)) continue
        const answer = solver.check([...facts, reference.terms.not(holds)])
        if (answer.status === 'unsat') continue
        const value = answer.status === 'sat' ? evaluate(field, answer.model) : undefined
        broken.set(candidate, typeof value === 'bigint' && field.width <= FEW_BITS ? value : undefined)
      }
    }
    if (broken.size === 0) return { invariant: kept, exploration }
    kept = kept.flatMap((candidate) => {
      if (!broken.has(candidate)) return [candidate]
      const value = broken.get(candidate)
      if (value === undefined || candidate.values.length >= MOST_VALUES) return []
      return [{ ...candidate, values: [...candidate.values, value] }]
    })
  }
  return undefined
}

export class Reachability implements Reaching {
  readonly #solver: SyncSolver
  readonly #state: string
  readonly #paths: readonly PathReport<GoalsOnPath>[]
  readonly #excluded: ReadonlyMap<PathReport<GoalsOnPath>, Excluded>
  readonly #gap: string | undefined
  readonly #known = new Map<string, Reach>()
  readonly targets: ReadonlySet<string>
  /** Lookups that some path makes, `line:column` each. */
  readonly lookups: ReadonlySet<string>

  /** Of states that only satisfy the types of their fields. */
  static inAnyState(reference: Reference, solver: SyncSolver): Reachability {
    return new Reachability(reference, solver, { invariant: [], exploration: exploreAny(reference, solver) })
  }

  /** Of those that packets lead to, as far as the candidates always hold in them; undefined where none of them does. */
  static ofReached(
    reference: Reference,
    solver: SyncSolver,
    candidates: readonly Candidate[],
  ): Reachability | undefined {
    const kept = keptOf(reference, solver, candidates)
    return kept && new Reachability(reference, solver, kept)
  }

  private constructor(reference: Reference, solver: SyncSolver, { invariant, exploration }: Kept) {
    this.#state =
      invariant.length === 0
        ? 'any state'
        : `any state in which ${invariant.map(textOf).join(', ')}: every packet keeps that`
    const { paths, isComplete } = exploration
    this.#solver = solver
    this.#paths = paths.filter(({ satisfied }) => satisfied.kind !== 'no')
    this.#excluded = new Map(this.#paths.map((path) => [path, new Excluded(reference.terms, solver, path.facts)]))
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
        if (this.#excluded.get(path)?.has(goal) === true) continue
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
    return { kind: 'impossible', why: `proved from ${this.#state}; ${how} (${this.#paths.length} paths)` }
  }
}
