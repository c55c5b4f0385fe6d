import type { ConfigOverride } from '../../nf/index.js'
import type { RunResult, UnfinishedNf, VerifiedNf } from '../../result/index.js'
import type { Limits } from '../../smt/index.js'

/** The solvers that a proof may ask. */
export const solverNames = ['z3-embedded', 'z3', 'cvc5', 'bitwuzla'] as const

export type SolverName = (typeof solverNames)[number]

/** What `verify` is asked to do; everything has a default. */
export interface VerifyOptions {
  /** Names, folders or nf.yaml files. Default: every network function that goes by name. */
  readonly nfs?: readonly string[]
  /** `name=value`, YAML files, or values with their place; of several network functions, `nf.name=value`. */
  readonly config?: readonly (string | ConfigOverride)[]
  /** Every configuration that nf.yaml allows, as its `anyConfig` marks say, and not one. */
  readonly anyConfig?: boolean
  /** Another binary, for one network function. */
  readonly binary?: string
  /**
   * `all`: the properties beside each specification too, after it. Names: only these properties, of the network functions
   * that have them. Default: the specification alone.
   */
  readonly properties?: 'all' | readonly string[]
  /** Asked in this order until one answers. Default: the embedded Z3, which is the same everywhere. */
  readonly solvers?: readonly SolverName[]
  /** Asked again whatever a solver has answered; where they disagree, the proof is an error. */
  readonly crossCheck?: SolverName
  /** Keeps what a proof found out in verify.lock.yaml, beside nf.yaml. One that is there is begun with in any case. */
  readonly lock?: boolean
  /** Bytes of the longest packet, 60 to 9,018. Default: 1,514. */
  readonly longest?: number
  /** Of each query to each solver. */
  readonly limits?: Limits
  /** Most paths of a network function. */
  readonly mostPaths?: number
  /** A folder for every query as .smt2, a folder in it for each network function. */
  readonly dump?: string
  /** Threads at work: network functions side by side or, where there are fewer, paths of one. Default: the number of processors. */
  readonly jobs?: number
  /** Of the packets that are tried out for layouts; no verdict depends on it. Default: 0. */
  readonly seed?: number
  /** The command line, for the report. */
  readonly command?: readonly string[]
  /** Ends the run at once: what is proved is kept, the rest is undecided. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: VerifyProgress) => void
}

export interface VerifyProgress {
  readonly nf: string
  /** What it is about. */
  readonly what: string
  /** Network functions that are done, and all. */
  readonly done: number
  readonly total: number
}

export type VerifyResult = RunResult<VerifiedNf | UnfinishedNf>
