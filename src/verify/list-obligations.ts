/** What a proof of the specification would have to show, without showing it: plain data. */
import type { Obligation } from '../domains/symbolic/path.js'
import { type Cause, Causes } from './causes.js'
import type { Exploration } from './exploration/explore.js'
import { explorePackets } from './left-behind.js'
import { provePacket } from './packet-proof.js'
import { exploring, prepare, type SharingOptions } from './prepare.js'
import type { Subject } from './subject.js'

export interface ListedObligation {
  readonly obligation: Pick<Obligation, 'guarantee' | 'what' | 'place'>
  readonly of: 'nf_init' | 'nf_process'
  /** Which path of it, from 1. Where several share an obligation it is listed with the first. */
  readonly path: number
}

export interface Listing {
  readonly obligations: readonly ListedObligation[]
  /** Of nf_process. */
  readonly paths: number
  /** Why the list is not whole; empty where it is. */
  readonly causes: readonly Cause[]
}

/** Of every path, with the invariant that the types of fields give: what is tried beyond it is not among them. */
export function listObligations(subject: Subject, options: SharingOptions): Listing {
  const prepared = options.prepared ?? prepare(subject, options)
  const { start, pairing, terms, longest, init } = prepared
  const ofInit = listed('nf_init', init?.paths ?? [])
  if (start === undefined || prepared.causes.length > 0) {
    return { obligations: ofInit, paths: 0, causes: prepared.causes }
  }
  options.onProgress?.('packets')
  const { paths, isComplete } = explorePackets(
    (path, left) => provePacket({ subject, start, pairing, left, longest }, path),
    { ...exploring(terms, options), isJudging: false },
  )
  const causes = new Causes()
  if (!isComplete) causes.add(`nf_process has more than ${paths.length} paths`)
  for (const { end } of paths) if (end.kind === 'undecidable') causes.add(end.reason, end.place)
  return { obligations: [...ofInit, ...listed('nf_process', paths)], paths: paths.length, causes: causes.list }
}

function listed(of: ListedObligation['of'], paths: Exploration<unknown>['paths']): ListedObligation[] {
  return paths.flatMap(({ obliged }, index) =>
    obliged.map(({ guarantee, what, place }) => ({ obligation: { guarantee, what, place }, of, path: index + 1 })),
  )
}
