/**
 * When two states are equal: at a key and an index of which nothing is known, so for every one. Both
 * are compared after they have expired at the same threshold. No quantifier, no array: what is given is a list of facts to
 * prove. How many entries there are is not among them: a count is that of what is in use, so where this agrees
 * everywhere the counts do, and no more can be in use than there are slots.
 */
import { bitVecSort, type Term } from '../../smt/index.js'
import type { SymbolicExpiringMap } from './expiring-map.js'
import type { SymbolicIndexAllocator } from './index-allocator.js'
import type { Integer } from './integer.js'
import type { SymbolicMap } from './map.js'
import type { Slots } from './slots.js'
import type { SymbolicVector } from './vector.js'

/** One thing in which two states have to agree. */
export interface Agreement {
  /** `flows: the key at each slot in use` */
  readonly what: string
  readonly holds: Term
}

export function expiringMapsEqual(a: SymbolicExpiringMap, b: SymbolicExpiringMap, threshold: Integer): Agreement[] {
  const { scope, shape, slots } = a.base
  const { path, integers } = scope
  const { terms } = path
  const [left, right] = [a.fork(), b.fork()]
  left.expire(threshold)
  right.expire(threshold)
  const key = path.fresh(`${shape.name}.anyKey`, bitVecSort(shape.keyBits))
  const slot = slotBelow(slots, path.fresh(`${shape.name}.anySlot`, slots.sort), (fact) => path.assume(fact))
  const [value, other] = [left.valueAt(slot), right.valueAt(slot)]
  const whereHas = (holds: Term) => terms.implies(left.has(key), holds)
  const whereUsed = (holds: Term) => terms.implies(left.used(slot), holds)
  const agree = (what: string, holds: Term): Agreement => ({ what: `${shape.name}: ${what}`, holds })
  return [
    agree('which keys there are', terms.iff(left.has(key), right.has(key))),
    agree('the slot of each key', whereHas(integers.eq(left.slotOf(key), right.slotOf(key)))),
    agree('which slots are in use', terms.iff(left.used(slot), right.used(slot))),
    agree('the key at each slot in use', whereUsed(terms.eq(left.keyAt(slot), right.keyAt(slot)))),
    agree('the time of each slot in use', whereUsed(integers.eq(left.timeAt(slot), right.timeAt(slot)))),
    ...(value === undefined || other === undefined
      ? []
      : [agree('the value at each slot in use', whereUsed(terms.eq(value, other)))]),
  ]
}

export function indexAllocatorsEqual(
  a: SymbolicIndexAllocator,
  b: SymbolicIndexAllocator,
  threshold: Integer,
): Agreement[] {
  const { scope, shape, slots } = a.base
  const { path, integers } = scope
  const { terms } = path
  const [left, right] = [a.fork(), b.fork()]
  left.expire(threshold)
  right.expire(threshold)
  const index = slotBelow(slots, path.fresh(`${shape.name}.anyIndex`, slots.sort), (fact) => path.assume(fact))
  const agree = (what: string, holds: Term): Agreement => ({ what: `${shape.name}: ${what}`, holds })
  const sameTime = integers.eq(left.timeAt(index), right.timeAt(index))
  return [
    agree('which indices are in use', terms.iff(left.used(index), right.used(index))),
    agree('the time of each index in use', terms.implies(left.used(index), sameTime)),
  ]
}

export function mapsEqual(a: SymbolicMap, b: SymbolicMap): Agreement[] {
  const { scope, shape } = a.base
  const { path, integers } = scope
  const { terms } = path
  const key = path.fresh(`${shape.name}.anyKey`, bitVecSort(shape.keyBits))
  const agree = (what: string, holds: Term): Agreement => ({ what: `${shape.name}: ${what}`, holds })
  return [
    agree('which keys there are', terms.iff(a.has(key), b.has(key))),
    agree('the value of each key', terms.implies(a.has(key), integers.eq(a.get(key), b.get(key)))),
  ]
}

export function vectorsEqual(a: SymbolicVector, b: SymbolicVector): Agreement[] {
  const { scope, shape, slots } = a.base
  const { path } = scope
  const index = slotBelow(slots, path.fresh(`${shape.name}.anyIndex`, slots.sort), (fact) => path.assume(fact))
  const [left, right] = [a.get(index), b.get(index)]
  if (left === undefined || right === undefined) return []
  return [{ what: `${shape.name}: each cell`, holds: path.terms.eq(left, right) }]
}

/** What has to hold of a state after a packet, so that it may be assumed before the next. */
export function expiringMapKeeps(map: SymbolicExpiringMap, now: Integer): Agreement[] {
  const { scope, shape, slots } = map.base
  const { path, integers } = scope
  const { terms } = path
  const slot = slotBelow(slots, path.fresh(`${shape.name}.heldSlot`, slots.sort), (fact) => path.assume(fact))
  const refinements = shape.refinements?.(map.entryAt(slot)) ?? []
  const where = (what: string, holds: Term) => ({
    what: `${shape.name}: ${what}`,
    holds: terms.implies(map.used(slot), holds),
  })
  return [
    where('no stored time is later than now', integers.le(map.timeAt(slot), now)),
    ...refinements.map((holds) => where('the types of keys and values', holds)),
  ]
}

export function indexAllocatorKeeps(chain: SymbolicIndexAllocator, now: Integer): Agreement[] {
  const { scope, shape, slots } = chain.base
  const { path, integers } = scope
  const index = slotBelow(slots, path.fresh(`${shape.name}.heldIndex`, slots.sort), (fact) => path.assume(fact))
  const where = (what: string, holds: Term) => ({
    what: `${shape.name}: ${what}`,
    holds: path.terms.implies(chain.used(index), holds),
  })
  return [
    where('no stored time is later than now', integers.le(chain.timeAt(index), now)),
    ...(shape.refinements?.(index, chain.timeAt(index)) ?? []).map((holds) => where('the types of indices', holds)),
  ]
}

/** A slot of which only that it is one is known. */
function slotBelow(slots: Slots, bits: Term, assume: (fact: Term) => void): Integer {
  assume(slots.isBelowCapacity(bits))
  return slots.integer(bits)
}
