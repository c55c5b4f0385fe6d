/**
 * Proves that two binaries of a network function are the same: from equal states, and whatever libVig chooses for both,
 * every packet leaves by the same ports with the same bytes and leaves equal states; neither traps, leaves its memory or
 * breaks a contract; and `nf_init` makes the same of both. There is no specification in it: only what entries may be
 * taken to be comes from one, and which structures may be one table; that this stays so is proved here again.
 *
 * Equivalent means that every obligation of every path holds. Anything else is unknown: a model in which one fails is a
 * candidate for a difference, which `SideBySide` tries on the real binaries.
 */
import type { Model, SyncSolver } from '../smt/index.js'
import { Terms } from '../smt/index.js'
import { bothInitialised } from './both-initialised.js'
import { type BothLeft, type BothOnPath, type BothStarts, bothOnPath } from './both-on-path.js'
import { type ExploreOptions, explore, explorePath, type Fork, type PathReport } from './exploration/explore.js'
import { together } from './left-behind.js'
import { LONGEST_FRAME, type PacketInput, type PacketRun, type SymbolicNf, type Written } from './machine/index.js'
import type { Pairing } from './pairing.js'

export interface TwoNfs {
  readonly first: SymbolicNf
  readonly second: SymbolicNf
  readonly portCount: number
  readonly pairing?: Pairing
}

export interface EquivalenceOptions {
  readonly solver: SyncSolver
  /** Bytes of the longest packet; default 1,514. */
  readonly longest?: number
  /** Default 500. */
  readonly mostPaths?: number
  /** What a packet is known to leave in the first's memory: where both begin to look for what may be left. */
  readonly left?: Written
}

export type Equivalence =
  | { readonly kind: 'equivalent'; readonly paths: number; readonly obligations: number }
  | {
      readonly kind: 'unknown'
      /** The first thing that was not shown. */
      readonly cause: string
      readonly paths: number
      /** Where it fails in a model. */
      readonly candidate?: Candidate
    }

/** A packet and a state in which the two may differ. */
export interface Candidate {
  readonly run: PacketRun
  readonly input: PacketInput
  readonly model: Model
}

const MOST_PATHS = 500

export function equivalence(nfs: TwoNfs, options: EquivalenceOptions): Equivalence {
  return new Comparer(nfs, options).compare()
}

class Comparer {
  readonly #nfs: TwoNfs
  readonly #options: EquivalenceOptions
  readonly #exploring: ExploreOptions
  #paths = 0
  #obligations = 0

  constructor(nfs: TwoNfs, options: EquivalenceOptions) {
    this.#nfs = nfs
    this.#options = options
    this.#exploring = { terms: new Terms(), solver: options.solver }
  }

  compare(): Equivalence {
    const { portCount, pairing = [] } = this.#nfs
    const { longest = LONGEST_FRAME } = this.#options
    const { paths } = explore((path) => bothInitialised(this.#nfs, path), this.#exploring)
    const [only, ...others] = paths
    if (only === undefined || others.length > 0) return this.#unknown('nf_init does not end in one way')
    const fault = faultOf(only)
    if (fault !== undefined) return this.#unknown(`nf_init: ${fault.cause}`)
    if (only.end.kind !== 'ended') return this.#unknown('nf_init does not end')
    return this.#packets({ ...only.end.result, portCount, pairing, longest })
  }

  /** Rounds until no path leaves more in either memory than was taken into account. */
  #packets(starts: BothStarts): Equivalence {
    const known = this.#options.left ?? together([])
    let left: BothLeft = { first: known, second: known }
    for (;;) {
      const found = this.#round(starts, left)
      if ('kind' in found) return found
      if (sizeOf(found) === sizeOf(left)) {
        return { kind: 'equivalent', paths: this.#paths, obligations: this.#obligations }
      }
      left = found
    }
  }

  /** All paths, up to the first that is not shown; what may be left after them. */
  #round(starts: BothStarts, left: BothLeft): BothLeft | Equivalence {
    const { mostPaths = MOST_PATHS } = this.#options
    this.#paths = 0
    this.#obligations = 0
    let then = left
    const waiting: Fork[] = [{ steps: [] }]
    for (let fork = waiting.pop(); fork !== undefined; fork = waiting.pop()) {
      if (this.#paths === mostPaths) return this.#unknown(`more than ${mostPaths} paths`)
      let seen: { readonly run: PacketRun; readonly input: PacketInput } | undefined
      const { report, forks } = explorePath(
        (path) =>
          bothOnPath(starts, left, path, (run, input) => {
            seen = { run, input }
          }),
        fork,
        this.#exploring,
      )
      this.#paths += 1
      this.#obligations += report.obligations.length
      const fault = faultOf(report)
      if (fault !== undefined) {
        const { cause, model } = fault
        return this.#unknown(cause, model && seen && { ...seen, model })
      }
      if (report.end.kind === 'ended') then = withWritten(then, report.end.result)
      waiting.push(...forks)
    }
    return then
  }

  #unknown(cause: string, found?: Candidate): Equivalence {
    return { kind: 'unknown', cause, paths: this.#paths, ...(found === undefined ? {} : { candidate: found }) }
  }
}

/** Why a path does not count as shown. */
function faultOf({
  end,
  obligations,
  satisfied,
}: PathReport<unknown>): { readonly cause: string; readonly model?: Model } | undefined {
  for (const { obligation, answer } of obligations) {
    const what = `${obligation.guarantee}: ${obligation.what}`
    if (answer.kind === 'fails') return { cause: `${what} (does not hold in a model)`, model: answer.model }
    if (answer.kind === 'unknown') return { cause: `${what} (unknown to the solver: ${answer.reason})` }
  }
  if (end.kind === 'undecidable') return { cause: end.reason }
  // What holds on a path that cannot be shows nothing.
  if (end.kind === 'impossible' || satisfied.kind !== 'yes')
    return { cause: 'no packet and state are known to take a path' }
  return undefined
}

function withWritten(left: BothLeft, { first, second }: BothOnPath): BothLeft {
  return { first: together([left.first, first.written]), second: together([left.second, second.written]) }
}

function sizeOf({ first, second }: BothLeft): number {
  return first.bytes.size + first.globals.size + second.bytes.size + second.globals.size
}
