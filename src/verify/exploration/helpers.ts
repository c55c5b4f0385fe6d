/** What others find who explore paths of the same run at the same time, each with terms and a solver of its own. */
import type { Model } from '../../smt/index.js'
import type { PathReport } from './explore.js'
import type { Fork, Step } from './explored-path.js'

export interface Helpers {
  /** How many have nothing to do. */
  readonly idle: number
  /** What they have been given, or have come across, and have not explored yet. */
  readonly open: readonly Fork[]
  give(fork: Fork): void
  /** What they say since they were asked last; where `isWaiting`, and they are about something, at least one thing. */
  hear(isWaiting: boolean): readonly Heard[]
  /** Nothing more is wanted of them. */
  stop(): void
}

export type Heard =
  | { readonly kind: 'path'; readonly found: FoundPath }
  /** One of the open ones is given back. */
  | { readonly kind: 'fork'; readonly fork: Fork }

/** A path that was explored, so that it can be walked again without a solver. */
export interface FoundPath {
  /** The steps that it was given. */
  readonly begun: number
  readonly steps: readonly Step[]
  /** How much it knows, and obliges that no other path judges: as much must be seen when it is walked again. */
  readonly facts: number
  readonly obliged: number
  /** Whatever it obliges, and no other path judges, holds. */
  readonly holds: boolean
  /** Of all its facts, where one was found. */
  readonly model: Model | undefined
  readonly queries: number
  readonly seconds: number
}

/** What is told of a path to who is to walk it again. */
export function foundPath(report: PathReport<unknown>, queries: number): FoundPath {
  const { steps, begun, facts, obliged, obligations, satisfied, seconds } = report
  return {
    begun,
    steps,
    facts: facts.length,
    obliged: obliged.length,
    holds: obligations.every(({ answer }) => answer.kind === 'holds'),
    model: satisfied.kind === 'yes' ? satisfied.model : undefined,
    queries,
    seconds,
  }
}

/**
 * The order in which one alone explores, depth first: below 0 where what `a` begins comes before `b`. What begins a path
 * comes before it.
 */
export function inOrder(a: Pick<Fork, 'steps'>, b: Pick<Fork, 'steps'>): number {
  const parted = a.steps.findIndex(({ value }, i) => value !== b.steps[i]?.value)
  if (parted === -1 || b.steps.length <= parted) return a.steps.length - b.steps.length
  return a.steps[parted]?.value === true ? -1 : 1
}
