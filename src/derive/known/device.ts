/**
 * A device that makes every choice which a specification leaves open in a plain, fixed way. Several, which choose
 * differently, show what depends on a choice.
 */
import type { Choice, Choices } from '../../domains/symbolic/choices.js'
import type { Integer, Integers } from '../../domains/symbolic/integer.js'
import type { RingState } from '../../domains/symbolic/ring.js'
import type { MaglevDeclaration } from '../../spec/state.js'
import type { Lookups } from './entries.js'

/** How it chooses: the lowest that is free or the highest, and backends beginning with this one. */
export interface Manner {
  readonly name: string
  readonly slots: 'lowest' | 'highest'
  readonly first: number
}

export const MANNERS: readonly [Manner, ...Manner[]] = [
  { name: 'lowest', slots: 'lowest', first: 0 },
  { name: 'highest', slots: 'highest', first: 1 },
]

/** Slots that are tried: more than there are entries in any state that is looked at. */
const MOST_TRIED = 64n

export class FixedChoices implements Choices {
  readonly #manner: Manner
  readonly #integers: Integers
  readonly #lookups: Lookups

  constructor(manner: Manner, integers: Integers, lookups: Lookups) {
    this.#manner = manner
    this.#integers = integers
    this.#lookups = lookups
  }

  choose({ range, allowed }: Choice): Integer {
    const { terms } = this.#integers
    const size = range.constant ?? range.hi
    const tried = size < MOST_TRIED ? size : MOST_TRIED
    this.#lookups.isMuted = true
    // The last that is tried is the first to fall back on: from there the better ones take over.
    let chosen = this.#candidate(tried - 1n, size)
    for (let number = tried - 2n; number >= 0n; number--) {
      const candidate = this.#candidate(number, size)
      const isFree = allowed(candidate)
      if (isFree !== terms.false) chosen = this.#integers.select(isFree, candidate, chosen)
    }
    this.#lookups.isMuted = false
    return chosen
  }

  chooseBy(_name: string, _key: unknown, range: Integer): Integer {
    return this.#integers.of(BigInt(this.#manner.first) % (range.constant ?? range.lo))
  }

  #candidate(number: bigint, size: bigint): Integer {
    return this.#integers.of(this.#manner.slots === 'lowest' ? number : size - 1n - number)
  }
}

/** A ring of which every key has the same row. */
export function fixedRing(
  { backends, height }: MaglevDeclaration<object>,
  manner: Manner,
  integers: Integers,
): RingState {
  const most = BigInt(backends)
  return {
    ring: {
      height: integers.of(BigInt(height)),
      backends: integers.of(most),
      at: (_row, rank) => integers.of(((rank.constant ?? 0n) + BigInt(manner.first)) % most),
    },
    rowOf: () => integers.of(0n),
  }
}
