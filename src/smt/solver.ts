/**
 * The door to solvers: a query goes in, one of three answers comes out. Only the exact words `sat` and `unsat` of a
 * solver count; every other text, a time-out, a crash, or a model that our own evaluator does not confirm is `unknown`
 * with its reason. There are two forms of the same door: `Solver`, whose work happens in other threads or processes,
 * and `SyncSolver`, which blocks and is meant for a worker thread that explores.
 */
import type { Term } from './term.js'
import type { Model } from './value.js'

export type Answer = Sat | Unsat | Unknown

export interface Sat {
  readonly status: 'sat'
  /** Makes every asserted term true, which our own evaluator has confirmed. */
  readonly model: Model
  /** Who says so: a back-end, `cache`, or `terms` where the query simplified to true. */
  readonly by: string
}

export interface Unsat {
  readonly status: 'unsat'
  readonly by: string
}

export interface Unknown {
  readonly status: 'unknown'
  /** One per back-end asked, in order; at least one. */
  readonly reasons: readonly Reason[]
}

/** Why a back-end gave no answer. */
export interface Reason {
  readonly by: string
  /**
   * `time`, `resources`: a limit of ours. `incomplete`: the solver itself gave up. `error`: it printed something else
   * than an answer. `died`: its process or instance ended. `model`: it said sat, but the values it gave do not satisfy
   * the query or cannot be read.
   */
  readonly cause: 'time' | 'resources' | 'incomplete' | 'error' | 'died' | 'model'
  readonly detail: string
}

export interface Limits {
  /** The reproducible limit, in thousands of Z3's resource units; about a second for 2,000. */
  readonly effort?: number
  /** The safety net, in milliseconds of wall time. */
  readonly time?: number
}

/** Assertions on a stack, and checks of them; a fresh context of the solver. */
export interface Session {
  assert(...terms: readonly Term[]): void
  push(): void
  /** Takes back what was asserted since the last `push`. */
  pop(): void
  /** Whether the assertions and `extra` (for this check only) can all be true. */
  check(extra?: readonly Term[], limits?: Limits): Promise<Answer>
}

/** A door that answers one query after another; open several to work in parallel. */
export interface Solver {
  session(): Session
  /** One query in a session of its own. */
  check(assertions: readonly Term[], limits?: Limits): Promise<Answer>
  statistics(): readonly BackendStatistics[]
  /** Ends threads and processes; without it Node does not exit. */
  close(): Promise<void>
}

export interface SyncSession {
  assert(...terms: readonly Term[]): void
  push(): void
  pop(): void
  check(extra?: readonly Term[], limits?: Limits): Answer
}

/** The blocking form of `Solver`. */
export interface SyncSolver {
  session(): SyncSession
  check(assertions: readonly Term[], limits?: Limits): Answer
  statistics(): readonly BackendStatistics[]
  close(): Promise<void>
}

/** One that may be told what is asked soon. */
export interface ForeseeingSolver extends SyncSolver {
  /** That `check` may be asked this: the answer, the same as else, is looked for while the calling thread goes on. */
  foresee(assertions: readonly Term[], limits?: Limits): void
}

/** What a back-end (or `terms`, or `cache`) has done. */
export interface BackendStatistics {
  readonly by: string
  readonly sat: number
  readonly unsat: number
  readonly unknown: number
  /** Wall time from questions to answers, in seconds. */
  readonly seconds: number
}
