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
  // The engine lets pass what stays inside of the memory, and so does the simulator; and that judges by the specification.
  if (told.violation.kind === 'memory' || !found.finding.breaksSpecification) return [told]
  const name = [told.violation.nf, ...(property === undefined ? [] : [property])].join('-')
  const configured = { ...replayed, config: [...replayed.config, ...found.finding.config] }
  return [withReplay(told, configured, `counterexample-${name}.pcapng`)]
}
