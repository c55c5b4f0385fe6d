/**
 * The search for an invariant that is enough. Where the types of the fields are not, what entries seem to have in common
 * is tried as an invariant too, and what turns out not to be one is taken out until the rest is.
 */
import { candidateName } from './candidates.js'
import { hasFailure } from './causes.js'
import type { Exploration } from './exploration/explore.js'
import type { Pairing } from './pairing.js'

/** The last exploration, and the pairing with the candidates that it assumed. */
export interface Weeded<E> {
  readonly pairing: Pairing
  readonly result: E
}

/**
 * `explorePackets` explores every packet under a pairing's invariant, which it obliges again on each path; `first` is
 * what came of it without candidates, `candidates` the pairing with all that may be tried.
 */
export function weeded<E extends Exploration<unknown>>(
  first: Weeded<E>,
  candidates: Pairing,
  explorePackets: (pairing: Pairing) => E,
): Weeded<E> {
  let { pairing: tried, result } = first
  if (result.paths.some(hasFailure) && hasCandidates(candidates)) {
    tried = candidates
    result = explorePackets(tried)
    for (let kept = weed(tried, result); kept !== tried; kept = weed(tried, result)) {
      tried = kept
      result = explorePackets(tried)
    }
  }
  return { pairing: tried, result }
}

export function hasCandidates(pairing: Pairing): boolean {
  return pairing.some(({ candidates }) => candidates !== undefined)
}

/** Without the candidates that some path does not keep; the same where all are kept. */
function weed(pairing: Pairing, { paths }: Exploration<unknown>): Pairing {
  const broken = new Set<string>()
  for (const { obligations } of paths) {
    for (const { obligation, answer } of obligations) if (answer.kind !== 'holds') broken.add(obligation.what)
  }
  const kept = pairing.map((pair) => {
    const candidates = pair.candidates?.filter((candidate) => !broken.has(candidateName(pair, candidate)))
    return candidates === undefined || candidates.length === pair.candidates?.length ? pair : { ...pair, candidates }
  })
  return kept.every((pair, i) => pair === pairing[i]) ? pairing : kept
}
