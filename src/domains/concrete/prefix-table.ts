import type { PrefixTable } from '../../spec/config.js'
import type { PrefixRows } from '../../spec/values.js'
import { ConcreteLpm } from './lpm.js'

/** A configured table of IPv4 prefixes. It never changes, so that there is nothing to take back. */
export class SpecPrefixTable implements PrefixTable<number> {
  readonly #lpm = ConcreteLpm.ofNumbers(32)

  constructor({ prefixes }: PrefixRows) {
    for (const { prefix, length, value } of prefixes) this.#lpm.insert(prefix, length, value)
  }

  lookup(address: number): number | undefined {
    return this.#lpm.find(address)
  }
}
