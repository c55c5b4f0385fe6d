import type { ProofCause } from '../../result/index.js'
import type { Cause } from '../causes.js'
import type { Places } from '../places.js'

/** A cause with its place in a source. */
export function proofCause({ what, guarantee, place, paths }: Cause, places: Places): ProofCause {
  return {
    what,
    ...(guarantee === undefined ? {} : { guarantee }),
    ...(place === undefined ? {} : { place: places.of(place) }),
    paths,
  }
}
