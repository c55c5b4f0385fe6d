/** Which way packets take through a specification at given times, on reference devices that choose differently. */
import { Conditions } from '../../derive/conditions.js'
import { filled } from '../../derive/fields.js'
import { MANNERS } from '../../derive/known/device.js'
import { KnownState } from '../../derive/known/state.js'
import { Reference } from '../../derive/reference.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { SymbolicReading } from '../../domains/symbolic/reading.js'
import { VigilError } from '../../errors.js'
import type { DescribedNf } from '../../nf/index.js'
import { Terms } from '../../smt/index.js'
import { loadInstrumentedSpec } from '../../spec/load/index.js'
import type { TimedPacket } from '../run-case.js'

/** The first packet comes when a clock has long been going: an hour. */
const START = 3_600_000_000_000n

export class Ways {
  readonly #reference: Reference

  constructor(reference: Reference) {
    this.#reference = reference
  }

  /** Or why the specification in `file` cannot be followed, in a line. */
  static async of(file: string, config: DescribedNf['config']): Promise<Ways | string> {
    try {
      const { spec } = await loadInstrumentedSpec(file)
      const reading = new SymbolicReading(spec, config, file)
      const conditions = new Conditions(file)
      conditions.refuseUnread()
      return new Ways(new Reference(reading, conditions, new Terms()))
    } catch (error) {
      if (error instanceof VigilError) return error.message
      throw error
    }
  }

  /** Equal where each packet takes the same way; undefined where the specification cannot be followed on one. */
  of(packets: readonly TimedPacket[]): string | undefined {
    try {
      return MANNERS.map((manner) => {
        const outputs: (Uint8Array | undefined)[] = []
        let state = KnownState.empty()
        const ways = packets.map(({ bytes, fills, port, now }) => {
          const packet = { bytes: filled(bytes, fills, outputs), port, now: START + now }
          const step = this.#reference.run(state, packet, manner)
          outputs.push(step.output)
          state = step.state
          return step.way
        })
        return ways.join('\n')
      }).join('\n\n')
    } catch (error) {
      if (error instanceof Undecidable || error instanceof VigilError) return undefined
      throw error
    }
  }
}
