/**
 * Proves that a network function's binary meets its specification: for every packet up to a length, every port and time,
 * and every state that its invariant allows, what leaves and the state left are among what the specification allows;
 * nothing traps, leaves its memory or breaks a contract; and `nf_init` starts it right.
 *
 * Proved means that every obligation of every path holds, and each path was run on the real binary where a state for it could
 * be made. Refuted means that packets from the empty state were found on which the real binary does what it must not.
 * Anything else is undecided, with its causes.
 */
import type { Terms } from '../smt/index.js'
import type { NfOnPath } from './any-packet-run.js'
import { type Cause, Causes, hasFailure } from './causes.js'
import { confirmPaths, type PathConfirmation, PathConfirmer } from './confirm-paths.js'
import { type Failure, failuresOn } from './counterexample/failures.js'
import { MOST_TRIED_SOON, refute, refuteByOnePacket, refuteSoon, refuteWithoutPaths } from './counterexample/refute.js'
import type { Found } from './counterexample/search.js'
import type { Shift } from './crew/shift.js'
import { type CaseProof, overCases } from './every-configuration.js'
import type { Exploration, PathReport } from './exploration/explore.js'
import { explorePackets, type PacketsExplored } from './left-behind.js'
import { lockOf } from './lock/index.js'
import type { Start } from './machine/index.js'
import { type PacketOnPath, provePacket } from './packet-proof.js'
import type { Pairing } from './pairing.js'
import { exploring, type Prepared, prepare, type SharingOptions } from './prepare.js'
import type { Subject } from './subject.js'
import { hasCandidates, type Weeded, weeded } from './weeding.js'

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
  /** It began with what a lock says. */
  readonly isLocked: boolean
  /** What was explored, as far as it came: nf_init, then every packet. Of several cases, the first that is not proved. */
  readonly explored: Explored
  readonly seconds: number
}

export interface Explored {
  readonly terms: Terms
  readonly init?: Exploration<unknown>
  readonly packets?: PacketsExplored<PacketOnPath>
  /** Of each path of these, whether it was run on the real binary; only where all is proved. */
  readonly confirmations?: readonly (PathConfirmation | undefined)[]
}

/** What is in the way of a proof is a cause, not an error. Where the subject has several cases, each is proved. */
export function prove(subject: Subject, options: SharingOptions): Proof {
  const started = performance.now()
  const proof = overCases(subject, options.solver, (one) => provedCase(one, options))
  return { ...proof, seconds: (performance.now() - started) / 1000 }
}

/** Where what an earlier proof found out does not lead to one at once, all is found out anew. */
function provedCase(subject: Subject, options: SharingOptions): CaseProof {
  const prover = new Prover(subject, options)
  const proof = prover.prove()
  if (proof.verdict !== 'undecided' || !prover.isLocked) return proof
  options.onProgress?.('what the lock says does not lead to a proof')
  const { lock: _lock, prepared: _prepared, ...anew } = options
  return new Prover(subject, anew).prove()
}

class Prover {
  readonly #subject: Subject
  readonly #options: SharingOptions
  readonly #prepared: Prepared
  readonly #causes = new Causes()
  #explored: Pick<Explored, 'packets' | 'confirmations'> = {}
  #found: Found | undefined
  #paths = 0
  #isVacuous = false
  /** Paths that fail of which it was tried whether one packet shows it. */
  #triedSoon = 0
  /** Who helps with the last exploration. */
  #shift: Shift | undefined

  constructor(subject: Subject, options: SharingOptions) {
    this.#subject = subject
    this.#options = options
    const { prepared } = options
    this.#prepared = prepared?.subject === subject ? prepared : prepare(subject, options)
  }

  get isLocked(): boolean {
    return this.#prepared.isLocked
  }

  prove(): CaseProof {
    const { start, pairing, causes, storing } = this.#prepared
    if (start === undefined) {
      this.#found = refuteWithoutPaths(this.#prepared, this.#options)
      return this.#proof(pairing)
    }
    if (causes.length > 0) {
      this.#refute(start, storing, failuresOn(storing, this.#prepared.terms))
      return this.#proof(pairing)
    }
    return this.#proof(this.#packets(start))
  }

  #proof(pairing: Pairing): CaseProof {
    const causes = [...this.#prepared.causes, ...this.#causes.list]
    const obligations = this.#prepared.obligations + this.#causes.obligations
    const verdict = this.#found !== undefined ? 'refuted' : causes.length === 0 ? 'proved' : 'undecided'
    const { init, terms } = this.#prepared
    const explored = { terms, ...(init && { init }), ...this.#explored }
    const counted = { paths: this.#paths, obligations, isVacuous: this.#isVacuous, isLocked: this.isLocked }
    return { verdict, counterexample: this.#found, causes, ...counted, pairing, explored }
  }

  /** Every packet. */
  #packets(start: Start): Pairing {
    const { pairing, candidates, terms } = this.#prepared
    const explorePackets = (each: Pairing) => this.#explorePackets(start, each)
    const first = explorePackets(pairing)
    if (this.#found !== undefined) return this.#ended({ pairing, result: first })
    // What a lock says may be what is wrong.
    if (this.isLocked) return this.#ended(weeded({ pairing, result: first }, candidates, explorePackets))
    // What goes wrong on one packet need not wait for an invariant.
    const plain = failuresOn(first.paths, terms).filter(({ guarantee }) => guarantee !== 'state')
    if (plain.length > 0 && hasCandidates(candidates)) {
      this.#found = refuteByOnePacket(this.#prepared, this.#options, { start, paths: first.paths, failures: plain })
      if (this.#found !== undefined) return this.#ended({ pairing, result: first })
    }
    const tried = weeded({ pairing, result: first }, candidates, explorePackets)
    const failures = failuresOn(tried.result.paths, terms)
    if (failures.length > 0) this.#refute(start, tried.result.paths, failures)
    return this.#ended(tried)
  }

  #ended({ pairing, result }: Weeded<PacketsExplored<PacketOnPath>>): Pairing {
    this.#explored = { packets: result }
    this.#paths = result.paths.length
    this.#causes.judge(result, 'nf_process')
    this.#isVacuous = !result.paths.some(isForwarding)
    if (this.#causes.list.length === 0) {
      this.#options.onProgress?.('each path on the real binary')
      const confirmer = new PathConfirmer(this.#subject, this.#prepared.terms, this.#options.solver)
      const confirmations = confirmPaths(result.paths, confirmer, this.#shift)
      this.#explored = { packets: result, confirmations }
    }
    return pairing
  }

  /** Looks for packets that show on the real binary what fails in the proof, or that anything is wrong where nothing does. */
  #refute(start: Start, paths: readonly PathReport<NfOnPath>[], failures: readonly Failure[]): void {
    this.#found = refute(this.#prepared, this.#options, { start, paths, failures })
  }

  /** One path that fails may be enough: of a binary that is wrong, others would only take time. */
  #isShownSoon(start: Start, path: PathReport<PacketOnPath>): boolean {
    if (this.#triedSoon >= MOST_TRIED_SOON) return false
    const paths = [path]
    const failures = failuresOn(paths, this.#prepared.terms)
    // On the first all that is soon tried; on others what one packet may show at once.
    const plain = failures.filter(({ guarantee }) => guarantee !== 'state')
    const isFirst = this.#triedSoon === 0
    if (!isFirst && plain.length === 0) return false
    this.#triedSoon += 1
    this.#found = isFirst
      ? refuteSoon(this.#prepared, this.#options, { start, paths, failures })
      : refuteByOnePacket(this.#prepared, this.#options, { start, paths, failures: plain })
    return this.#found !== undefined
  }

  #explorePackets(start: Start, pairing: Pairing): PacketsExplored<PacketOnPath> {
    const { length } = pairing.flatMap(({ candidates = [] }) => candidates)
    this.#options.onProgress?.(length === 0 ? 'packets' : `packets, with ${length} candidates for invariants`)
    const subject = this.#subject
    const { terms, longest, left } = this.#prepared
    const configuration = subject.configuration.number
    return explorePackets(
      (path, before) => provePacket({ subject, start, pairing, left: before, longest }, path),
      {
        ...exploring(terms, this.#options),
        isLast: (path) => hasFailure(path) && (this.#isShownSoon(start, path) || this.isLocked),
        helpersOf: (before) => {
          const work = { kind: 'packets', configuration, lock: lockOf(pairing, before), longest } as const
          this.#shift = this.#options.crew?.begin(work, terms)
          return this.#shift
        },
      },
      left,
    )
  }
}

function isForwarding({ end, satisfied }: PathReport<PacketOnPath>): boolean {
  if (end.kind !== 'ended' || satisfied.kind === 'no') return false
  const { kind } = end.result.spec.verdict
  return kind === 'forward' || kind === 'flood'
}
