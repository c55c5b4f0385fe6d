/** The index allocator, symbolically: a log of updates over a base (index-allocator-base.ts). */
import type { Term } from '../../smt/index.js'
import type { IndexAllocatorState } from '../state.js'
import { assumeCount, less } from './counting.js'
import type { IndexAllocatorBase, IndexAllocatorUpdate } from './index-allocator-base.js'
import type { Integer } from './integer.js'
import type { Entry, Part } from './log.js'
import { isAtMost } from './scope.js'

/** Indices of which each is looked at by itself. */
const FEW = 8n

type State = Entry<IndexAllocatorUpdate> | undefined

export class SymbolicIndexAllocator implements IndexAllocatorState<Term, Integer, Integer> {
  readonly base: IndexAllocatorBase
  #state: State

  constructor(base: IndexAllocatorBase, state?: State) {
    this.base = base
    this.#state = state
  }

  /** The same indices in use now, updated on its own from here on. */
  fork(): SymbolicIndexAllocator {
    return new SymbolicIndexAllocator(this.base, this.#state)
  }

  /** Another over the same base, without updates: the other side of a proof. */
  over(): SymbolicIndexAllocator {
    return new SymbolicIndexAllocator(this.base)
  }

  /** Updates so far, oldest first. */
  get updates(): readonly IndexAllocatorUpdate[] {
    const found: IndexAllocatorUpdate[] = []
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

  used(index: Integer): Term {
    const { slots, scope } = this.base
    const used = this.#terms.and(slots.inRange(index), this.#used(this.#state, slots.bits(index)))
    const capacity = slots.capacity.constant
    if (index.constant !== undefined || capacity === undefined || capacity > FEW) return used
    // Said of functions of equal arguments anyway, but seen without a solver only here.
    for (let number = 0n; number < capacity; number++) {
      const each = scope.integers.of(number)
      const isEach = scope.integers.eq(index, each)
      scope.path.assume(this.#terms.implies(this.#terms.and(isEach, used), this.#used(this.#state, slots.bits(each))))
    }
    return used
  }

  timeAt(index: Integer): Integer {
    return this.#time(this.#state, this.base.slots.bits(index))
  }

  count(): Integer {
    const count = this.#count(this.#state)
    this.#assumeCount(this.#state, count)
    return count
  }

  countBelow(threshold: Integer): Integer {
    const { integers, path } = this.base.scope
    const state = this.#state
    const count = this.#count(state)
    const kept = this.#kept(state, threshold)
    if (kept === count) return integers.of(0n)
    this.#assumeCount(state, count)
    // Where a touched one is expired, one at least is.
    for (const index of [...this.base.touchedIndices]) {
      const isBelow = this.#terms.and(this.#used(state, index), integers.lt(this.#time(state, index), threshold))
      path.assume(this.#terms.implies(isBelow, integers.lt(kept, count)))
    }
    return less(integers, count, kept)
  }

  allocate(index: Integer, time: Integer): void {
    const bits = this.base.slots.bits(index)
    this.#push({ kind: 'allocate', index: bits, time }, [bits, time])
  }

  refresh(index: Integer, time: Integer): void {
    const bits = this.base.slots.bits(index)
    this.#push({ kind: 'refresh', index: bits, time }, [bits, time])
  }

  free(index: Integer): void {
    const bits = this.base.slots.bits(index)
    this.#push({ kind: 'free', index: bits }, [bits])
  }

  expire(threshold: Integer): void {
    this.#push({ kind: 'expire', threshold }, [threshold])
  }

  get #terms() {
    return this.base.scope.path.terms
  }

  #push(update: IndexAllocatorUpdate, parts: readonly Part[]): void {
    this.#state = this.base.log.push(this.#state, update, parts)
  }

  #used(state: State, index: Term): Term {
    const terms = this.#terms
    if (state === undefined) return this.base.used(index)
    const { update, before } = state
    const rest = this.#used(before, index)
    switch (update.kind) {
      case 'allocate':
        return terms.or(terms.eq(index, update.index), rest)
      case 'free':
        return terms.and(rest, terms.not(terms.eq(index, update.index)))
      case 'expire':
        return terms.and(rest, this.base.scope.integers.le(update.threshold, this.#time(before, index)))
      default:
        return rest
    }
  }

  #time(state: State, index: Term): Integer {
    if (state === undefined) return this.base.time(index)
    const { update, before } = state
    const rest = this.#time(before, index)
    if (update.kind !== 'allocate' && update.kind !== 'refresh') return rest
    return this.base.scope.integers.select(this.#terms.eq(index, update.index), update.time, rest)
  }

  #count(state: State): Integer {
    const { integers } = this.base.scope
    if (state === undefined) return this.base.count
    const { update, before } = state
    switch (update.kind) {
      case 'allocate':
        return integers.add(this.#count(before), integers.of(1n))
      case 'free':
        // A freed index was in use.
        return less(integers, this.#count(before), integers.of(1n))
      case 'expire':
        return this.#kept(before, update.threshold)
      default:
        return this.#count(before)
    }
  }

  /** How many indices of a state have a time of at least `threshold`. */
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
      if (update.kind !== 'free' && !isAtMost(scope, threshold, update.time)) return false
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
      (index) => this.#used(state, index),
      (index) => terms.and(slots.isBelowCapacity(index), terms.not(this.#used(state, index))),
    )
  }
}
