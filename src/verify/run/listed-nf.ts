/** The obligations of one network function as plain data. */
import type { ProofCause, SourcePlace } from '../../result/index.js'
import type { Listing } from '../list-obligations.js'
import { Places } from '../places.js'
import type { Subject } from '../subject.js'
import { proofCause } from './proof-cause.js'

export interface ListedNf {
  readonly kind: 'listed'
  readonly nf: string
  /** Of nf_process. */
  readonly paths: number
  readonly obligations: readonly PlainObligation[]
  /** Why the list is not whole; empty where it is. */
  readonly causes: readonly ProofCause[]
}

export interface PlainObligation {
  readonly guarantee: string
  readonly what: string
  readonly place?: SourcePlace
  readonly of: 'nf_init' | 'nf_process'
  /** Which path of it, from 1. */
  readonly path: number
}

export function listedNf({ nf, machine }: Subject, { obligations, paths, causes }: Listing, binary: string): ListedNf {
  const places = new Places(nf, machine.module, binary)
  return {
    kind: 'listed',
    nf: nf.manifest.name,
    paths,
    obligations: obligations.map(({ obligation: { guarantee, what, place }, of, path }) => ({
      guarantee,
      what,
      ...(place === undefined ? {} : { place: places.of(place) }),
      of,
      path,
    })),
    causes: causes.map((cause) => proofCause(cause, places)),
  }
}
