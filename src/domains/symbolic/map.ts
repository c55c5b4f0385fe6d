/**
 * The map from keys to numbers, symbolically: a log of updates over a base, either arbitrary (functions has and get),
 * empty, or the keys and slots of entries that it keeps together with others. Values are 32 bits with a sign.
 */
import { bitVecSort, boolSort, type Term } from '../../smt/index.js'
import type { MapState } from '../state.js'
import { assumeCount, less } from './counting.js'
import type { ExpiringMapBase } from './expiring-map-base.js'
import { Integer } from './integer.js'
import { type Entry, Log, type Part } from './log.js'
import type { Scope } from './scope.js'
import { through } from './slots.js'

export interface MapShape {
  /** Its functions are named after it. */
  readonly name: string
  readonly capacity: Integer
  /** Bits of a key; byte 0 in the highest. */
  readonly keyBits: number
  /** Facts that hold for every entry. */
  readonly refinements?: (key: Term, value: Integer) => readonly Term[]
}

type MapUpdate =
  | { readonly kind: 'put'; readonly key: Term; readonly value: Integer }
  | { readonly kind: 'erase'; readonly key: Term }
  /** `gone` answers for the state in which it was given, whenever it is asked. */
  | { readonly kind: 'eraseWhere'; readonly gone: (key: Term, value: Integer) => Term; readonly howMany: Integer }

type State = Entry<MapUpdate> | undefined

const VALUE_BITS = 32

export class MapBase {
  readonly scope: Scope
  readonly shape: MapShape
  readonly log = new Log<MapUpdate>()
  readonly count: Integer
  /** Tells erasures by condition apart. */
  nextErasure = 0
  readonly #isEmpty: boolean
  readonly #entries: ExpiringMapBase | undefined
  readonly #keys = new Set<Term>()

  constructor(scope: Scope, shape: MapShape, start: 'arbitrary' | 'empty' | ExpiringMapBase) {
    const { path, integers } = scope
    this.scope = scope
    this.shape = shape
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

  get touchedKeys(): Iterable<Term> {
    return this.#entries?.touchedKeys ?? this.#keys
  }

  has(key: Term): Term {
    if (this.#isEmpty) return this.scope.path.terms.false
    if (this.#entries !== undefined) return this.#entries.has(key)
    return this.#at(key, (plain) => this.#has(plain))
  }

  get(key: Term): Integer {
    const { integers } = this.scope
    if (this.#entries !== undefined) return this.#entries.slots.integer(this.#entries.slot(key))
    return this.#isEmpty ? integers.of(0n) : integers.signed(this.#at(key, (plain) => this.#get(plain)))
  }

  #at(key: Term, f: (plain: Term) => Term): Term {
    const { terms } = this.scope.path
    return through(
      key,
      (condition, yes, no) => terms.ite(condition, yes, no),
      (plain) => {
        this.#touch(plain)
        return f(plain)
      },
    )
  }

  #touch(key: Term): void {
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    const { path, integers } = this.scope
    const facts = this.shape.refinements?.(key, integers.signed(this.#get(key))) ?? []
    path.assume(path.terms.implies(this.#has(key), path.terms.all(facts)))
  }

  #has(key: Term): Term {
    const { terms } = this.scope.path
    return terms.apply(terms.declareFunction(`${this.shape.name}.has`, [bitVecSort(this.shape.keyBits)], boolSort), key)
  }

  #get(key: Term): Term {
    const { terms } = this.scope.path
    const range = bitVecSort(VALUE_BITS)
    return terms.apply(terms.declareFunction(`${this.shape.name}.get`, [bitVecSort(this.shape.keyBits)], range), key)
  }
}

export class SymbolicMap implements MapState<Term, Integer, Term> {
  readonly base: MapBase
  #state: State

  constructor(base: MapBase, state?: State) {
    this.base = base
    this.#state = state
  }

  /** The same entries now, updated on its own from here on. */
  fork(): SymbolicMap {
    return new SymbolicMap(this.base, this.#state)
  }

  /** Another over the same base, without updates: the other side of a proof. */
  over(): SymbolicMap {
    return new SymbolicMap(this.base)
  }

  /** What brings the present state back. */
  mark(): () => void {
    const state = this.#state
    return () => {
      this.#state = state
    }
  }

  get capacity(): Integer {
    return this.base.shape.capacity
  }

  has(key: Term): Term {
    return this.#has(this.#state, key)
  }

  get(key: Term): Integer {
    return this.#get(this.#state, key)
  }

  count(): Integer {
    const { scope, touchedKeys } = this.base
    const count = this.#count(this.#state)
    const counted = { path: scope.path, integers: scope.integers, capacity: this.capacity }
    assumeCount(counted, count, touchedKeys, (key) => this.has(key))
    return count
  }

  put(key: Term, value: Integer): void {
    this.#push({ kind: 'put', key, value }, [key, value])
  }

  erase(key: Term): void {
    this.#push({ kind: 'erase', key }, [key])
  }

  /** `gone` must answer for the present state whenever it is asked: see Moment. */
  eraseWhere(gone: (key: Term, value: Integer) => Term, howMany: Integer): void {
    // No two are the same: what is gone is known to the caller only.
    this.#push({ kind: 'eraseWhere', gone, howMany }, [this.base.nextErasure++])
  }

  get #terms() {
    return this.base.scope.path.terms
  }

  #push(update: MapUpdate, parts: readonly Part[]): void {
    this.#state = this.base.log.push(this.#state, update, parts)
  }

  #has(state: State, key: Term): Term {
    const terms = this.#terms
    if (state === undefined) return this.base.has(key)
    const { update, before } = state
    const rest = this.#has(before, key)
    switch (update.kind) {
      case 'put':
        return terms.or(terms.eq(key, update.key), rest)
      case 'erase':
        return terms.and(rest, terms.not(terms.eq(key, update.key)))
      case 'eraseWhere':
        return terms.and(rest, terms.not(update.gone(key, this.#get(before, key))))
    }
  }

  #get(state: State, key: Term): Integer {
    if (state === undefined) return this.base.get(key)
    const rest = this.#get(state.before, key)
    if (state.update.kind !== 'put') return rest
    return this.base.scope.integers.select(this.#terms.eq(key, state.update.key), state.update.value, rest)
  }

  #count(state: State): Integer {
    const { integers } = this.base.scope
    if (state === undefined) return this.base.count
    const { update, before } = state
    const rest = this.#count(before)
    if (update.kind === 'put') return integers.add(rest, integers.of(1n))
    return less(integers, rest, update.kind === 'erase' ? integers.of(1n) : update.howMany)
  }
}
