import { Claim } from '../property.js'
import type { Site } from '../verdict.js'
import type { SymbolicValue } from './value.js'

/** `must` of a truth value of which only a term is known; its `holds` says nothing. */
export class SymbolicClaim extends Claim {
  readonly condition: SymbolicValue

  constructor(condition: SymbolicValue, site: Site | undefined) {
    super(false, site)
    this.condition = condition
  }
}
