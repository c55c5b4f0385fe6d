/**
 * The state of an index allocator before any update: arbitrary, empty, or the slots and times of entries that it keeps
 * together with others. Its invariant, instantiated for each index
 * that is asked for: used(i) implies i < N, time(i) <= last, and the refinements.
 */
import { bitVecSort, boolSort, type Term } from '../../smt/index.js'
import type { ExpiringMapBase } from './expiring-map-base.js'
import { Integer } from './integer.js'
import { Log } from './log.js'
import { type Scope, STORED_TIME_BITS, TIME_BITS } from './scope.js'
import { Slots, through } from './slots.js'

export interface IndexAllocatorShape {
  /** Its functions are named after it. */
  readonly name: string
  readonly capacity: Integer
  /** Facts that hold for every index in use. */
  readonly refinements?: (index: Integer, time: Integer) => readonly Term[]
}

export type IndexAllocatorUpdate =
  | { readonly kind: 'allocate'; readonly index: Term; readonly time: Integer }
  | { readonly kind: 'refresh'; readonly index: Term; readonly time: Integer }
  | { readonly kind: 'free'; readonly index: Term }
  | { readonly kind: 'expire'; readonly threshold: Integer }

export class IndexAllocatorBase {
  readonly scope: Scope
  readonly shape: IndexAllocatorShape
  readonly slots: Slots
  readonly log = new Log<IndexAllocatorUpdate>()
  readonly count: Integer
  readonly #isEmpty: boolean
  readonly #entries: ExpiringMapBase | undefined
  readonly #indices = new Set<Term>()

  constructor(scope: Scope, shape: IndexAllocatorShape, start: 'arbitrary' | 'empty' | ExpiringMapBase) {
    const { path, integers } = scope
    this.scope = scope
    this.shape = shape
    this.slots = new Slots(integers, shape.capacity)
    this.#isEmpty = start === 'empty'
    this.#entries = typeof start === 'string' ? undefined : start
    if (this.#isEmpty || this.#entries !== undefined) {
      this.count = this.#entries?.count ?? integers.of(0n)
      return
    }
    const count = path.terms.variable(`${shape.name}.count`, bitVecSort(integers.of(shape.capacity.hi).term.width))
    this.count = new Integer(count, 0n, (1n << BigInt(count.width)) - 1n)
    path.assume(integers.le(this.count, shape.capacity))
  }

  get touchedIndices(): Iterable<Term> {
    return this.#entries?.touchedIndices ?? this.#indices
  }

  used(index: Term): Term {
    if (this.#isEmpty) return this.scope.path.terms.false
    if (this.#entries !== undefined) return this.#entries.used(index)
    return this.#at(index, (plain) => this.#used(plain))
  }

  time(index: Term): Integer {
    const { integers } = this.scope
    if (this.#entries !== undefined) return this.#entries.time(index)
    return this.#isEmpty ? integers.of(0n) : integers.unsigned(this.#at(index, (plain) => this.#time(plain)))
  }

  /** How many indices of the state with this number an expiry at `threshold` keeps: some function of both. */
  kept(state: number, threshold: Integer): Integer {
    if (this.#entries !== undefined && state === 0) return this.#entries.kept(0, threshold)
    const { path, integers } = this.scope
    const argument = integers.bits(threshold, TIME_BITS)
    const range = bitVecSort(integers.of(this.shape.capacity.hi).term.width)
    const kept = path.terms.declareFunction(`${this.shape.name}.kept.${state}`, [argument.sort], range)
    return integers.unsigned(path.terms.apply(kept, argument))
  }

  #at(index: Term, f: (plain: Term) => Term): Term {
    const { terms } = this.scope.path
    return through(
      index,
      (condition, yes, no) => terms.ite(condition, yes, no),
      (plain) => {
        this.#touch(plain)
        return f(plain)
      },
    )
  }

  #touch(index: Term): void {
    if (this.#indices.has(index)) return
    this.#indices.add(index)
    const { path, integers, last } = this.scope
    const time = integers.unsigned(this.#time(index))
    const refinements = this.shape.refinements?.(this.slots.integer(index), time) ?? []
    const facts = [this.slots.isBelowCapacity(index), integers.le(time, last), ...refinements]
    path.assume(path.terms.implies(this.#used(index), path.terms.all(facts)))
  }

  #used(index: Term): Term {
    const { terms } = this.scope.path
    return terms.apply(terms.declareFunction(`${this.shape.name}.used`, [this.slots.sort], boolSort), index)
  }

  #time(index: Term): Term {
    const { terms } = this.scope.path
    const range = bitVecSort(STORED_TIME_BITS)
    return terms.apply(terms.declareFunction(`${this.shape.name}.time`, [this.slots.sort], range), index)
  }
}
