import type { ProofCause } from '../../result/index.js'
import type { Cause } from '../causes.js'
import type { Places } from '../places.js'

/** A cause with its place in a source, and with the function of C that it is in. */
export function proofCause({ what, guarantee, place, paths }: Cause, places: Places): ProofCause {
  const within = place === undefined ? undefined : places.functionOf(place)
  return {
    what: within === undefined || what.startsWith(within) ? what : `${what}, in ${within}`,
    ...(guarantee === undefined ? {} : { guarantee }),
    ...(place === undefined ? {} : { place: places.of(place) }),
    paths,
  }
}
