/** What passes between a run and the process of one network function: plain data. */
import type { ConfigOverride } from '../../nf/index.js'
import type { UnfinishedNf, VerifiedNf } from '../../result/index.js'
import type { ListedNf } from './listed-nf.js'
import type { VerifyOptions } from './options.js'

export interface Task
  extends Pick<
    VerifyOptions,
    | 'anyConfig'
    | 'binary'
    | 'lock'
    | 'properties'
    | 'solvers'
    | 'crossCheck'
    | 'longest'
    | 'limits'
    | 'mostPaths'
    | 'dump'
    | 'seed'
  > {
  /** As it was given. */
  readonly nf: string
  readonly config: readonly (string | ConfigOverride)[]
  /** Threads that help with the proof; default 0. */
  readonly helpers?: number
  /** What must hold is listed, not proved. */
  readonly isListing?: boolean
}

/** What comes of one. */
export type TaskResult = VerifiedNf | UnfinishedNf | ListedNf

/** What the process says: any number of times what it is about, then once what came of it. */
export type Message =
  | { readonly kind: 'progress'; readonly what: string }
  | { readonly kind: 'done'; readonly result: TaskResult }
