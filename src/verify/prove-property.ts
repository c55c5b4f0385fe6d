/**
 * Proves one property of a network function: for every packet up to a length, every port and time, and every state that
 * its invariant allows, what the property demands holds of the binary. That the invariant holds is proved with it, and
 * that nothing traps, leaves its memory or breaks a contract; that the specification is met is not. Refuted means that
 * packets from the empty state were found on which the real binary does what the property forbids, or what nothing may do.
 */
import { SpecError } from '../spec/error.js'
import type { LoadedProperty } from '../spec/load/properties.js'
import { type Cause, Causes, hasFailure } from './causes.js'
import { type Failure, failuresOn } from './counterexample/failures.js'
import { MOST_TRIED_SOON, refute, refuteByOnePacket } from './counterexample/refute.js'
import type { Found } from './counterexample/search.js'
import type { PathReport } from './exploration/explore.js'
import { explorePackets, type PacketsExplored } from './left-behind.js'
import { type Lock, lockOf } from './lock/index.js'
import type { Start } from './machine/index.js'
import type { Pairing } from './pairing.js'
import { exploring, type Prepared, prepare, type SharingOptions } from './prepare.js'
import { type PropertyOnPath, type PropertyProof, provePropertyOnPath } from './property-proof.js'
import { type PropertyRead, readProperty } from './read-property.js'
import type { Subject } from './subject.js'
import { weeded, weededFrom } from './weeding.js'

export interface PropertyResult {
  readonly property: LoadedProperty
  readonly verdict: 'proved' | 'refuted' | 'undecided'
  /** Packets on which the real binary does what it must not. */
  readonly counterexample: Found | undefined
  readonly causes: readonly Cause[]
  readonly paths: number
  /** Paths of packets that the property says something of. */
  readonly speaking: number
  readonly obligations: number
  /** How states and structures were paired, and how records are read from their bytes. */
  readonly pairing: Pairing
  /** It looks at tables: only then was it proved that records lie where the pairing says. */
  readonly isLooking: boolean
  /** It began with what a lock says. */
  readonly isLocked: boolean
  readonly seconds: number
}

export interface PropertyOptions extends SharingOptions {
  /** The same property as `loadProperties` gives it, to be run as it is: without it nothing is refuted. */
  readonly fast?: LoadedProperty
}

/** `property` as `loadInstrumentedProperties` gives it. What is in the way of a proof is a cause, not an error. */
export function proveProperty(subject: Subject, property: LoadedProperty, options: PropertyOptions): PropertyResult {
  const started = performance.now()
  const prepared = options.prepared ?? prepare(subject, options)
  let found = new PropertyProver(property, prepared, options).prove()
  // Where nothing was explored, it is not the lock that is in the way.
  if (found.verdict === 'undecided' && found.paths > 0 && prepared.isLocked) {
    options.onProgress?.('what the lock says does not lead to a proof')
    const { lock: _lock, ...without } = options
    found = new PropertyProver(property, options.anew?.() ?? prepare(subject, without), options).prove()
  }
  return { property, ...found, seconds: (performance.now() - started) / 1000 }
}

/** Whether it is proved with what a lock says and nothing else. */
export function isProvedUnder(
  lock: Lock,
  subject: Subject,
  property: LoadedProperty,
  options: PropertyOptions,
): boolean {
  const prepared = prepare(subject, { ...options, lock })
  return new PropertyProver(property, prepared, options).prove().verdict === 'proved'
}

/** What a property demands. */
const SAID: readonly Failure['guarantee'][] = ['property', 'verdict', 'bytes']

type Outcome = Omit<PropertyResult, 'property' | 'seconds'>

function silence({ property: { needs } }: LoadedProperty): string {
  const silent = 'there is no packet that the property says anything of'
  return needs === undefined ? silent : `${silent} (it needs ${needs.what})`
}

class PropertyProver {
  readonly #property: LoadedProperty
  readonly #prepared: Prepared
  readonly #options: PropertyOptions
  readonly #causes = new Causes()
  #counterexample: Found | undefined
  #triedSoon = 0

  constructor(property: LoadedProperty, prepared: Prepared, options: PropertyOptions) {
    this.#property = property
    this.#prepared = prepared
    this.#options = options
  }

  prove(): Outcome {
    const { start, pairing } = this.#prepared
    const reading = this.#reading()
    if (start === undefined || reading === undefined || this.#prepared.causes.length > 0)
      return this.#found(pairing, [])
    const { subject, candidates, isLocked } = this.#prepared
    const explorePackets = (each: Pairing) => this.#explore({ ...reading, subject, start, pairing: each })
    // A lock keeps what properties have needed: to begin with it is sooner than to see first that one needs it.
    const begun = isLocked ? candidates : pairing
    const first = { pairing: begun, result: explorePackets(begun) }
    const weed = () => (isLocked ? weededFrom(first, explorePackets) : weeded(first, candidates, explorePackets))
    // What is shown by a packet needs no invariant.
    const tried = this.#counterexample === undefined ? weed() : first
    this.#causes.judge(tried.result, 'nf_process')
    const { paths } = tried.result
    // What a lock says may be what is wrong: nothing is looked for before all was found out anew.
    if (!isLocked && this.#counterexample === undefined) this.#refute(start, paths)
    // Of what it has read by a layout; what it has not looked at may be read in any way.
    if (this.#causes.list.length === 0 && paths.some(isLooking)) {
      const { left } = tried.result
      for (const what of this.#prepared.misread({ pairing: tried.pairing, left, paths })) this.#causes.add(what)
    }
    if (!paths.some(isSpeaking)) this.#causes.add(`vacuous: ${silence(this.#property)}`)
    return this.#found(tried.pairing, paths)
  }

  /** The property on terms; undefined where it does not fit the specification. */
  #reading(): PropertyRead | undefined {
    const { subject } = this.#prepared
    if (subject.configuration.open !== undefined) {
      this.#causes.add('a property is proved for one configuration at a time')
      return undefined
    }
    try {
      return readProperty(subject, this.#property)
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      this.#causes.add(`the property: ${error.message}`)
      return undefined
    }
  }

  #explore(proof: Omit<PropertyProof, 'left' | 'longest'>): PacketsExplored<PropertyOnPath> {
    const { terms, longest, left: start, isLocked } = this.#prepared
    const { name: property } = this.#property
    const { crew } = this.#options
    const configuration = proof.subject.configuration.number
    this.#options.onProgress?.(property)
    return explorePackets(
      (path, left) => provePropertyOnPath({ ...proof, left, longest }, path),
      {
        ...exploring(terms, this.#options),
        // Under a lock all is found out anew after a failure: no weaker invariant would do.
        isLast: (path) => (isLocked ? isBroken(path) : hasFailure(path) && this.#isShownSoon(proof.start, path)),
        helpersOf: (left) => {
          const lock = lockOf(proof.pairing, left)
          return crew?.begin({ kind: 'property', configuration, lock, longest, property }, terms)
        },
      },
      start,
    )
  }

  /** One path that fails may be enough: of a binary that is wrong, others would only take time. */
  #isShownSoon(start: Start, path: PathReport<PropertyOnPath>): boolean {
    const { fast: property } = this.#options
    // What breaks the property itself tells more than a trap or an access, which are looked for at the end.
    const failures = failuresOn([path], this.#prepared.terms).filter(({ guarantee }) => SAID.includes(guarantee))
    // What a lock says may be what is wrong.
    if (property === undefined || this.#prepared.isLocked || failures.length === 0) return false
    if (this.#triedSoon >= MOST_TRIED_SOON) return false
    this.#triedSoon += 1
    this.#counterexample = refuteByOnePacket(this.#prepared, this.#options, {
      start,
      paths: [path],
      failures,
      property,
    })
    return this.#counterexample !== undefined
  }

  /** Looks for packets that show on the real binary what fails. */
  #refute(start: Start, paths: readonly PathReport<PropertyOnPath>[]): void {
    const { fast: property } = this.#options
    const failures = failuresOn(paths, this.#prepared.terms)
    if (property === undefined || failures.length === 0) return
    this.#counterexample = refute(this.#prepared, this.#options, { start, paths, failures, property })
  }

  #found(pairing: Pairing, paths: readonly PathReport<PropertyOnPath>[]): Outcome {
    const causes = [...this.#prepared.causes, ...this.#causes.list]
    return {
      verdict: this.#counterexample !== undefined ? 'refuted' : causes.length === 0 ? 'proved' : 'undecided',
      counterexample: this.#counterexample,
      causes,
      paths: paths.length,
      speaking: paths.filter(isSpeaking).length,
      obligations: this.#prepared.obligations + this.#causes.obligations,
      pairing,
      isLooking: paths.some(isLooking),
      isLocked: this.#prepared.isLocked,
    }
  }
}

/** Whether the property itself does not hold on a path. */
function isBroken({ obligations }: PathReport<PropertyOnPath>): boolean {
  return obligations.some(({ obligation, answer }) => obligation.guarantee === 'property' && answer.kind === 'fails')
}

function isLooking({ end }: PathReport<PropertyOnPath>): boolean {
  return end.kind !== 'ended' || end.result.isLooking
}

/** Whether there is a packet on a path that the property says something of. */
function isSpeaking({ end, satisfied, obligations }: PathReport<PropertyOnPath>): boolean {
  if (end.kind !== 'ended' || end.result.isSilent) return false
  return satisfied.kind === 'yes' || obligations.some(({ answer }) => answer.kind === 'fails')
}
