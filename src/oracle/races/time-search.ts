import { OK } from '../oracle.js'
import type { Line } from './line.js'
import { AS_SENT, type Reading } from './readings.js'

/** Other times than that of sending, one of which a packet may have been taken at. */
const OTHERS: readonly Reading[] = ['latest', 'late', 'early']
/** How many of the last are looked at for one that has another time, and for two. */
const SINGLES = 32
const PAIRS = 8

/**
 * Looks for times at which inputs fit whose order is known: each has its own. As they were sent but for one, then but for two:
 * whether something has expired hangs on two, that which used it last and that which asks for it.
 */
export class TimeSearch {
  readonly #line: Line
  readonly #members: readonly number[]
  /** Those of the members whose time matters. */
  readonly #tied: readonly number[]

  constructor(line: Line, members: readonly number[], tied: ReadonlySet<number>) {
    this.#line = line
    this.#members = members
    this.#tied = members.filter((one) => tied.has(one))
  }

  /** Where it is found, all have places; else none has. */
  find(): boolean {
    for (const one of this.#tied.slice(-SINGLES)) {
      for (const reading of OTHERS) if (this.#fits(new Map([[one, reading]]))) return true
    }
    const last = this.#tied.slice(-PAIRS)
    for (const [at, one] of last.entries()) {
      for (const other of last.slice(at + 1)) {
        for (const reading of OTHERS) {
          for (const second of OTHERS) {
            const both = new Map([
              [one, reading],
              [other, second],
            ])
            if (reading !== second && this.#fits(both)) return true
          }
        }
      }
    }
    return false
  }

  #fits(readings: ReadonlyMap<number, Reading>): boolean {
    const line = this.#line
    const { size } = line
    for (const one of this.#members) {
      const reading = readings.get(one)
      if (line.place(one, reading === undefined ? AS_SENT : [reading]) === OK) continue
      while (line.size > size) line.takeBack()
      return false
    }
    return true
  }
}
