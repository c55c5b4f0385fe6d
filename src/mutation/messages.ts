/** What the coordinator and a worker say to each other: plain data. */
import type { Stage } from './classify.js'

/** A mutant to be judged by proof and packets. */
export interface Task {
  readonly nf: string
  /** Of the mutant. */
  readonly number: number
  /** Stages that did not come to an end before. */
  readonly without: readonly Stage[]
  readonly mostPaths: number
}

/** A mutant to be judged by suites. */
export interface SuiteTask {
  readonly nf: string
  /** Of the mutant. */
  readonly number: number
  /** Folders of suites, run in this order. */
  readonly suites: readonly string[]
}

export type Reply<S, O> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stage'; readonly stage: S | 'loading' }
  | { readonly kind: 'done'; readonly outcome: O }
  | { readonly kind: 'failed'; readonly message: string }
