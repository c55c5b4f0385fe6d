/**
 * Whether a packet violates a property, where the tables that it looks at are the specification's: they are the binary's
 * only as long as the binary does what the specification says.
 */
import {
  type Judgement,
  OK,
  type Oracle,
  PropertyCheck,
  type PropertyFinding,
  VIOLATION,
  type ViolationDetail,
} from '../../oracle/index.js'
import { SpecError } from '../../spec/error.js'
import type { LoadedProperty } from '../../spec/load/properties.js'

export class PropertyJudge {
  readonly #check: PropertyCheck
  /** Some packet so far violated the specification. */
  #breaksSpecification = false
  /** The tables before the packet at hand are the binary's as well, as far as outputs have shown. */
  #isStateKnown = true

  /** `oracle` must be watched. */
  constructor(oracle: Oracle, property: LoadedProperty) {
    this.#check = new PropertyCheck(oracle, [property])
  }

  get breaksSpecification(): boolean {
    return this.#breaksSpecification
  }

  /** How the packet that the oracle judged last violates the property; undefined where it is not known to. */
  violation(judgement: Judgement): ViolationDetail | undefined {
    const wasStateKnown = this.#isStateKnown
    if (judgement === VIOLATION) this.#breaksSpecification = true
    if (judgement !== OK) this.#isStateKnown = false
    const { saw, violation } = this.#find() ?? {}
    const isTold = saw === undefined || (saw === 'before' ? wasStateKnown : this.#isStateKnown)
    return isTold ? violation : undefined
  }

  #find(): PropertyFinding | undefined {
    try {
      return this.#check.check()[0]
    } catch (error) {
      // A property that fails on a packet says nothing of it; that it can fail is told by its proof.
      if (error instanceof SpecError) return undefined
      throw error
    }
  }
}
