import { type Judgement, OK, type Oracle, UNDECIDED, VIOLATION } from '../oracle.js'
import type { ViolationDetail } from '../violation.js'
import type { Clock } from './clock.js'
import { CLOSED, CONCEDED, FINAL, type Inputs, MOVED, UNOBSERVED } from './inputs.js'
import type { Line } from './line.js'
import type { Finding, Trials } from './trials.js'
import type { Waiting } from './waiting.js'

/**
 * Called for each input, in the order that was found: what it is, and why, see `Finding`; of what is undecided, also what it
 * would be a violation of.
 */
export type OnJudged = (
  tag: number,
  judgement: Judgement,
  finding: Finding | undefined,
  suspect: ViolationDetail | undefined,
) => void

/** Makes places in the order final, and tells what the inputs are that have them. */
export class Finals {
  /** Inputs that came to another place in the order than that in which they were sent. */
  reordered = 0
  /** Inputs that fitted only at another time than that at which they were sent. */
  timesMoved = 0
  readonly #oracle: Oracle
  readonly #inputs: Inputs
  readonly #line: Line
  readonly #trials: Trials
  readonly #unplaced: Waiting
  readonly #clock: Clock
  readonly #onJudged: OnJudged
  /** The highest number, in the order of sending, of inputs that are final. */
  #highest = -1
  /** An input that was sent until then might have come before one that became final early. */
  #blindUntil = Number.NEGATIVE_INFINITY

  constructor(
    oracle: Oracle,
    inputs: Inputs,
    line: Line,
    trials: Trials,
    unplaced: Waiting,
    clock: Clock,
    onJudged: OnJudged,
  ) {
    this.#oracle = oracle
    this.#inputs = inputs
    this.#line = line
    this.#trials = trials
    this.#unplaced = unplaced
    this.#clock = clock
    this.#onJudged = onJudged
  }

  /** Whether an input may not fit only because another had to become final early. */
  mayBeBlindTo(slot: number): boolean {
    return this.#inputs.sentAt(slot) <= this.#blindUntil
  }

  /** Makes places final that no input can come before any more, and the oldest where there are more than `most`. */
  makeCertain(most: number, forget: (slot: number) => void): void {
    const line = this.#line
    const horizon = Math.min(this.#clock.latest, this.#unplaced.since)
    let count = 0
    while (count < line.size && this.#openUntil(line.at(count)) < horizon) count += 1
    for (; count < line.size - most; count++) {
      this.#blindUntil = Math.max(this.#blindUntil, this.#openUntil(line.at(count)))
    }
    this.make(count, forget)
  }

  /** Makes the first `count` places final; `forget` is told of the inputs that are closed, for which that is the end. */
  make(count: number, forget: (slot: number) => void): void {
    if (count === 0) return
    const inputs = this.#inputs
    this.#oracle.commit(count)
    for (let i = 0; i < count; i++) {
      const slot = this.#line.at(i)
      const number = inputs.number(slot)
      if (number < this.#highest) this.reordered += 1
      else this.#highest = number
      if (inputs.is(slot, MOVED)) this.timesMoved += 1
      inputs.mark(slot, FINAL)
      this.tell(slot, inputs.is(slot, CONCEDED | UNOBSERVED) ? this.#trials.finding(slot) : undefined)
      if (inputs.is(slot, CLOSED)) forget(slot)
    }
    inputs.finals += count
    this.#line.finalise(count)
  }

  tell(slot: number, finding: Finding | undefined): void {
    const judgement = finding === undefined ? OK : typeof finding === 'string' ? UNDECIDED : VIOLATION
    this.#onJudged(this.#inputs.tag(slot), judgement, finding, this.#trials.suspect(slot))
  }

  /**
   * Up to when an input must be sent so that it may change the place of one that has a place, or its time: it matters
   * for entries that expire by how much the device's time may have been later than that of sending.
   */
  #openUntil(slot: number): number {
    return Math.max(this.#inputs.takenBy(slot), this.#inputs.sentAt(slot) + this.#inputs.delay)
  }
}
