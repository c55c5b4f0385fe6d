import { Footprint } from '../../domains/concrete/footprint.js'
import type { ConcreteReading } from '../../domains/concrete/reading.js'
import { OK } from '../oracle.js'
import { CLOSED, type Inputs, PASSED } from './inputs.js'
import type { Line } from './line.js'
import { mustPrecede } from './precedence.js'
import { AS_SENT, EARLY, LATE, type Reading } from './readings.js'
import { TimeSearch } from './time-search.js'
import type { Trials } from './trials.js'

const NONE = -1

/** How many of the last places are looked at, one number after the other: what is in the way is seldom far. */
const WIDTHS = [16, 128, 512]
/** How often two inputs are compared at most in one search, so that it ends soon however many there are. */
const MOST_COMPARED = 30_000_000
/** What a search may take after many in a row that came to no end: of a device that is always wrong no order explains a packet. */
const LEAST_EFFORT = 1 / 256
/** Who may take as little looks only at what is nearest: to look farther takes long before anything is tried. */
const LITTLE = 1 / 16

/** `none`: no order there is explains the input; `unknown`: there were too many to try them all. */
export type SearchOutcome = 'found' | 'none' | 'unknown'

export interface SearchOptions {
  readonly portCount: number
  readonly mostTries: number
  /** Whether the order is known, and only times are looked for. */
  readonly isInOrder?: boolean
}

/**
 * Looks for an order in which an input fits that does not fit next. Some of the inputs before it are taken back; with it
 * and those that may come before it they are given places anew.
 *
 * Only the order of inputs matters that touch the same state: it is tried out for those that are tied to the one that
 * does not fit, by what their runs read and changed, directly or by others. The rest keep their order. Orders that deviate
 * from the present one once are tried first, then twice, and so on (Harvey and Ginsberg, "Limited Discrepancy Search",
 * 1995), each with times as they were sent, all a little earlier, and all a little later.
 */
export class OrderSearch {
  readonly #inputs: Inputs
  readonly #line: Line
  readonly #trials: Trials
  readonly #reading: ConcreteReading
  readonly #options: SearchOptions
  #lastTry = 0
  #mostTries = 0
  /** The part that the next search may take of what it might take at most. */
  #effort = 1

  constructor(inputs: Inputs, line: Line, trials: Trials, reading: ConcreteReading, options: SearchOptions) {
    this.#inputs = inputs
    this.#line = line
    this.#trials = trials
    this.#reading = reading
    this.#options = options
  }

  /** Tries that the last search might make. */
  get mostTries(): number {
    return this.#mostTries
  }

  /**
   * Where it is found, the input has a place, and all that had one have one again, maybe others too; else all is as
   * before. Unless it `isThorough` only orders nearby are tried.
   */
  find(slot: number, isThorough: boolean): SearchOutcome {
    this.#mostTries = Math.ceil(this.#options.mostTries * this.#effort)
    this.#lastTry = this.#trials.tries + this.#mostTries
    const outcome = this.#findAnywhere(slot, isThorough)
    if (outcome === 'found') this.#effort = 1
    else if (outcome === 'unknown') this.#effort = Math.max(LEAST_EFFORT, this.#effort / 2)
    return outcome
  }

  #findAnywhere(slot: number, isThorough: boolean): SearchOutcome {
    let outcome: SearchOutcome = 'none'
    for (const width of isThorough && this.#effort > LITTLE ? WIDTHS : WIDTHS.slice(0, 1)) {
      outcome = this.#findWithin(slot, width)
      if (outcome !== 'none' || width >= this.#line.size) return outcome
    }
    // Orders of what lies farther back were not tried.
    return isThorough ? 'unknown' : outcome
  }

  #findWithin(slot: number, width: number): SearchOutcome {
    const line = this.#line
    const others = this.#othersBefore(slot, width)
    const times = new Map<number, number>()
    while (times.size < width && line.size > 0) {
      const time = line.timeAt(line.size - 1)
      times.set(line.takeBack(), time)
    }
    const before = [...times.keys()].reverse()
    const tied = this.#tied(slot, before, others, times)
    this.#trials.tie(tied)
    const orders = new Orders(this.#inputs, line, this.#trials, [...before, slot, ...others], tied, {
      needed: before.length + 1,
      mostCompared: MOST_COMPARED * this.#effort,
    })
    let outcome = tied.size === 1 ? 'none' : orders.find(this.#lastTry)
    if (outcome === 'none' && this.#options.isInOrder === true && others.length === 0) {
      if (new TimeSearch(line, [...before, slot], tied).find()) outcome = 'found'
    }
    if (outcome !== 'found') for (const one of before) this.#placeAgain(one, times)
    return outcome
  }

  #placeAgain(slot: number, times: ReadonlyMap<number, number>): void {
    if (this.#line.placeAt(slot, times.get(slot) ?? 0) === OK) return
    throw new Error('an order that explained the inputs does not explain them any more')
  }

  /** Inputs without a place that may come before it, and are there whole as far as is known; in the order of sending. */
  #othersBefore(slot: number, most: number): number[] {
    const inputs = this.#inputs
    const until = inputs.takenBy(slot)
    const others: number[] = []
    for (let port = 0; port < this.#options.portCount; port++) {
      if (port === inputs.port(slot)) continue
      let other = this.#line.head(port)
      for (let n = 0; n < most && other !== NONE && inputs.sentAt(other) <= until; n++) {
        if (inputs.egress(other) === 0 && !inputs.is(other, PASSED | CLOSED)) break
        others.push(other)
        other = inputs.next(other)
      }
    }
    return others.sort((a, b) => inputs.number(a) - inputs.number(b))
  }

  /** The input, and those whose order matters to it; leaves all of them without places. */
  #tied(
    slot: number,
    before: readonly number[],
    others: readonly number[],
    times: ReadonlyMap<number, number>,
  ): Set<number> {
    const { choices } = this.#reading
    const line = this.#line
    const { size } = line
    const footprints = new Map<number, Footprint>()
    const trace = (one: number, run: () => void): void => {
      choices.footprint = new Footprint()
      run()
      footprints.set(one, choices.footprint)
      choices.footprint = undefined
    }
    for (const one of before) trace(one, () => this.#placeAgain(one, times))
    trace(slot, () => line.place(slot, AS_SENT))
    let kept = 0
    for (const one of others) {
      trace(one, () => {
        if (this.#trials.judge(one, this.#inputs.sentAt(one)) === OK) kept += 1
      })
    }
    for (; kept > 0; kept--) this.#trials.undo()
    while (line.size > size) line.takeBack()
    return reached(slot, footprints)
  }
}

/** All that meet the first one, or another that does. */
function reached(first: number, footprints: ReadonlyMap<number, Footprint>): Set<number> {
  const found = new Set([first])
  for (const one of found) {
    for (const [other, footprint] of footprints) {
      if (!found.has(other) && footprints.get(one)?.meets(footprint)) found.add(other)
    }
  }
  return found
}

/** The orders of some inputs, of which the first so many must be placed. */
class Orders {
  readonly #inputs: Inputs
  readonly #line: Line
  readonly #trials: Trials
  /** In the order that is preferred. */
  readonly #members: readonly number[]
  readonly #tied: ReadonlySet<number>
  readonly #needed: ReadonlySet<number>
  readonly #placed = new Set<number>()
  readonly #mostCompared: number
  #missing: number
  #readings: readonly Reading[] = AS_SENT
  #lastTry = 0
  #isCut = false
  #hasRunOut = false
  #compared = 0

  constructor(
    inputs: Inputs,
    line: Line,
    trials: Trials,
    members: readonly number[],
    tied: ReadonlySet<number>,
    { needed, mostCompared }: { readonly needed: number; readonly mostCompared: number },
  ) {
    this.#inputs = inputs
    this.#line = line
    this.#trials = trials
    this.#members = members
    this.#tied = tied
    this.#needed = new Set(members.slice(0, needed))
    this.#missing = needed
    this.#mostCompared = mostCompared
  }

  find(lastTry: number): SearchOutcome {
    this.#lastTry = lastTry
    for (let deviations = 0; ; deviations++) {
      this.#isCut = false
      for (const readings of [AS_SENT, EARLY, LATE]) {
        this.#readings = readings
        if (this.#explore(deviations)) return 'found'
        if (this.#hasRunOut) return 'unknown'
      }
      if (!this.#isCut) return 'none'
    }
  }

  /** Places all that is needed, deviating from the preferred order so often at most; else leaves all as it was. */
  #explore(deviations: number): boolean {
    const size = this.#line.size
    while (this.#missing > 0 && !this.#hasRunOut) {
      const next = this.#members.find((one) => !this.#placed.has(one) && this.#isFree(one))
      if (next === undefined) break
      const detours = this.#tied.has(next) ? this.#detoursAround(next) : []
      if (detours.length === 0) {
        if (!this.#place(next)) break
        continue
      }
      if (this.#place(next)) {
        if (this.#explore(deviations)) return true
        this.#takeBackTo(this.#line.size - 1)
      }
      if (deviations === 0) this.#isCut = true
      else if (detours.some((detour) => this.#follow(detour, deviations - 1))) return true
      break
    }
    if (this.#missing === 0) return true
    this.#takeBackTo(size)
    return false
  }

  #follow(detour: readonly number[], deviations: number): boolean {
    // It may lack some that must come first.
    if (this.#hasRunOut) return false
    const size = this.#line.size
    if (detour.every((one) => this.#place(one)) && this.#explore(deviations)) return true
    this.#takeBackTo(size)
    return false
  }

  /** What can come before `next` instead: another whose order matters, and those that it needs before it. */
  #detoursAround(next: number): number[][] {
    return this.#members
      .filter((one) => one !== next && this.#tied.has(one) && !this.#placed.has(one))
      .map((one) => this.#withPredecessors(one))
      .filter((detour) => detour.every((one, i) => i === detour.length - 1 || !this.#tied.has(one)))
  }

  #withPredecessors(last: number): number[] {
    const detour = new Set([last])
    for (const other of detour) {
      this.#compared += this.#members.length
      if (this.#compared > this.#mostCompared) this.#hasRunOut = true
      if (this.#hasRunOut) break
      for (const one of this.#members) {
        if (!this.#placed.has(one) && !detour.has(one) && mustPrecede(this.#inputs, one, other)) detour.add(one)
      }
    }
    return this.#members.filter((one) => one !== last && detour.has(one)).concat(last)
  }

  /** Whether nothing that must come before it has no place yet. */
  #isFree(slot: number): boolean {
    this.#compared += this.#members.length
    return !this.#members.some((one) => one !== slot && !this.#placed.has(one) && mustPrecede(this.#inputs, one, slot))
  }

  #place(slot: number): boolean {
    if (this.#trials.tries >= this.#lastTry) {
      this.#hasRunOut = true
      return false
    }
    if (this.#line.place(slot, this.#readings) !== OK) return false
    this.#placed.add(slot)
    if (this.#needed.has(slot)) this.#missing -= 1
    return true
  }

  #takeBackTo(size: number): void {
    while (this.#line.size > size) {
      const slot = this.#line.takeBack()
      this.#placed.delete(slot)
      if (this.#needed.has(slot)) this.#missing += 1
    }
  }
}
