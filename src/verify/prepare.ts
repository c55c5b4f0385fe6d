/**
 * What proofs about one subject begin with: `nf_init` is run, states and structures are paired, and it is found out how
 * records lie in their bytes. Several proofs may share one.
 */
import { Integers } from '../domains/symbolic/integer.js'
import { type SyncSolver, Terms } from '../smt/index.js'
import type { NfOnPath } from './any-packet-run.js'
import { withCandidates } from './candidates.js'
import type { Cause, Causes } from './causes.js'
import type { Crew } from './crew/crew.js'
import { type Exploration, type ExploreOptions, explore, type PathReport } from './exploration/explore.js'
import type { Helpers } from './exploration/helpers.js'
import { misread } from './layout-check.js'
import { type Example, examplesOf, layoutsOf, packetsLike } from './layouts.js'
import { isSame, together } from './left-behind.js'
import { type Lock, lockedPairing, lockOf } from './lock/index.js'
import { LONGEST_FRAME, type Start, type Written } from './machine/index.js'
import type { Pairing } from './pairing.js'
import { type Started, started } from './started.js'
import { type StoredOnPath, storedFrom, storedOn, storing } from './stored.js'
import type { Subject } from './subject.js'
import { withoutCandidates } from './weeding.js'

export interface ProofOptions {
  readonly solver: SyncSolver
  /** Bytes of the longest packet; default 1,514. */
  readonly longest?: number
  /** Most paths of each kind; default 2,000. */
  readonly mostPaths?: number
  /** Numbers from 0 to below 1 for trying out packets; no verdict depends on them. */
  readonly random?: () => number
  readonly onProgress?: (what: string) => void
  /** What an earlier proof found out, to begin with. Nothing rests on it. */
  readonly lock?: Lock
  /** Who helps. */
  readonly crew?: Crew | undefined
}

/** Of a proof that may share what it begins with. */
export interface SharingOptions extends ProofOptions {
  /** What proofs about the subject begin with, where it is at hand. */
  readonly prepared?: Prepared
  /** The same without a lock, where that does not lead to a proof. */
  readonly anew?: () => Prepared
}

/** What was proved of every packet: under this pairing, where packets may leave that, on all these paths. */
export interface Proved {
  readonly pairing: Pairing
  readonly left: Written
  readonly paths: readonly PathReport<NfOnPath>[]
}

export interface Prepared {
  readonly subject: Subject
  /** Of the start and of all that is proved from it. */
  readonly terms: Terms
  /** Where every packet starts; undefined where `nf_init` or the pairing is in the way, which the causes say. */
  readonly start: Start | undefined
  readonly pairing: Pairing
  /** The pairing with candidates for an invariant, to be tried where the types of fields are not enough. */
  readonly candidates: Pairing
  readonly causes: readonly Cause[]
  /** What was explored: nf_init, and the paths on which it was looked at what is stored, judged where that is in the way. */
  readonly init: Exploration<unknown>
  readonly storing: readonly PathReport<StoredOnPath>[]
  /**
   * Layouts that do not fit everything that is stored, from every state that what was proved says there can be: no proof may
   * rest on them without proving the specification. Asked of the solver once, and only by who needs it.
   */
  misread(this: void, proved: Proved): readonly string[]
  /** What packets may leave in the function's own memory, as far as those paths show. */
  readonly left: Written
  /** Pairing and layouts are those of a lock. */
  readonly isLocked: boolean
  readonly obligations: number
  /** Bytes of the longest packet. */
  readonly longest: number
}

const MOST_PATHS = 2000
/** What is guessed from them is proved in any case. */
const MOST_PATHS_FOR_LAYOUTS = 200

export function prepare(subject: Subject, options: ProofOptions): Prepared {
  return new Preparation(subject, options).prepare()
}

export function exploring(terms: Terms, { solver, mostPaths = MOST_PATHS }: ProofOptions): ExploreOptions {
  return { terms, solver, mostPaths }
}

class Preparation {
  readonly #subject: Subject
  readonly #options: ProofOptions
  readonly #longest: number
  readonly #terms = new Terms()
  readonly #started: Started
  readonly #causes: Causes
  #storing: readonly PathReport<StoredOnPath>[] = []
  #misread: ((proved: Proved) => readonly string[]) | undefined

  constructor(subject: Subject, options: ProofOptions) {
    this.#subject = subject
    this.#options = options
    this.#longest = options.longest ?? LONGEST_FRAME
    this.#started = started(subject, this.#terms, this.#exploring)
    this.#causes = this.#started.causes
  }

  prepare(): Prepared {
    const { start, pairings } = this.#started
    const [bare, ...others] = pairings
    if (start === undefined || bare === undefined) return this.#prepared(undefined, [])
    if (others.length > 0) this.#options.onProgress?.(`${others.length + 1} pairings are possible, the first is tried`)
    const { lock } = this.#options
    const locked = lock && lockedPairing(lock, [bare, ...others])
    if (lock !== undefined && locked !== undefined) {
      this.#misread = (proved) => this.#misreadIn(proved.pairing, this.#storedFrom(start, proved))
      return { ...this.#prepared(start, withoutCandidates(locked), locked), left: lock.left, isLocked: true }
    }
    const { pairing, examples } = this.#withLayouts(start, bare)
    const candidates = withCandidates(pairing, examples, this.#subject.portCount, this.#subject.configuration.open)
    return this.#prepared(start, pairing, candidates)
  }

  #prepared(start: Start | undefined, pairing: Pairing, candidates = pairing): Prepared {
    const { list: causes, obligations } = this.#causes
    const [subject, terms, longest] = [this.#subject, this.#terms, this.#longest]
    const explored = {
      init: this.#started.init,
      storing: this.#storing,
      misread: onceForEach(this.#misread ?? (() => [])),
    }
    const left = together(this.#storing.flatMap(({ end }) => (end.kind === 'ended' ? [end.result.nf.written] : [])))
    const found = { pairing, candidates, causes, left, isLocked: false }
    return { subject, terms, start, ...found, ...explored, obligations, longest }
  }

  #withLayouts(start: Start, bare: Pairing): { readonly pairing: Pairing; readonly examples: readonly Example[] } {
    if (!bare.some(({ declaration }) => declaration.kind === 'expiringMap')) return { pairing: bare, examples: [] }
    const stored = this.#stored(start, bare, this.#helpers())
    const integers = new Integers(this.#terms)
    const random = this.#options.random ?? Math.random
    const examples = stored.paths.flatMap(({ end, satisfied, facts }) => {
      if (end.kind !== 'ended' || satisfied.kind !== 'yes' || end.result.seen.length === 0) return []
      const { seen } = end.result
      return examplesOf(seen, packetsLike(satisfied.model, facts, seen, random), integers)
    })
    const { pairing, missing } = layoutsOf(bare, examples, integers)
    this.#storing = stored.paths
    this.#misread = () => this.#misreadIn(pairing, stored)
    if (missing.length > 0) this.#missing(missing, this.#stored(start, bare, undefined, true))
    return { pairing, examples }
  }

  /** The paths on which something is stored. Nothing is proved on them, so mostly nothing on them is judged. */
  #stored(start: Start, pairing: Pairing, helpers: Helpers | undefined, isJudging = false): Exploration<StoredOnPath> {
    this.#options.onProgress?.('layouts of keys and values')
    return explore((path) => storedOn(this.#subject, start, pairing, this.#longest, path), {
      ...this.#exploring,
      mostPaths: MOST_PATHS_FOR_LAYOUTS,
      isJudging,
      helpers,
    })
  }

  /** The same where layouts are known: that the invariant holds of the states it begins with is proved beside it. */
  #storedFrom(start: Start, { pairing, left, paths }: Proved): Exploration<StoredOnPath> {
    this.#options.onProgress?.('layouts of keys and values')
    const proof = { subject: this.#subject, start, pairing, left, longest: this.#longest }
    const helpers = this.#helpers(lockOf(pairing, left))
    const from = storing(paths, pairing)
    return explore((path) => storedFrom(proof, path), { ...this.#exploring, isJudging: false, helpers, from })
  }

  #helpers(lock?: Lock): Helpers | undefined {
    const { number } = this.#subject.configuration
    return this.#options.crew?.begin(
      { kind: 'storing', configuration: number, lock, longest: this.#longest },
      this.#terms,
    )
  }

  /** Where nothing is stored as it should be, what goes wrong on these paths may be why. */
  #missing(layouts: readonly string[], judged: Exploration<StoredOnPath>): void {
    for (const what of layouts) this.#causes.add(`no layout: ${what}`)
    this.#causes.judge(judged, 'nf_process')
    this.#storing = judged.paths
  }

  #misreadIn(pairing: Pairing, { paths, isComplete }: Exploration<StoredOnPath>): readonly string[] {
    return [
      ...(isComplete ? [] : [`layouts were looked at on ${paths.length} paths only, and there are more`]),
      ...misread(paths, pairing, { terms: this.#terms, solver: this.#options.solver }),
    ]
  }

  get #exploring(): ExploreOptions {
    return exploring(this.#terms, this.#options)
  }
}

/** Asked again of the same, it is not made again. */
function onceForEach<R>(make: (proved: Proved) => R): (proved: Proved) => R {
  let made: { readonly of: Proved; readonly value: R } | undefined
  return (proved) => {
    const isKnown = made?.of.pairing === proved.pairing && isSame(made.of.left, proved.left)
    if (made === undefined || !isKnown) made = { of: proved, value: make(proved) }
    return made.value
  }
}
