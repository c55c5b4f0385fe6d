/** What suites say of a mutant: plain data. */

export interface SuiteKill {
  /** Folder of the suite. */
  readonly suite: string
  /** A case of it, or nf_init. */
  readonly in: string
  readonly what: string
  /** It trapped, hung or did not start: nothing was held against the specification there. */
  readonly isStopped: boolean
}

export type SuiteVerdict =
  | { readonly verdict: 'killed'; readonly kill: SuiteKill }
  /** It passes all suites. */
  | { readonly verdict: 'survivor' }
  | { readonly verdict: 'undecided'; readonly cause: string }

export type SuiteOutcome = SuiteVerdict & {
  readonly nf: string
  /** Of the mutant. */
  readonly number: number
}
