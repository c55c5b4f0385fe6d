/** What was found as entries of the result, with what shows it again where that is possible. */
import type { Counterexample } from '../../result/index.js'
import { describeFound } from '../counterexample/describe.js'
import { type ReplayedNf, withReplay } from '../counterexample/replay-command.js'
import type { Found } from '../counterexample/search.js'
import type { Places } from '../places.js'

export interface Telling {
  readonly places: Places
  readonly replayed: ReplayedNf
  /** Of which it is; else of the specification. */
  readonly property?: string
}

export function counterexamplesOf(found: Found | undefined, { places, replayed, property }: Telling): Counterexample[] {
  if (found === undefined) return []
  const told = describeFound(found, places)
  // The engine stops at neither, so the simulator shows nothing of the one and hangs at the other.
  const isSeenHereOnly = told.violation.kind === 'memory' || told.violation.kind === 'hang'
  // The simulator judges by the specification.
  if (isSeenHereOnly || !found.finding.breaksSpecification) return [told]
  const name = [told.violation.nf, ...(property === undefined ? [] : [property])].join('-')
  const configured = { ...replayed, config: [...replayed.config, ...found.finding.device.words] }
  return [withReplay(told, configured, `counterexample-${name}.pcapng`)]
}
