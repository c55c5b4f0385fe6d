import { type Judgement, OK } from '../oracle.js'
import type { Clock } from './clock.js'
import { type Inputs, MOVED, PLACED } from './inputs.js'
import { type Reading, timeOf } from './readings.js'
import type { Trials } from './trials.js'

const NONE = -1

/**
 * The order of the inputs so far. Each that has a place was judged there, and the oracle's state is that after the last
 * one. The newest places can be taken back, down to those that are final.
 */
export class Line {
  readonly #inputs: Inputs
  readonly #trials: Trials
  readonly #clock: Clock
  /** By port, the first input that has no place, and the last one that is there. */
  readonly #heads: Int32Array
  readonly #tails: Int32Array
  /** By port, how many outputs belong to inputs that have a place. */
  readonly #left: Int32Array
  /** Places that are not final: rings. */
  #slots = new Int32Array(64)
  #times = new Float64Array(64)
  #egress = new Int32Array(64)
  #first = 0
  #size = 0
  #finalTime = Number.NEGATIVE_INFINITY
  /** The ports by which the input was expected to leave that was last refused a place, at the first of its readings. */
  expectedPorts = 0

  constructor(inputs: Inputs, trials: Trials, clock: Clock) {
    this.#inputs = inputs
    this.#trials = trials
    this.#clock = clock
    this.#heads = new Int32Array(inputs.portCount).fill(NONE)
    this.#tails = new Int32Array(inputs.portCount).fill(NONE)
    this.#left = new Int32Array(inputs.portCount)
  }

  /** How many places are not final. */
  get size(): number {
    return this.#size
  }

  /** The input at place `index`, from 0, of those that are not final. */
  at(index: number): number {
    return this.#slots[this.#ring(index)] ?? NONE
  }

  /** The time at which it was judged. */
  timeAt(index: number): number {
    return this.#times[this.#ring(index)] ?? 0
  }

  /** The first input of a port that has no place, or -1. */
  head(port: number): number {
    return this.#heads[port] ?? NONE
  }

  /** The last input of a port, or -1. */
  tail(port: number): number {
    return this.#tails[port] ?? NONE
  }

  /** A new input comes last by its port. */
  append(slot: number): void {
    const port = this.#inputs.port(slot)
    this.#tails[port] = slot
    if (this.#heads[port] === NONE) this.#heads[port] = slot
  }

  /** Forgets an input, which has no place or a final one. */
  remove(slot: number): void {
    const port = this.#inputs.port(slot)
    if (this.#tails[port] === slot) this.#tails[port] = this.#inputs.previous(slot)
    if (this.#heads[port] === slot) this.#heads[port] = this.#inputs.next(slot)
    this.#inputs.remove(slot)
  }

  /** Whether all has a place that left before it, by the ports that it left by. */
  isNext(slot: number): boolean {
    for (let rest = this.#inputs.egress(slot); rest !== 0; rest &= rest - 1) {
      const port = 31 - Math.clz32(rest & -rest)
      if (((this.#inputs.order(slot, port) - (this.#left[port] ?? 0)) | 0) > 0) return false
    }
    return true
  }

  /**
   * Gives an input the next place, at the first of the readings of the clock by which it is allowed; where there is none,
   * says what it is by the first of them.
   */
  place(slot: number, readings: readonly Reading[]): Judgement {
    const sent = this.#inputs.sentAt(slot)
    const until = Math.min(this.#inputs.takenBy(slot), this.#clock.latest)
    const before = this.#time
    let judgement: Judgement = OK
    let last = Number.NaN
    for (const reading of readings) {
      const time = timeOf(reading, sent, until, before, this.#inputs.delay)
      if (time === last) continue
      const answer = this.#trials.judge(slot, time)
      if (answer === OK) {
        this.#push(slot, time)
        return OK
      }
      if (Number.isNaN(last)) {
        judgement = answer
        this.expectedPorts = this.#trials.expectedPorts
      }
      last = time
    }
    return judgement
  }

  /** The same at a time that is given. */
  placeAt(slot: number, time: number): Judgement {
    const judgement = this.#trials.judge(slot, time)
    if (judgement === OK) this.#push(slot, time)
    return judgement
  }

  /** Takes the last place back, which must not be final; the input that had it. */
  takeBack(): number {
    const inputs = this.#inputs
    this.#size -= 1
    const slot = this.at(this.#size)
    for (let rest = this.#egress[this.#ring(this.#size)] ?? 0; rest !== 0; rest &= rest - 1) {
      const port = 31 - Math.clz32(rest & -rest)
      this.#left[port] = (this.#left[port] ?? 0) - 1
    }
    inputs.unmark(slot, PLACED)
    this.#heads[inputs.port(slot)] = slot
    this.#trials.undo()
    return slot
  }

  /** The first `count` places are final from now on. */
  finalise(count: number): void {
    this.#finalTime = this.timeAt(count - 1)
    this.#first = this.#ring(count)
    this.#size -= count
  }

  #push(slot: number, time: number): void {
    const inputs = this.#inputs
    if (this.#size === this.#slots.length) this.#grow()
    const before = this.#time
    const isMoved =
      time !== inputs.sentAt(slot) &&
      time !== timeOf('sent', inputs.sentAt(slot), this.#inputs.takenBy(slot), before, 0)
    const at = this.#ring(this.#size++)
    const egress = inputs.egress(slot)
    this.#slots[at] = slot
    this.#times[at] = time
    this.#egress[at] = egress
    for (let rest = egress; rest !== 0; rest &= rest - 1) {
      const port = 31 - Math.clz32(rest & -rest)
      this.#left[port] = (this.#left[port] ?? 0) + 1
    }
    inputs.unmark(slot, MOVED)
    inputs.mark(slot, isMoved ? PLACED | MOVED : PLACED)
    this.#heads[inputs.port(slot)] = inputs.next(slot)
  }

  /** Of the last place. */
  get #time(): number {
    return this.#size === 0 ? this.#finalTime : this.timeAt(this.#size - 1)
  }

  #ring(index: number): number {
    return (this.#first + index) & (this.#slots.length - 1)
  }

  #grow(): void {
    const [slots, times, egress] = [this.#slots, this.#times, this.#egress]
    this.#slots = new Int32Array(2 * this.#size)
    this.#times = new Float64Array(2 * this.#size)
    this.#egress = new Int32Array(2 * this.#size)
    for (let i = 0; i < this.#size; i++) {
      const at = (this.#first + i) & (slots.length - 1)
      this.#slots[i] = slots[at] ?? 0
      this.#times[i] = times[at] ?? 0
      this.#egress[i] = egress[at] ?? 0
    }
    this.#first = 0
  }
}
