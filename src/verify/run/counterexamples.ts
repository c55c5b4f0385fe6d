/** What was found as entries of the result, with what shows it again where that is possible. */
import type { Counterexample } from '../../result/index.js'
import { conformCase } from '../counterexample/conform-case.js'
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
  const { device, breaksSpecification } = found.finding
  const name = [told.violation.nf, ...(property === undefined ? [] : [property])].join('-')
  const { kind } = told.violation
  const configured = { ...replayed, config: [...replayed.config, ...device.words] }
  const settled = { ...replayed, config: [...replayed.settings, ...device.words], portCount: device.config.portCount }
  const conform = conformCase(told, settled, { suite: `suite-${name}`, breaksSpecification })
  const whole = { ...told, conform }
  // The engine stops at neither, so the simulator shows nothing of the one and hangs at the other; it judges by the specification.
  if (kind === 'memory' || kind === 'hang' || !breaksSpecification) return [whole]
  return [withReplay(whole, configured, `counterexample-${name}.pcapng`)]
}
