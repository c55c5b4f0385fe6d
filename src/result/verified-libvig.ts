/** What libVig's own proof yields: the part `libvig` of result.json. */
import type { RunVerdict } from './types.js'
import type { ProofVerdict, SolverUse, SourcePlace } from './verified.js'

/** An operation with structures of given sizes, whatever is in them, and any arguments. */
export interface VerifiedScope {
  /** In words: `chain of 3`. */
  readonly scope: string
  /** `error`: the real binary does not do what was found of it, which is a fault of the proof. */
  readonly verdict: ProofVerdict | 'error'
  /** Why it is not proved. */
  readonly cause?: string
  readonly place?: SourcePlace
  /** Outcomes of the contract that some state and arguments lead to. */
  readonly outcomes: readonly string[]
  readonly paths: number
  readonly obligations: number
  readonly seconds: number
}

export interface VerifiedOperation {
  readonly operation: string
  /**
   * `any capacity`: proved for structures of every size that the interface allows. `small scope`: for those of the sizes
   * that are named. `tests`: held to its contract by tests only.
   */
  readonly heldBy: 'any capacity' | 'small scope' | 'tests'
  readonly verdict: ProofVerdict | 'error'
  /** Why it is not proved. */
  readonly cause?: string
  readonly scopes: readonly VerifiedScope[]
}

export interface VerifiedLibvig {
  readonly verdict: RunVerdict
  readonly cause?: string
  /** Of the module that was proved, and that network functions run with. */
  readonly sha256: string
  /** Most entries of a structure, where that was asked for: else it differs, and each scope says it. */
  readonly capacity?: number
  readonly operations: readonly VerifiedOperation[]
  readonly seconds: number
  readonly solver: SolverUse
}
