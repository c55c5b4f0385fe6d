/**
 * Which slots are in use before a packet, with which times, so that libVig comes to what a model says: the touched ones as
 * in the model, as many others as its count needs, those that expire with it, and the free list in an order in which the
 * next allocation is the model's choice. libVig gives a freed index out first, and an expiry frees the oldest first.
 */

import type { Integer } from '../../domains/symbolic/integer.js'
import type { Term, Value } from '../../smt/index.js'
import { Unrealisable } from './libvig.js'

/** What a model says of one structure with slots. */
export interface SlotFacts {
  readonly capacity: number
  readonly count: number
  /** Touched slots in use, with their times. */
  readonly used: ReadonlyMap<number, bigint>
  /** Touched slots that are free. */
  readonly free: ReadonlySet<number>
  /** The first thing that happens, if it is an expiry: its threshold, and how many are left. */
  readonly expiry: { readonly threshold: bigint; readonly kept: number } | undefined
  /** Slots in the order in which they are given out. */
  readonly chosen: readonly number[]
  /** No stored time is later. */
  readonly last: bigint
}

export interface SlotPlan {
  /** Slots in use that are not touched, with times. */
  readonly others: ReadonlyMap<number, bigint>
  /** Slots to free, in this order: the last is given out first. */
  readonly freed: readonly number[]
  /** To be used last among those of its time. */
  readonly youngest: number | undefined
}

/** Throws Unrealisable where there is no such state. */
export function planSlots(facts: SlotFacts): SlotPlan {
  const { capacity, count, used, free, expiry, chosen, last } = facts
  const isExpired = (time: bigint) => expiry !== undefined && time < expiry.threshold
  const expiredTouched = [...used].filter(([, time]) => isExpired(time))
  const expiring = expiry === undefined ? 0 : count - expiry.kept
  const old = expiring - expiredTouched.length
  const young = count - used.size - old
  if (old < 0 || young < 0)
    throw new Unrealisable(`${count} in use, of which ${expiring} expire, with ${used.size} touched`)
  if (old > 0 && (expiry === undefined || expiry.threshold <= 0n)) throw new Unrealisable('nothing can have expired')
  if (young > 0 && expiry !== undefined && last < expiry.threshold) throw new Unrealisable('everything has expired')
  const reserved = new Set([...used.keys(), ...free, ...chosen])
  const others = new Map<number, bigint>()
  let next = 0
  for (; others.size < old + young; next++) {
    if (next === capacity) throw new Unrealisable('too few slots')
    if (!reserved.has(next)) others.set(next, others.size < old ? 0n : last)
  }
  const freed: number[] = []
  // Those after the last that matters are free as they are.
  for (const end = Math.max(-1, ...reserved); next < end; next++) if (!reserved.has(next)) freed.push(next)
  freed.push(...[...free].filter((slot) => !chosen.includes(slot)))
  const given = [...chosen].reverse().filter((slot) => !used.has(slot))
  return { others, freed: [...freed, ...given], youngest: youngestOf(expiring, expiredTouched, chosen) }
}

/** After an expiry its youngest is given out first: that has to be the model's choice. */
function youngestOf(
  expiring: number,
  expired: readonly (readonly [slot: number, time: bigint])[],
  [next]: readonly number[],
): number | undefined {
  if (next === undefined || expiring === 0) return undefined
  const own = expired.find(([slot]) => slot === next)
  if (own === undefined || expired.some(([, time]) => time > own[1])) {
    throw new Unrealisable(`slot ${next} is given out, but others expire after it or instead`)
  }
  return next
}

/** Values of terms under the model. */
export interface Values {
  value(term: Term): Value
}

export function numberOf(values: Values, { term, lo }: Integer): bigint {
  const value = values.value(term)
  if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
  return lo < 0n ? BigInt.asIntN(term.width, value) : value
}

export function bitsOf(values: Values, term: Term): bigint {
  const value = values.value(term)
  if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
  return value
}
