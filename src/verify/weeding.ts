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
  if (!first.result.paths.some(hasFailure) || !hasCandidates(candidates)) return first
  return weededFrom({ pairing: candidates, result: explorePackets(candidates) }, explorePackets)
}

/** The same where `first` has assumed candidates already. */
export function weededFrom<E extends Exploration<unknown>>(
  first: Weeded<E>,
  explorePackets: (pairing: Pairing) => E,
): Weeded<E> {
  let { pairing, result } = first
  for (let kept = weed(pairing, result); kept !== pairing; kept = weed(pairing, result)) {
    pairing = kept
    result = explorePackets(pairing)
  }
  return { pairing, result }
}

/** The pairing and its layouts alone. */
export function withoutCandidates(pairing: Pairing): Pairing {
  return pairing.map(({ candidates: _candidates, ...pair }) => pair)
}

/** The pairing with what others of the same states have beside its own, each once. */
export function withInvariantsOf(pairing: Pairing, others: readonly Pairing[]): Pairing {
  return pairing.map((pair) => {
    const all = [pair, ...others.flatMap((other) => other.filter(({ state }) => state === pair.state))]
    const named = all.flatMap((each) => (each.candidates ?? []).map((one) => [candidateName(each, one), one] as const))
    const candidates = [...new Map(named).values()]
    return candidates.length === 0 ? pair : { ...pair, candidates }
  })
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
