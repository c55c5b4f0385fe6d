/** The search for a counterexample, from what a proof has found so far. */
import { Model } from '../../smt/index.js'
import type { LoadedProperty } from '../../spec/load/properties.js'
import type { NfOnPath } from '../any-packet-run.js'
import { Devices } from '../devices.js'
import type { PathReport } from '../exploration/explore.js'
import type { Start } from '../machine/index.js'
import type { Prepared, ProofOptions } from '../prepare.js'
import type { Failure } from './failures.js'
import { JudgedRuns } from './judged-runs.js'
import {
  type Found,
  findByPlainPackets,
  findByTrying,
  findOnePacket,
  findSequence,
  findSoon,
  type SearchParts,
} from './search.js'

/**
 * Paths that fail on which one packet is looked for while a proof goes on: where the binary is right but needs an invariant,
 * all of that is in vain.
 */
export const MOST_TRIED_SOON = 10

export interface Refutation {
  readonly start: Start
  readonly paths: readonly PathReport<NfOnPath>[]
  readonly failures: readonly Failure[]
  /** What is to be refuted, as it runs fast; without one the specification. */
  readonly property?: LoadedProperty
}

/**
 * Looks for packets that show on the real binary what fails in a proof, or that anything is wrong where nothing is known to
 * fail; undefined where it finds none.
 */
export function refute(prepared: Prepared, options: ProofOptions, about: Refutation): Found | undefined {
  const parts = partsOf(prepared, options, { ...about, structures: about.start.structures })
  return about.failures.length === 0 ? findByTrying(parts) : findSequence(parts, about.failures)
}

/** The same where `nf_init` or what it made could not be followed, but the real binary starts. */
export function refuteWithoutPaths(prepared: Prepared, options: ProofOptions): Found | undefined {
  const parts = partsOf(prepared, options, { structures: [], paths: [] })
  return isStarted(parts) ? findByPlainPackets(parts) : undefined
}

function isStarted({ devices }: SearchParts): boolean {
  const initialised = devices.in(new Model())?.real.initialised
  return initialised?.kind === 'returned' && initialised.values[0] === 1
}

/** Looks for one packet only, where a proof may yet come to fail in less. */
export function refuteByOnePacket(prepared: Prepared, options: ProofOptions, about: Refutation): Found | undefined {
  return findOnePacket(partsOf(prepared, options, { ...about, structures: about.start.structures }), about.failures)
}

/** Looks where it does not take long, while a proof goes on. */
export function refuteSoon(prepared: Prepared, options: ProofOptions, about: Refutation): Found | undefined {
  return findSoon(partsOf(prepared, options, { ...about, structures: about.start.structures }), about.failures)
}

function partsOf(
  { subject, terms, longest }: Prepared,
  options: ProofOptions,
  { structures, paths, property }: Pick<SearchParts, 'structures' | 'paths'> & Pick<Refutation, 'property'>,
): SearchParts {
  const { solver, random = Math.random } = options
  options.onProgress?.('counterexamples')
  const runs = new JudgedRuns(subject, property)
  const devices = new Devices(subject, terms)
  return { terms, solver, runs, devices, structures, longest, random, paths }
}
