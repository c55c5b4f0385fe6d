/** The proof of a property as an entry of its network function. */
import type { PassedOverProperty, SourcePlace, VerifiedProperty } from '../../result/index.js'
import type { LoadedProperty } from '../../spec/load/properties.js'
import type { ReplayedNf } from '../counterexample/replay-command.js'
import type { Places } from '../places.js'
import type { PropertyResult } from '../prove-property.js'
import { counterexamplesOf } from './counterexamples.js'
import { isVacuous } from './folded.js'

export function verifiedProperty(result: PropertyResult, places: Places, replayed: ReplayedNf): VerifiedProperty {
  const { property, verdict, counterexample, causes, paths, obligations, seconds } = result
  const { name, title, clause } = property
  const whats = causes.map(({ what }) => ({ cause: what }))
  // Where anything else is in the way, that a packet was not found says little.
  const first = whats.find((each) => !isVacuous(each)) ?? whats[0]
  return {
    name,
    title,
    clause,
    verdict,
    ...(verdict === 'undecided' && first !== undefined ? first : {}),
    place: placeOf(property),
    paths,
    obligations,
    seconds,
    counterexamples: counterexamplesOf(counterexample, { places, replayed, property: name }),
  }
}

/** One that this configuration gives nothing to say. */
export function passedOverProperty(property: LoadedProperty): PassedOverProperty {
  const { name, title, clause } = property
  return { name, title, clause, needs: property.property.needs?.what ?? '', place: placeOf(property) }
}

function placeOf({ file, line }: LoadedProperty): SourcePlace {
  return { file, ...(line === undefined ? {} : { line }) }
}
