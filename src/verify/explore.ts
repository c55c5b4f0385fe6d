/**
 * Explores all paths of a run. A run is a function of a path; it is run again from the start for each, with the steps of
 * an earlier one up to where the two part. So nothing of a run has to be copied, and a unit of work is a list of steps:
 * plain data, the same whoever carries it out and in whatever order.
 *
 * A condition whose one side is impossible decides nothing; where the solver does not know, both sides are taken. What
 * has to hold on a path is checked at its end, each obligation under what was known when it was noted, and not again on
 * paths that part later. Whether all that is assumed is possible at all is asked before.
 */
import type { Obligation, Place } from '../domains/symbolic/path.js'
import { type Path, Undecidable } from '../domains/symbolic/path.js'
import type { Limits, Model, SyncSolver, Term, Terms } from '../smt/index.js'
import { ExploredPath, type Fork, PathEnded, type Step } from './explored-path.js'
import { type Judged, judge } from './judge.js'

export type { Fork, Step } from './explored-path.js'
export type { Judged } from './judge.js'

/** Of each path. */
export interface PathOptions {
  readonly terms: Terms
  readonly solver: SyncSolver
  /** Default true: whether obligations hold is asked, not only taken for granted. */
  readonly isJudging?: boolean
  /** Of each query that decides which way to go, and of each that judges an obligation. */
  readonly limits?: { readonly deciding?: Limits; readonly judging?: Limits }
  /** Decisions on one path; default 1,000. */
  readonly mostDecisions?: number
}

export interface ExploreOptions<R = unknown> extends PathOptions {
  /** Default 10,000. */
  readonly mostPaths?: number
  /** After a path of which this is true, the others are left unexplored. */
  readonly isLast?: (path: PathReport<R>) => boolean
}

/** A decision as it was taken. */
export interface Decision {
  readonly condition: Term
  readonly value: boolean
  /** The other side is impossible. */
  readonly isForced: boolean
  readonly place: Place | undefined
}

export type End<R> =
  | { readonly kind: 'ended'; readonly result: R }
  | { readonly kind: 'undecidable'; readonly reason: string; readonly place: Place | undefined }
  /** Nothing satisfies what was assumed and obliged up to here. */
  | { readonly kind: 'impossible' }

export interface PathReport<R> {
  /** What brings a run here again. */
  readonly steps: readonly Step[]
  readonly decisions: readonly Decision[]
  readonly end: End<R>
  /** Whatever the path assumes, decides and obliges. */
  readonly facts: readonly Term[]
  /** Those that are not obligations: where these hold, all are implied. */
  readonly premises: readonly Term[]
  /** What must hold on it, but for what is left to another path. */
  readonly obliged: readonly Obligation[]
  /** These as they were judged; none where nothing is. */
  readonly obligations: readonly Judged[]
  /** What is on the path: a model of its facts, that there is none, or why that is not known. */
  readonly satisfied:
    | { readonly kind: 'yes'; readonly model: Model }
    | { readonly kind: 'no' }
    | { readonly kind: 'unknown'; readonly reason: string }
  /** Of running it and judging its obligations. */
  readonly seconds: number
  /** Some decision on it was taken because the solver did not know, so that it may be impossible. */
  readonly isUncertain: boolean
}

export interface Exploration<R> {
  readonly paths: readonly PathReport<R>[]
  /** Every path was explored; else a limit was reached. */
  readonly isComplete: boolean
  /** What was asked to be the last path was. */
  readonly isStopped: boolean
  readonly statistics: ExplorationStatistics
}

export interface ExplorationStatistics {
  readonly decisions: number
  readonly forced: number
  readonly queries: number
  readonly seconds: number
}

type Run<R> = (path: Path) => R

/** Every path, depth first. */
export function explore<R>(run: Run<R>, options: ExploreOptions<R>): Exploration<R> {
  const started = performance.now()
  const waiting: Fork[] = [{ steps: [] }]
  const paths: PathReport<R>[] = []
  const counts = { decisions: 0, forced: 0, queries: 0 }
  let isStopped = false
  while (!isStopped && paths.length < (options.mostPaths ?? 10_000)) {
    const fork = waiting.pop()
    if (fork === undefined) break
    const { report, forks, queries } = explorePath(run, fork, options)
    paths.push(report)
    isStopped = options.isLast?.(report) ?? false
    waiting.push(...forks)
    counts.queries += queries
    counts.decisions += report.decisions.length
    counts.forced += report.decisions.filter(({ isForced }) => isForced).length
  }
  const seconds = (performance.now() - started) / 1000
  return { paths, isComplete: !isStopped && waiting.length === 0, isStopped, statistics: { ...counts, seconds } }
}

/** The path that these steps begin, and those that part from it after them. */
export function explorePath<R>(
  run: Run<R>,
  fork: Fork,
  options: PathOptions,
): { readonly report: PathReport<R>; readonly forks: readonly Fork[]; readonly queries: number } {
  const started = performance.now()
  const path = new ExploredPath(fork, options)
  const end = follow(run, path)
  const judged = judge(path, options)
  path.finish()
  const report = {
    steps: path.steps,
    decisions: path.decisions,
    end,
    facts: path.facts,
    premises: path.premises,
    obliged: path.noted.flatMap((note) =>
      note.kind === 'obligation' && !note.isJudgedElsewhere ? [note.obligation] : [],
    ),
    obligations: judged.obligations,
    satisfied: judged.satisfied,
    seconds: (performance.now() - started) / 1000,
    isUncertain: path.isUncertain,
  }
  return { report, forks: path.forks, queries: path.queries + judged.queries }
}

function follow<R>(run: Run<R>, path: ExploredPath): End<R> {
  try {
    return { kind: 'ended', result: run(path) }
  } catch (error) {
    if (error instanceof PathEnded) return { kind: 'impossible' }
    if (error instanceof Undecidable) return { kind: 'undecidable', reason: error.reason, place: error.place }
    throw error
  }
}
