/**
 * What is known of sums of integers: each sum by itself, and of differences what follows by going from one to the next,
 * `a - c` from `a - b` and `b - c`.
 */
import type { Range } from '../rewrite/rule.js'
import type { Term } from '../term.js'
import { type Linear, times } from './linear.js'

interface Edge {
  readonly to: Term
  /** The one is at most the other and this. */
  readonly most: bigint
}

export class Bounds {
  readonly #rangeOf: (atom: Term) => Range
  /** Of sums that are no differences: the most that those of the same parts come to, without their constant. */
  readonly #most: Map<string, bigint>
  readonly #edges: Map<Term, readonly Edge[]>

  constructor(rangeOf: (atom: Term) => Range, from?: Bounds) {
    this.#rangeOf = rangeOf
    this.#most = new Map(from === undefined ? [] : from.#most)
    this.#edges = new Map(from === undefined ? [] : from.#edges)
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
    const most = this.#mostOf(linear)
    return { lo: -this.#mostOf(times(linear, -1n)), hi: most }
  }

  #mostOf(linear: Linear): bigint {
    let most = 0n
    for (const [atom, factor] of linear.parts) {
      const { lo, hi } = this.#rangeOf(atom)
      most += factor > 0n ? factor * hi : factor * lo
    }
    const known = linear.parts.size < 2 ? undefined : this.#known(linear)
    return (known !== undefined && known < most ? known : most) + linear.constant
  }

  #known(linear: Linear): bigint | undefined {
    const difference = asDifference(linear)
    if (difference !== undefined) return this.#way(...difference)
    return this.#most.size === 0 ? undefined : this.#most.get(keyOf(linear))
  }

  /** The most that `from - to` is, by all ways through other differences. */
  #way(from: Term, to: Term): bigint | undefined {
    if (!this.#edges.has(from)) return undefined
    const found = new Map<Term, bigint>([[from, 0n]])
    // Each round looks one difference farther; those that lead round to less than nothing contradict each other.
    for (let round = 0, isNew = true; isNew && round <= this.#edges.size; round++) {
      isNew = false
      for (const [at, most] of [...found]) {
        for (const edge of this.#edges.get(at) ?? []) {
          const sum = most + edge.most
          const known = found.get(edge.to)
          if (known !== undefined && known <= sum) continue
          found.set(edge.to, sum)
          isNew = true
        }
      }
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

function keyOf({ parts }: Linear): string {
  return [...parts]
    .sort(([a], [b]) => a.id - b.id)
    .map(([{ id }, factor]) => `${id}*${factor}`)
    .join(' ')
}
