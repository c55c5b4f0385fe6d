/**
 * Of what was tried as invariants, what properties need: each more is one more thing to show on every path. One that does
 * alone is looked for; where none does, all stay.
 */
import type { Candidate, Pairing } from './pairing.js'
import { withInvariantsOf } from './weeding.js'

/** `isProved`: whether a property holds with no other candidates than those of a pairing. */
export function leastInvariants<P>(
  pairing: Pairing,
  found: readonly { readonly property: P; readonly pairing: Pairing }[],
  isProved: (property: P, pairing: Pairing) => boolean,
): Pairing {
  let kept = pairing
  for (const { property, pairing: tried } of found) {
    if (isProved(property, kept)) continue
    const more = tried.flatMap(({ state, candidates = [] }) => candidates.map((each) => ({ state, each })))
    const enough = more.find(({ state, each }) =>
      isProved(property, withInvariantsOf(kept, [only(tried, state, each)])),
    )
    kept = withInvariantsOf(kept, [enough === undefined ? tried : only(tried, enough.state, enough.each)])
  }
  return kept
}

function only(pairing: Pairing, state: string, candidate: Candidate): Pairing {
  return pairing.map((pair) => ({ ...pair, candidates: pair.state === state ? [candidate] : [] }))
}
