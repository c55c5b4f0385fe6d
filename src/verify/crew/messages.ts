/** What passes between a proof and those who help with it: plain data, which may be cloned from thread to thread. */
import type { MessagePort } from 'node:worker_threads'

import {
  type BackendName,
  type BackendStatistics,
  type Limits,
  modelFrom,
  type PlainModel,
  plainModel,
  type Terms,
} from '../../smt/index.js'
import type { Confirmation } from '../confirm.js'
import type { Fork } from '../exploration/explore.js'
import type { FoundPath } from '../exploration/helpers.js'
import type { Lock } from '../lock/index.js'
import type { SubjectOptions } from '../subject.js'

/** What a proof is about and whom it asks, as its helpers are told once. */
export interface Employment {
  readonly nf: string
  readonly subject: Pick<SubjectOptions, 'config' | 'anyConfig' | 'binary'>
  readonly solver: {
    readonly backends: readonly BackendName[]
    readonly crossCheck?: BackendName
    readonly limits?: Limits
  }
  /** The properties beside the specification may be asked for. */
  readonly hasProperties: boolean
}

/** What is run on each path of an exploration. */
export interface Work {
  readonly kind: 'storing' | 'packets' | 'property'
  /** Number of the subject's case. */
  readonly configuration: number
  /** The pairing with its layouts and invariants, and what packets may leave; undefined while no layout is known. */
  readonly lock: Lock | undefined
  /** Bytes of the longest packet. */
  readonly longest: number
  /** Its name, where it is about one. */
  readonly property?: string
}

export type PlainFork = Pick<Fork, 'steps' | 'changesFirst'> & { readonly model: PlainModel | undefined }

export type PlainFound = Omit<FoundPath, 'model'> & { readonly model: PlainModel | undefined }

/** `work` in what follows: the number of an exploration. What is about an earlier one counts no more. */
export type Request =
  | { readonly kind: 'work'; readonly work: number; readonly what: Work }
  | { readonly kind: 'fork'; readonly work: number; readonly fork: PlainFork }
  /** To be run on the real binary. */
  | { readonly kind: 'confirm'; readonly work: number; readonly number: number; readonly path: PlainFound }

export type Reply =
  /** There is nothing to do: all that was given is done, or counts no more. */
  | { readonly kind: 'idle'; readonly statistics: readonly BackendStatistics[] }
  /** What was found, and the forks that it left to be explored. */
  | { readonly kind: 'path'; readonly work: number; readonly found: PlainFound; readonly forks: readonly Fork[] }
  /** Given back, to be explored by another. */
  | { readonly kind: 'fork'; readonly work: number; readonly fork: PlainFork }
  | { readonly kind: 'confirmed'; readonly work: number; readonly number: number; readonly confirmation: Confirmation }

/** Nothing more comes of a helper. */
export interface Lost {
  readonly helper: number
  readonly why: string
}

/** Places in what threads share. */
export const SAID = 0
/** How many forks are wanted back. */
export const WANTED = 1
/** The number of the exploration that counts. */
export const CURRENT = 2

export interface HelperInput {
  readonly employment: Employment
  readonly port: MessagePort
  readonly shared: Int32Array<SharedArrayBuffer>
  /** Of the embedded Z3, where it is compiled already. */
  readonly code: WebAssembly.Module | undefined
}

/** Of the thread that starts the helpers, and says when one is lost. */
export interface ForemanInput {
  readonly helpers: readonly Omit<HelperInput, 'code'>[]
  /** As it is for each helper. */
  readonly code: WebAssembly.Module | undefined
  readonly port: MessagePort
  readonly shared: Int32Array<SharedArrayBuffer>
}

export function plainFork({ steps, changesFirst = false, model }: Fork): PlainFork {
  return { steps, changesFirst, model: model && plainModel(model) }
}

export function forkFrom({ steps, changesFirst = false, model }: PlainFork, terms: Terms): Fork {
  return { steps, changesFirst, model: model && modelFrom(model, terms) }
}

export function plainFound(found: FoundPath): PlainFound {
  return { ...found, model: found.model && plainModel(found.model) }
}

export function foundFrom(found: PlainFound, terms: Terms): FoundPath {
  return { ...found, model: found.model && modelFrom(found.model, terms) }
}

/** Posts, and wakes who waits. */
export function say(what: Reply | Lost, { port, shared }: Pick<HelperInput, 'port' | 'shared'>): void {
  port.postMessage(what)
  Atomics.add(shared, SAID, 1)
  Atomics.notify(shared, SAID)
}
