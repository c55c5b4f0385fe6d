/**
 * Explores all paths of a run. A run is a function of a path; it is run again from the start for each, with the steps of
 * an earlier one up to where the two part. So nothing of a run has to be copied, and a unit of work is a list of steps:
 * plain data, the same whoever carries it out and in whatever order.
 *
 * A condition whose one side is impossible decides nothing; where the solver does not know, both sides are taken. What
 * has to hold on a path is checked at its end, each obligation under what was known when it was noted, and not again on
 * paths that part later. Whether all that is assumed is possible at all is asked before.
 */
import type { Obligation, Place } from '../../domains/symbolic/path.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import type { Limits, Model, SyncSolver, Term, Terms } from '../../smt/index.js'
import { ExploredPath, type Fork, PathEnded, type Step } from './explored-path.js'
import { type FoundPath, type Helpers, inOrder } from './helpers.js'
import { type Judged, type Judgement, judge, judgedBefore } from './judge.js'

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
  /** Who explores at the same time. */
  readonly helpers?: Helpers | undefined
  /** Only the paths that begin so; default: all. None of them may begin another. */
  readonly from?: readonly Fork[]
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
  /** After how many of them it parted from a path that judges what is obliged before. */
  readonly begun: number
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

/** Every path, depth first. With helpers it comes out the same, but for what no solver decides in time. */
export function explore<R>(run: Run<R>, options: ExploreOptions<R>): Exploration<R> {
  return new Explorer(run, options).explore()
}

class Explorer<R> {
  readonly #run: Run<R>
  readonly #options: ExploreOptions<R>
  /** The first one last. */
  readonly #waiting: Fork[]
  readonly #paths: PathReport<R>[] = []
  /** Paths that others come before which are not explored yet. */
  #early: PathReport<R>[] = []
  readonly #counts = { decisions: 0, forced: 0, queries: 0 }
  #isStopped = false

  constructor(run: Run<R>, options: ExploreOptions<R>) {
    this.#run = run
    this.#options = options
    this.#waiting = [...(options.from ?? [{ steps: [] }])].sort((a, b) => inOrder(b, a))
  }

  explore(): Exploration<R> {
    const started = performance.now()
    const { helpers, mostPaths = 10_000 } = this.#options
    while (!this.#isStopped && this.#paths.length + this.#early.length < mostPaths) {
      if (this.#hear()) continue
      const fork = this.#waiting.pop()
      if (fork === undefined) break
      this.#share()
      this.#note(explorePath(this.#run, fork, this.#options))
      this.#settle()
    }
    const isComplete = !this.#isStopped && this.#open.length === 0
    helpers?.stop()
    // Where a limit was reached some are missing between them.
    const paths = [...this.#paths, ...(this.#isStopped ? [] : this.#early)]
    const seconds = (performance.now() - started) / 1000
    return { paths, isComplete, isStopped: this.#isStopped, statistics: { ...this.#counts, seconds } }
  }

  get #open(): readonly Fork[] {
    return [...this.#waiting, ...(this.#options.helpers?.open ?? [])]
  }

  /** Whether helpers have said something; waits for it where there is nothing else to do. */
  #hear(): boolean {
    const { helpers, ...options } = this.#options
    const heard = helpers?.hear(this.#waiting.length === 0) ?? []
    for (const each of heard) {
      if (each.kind === 'fork') this.#waiting.push(each.fork)
      else this.#note(walkAgain(this.#run, each.found, options))
    }
    this.#waiting.sort((a, b) => inOrder(b, a))
    // Not before all that was heard is noted: what comes first may have been said last.
    this.#settle()
    return heard.length > 0
  }

  /** What comes last is given away first. */
  #share(): void {
    const { helpers } = this.#options
    for (let idle = helpers?.idle ?? 0; idle > 0 && this.#waiting.length > 0; idle--) {
      const fork = this.#waiting.shift()
      if (fork !== undefined) helpers?.give(fork)
    }
  }

  #note({ report, forks, queries }: ExploredOnce<R>): void {
    const { decisions } = report
    this.#waiting.push(...forks)
    this.#counts.queries += queries
    this.#counts.decisions += decisions.length
    this.#counts.forced += decisions.filter(({ isForced }) => isForced).length
    this.#early.push(report)
  }

  /** Takes the paths in the order in which one alone explores them. */
  #settle(): void {
    const first = this.#open.reduce<Fork | undefined>(
      (a, b) => (a === undefined || inOrder(b, a) < 0 ? b : a),
      undefined,
    )
    const settled = (path: PathReport<R>) => first === undefined || inOrder(path, first) < 0
    const now = this.#early.filter(settled).sort(inOrder)
    this.#early = this.#early.filter((path) => !settled(path)).sort(inOrder)
    for (const path of now) {
      this.#paths.push(path)
      this.#isStopped = this.#options.isLast?.(path) ?? false
      if (this.#isStopped) return
    }
  }
}

interface ExploredOnce<R> {
  readonly report: PathReport<R>
  readonly forks: readonly Fork[]
  readonly queries: number
}

/** The path that these steps begin, and those that part from it after them. */
export function explorePath<R>(run: Run<R>, fork: Fork, options: PathOptions): ExploredOnce<R> {
  return explored(run, fork, options, (path) => judge(path, options))
}

/** A path that someone else has found. What is amiss with it is found out here too, since that takes terms. */
export function walkAgain<R>(run: Run<R>, found: FoundPath, options: PathOptions): ExploredOnce<R> {
  const { report, forks, queries } = explored(run, found, options, (path) => {
    const isSame = found.holds && path.facts.length === found.facts && path.obliged.length === found.obliged
    return (isSame ? judgedBefore(path, options) : undefined) ?? judge(path, options)
  })
  return { report: { ...report, seconds: report.seconds + found.seconds }, forks, queries: queries + found.queries }
}

function explored<R>(
  run: Run<R>,
  fork: Fork,
  options: PathOptions,
  judging: (path: ExploredPath) => Judgement,
): ExploredOnce<R> {
  const started = performance.now()
  const path = new ExploredPath(fork, options)
  const end = follow(run, path)
  path.seekModel()
  const judged = judging(path)
  path.finish()
  const report = {
    steps: path.steps,
    begun: path.begun,
    decisions: path.decisions,
    end,
    facts: path.facts,
    premises: path.premises,
    obliged: path.obliged,
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
