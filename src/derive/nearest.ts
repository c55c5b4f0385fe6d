/**
 * Packets just beyond a boundary where none is exactly one beyond it: what is compared may come in steps, as costs in
 * billionths of a byte do. Looked for to within a factor of two, over all states that are reached.
 */
import { Integers } from '../domains/symbolic/integer.js'
import type { Term, Terms } from '../smt/index.js'
import type { Condition } from './conditions.js'
import type { Gap } from './goals.js'
import type { Reachability } from './reach.js'
import { beyondOf, boundaryOf, type Direction, sideOf } from './targets.js'

/** A packet that is nearer than any before, and what it is to be nearer than. */
export interface Near<P> {
  readonly packet: P
  readonly name: string
  readonly within: bigint
}

const DIRECTIONS: readonly Direction[] = ['below', 'above']
/** Of the widest numbers that are compared. */
const BITS = 64

export class Nearest {
  readonly #terms: Terms
  readonly #integers: Integers
  readonly #reach: Reachability
  readonly #best = new Map<string, number>()

  constructor(terms: Terms, reach: Reachability) {
    this.#terms = terms
    this.#integers = new Integers(terms)
    this.#reach = reach
  }

  /** Of one path. `met`: what needs no looking for; `solve` gives a packet of which a condition holds. */
  *of<P>(
    gaps: ReadonlyMap<Condition, readonly Gap[]>,
    met: ReadonlySet<string>,
    solve: (condition: Term) => P | undefined,
  ): Generator<Near<P>> {
    for (const [condition, each] of gaps) {
      for (const direction of DIRECTIONS) {
        if (!this.#isWanted(condition, direction, met)) continue
        for (const gap of each) {
          const near = this.#nearer(beyondOf(condition.id, direction), gap, direction, solve)
          if (near !== undefined) yield near
        }
      }
    }
  }

  #isWanted({ id, order }: Condition, direction: Direction, met: ReadonlySet<string>): boolean {
    if (order === undefined || met.has(boundaryOf(id, direction === 'below' ? -1n : 1n))) return false
    return this.#reach.of(sideOf(id, (direction === 'below') === (order === 'less'))).kind !== 'impossible'
  }

  #nearer<P>(
    name: string,
    { guard, left, right }: Gap,
    direction: Direction,
    solve: (condition: Term) => P | undefined,
  ): Near<P> | undefined {
    const integers = this.#integers
    const [low, high] = direction === 'below' ? [left, right] : [right, left]
    const within = (bits: number): P | undefined => {
      const isNear = integers.le(high, integers.add(low, integers.of(1n << BigInt(bits))))
      const condition = this.#terms.and(guard, this.#terms.and(integers.lt(low, high), isNear))
      return condition === this.#terms.false ? undefined : solve(condition)
    }
    let [least, most] = [0, (this.#best.get(name) ?? BITS + 1) - 1]
    let packet = most < 0 ? undefined : within(most)
    if (packet === undefined) return undefined
    while (least < most) {
      const middle = Math.floor((least + most) / 2)
      const nearer = within(middle)
      if (nearer === undefined) least = middle + 1
      else [packet, most] = [nearer, middle]
    }
    this.#best.set(name, most)
    return { packet, name, within: 1n << BigInt(most) }
  }
}
