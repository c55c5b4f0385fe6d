/** What the coordinator and a worker say to each other: plain data. */
import type { Stage } from './classify.js'
import type { Outcome } from './outcome.js'

export interface Task {
  readonly nf: string
  /** Of the mutant. */
  readonly number: number
  /** Stages that did not come to an end before. */
  readonly without: readonly Stage[]
  readonly mostPaths: number
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stage'; readonly stage: Stage | 'loading' }
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly message: string }
