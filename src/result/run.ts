/**
 * What every run yields: the object that is result.json, and that the library's functions return. The JSON Schema in
 * docs/schemas/result.schema.json says the same; a test holds the two together.
 */
import type { ConformSummary } from './conformed.js'
import type { StressedNf } from './stressed.js'
import type { Environment, NfResult, ReplaySummary, RunVerdict, Violation } from './types.js'
import type { Counterexample, VerifiedNf } from './verified.js'
import type { VerifiedLibvig } from './verified-libvig.js'

/** `N`: what the run's network functions are, where that is known. */
export interface RunResult<N extends RunNf = RunNf> {
  readonly tool: 'vigil'
  readonly version: string
  /** The command line, as given. */
  readonly command: readonly string[]
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationSeconds: number
  readonly seed: number
  readonly environment: Environment
  readonly verdict: RunVerdict
  /** Why the verdict is `undecided` or `error`, or what ended a run early in which something was violated; absent otherwise. */
  readonly cause?: string
  readonly exitCode: number
  readonly nfs: readonly N[]
  readonly replay?: ReplaySummary
  readonly conform?: ConformSummary
  readonly libvig?: VerifiedLibvig
}

/** One network function of a run: packets of it were judged, it was proved or loaded, or none of that came to an end. */
export type RunNf = NfResult | VerifiedNf | StressedNf | UnfinishedNf

/** A network function of which nothing can be said: its files are wrong, the run was interrupted, or Vigil failed. */
export interface UnfinishedNf {
  readonly kind: 'unfinished'
  readonly nf: string
  readonly instance: string
  readonly verdict: 'undecided' | 'error'
  /** One line. */
  readonly cause: string
  readonly exitCode: number
}

export function judgedOf(nfs: readonly RunNf[]): readonly NfResult[] {
  return nfs.filter((nf) => nf.kind === 'judged')
}

export function verifiedOf(nfs: readonly RunNf[]): readonly VerifiedNf[] {
  return nfs.filter((nf) => nf.kind === 'verified')
}

export function stressedOf(nfs: readonly RunNf[]): readonly StressedNf[] {
  return nfs.filter((nf) => nf.kind === 'stressed')
}

/** Whether results.sarif has something to say of it. */
export function hasSarif({ kind }: RunNf): boolean {
  return kind === 'verified' || kind === 'unfinished'
}

/** Of the specification, then of each property. */
export function counterexamplesOf({ counterexamples, properties }: VerifiedNf): readonly Counterexample[] {
  return [...counterexamples, ...properties.flatMap((property) => property.counterexamples)]
}

/** Those that are kept. */
export function violationsOf(nf: RunNf): readonly Violation[] {
  if (nf.kind === 'judged') return nf.violations
  return nf.kind === 'verified' ? counterexamplesOf(nf).map(({ violation }) => violation) : []
}

/** Those that are not kept as well. */
export function violationCountOf(nf: RunNf): number {
  return nf.kind === 'judged' ? nf.violationCount : violationsOf(nf).length
}
