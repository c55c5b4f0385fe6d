/**
 * Proves that a network function's binary meets its specification: for every packet up to a length, every port and time,
 * and every state that its invariant allows, what leaves and the state left are among what the specification allows;
 * nothing traps, leaves its memory or breaks a contract; and `nf_init` starts it right.
 *
 * Proved means that every obligation of every path holds. Anything else is undecided, with its causes: an obligation that
 * fails in a model is a candidate for a counterexample, which is not yet replayed here.
 */
import { Integers } from '../domains/symbolic/integer.js'
import type { Obligation, Path, Place } from '../domains/symbolic/path.js'
import { type SyncSolver, Terms } from '../smt/index.js'
import { type Failure, failuresOn } from './counterexample/failures.js'
import { JudgedRuns } from './counterexample/judged-runs.js'
import { type Found, findByTrying, findSequence } from './counterexample/search.js'
import { type CaseProof, overCases } from './every-configuration.js'
import { type Exploration, type ExploreOptions, explore, type PathReport } from './explore.js'
import {
  type Example,
  examplesOf,
  layoutsOf,
  packetsLike,
  type StoredOnPath,
  storedOn,
  withConstantBits,
} from './layouts.js'
import { explorePackets, type PacketsExplored, together } from './left-behind.js'
import { runInit, type Start, type Written } from './machine/index.js'
import { type NfOnPath, type PacketOnPath, provePacket } from './packet-proof.js'
import { type Pairing, pairings } from './pairing.js'
import type { Subject } from './subject.js'
import { weed } from './weeding.js'

/** Why something is not proved. */
export interface Cause {
  readonly what: string
  /** Of an obligation. */
  readonly guarantee?: Obligation['guarantee']
  readonly place: Place | undefined
  /** Paths on which it came up. */
  readonly paths: number
}

export interface Proof {
  readonly verdict: 'proved' | 'refuted' | 'undecided'
  /** Packets on which the real binary does what it must not. */
  readonly counterexample: Found | undefined
  readonly causes: readonly Cause[]
  readonly paths: number
  readonly obligations: number
  /** How states and structures were paired, and how records lie in their bytes. */
  readonly pairing: Pairing
  /** Which configurations this is about. */
  readonly configuration: string
  /** What was explored, as far as it came: nf_init, then every packet. Of several cases, the first that is not proved. */
  readonly explored: Explored
  readonly seconds: number
}

export interface Explored {
  readonly init?: Exploration<unknown>
  readonly packets?: PacketsExplored<PacketOnPath>
}

export interface ProofOptions {
  readonly solver: SyncSolver
  /** Bytes of the longest packet; default 1,514. */
  readonly longest?: number
  /** Most paths of each kind; default 2,000. */
  readonly mostPaths?: number
  /** Numbers from 0 to below 1 for trying out packets; no verdict depends on them. */
  readonly random?: () => number
  readonly onProgress?: (what: string) => void
}

const LONGEST = 1514
const MOST_PATHS = 2000
/** What is inferred from them is a guess in any case. */
const MOST_PATHS_FOR_LAYOUTS = 200

/** What is in the way of a proof is a cause, not an error. Where the subject has several cases, each is proved. */
export function prove(subject: Subject, options: ProofOptions): Proof {
  const started = performance.now()
  const proof = overCases(subject, options.solver, (one) => new Prover(one, options).prove())
  return { ...proof, seconds: (performance.now() - started) / 1000 }
}

class Causes {
  readonly #found = new Map<string, Cause & { paths: number }>()

  add(what: string, place?: Place, guarantee?: Obligation['guarantee']): void {
    const name = `${what} ${JSON.stringify(place ?? null)}`
    const known = this.#found.get(name)
    if (known === undefined) this.#found.set(name, { what, place, paths: 1, ...(guarantee && { guarantee }) })
    else known.paths += 1
  }

  get list(): readonly Cause[] {
    return [...this.#found.values()]
  }
}

class Prover {
  readonly #subject: Subject
  readonly #options: ProofOptions
  readonly #terms = new Terms()
  readonly #causes = new Causes()
  #explored: Explored = {}
  #found: Found | undefined
  #paths = 0
  #obligations = 0
  #isVacuous = false
  /** What packets may leave, as far as it was found out. */
  #left: Written | undefined

  constructor(subject: Subject, options: ProofOptions) {
    this.#subject = subject
    this.#options = options
  }

  prove(): CaseProof {
    const start = this.#init()
    if (start === undefined) return this.#proof([])
    const declarations = this.#subject.reading.declarationsIn(this.#terms)
    const [bare, ...others] = pairings(new Integers(this.#terms), declarations, start.structures)
    if (bare === undefined) {
      this.#causes.add('some state of the specification has no structure of its kind and size')
      return this.#proof([])
    }
    if (others.length > 0) this.#options.onProgress?.(`${others.length + 1} pairings are possible, the first is tried`)
    const { pairing, examples, storing } = this.#withLayouts(start, bare)
    if (this.#causes.list.length > 0) {
      this.#refute(start, storing, [])
      return this.#proof(pairing)
    }
    return this.#proof(this.#packets(start, pairing, examples))
  }

  #proof(pairing: Pairing): CaseProof {
    const causes = this.#causes.list
    const verdict = this.#found !== undefined ? 'refuted' : causes.length === 0 ? 'proved' : 'undecided'
    const counted = { paths: this.#paths, obligations: this.#obligations, isVacuous: this.#isVacuous }
    return { verdict, counterexample: this.#found, causes, ...counted, pairing, explored: this.#explored }
  }

  /** What nf_init leaves; undefined where that is not one thing. */
  #init(): Start | undefined {
    const result = this.#explore((path) => runInit(this.#subject.machine, path))
    this.#explored = { init: result }
    this.#judge(result, 'nf_init')
    const [only, ...others] = result.paths
    if (only?.end.kind !== 'ended' || only.end.result.end.kind !== 'returned' || others.length > 0) {
      this.#causes.add('nf_init does not end in one way')
      return undefined
    }
    // The specification begins empty, and invariants are not asked of what is there from the start.
    for (const [{ name }, state] of only.end.result.states) {
      const isTouched =
        (state.structure === 'expiring_map' || state.structure === 'dchain') && state.state.updates.length > 0
      if (isTouched) this.#causes.add(`nf_init leaves entries in ${name}, which is not followed`)
    }
    return this.#causes.list.length === 0 ? only.end.result.start : undefined
  }

  #withLayouts(
    start: Start,
    bare: Pairing,
  ): {
    readonly pairing: Pairing
    readonly examples: readonly Example[]
    /** The paths that were looked at. */
    readonly storing: readonly PathReport<StoredOnPath>[]
  } {
    if (!bare.some(({ declaration }) => declaration.kind === 'expiringMap')) {
      return { pairing: bare, examples: [], storing: [] }
    }
    this.#options.onProgress?.('layouts of keys and values')
    const integers = new Integers(this.#terms)
    const random = this.#options.random ?? Math.random
    const stored = (path: Path) => storedOn(this.#subject, start, bare, this.#longest, path)
    const { paths } = explore(stored, { ...this.#exploring, mostPaths: MOST_PATHS_FOR_LAYOUTS })
    this.#left = together(paths.flatMap(({ end }) => (end.kind === 'ended' ? [end.result.nf.written] : [])))
    const examples = paths.flatMap(({ end, satisfied, facts }) => {
      if (end.kind !== 'ended' || satisfied.kind !== 'yes' || end.result.seen.length === 0) return []
      const { seen } = end.result
      return examplesOf(seen, packetsLike(satisfied.model, facts, seen, random), integers)
    })
    const { pairing, missing } = layoutsOf(bare, examples, integers)
    for (const what of missing) this.#causes.add(`no layout: ${what}`)
    return { pairing, examples, storing: paths }
  }

  /**
   * Every packet. Where the types of the fields are not invariant enough, what entries seem to have in common is tried as
   * an invariant too, and what turns out not to be one is taken out until the rest is.
   */
  #packets(start: Start, pairing: Pairing, examples: readonly Example[]): Pairing {
    let tried = pairing
    let result = this.#explorePackets(start, tried)
    // What goes wrong on one packet need not wait for more invariants.
    const plain = failuresOn(result.paths, this.#terms).filter(({ obligation }) => obligation.guarantee !== 'state')
    if (plain.length > 0 && this.#refute(start, result.paths, plain)) return this.#ended(result, tried)
    const candidates = withConstantBits(pairing, examples)
    if (result.paths.some(hasFailure) && candidates.some(({ constant }) => constant !== undefined)) {
      tried = candidates
      result = this.#explorePackets(start, tried)
      for (let weeded = weed(tried, result); weeded !== tried; weeded = weed(tried, result)) {
        tried = weeded
        result = this.#explorePackets(start, tried)
      }
    }
    const failures = failuresOn(result.paths, this.#terms)
    if (failures.length > 0) this.#refute(start, result.paths, failures)
    return this.#ended(result, tried)
  }

  #ended(result: PacketsExplored<PacketOnPath>, pairing: Pairing): Pairing {
    this.#explored = { ...this.#explored, packets: result }
    this.#paths = result.paths.length
    this.#judge(result, 'nf_process')
    this.#isVacuous = !result.paths.some(isForwarding)
    return pairing
  }

  /**
   * Looks for packets that show on the real binary what fails in the proof, or that anything is wrong where there is none;
   * true where it has found some.
   */
  #refute(start: Start, paths: readonly PathReport<NfOnPath>[], failures: readonly Failure[]): boolean {
    this.#options.onProgress?.('counterexamples')
    const { structures } = start
    const { solver, random = Math.random } = this.#options
    const runs = new JudgedRuns(this.#subject)
    const parts = { terms: this.#terms, solver, runs, structures, random, paths }
    this.#found = failures.length === 0 ? findByTrying(parts) : findSequence(parts, failures)
    return this.#found !== undefined
  }

  #explorePackets(start: Start, pairing: Pairing): PacketsExplored<PacketOnPath> {
    const constants = pairing.flatMap(({ constant = [] }) => constant).length
    this.#options.onProgress?.(constants === 0 ? 'packets' : `packets, with ${constants} candidates for invariants`)
    const subject = this.#subject
    const longest = this.#longest
    const result = explorePackets(
      (path, left) => provePacket({ subject, start, pairing, left, longest }, path),
      this.#exploring,
      this.#left,
    )
    this.#left = result.left
    return result
  }

  #explore<R>(run: Parameters<typeof explore<R>>[0]): Exploration<R> {
    return explore(run, this.#exploring)
  }

  get #exploring(): ExploreOptions {
    const { solver, mostPaths = MOST_PATHS } = this.#options
    return { terms: this.#terms, solver, mostPaths }
  }

  /** Notes whatever keeps the paths from being proved. */
  #judge({ paths, isComplete }: Exploration<unknown>, what: string): void {
    if (!isComplete) this.#causes.add(`${what} has more than ${paths.length} paths`)
    for (const path of paths) {
      const { end, obligations, satisfied } = path
      if (end.kind === 'undecidable') this.#causes.add(end.reason, end.place)
      // What holds on a path that cannot be shows nothing: assumptions that contradict each other would prove all.
      if ((end.kind === 'impossible' || satisfied.kind !== 'yes') && !hasFailure(path)) {
        this.#causes.add(`${what}: no packet and state are known to take a path`)
      }
      for (const { obligation, answer } of obligations) {
        this.#obligations += 1
        if (answer.kind === 'holds') continue
        const why = answer.kind === 'fails' ? 'does not hold in a model' : `unknown to the solver: ${answer.reason}`
        this.#causes.add(`${obligation.guarantee}: ${obligation.what} (${why})`, obligation.place, obligation.guarantee)
      }
    }
  }

  get #longest(): number {
    return this.#options.longest ?? LONGEST
  }
}

function hasFailure({ obligations }: PathReport<unknown>): boolean {
  return obligations.some(({ answer }) => answer.kind !== 'holds')
}

function isForwarding({ end, satisfied }: PathReport<PacketOnPath>): boolean {
  if (end.kind !== 'ended' || satisfied.kind === 'no') return false
  const { kind } = end.result.spec.verdict
  return kind === 'forward' || kind === 'flood'
}
