/** The proof of a property as an entry of its network function. */
import type { Counterexample, SourcePlace, VerifiedProperty } from '../../result/index.js'
import type { PropertyResult } from '../prove-property.js'
import { isVacuous } from './folded.js'

export function verifiedProperty(result: PropertyResult, counterexamples: readonly Counterexample[]): VerifiedProperty {
  const { property, verdict, causes, paths, obligations, seconds } = result
  const { name, title, clause, file, line } = property
  const place: SourcePlace = { file, ...(line === undefined ? {} : { line }) }
  const whats = causes.map(({ what }) => ({ cause: what }))
  // Where anything else is in the way, that a packet was not found says little.
  const first = whats.find((each) => !isVacuous(each)) ?? whats[0]
  return {
    name,
    title,
    clause,
    verdict,
    ...(verdict === 'undecided' && first !== undefined ? first : {}),
    place,
    paths,
    obligations,
    seconds,
    counterexamples,
  }
}
