/**
 * The state of an expiring map before any update: either of which nothing is known but its invariant, or empty. The
 * invariant is instantiated for each key and index that is asked for, once, and for what these lead to:
 *
 *   has(k)  implies  slot(k) < N, used(slot(k)), key(slot(k)) = k
 *   used(i) implies  i < N, has(key(i)), slot(key(i)) = i, time(i) <= last, and the refinements
 *
 * From a slot that belongs to a key one comes back to the key, so this is all there is to say about the touched ones:
 * wherever it holds for them, the functions can be completed to a map.
 */
import { bitVecSort, boolSort, type FunctionSymbol, type Sort, type Term } from '../../smt/index.js'
import { Integer } from './integer.js'
import { Log } from './log.js'
import { type Scope, STORED_TIME_BITS, TIME_BITS } from './scope.js'
import { Slots, through } from './slots.js'

/** An entry as refinements see it. */
export interface ExpiringMapEntry {
  readonly slot: Integer
  readonly key: Term
  readonly time: Integer
  /** Absent where values have no bytes. */
  readonly value: Term | undefined
}

/** What the type of an entry's fields says of it: facts that hold for every entry. */
export type EntryFacts = (entry: ExpiringMapEntry) => readonly Term[]

export interface ExpiringMapShape {
  /** Its functions are named after it. */
  readonly name: string
  readonly capacity: Integer
  /** Bits of a key; byte 0 in the highest. */
  readonly keyBits: number
  /** Bits of a value, 0 where it has none. */
  readonly valueBits: number
  readonly refinements?: EntryFacts
}

export type ExpiringMapUpdate =
  | {
      readonly kind: 'insert'
      readonly slot: Term
      readonly key: Term
      readonly time: Integer
      readonly value: Term | undefined
    }
  | { readonly kind: 'refresh'; readonly slot: Term; readonly time: Integer }
  | { readonly kind: 'setValue'; readonly slot: Term; readonly value: Term }
  | { readonly kind: 'erase'; readonly slot: Term }
  | { readonly kind: 'expire'; readonly threshold: Integer }

export class ExpiringMapBase {
  readonly scope: Scope
  readonly shape: ExpiringMapShape
  readonly slots: Slots
  readonly log = new Log<ExpiringMapUpdate>()
  readonly count: Integer
  readonly #isEmpty: boolean
  readonly #keys = new Set<Term>()
  readonly #indices = new Set<Term>()
  readonly #symbols = new Map<string, FunctionSymbol>()

  constructor(scope: Scope, shape: ExpiringMapShape, start: 'arbitrary' | 'empty') {
    const { path, integers } = scope
    this.scope = scope
    this.shape = shape
    this.slots = new Slots(integers, shape.capacity)
    this.#isEmpty = start === 'empty'
    if (this.#isEmpty) {
      this.count = integers.of(0n)
      return
    }
    const most = integers.of(shape.capacity.hi)
    const count = path.terms.variable(`${shape.name}.count`, bitVecSort(most.term.width))
    this.count = new Integer(count, 0n, (1n << BigInt(count.width)) - 1n)
    path.assume(integers.le(this.count, shape.capacity))
  }

  /** Every key and index that was asked for, as base functions were given them. */
  get touchedKeys(): Iterable<Term> {
    return this.#keys
  }

  get touchedIndices(): Iterable<Term> {
    return this.#indices
  }

  has(key: Term): Term {
    const { terms } = this.scope.path
    if (this.#isEmpty) return terms.false
    return this.#through(key, (plain) => {
      this.#touchKey(plain)
      return this.#has(plain)
    })
  }

  slot(key: Term): Term {
    if (this.#isEmpty) return this.#zero(this.slots.sort.width)
    return this.#through(key, (plain) => {
      this.#touchKey(plain)
      return this.#slot(plain)
    })
  }

  used(slot: Term): Term {
    if (this.#isEmpty) return this.scope.path.terms.false
    return this.#at(slot, (plain) => this.#used(plain))
  }

  key(slot: Term): Term {
    if (this.#isEmpty) return this.#zero(this.shape.keyBits)
    return this.#at(slot, (plain) => this.#key(plain))
  }

  time(slot: Term): Integer {
    const { integers } = this.scope
    if (this.#isEmpty) return integers.of(0n)
    return integers.unsigned(this.#at(slot, (plain) => this.#time(plain)))
  }

  value(slot: Term): Term | undefined {
    const { valueBits } = this.shape
    if (valueBits === 0) return undefined
    if (this.#isEmpty) return this.#zero(valueBits)
    return this.#at(slot, (plain) => this.#apply('value', plain, bitVecSort(valueBits)))
  }

  /** How many entries of the state with this number an expiry at `threshold` keeps: some function of both. */
  kept(state: number, threshold: Integer): Integer {
    const { integers } = this.scope
    const argument = integers.bits(threshold, TIME_BITS)
    return integers.unsigned(
      this.#apply(`kept.${state}`, argument, bitVecSort(integers.of(this.shape.capacity.hi).term.width)),
    )
  }

  #touchKey(key: Term): void {
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    const { path } = this.scope
    const { terms } = path
    const slot = this.#slot(key)
    const isThere = terms.all([this.slots.isBelowCapacity(slot), this.#used(slot), terms.eq(this.#key(slot), key)])
    path.assume(terms.implies(this.#has(key), isThere))
    this.#touchIndex(slot)
  }

  #touchIndex(slot: Term): void {
    if (this.#indices.has(slot)) return
    this.#indices.add(slot)
    const { path, integers, last } = this.scope
    const { terms } = path
    const key = this.#key(slot)
    const time = integers.unsigned(this.#time(slot))
    const entry = { slot: this.slots.integer(slot), key, time, value: this.#plainValue(slot) }
    const facts = [
      this.slots.isBelowCapacity(slot),
      this.#has(key),
      terms.eq(this.#slot(key), slot),
      integers.le(time, last),
      ...(this.shape.refinements?.(entry) ?? []),
    ]
    path.assume(terms.implies(this.#used(slot), terms.all(facts)))
  }

  #at(slot: Term, f: (plain: Term) => Term): Term {
    return this.#through(slot, (plain) => {
      this.#touchIndex(plain)
      return f(plain)
    })
  }

  #through(term: Term, f: (plain: Term) => Term): Term {
    return through(term, (condition, yes, no) => this.scope.path.terms.ite(condition, yes, no), f)
  }

  #has(key: Term): Term {
    return this.#apply('has', key, boolSort)
  }

  #slot(key: Term): Term {
    return this.#apply('slot', key, this.slots.sort)
  }

  #used(slot: Term): Term {
    return this.#apply('used', slot, boolSort)
  }

  #key(slot: Term): Term {
    return this.#apply('key', slot, bitVecSort(this.shape.keyBits))
  }

  #time(slot: Term): Term {
    return this.#apply('time', slot, bitVecSort(STORED_TIME_BITS))
  }

  #plainValue(slot: Term): Term | undefined {
    const { valueBits } = this.shape
    return valueBits === 0 ? undefined : this.#apply('value', slot, bitVecSort(valueBits))
  }

  #apply(what: string, argument: Term, range: Sort): Term {
    const { terms } = this.scope.path
    let symbol = this.#symbols.get(what)
    if (symbol === undefined) {
      symbol = terms.declareFunction(`${this.shape.name}.${what}`, [argument.sort], range)
      this.#symbols.set(what, symbol)
    }
    return terms.apply(symbol, argument)
  }

  #zero(bits: number): Term {
    return this.scope.path.terms.bv(0n, bits)
  }
}
