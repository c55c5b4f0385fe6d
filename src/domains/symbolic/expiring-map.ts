/**
 * The expiring map, symbolically: a log of updates over a base (expiring-map-base.ts). A query walks the log, newest
 * first, one condition for each update, and ends in the base's functions; its cost grows with the updates of one packet
 * and not with the capacity.
 */
import type { Term } from '../../smt/index.js'
import type { ExpiringMapState } from '../state.js'
import { assumeCount, less } from './counting.js'
import type { ExpiringMapBase, ExpiringMapEntry, ExpiringMapUpdate } from './expiring-map-base.js'
import type { Integer } from './integer.js'
import type { Entry } from './log.js'
import { isAtMost } from './scope.js'

type Update = Entry<ExpiringMapUpdate>
type State = Update | undefined

export class SymbolicExpiringMap implements ExpiringMapState<Term, Integer, Integer, Term, Term | undefined> {
  readonly base: ExpiringMapBase
  #state: State

  constructor(base: ExpiringMapBase, state?: State) {
    this.base = base
    this.#state = state
  }

  /** The same entries now, updated on its own from here on. */
  fork(): SymbolicExpiringMap {
    return new SymbolicExpiringMap(this.base, this.#state)
  }

  /** Another over the same base, without updates: the other side of a proof. */
  over(): SymbolicExpiringMap {
    return new SymbolicExpiringMap(this.base)
  }

  /** Updates so far, oldest first. */
  get updates(): readonly ExpiringMapUpdate[] {
    const found: ExpiringMapUpdate[] = []
    for (let entry = this.#state; entry !== undefined; entry = entry.before) found.unshift(entry.update)
    return found
  }

  /** What brings the present state back. */
  mark(): () => void {
    const state = this.#state
    return () => {
      this.#state = state
    }
  }

  get capacity(): Integer {
    return this.base.slots.capacity
  }

  has(key: Term): Term {
    return this.#has(this.#state, key)
  }

  slotOf(key: Term): Integer {
    return this.base.slots.integer(this.#slot(this.#state, key))
  }

  used(slot: Integer): Term {
    const { slots } = this.base
    return this.#terms.and(slots.inRange(slot), this.#used(this.#state, slots.bits(slot)))
  }

  keyAt(slot: Integer): Term {
    return this.#key(this.#state, this.base.slots.bits(slot))
  }

  timeAt(slot: Integer): Integer {
    return this.#time(this.#state, this.base.slots.bits(slot))
  }

  valueAt(slot: Integer): Term | undefined {
    return this.base.shape.valueBits === 0 ? undefined : this.#value(this.#state, this.base.slots.bits(slot))
  }

  /** The entry at a slot; meaningful only where it is used. */
  entryAt(slot: Integer): ExpiringMapEntry {
    return { slot, key: this.keyAt(slot), time: this.timeAt(slot), value: this.valueAt(slot) }
  }

  count(): Integer {
    const count = this.#count(this.#state)
    this.#assumeCount(this.#state, count)
    return count
  }

  countBelow(threshold: Integer): Integer {
    const { integers } = this.base.scope
    const state = this.#state
    const count = this.#count(state)
    const kept = this.#kept(state, threshold)
    if (kept === count) return integers.of(0n)
    this.#assumeCount(state, count)
    // Where a touched one is expired, one at least is.
    for (const slot of [...this.base.touchedIndices]) {
      const isBelow = this.#terms.and(this.#used(state, slot), integers.lt(this.#time(state, slot), threshold))
      this.base.scope.path.assume(this.#terms.implies(isBelow, integers.lt(kept, count)))
    }
    return less(integers, count, kept)
  }

  insert(slot: Integer, key: Term, time: Integer, value: Term | undefined): void {
    const bits = this.base.slots.bits(slot)
    const update = { kind: 'insert', slot: bits, key, time, value } as const
    this.#push(update, [bits, key, time, value])
  }

  refresh(slot: Integer, time: Integer): void {
    const bits = this.base.slots.bits(slot)
    this.#push({ kind: 'refresh', slot: bits, time }, [bits, time])
  }

  setValue(slot: Integer, value: Term | undefined): void {
    if (value === undefined) return
    const bits = this.base.slots.bits(slot)
    this.#push({ kind: 'setValue', slot: bits, value }, [bits, value])
  }

  erase(slot: Integer): void {
    const bits = this.base.slots.bits(slot)
    this.#push({ kind: 'erase', slot: bits }, [bits])
  }

  expire(threshold: Integer): void {
    this.#push({ kind: 'expire', threshold }, [threshold])
  }

  get #terms() {
    return this.base.scope.path.terms
  }

  #push(update: ExpiringMapUpdate, parts: Parameters<ExpiringMapBase['log']['push']>[2]): void {
    this.#state = this.base.log.push(this.#state, update, parts)
  }

  #has(state: State, key: Term): Term {
    const terms = this.#terms
    if (state === undefined) return this.base.has(key)
    const { update, before } = state
    const rest = this.#has(before, key)
    switch (update.kind) {
      case 'insert':
        return terms.or(terms.eq(key, update.key), rest)
      case 'erase':
        return terms.and(rest, terms.not(terms.eq(this.#slot(before, key), update.slot)))
      case 'expire':
        return terms.and(rest, this.#isKept(before, this.#slot(before, key), update.threshold))
      default:
        return rest
    }
  }

  #slot(state: State, key: Term): Term {
    if (state === undefined) return this.base.slot(key)
    const rest = this.#slot(state.before, key)
    if (state.update.kind !== 'insert') return rest
    return this.#terms.ite(this.#terms.eq(key, state.update.key), state.update.slot, rest)
  }

  #used(state: State, slot: Term): Term {
    const terms = this.#terms
    if (state === undefined) return this.base.used(slot)
    const { update, before } = state
    const rest = this.#used(before, slot)
    switch (update.kind) {
      case 'insert':
        return terms.or(terms.eq(slot, update.slot), rest)
      case 'erase':
        return terms.and(rest, terms.not(terms.eq(slot, update.slot)))
      case 'expire':
        return terms.and(rest, this.#isKept(before, slot, update.threshold))
      default:
        return rest
    }
  }

  #isKept(state: State, slot: Term, threshold: Integer): Term {
    return this.base.scope.integers.le(threshold, this.#time(state, slot))
  }

  #key(state: State, slot: Term): Term {
    if (state === undefined) return this.base.key(slot)
    const rest = this.#key(state.before, slot)
    if (state.update.kind !== 'insert') return rest
    return this.#terms.ite(this.#terms.eq(slot, state.update.slot), state.update.key, rest)
  }

  #time(state: State, slot: Term): Integer {
    if (state === undefined) return this.base.time(slot)
    const { update, before } = state
    const rest = this.#time(before, slot)
    if (update.kind !== 'insert' && update.kind !== 'refresh') return rest
    return this.base.scope.integers.select(this.#terms.eq(slot, update.slot), update.time, rest)
  }

  #value(state: State, slot: Term): Term | undefined {
    if (state === undefined) return this.base.value(slot)
    const { update, before } = state
    const rest = this.#value(before, slot)
    const isSet = update.kind === 'insert' || update.kind === 'setValue'
    if (!isSet || update.value === undefined || rest === undefined) return rest
    return this.#terms.ite(this.#terms.eq(slot, update.slot), update.value, rest)
  }

  #count(state: State): Integer {
    const { integers } = this.base.scope
    if (state === undefined) return this.base.count
    const { update, before } = state
    switch (update.kind) {
      case 'insert':
        return integers.add(this.#count(before), integers.of(1n))
      case 'erase':
        // An erased entry was there.
        return less(integers, this.#count(before), integers.of(1n))
      case 'expire':
        return this.#kept(before, update.threshold)
      default:
        return this.#count(before)
    }
  }

  /** How many entries of a state have a time of at least `threshold`. */
  #kept(state: State, threshold: Integer): Integer {
    const { path, integers } = this.base.scope
    const count = this.#count(state)
    if (count.hi === 0n || this.#isFresh(state, threshold)) return count
    const kept = this.base.kept(state?.id ?? 0, threshold)
    path.assume(integers.le(kept, count))
    if (state === undefined) {
      // Stored times are from 0 to the last one.
      const { last } = this.base.scope
      path.assume(path.terms.implies(integers.le(threshold, integers.of(0n)), integers.eq(kept, count)))
      path.assume(path.terms.implies(integers.lt(last, threshold), integers.eq(kept, integers.of(0n))))
    }
    return kept
  }

  /** Whether an expiry at `threshold` has been, and every time given since is at or after it. */
  #isFresh(state: State, threshold: Integer): boolean {
    const { scope } = this.base
    for (let entry = state; entry !== undefined; entry = entry.before) {
      const { update } = entry
      if (update.kind === 'expire') return isAtMost(scope, threshold, update.threshold)
      if ((update.kind === 'insert' || update.kind === 'refresh') && !isAtMost(scope, threshold, update.time))
        return false
    }
    return false
  }

  #assumeCount(state: State, count: Integer): void {
    const { scope, slots, touchedIndices } = this.base
    const terms = this.#terms
    assumeCount(
      { path: scope.path, integers: scope.integers, capacity: slots.capacity },
      count,
      touchedIndices,
      (slot) => this.#used(state, slot),
      (slot) => terms.and(slots.isBelowCapacity(slot), terms.not(this.#used(state, slot))),
    )
  }
}
