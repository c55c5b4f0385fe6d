import { CLOSED, type Inputs, PASSED } from './inputs.js'
import type { Line } from './line.js'

const NONE = -1

/** The inputs that have no place yet: which comes next, and what may still come before it. */
export class Waiting {
  readonly #inputs: Inputs
  readonly #line: Line

  constructor(inputs: Inputs, line: Line) {
    this.#inputs = inputs
    this.#line = line
  }

  /** The input to be judged next, or -1 where one must be waited for. */
  first(): number {
    let oldest = NONE
    for (let slot = this.#headAfter(NONE); slot !== NONE; slot = this.#headAfter(this.#inputs.number(slot))) {
      if (!this.#isReady(slot)) return NONE
      if (this.#line.isNext(slot)) return slot
      if (oldest === NONE) oldest = slot
    }
    // Outputs that left in an order that no order of inputs explains: that is not for a specification to forbid.
    return oldest
  }

  /** The first by its port of the inputs that have no place, sent as the next one after number `after`; or -1. */
  #headAfter(after: number): number {
    let first = NONE
    for (let port = 0; port < this.#inputs.portCount; port++) {
      const slot = this.#line.head(port)
      if (slot === NONE || this.#inputs.number(slot) <= after) continue
      if (first === NONE || this.#inputs.number(slot) < this.#inputs.number(first)) first = slot
    }
    return first
  }

  #isReady(slot: number): boolean {
    return this.#inputs.egress(slot) !== 0 || this.#inputs.is(slot, PASSED | CLOSED)
  }

  /** Whether nothing more can come that would explain an input: it is closed, and all that may have been taken before. */
  isSure(slot: number): boolean {
    const inputs = this.#inputs
    if (!inputs.is(slot, CLOSED)) return false
    for (let i = this.#line.size - 1; i >= 0; i--) if (!inputs.is(this.#line.at(i), CLOSED)) return false
    const until = inputs.takenBy(slot)
    for (let port = 0; port < this.#inputs.portCount; port++) {
      let other = this.#line.head(port)
      for (; other !== NONE && inputs.sentAt(other) <= until; other = inputs.next(other)) {
        if (port !== inputs.port(slot) && !inputs.is(other, CLOSED)) return false
      }
    }
    return true
  }

  /** How many of them, by other ports, may have been taken before an input that is judged before them. */
  rivalsOf(slot: number): number {
    const inputs = this.#inputs
    const until = inputs.takenBy(slot)
    let count = 0
    for (let port = 0; port < inputs.portCount; port++) {
      if (port === inputs.port(slot)) continue
      for (
        let other = this.#line.head(port);
        other !== NONE && inputs.sentAt(other) <= until;
        other = inputs.next(other)
      ) {
        count += 1
      }
    }
    return count
  }

  /** When the first of them was sent; infinite where there is none. */
  get since(): number {
    const first = this.#headAfter(NONE)
    return first === NONE ? Number.POSITIVE_INFINITY : this.#inputs.sentAt(first)
  }
}
