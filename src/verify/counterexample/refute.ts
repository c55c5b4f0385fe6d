/** The search for a counterexample, from what a proof has found so far. */
import type { LoadedProperty } from '../../spec/load/properties.js'
import type { NfOnPath } from '../any-packet-run.js'
import { Devices } from '../devices.js'
import type { PathReport } from '../explore.js'
import type { Start } from '../machine/index.js'
import type { Prepared, ProofOptions } from '../prepare.js'
import type { Failure } from './failures.js'
import { JudgedRuns } from './judged-runs.js'
import { type Found, findByTrying, findSequence } from './search.js'

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
export function refute({ subject, terms }: Prepared, options: ProofOptions, about: Refutation): Found | undefined {
  const { start, paths, failures, property } = about
  const { solver, random = Math.random } = options
  options.onProgress?.('counterexamples')
  const runs = new JudgedRuns(subject, property)
  const devices = new Devices(subject, terms)
  const parts = { terms, solver, runs, devices, structures: start.structures, random, paths }
  return failures.length === 0 ? findByTrying(parts) : findSequence(parts, failures)
}
