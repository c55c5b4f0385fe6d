/**
 * What is known of sums of integers: each sum by itself, and of differences what follows by going from one to the next,
 * `a - c` from `a - b` and `b - c`.
 */
import type { Range } from '../rewrite/rule.js'
import type { Term } from '../term.js'
import { Layered } from './layered.js'
import type { Linear } from './linear.js'

interface Edge {
  readonly to: Term
  /** The one is at most the other and this. */
  readonly most: bigint
}

export class Bounds {
  readonly #rangeOf: (atom: Term) => Range
  /** Of sums that are no differences: the most that those of the same parts come to, without their constant. */
  #most: Layered<string, bigint>
  #edges: Layered<Term, readonly Edge[]>

  /** `from`: what is known before; it learns nothing more while this is in use. */
  constructor(rangeOf: (atom: Term) => Range, from?: Bounds) {
    this.#rangeOf = rangeOf
    this.#most = new Layered(from === undefined ? undefined : from.#most)
    this.#edges = new Layered(from === undefined ? undefined : from.#edges)
  }

  /** Others that know the same. */
  copy(rangeOf: (atom: Term) => Range): Bounds {
    const copy = new Bounds(rangeOf)
    copy.#most = this.#most.copy()
    copy.#edges = this.#edges.copy()
    return copy
  }

  /** That a sum of two atoms or more is at most 0. */
  learn(linear: Linear): void {
    const most = -linear.constant
    const difference = asDifference(linear)
    if (difference === undefined) {
      const key = keyOf(linear)
      const known = this.#most.get(key)
      if (known === undefined || most < known) this.#most.set(key, most)
      return
    }
    const [more, less] = difference
    const edges = this.#edges.get(more) ?? []
    if (!edges.some((edge) => edge.to === less && edge.most <= most)) {
      this.#edges.set(more, [...edges, { to: less, most }])
    }
  }

  of(linear: Linear): Range {
    const { parts, constant } = linear
    let lo = 0n
    let hi = 0n
    for (const [atom, factor] of parts) {
      const range = this.#rangeOf(atom)
      lo += factor * (factor > 0n ? range.lo : range.hi)
      hi += factor * (factor > 0n ? range.hi : range.lo)
    }
    if (parts.size > 1) {
      const [least, most] = this.#known(linear)
      if (least !== undefined && least > lo) lo = least
      if (most !== undefined && most < hi) hi = most
    }
    return { lo: lo + constant, hi: hi + constant }
  }

  /** The least and the most that a sum without its constant comes to, as far as was learned of it. */
  #known(linear: Linear): readonly [bigint | undefined, bigint | undefined] {
    const difference = asDifference(linear)
    if (difference !== undefined) {
      const [more, less] = difference
      return [negated(this.#way(less, more)), this.#way(more, less)]
    }
    if (this.#most.size === 0) return [undefined, undefined]
    return [negated(this.#most.get(keyOf(linear, -1n))), this.#most.get(keyOf(linear))]
  }

  /** The most that `from - to` is, by all ways through other differences. */
  #way(from: Term, to: Term): bigint | undefined {
    if (!this.#edges.has(from)) return undefined
    const found = new Map<Term, bigint>([[from, 0n]])
    let latest = new Map(found)
    // Each round looks one difference farther; those that lead round to less than nothing contradict each other.
    for (let round = 0; latest.size > 0 && round <= this.#edges.size; round++) {
      const next = new Map<Term, bigint>()
      for (const [at, most] of latest) {
        for (const edge of this.#edges.get(at) ?? []) {
          const sum = most + edge.most
          const known = found.get(edge.to)
          if (known !== undefined && known <= sum) continue
          found.set(edge.to, sum)
          next.set(edge.to, sum)
        }
      }
      latest = next
    }
    return found.get(to)
  }
}

/** The two atoms of a sum that is one less the other. */
function asDifference({ parts }: Linear): readonly [Term, Term] | undefined {
  const [one, other, ...rest] = parts
  if (one === undefined || other === undefined || rest.length > 0) return undefined
  if (one[1] === 1n && other[1] === -1n) return [one[0], other[0]]
  return one[1] === -1n && other[1] === 1n ? [other[0], one[0]] : undefined
}

function keyOf({ parts }: Linear, sign = 1n): string {
  return [...parts]
    .sort(([a], [b]) => a.id - b.id)
    .map(([{ id }, factor]) => `${id}*${sign * factor}`)
    .join(' ')
}

function negated(value: bigint | undefined): bigint | undefined {
  return value === undefined ? undefined : -value
}
