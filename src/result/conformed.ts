/** What a run of a conformance suite says beside what was judged. */

export interface ConformSummary {
  /** Where the cases come from: derived for this run, a folder, or files of cases. */
  readonly suite: 'derived' | 'folder' | 'cases'
  readonly folder?: string
  /** `name=value` each, beside nf.yaml. */
  readonly config: readonly string[]
  readonly cases: number
  readonly failed: number
  /** The first that failed, made small. */
  readonly failing: readonly ConformedCase[]
  /** Of a suite that was derived for this run. */
  readonly coverage?: {
    readonly sides: CoverageCount
    readonly boundaries: CoverageCount
    readonly expiries: CoverageCount
  }
}

/** Targets of derivation, by what became of them. */
export interface CoverageCount {
  readonly met: number
  /** Proved not to be there for any packet and state. */
  readonly unreachable: number
  readonly notFound: number
}

export interface ConformedCase {
  readonly case: string
  /** Of the smallest sequence that fails in the same way. */
  readonly packets: number
  readonly summary: string
  /** In the run folder. */
  readonly file: string
  /** What is in it: a case, as YAML. */
  readonly text: string
}
