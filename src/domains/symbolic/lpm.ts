/**
 * Longest-prefix match, symbolically: a log of rules over a base, arbitrary (an uninterpreted lookup) or
 * empty. What is kept of an address is the length of its longest rule and that rule's value; a rule set later takes
 * over where it covers the address and is at least as long.
 */
import { bitVecSort, boolSort, type Sort, type Term } from '../../smt/index.js'
import type { PrefixRow } from '../../spec/values.js'
import { Integer, type Integers } from './integer.js'
import { type Entry, Log } from './log.js'
import type { Scope } from './scope.js'

type LpmScope = Pick<Scope, 'path' | 'integers'>

export interface LpmShape {
  /** Its functions are named after it. */
  readonly name: string
  readonly capacity: Integer
  /** Facts that hold for the value of every rule. Without them it is not negative, as `lpm_update_elem` requires. */
  readonly refinements?: (value: Integer) => readonly Term[]
}

interface LpmUpdate {
  readonly kind: 'set'
  /** 32 bits. */
  readonly prefix: Term
  /** From 0 to 32. */
  readonly prefixLength: Integer
  readonly value: Integer
}

type State = Entry<LpmUpdate> | undefined

const ADDRESS = bitVecSort(32)
/** Wide enough for 0 to 32. */
const LENGTH = bitVecSort(6)

export class LpmBase {
  readonly scope: LpmScope
  readonly shape: LpmShape
  readonly log = new Log<LpmUpdate>()
  readonly count: Integer
  readonly isEmpty: boolean
  readonly #touched = new Set<Term>()

  constructor(scope: LpmScope, shape: LpmShape, start: 'arbitrary' | 'empty') {
    const { path, integers } = scope
    this.scope = scope
    this.shape = shape
    this.isEmpty = start === 'empty'
    if (this.isEmpty) {
      this.count = integers.of(0n)
      return
    }
    const count = path.terms.variable(`${shape.name}.count`, bitVecSort(integers.of(shape.capacity.hi).term.width))
    this.count = new Integer(count, 0n, (1n << BigInt(count.width)) - 1n)
    path.assume(integers.le(this.count, shape.capacity))
  }

  has(address: Term): Term {
    if (this.isEmpty) return this.scope.path.terms.false
    this.#touch(address)
    return this.#apply('has', boolSort, address)
  }

  length(address: Term): Integer {
    if (this.isEmpty) return this.scope.integers.of(0n)
    this.#touch(address)
    return this.scope.integers.unsigned(this.#apply('length', LENGTH, address))
  }

  lookup(address: Term): Integer {
    if (this.isEmpty) return this.scope.integers.of(0n)
    this.#touch(address)
    return this.scope.integers.signed(this.#apply('lookup', ADDRESS, address))
  }

  hasRule(first: Term, length: Term): Term {
    return this.isEmpty ? this.scope.path.terms.false : this.#apply('rule', boolSort, first, length)
  }

  #touch(address: Term): void {
    if (this.#touched.has(address)) return
    this.#touched.add(address)
    const { path, integers } = this.scope
    const { terms } = path
    const value = integers.signed(this.#apply('lookup', ADDRESS, address))
    const facts = [
      integers.le(integers.unsigned(this.#apply('length', LENGTH, address)), integers.of(32n)),
      ...(this.shape.refinements?.(value) ?? [integers.le(integers.of(0n), value)]),
    ]
    path.assume(terms.implies(this.#apply('has', boolSort, address), terms.all(facts)))
  }

  #apply(what: string, range: Sort, ...args: readonly Term[]): Term {
    const { terms } = this.scope.path
    const symbol = terms.declareFunction(
      `${this.shape.name}.${what}`,
      args.map(({ sort }) => sort),
      range,
    )
    return terms.apply(symbol, ...args)
  }
}

export class SymbolicLpm {
  readonly base: LpmBase
  #state: State

  constructor(base: LpmBase, state?: State) {
    this.base = base
    this.#state = state
  }

  fork(): SymbolicLpm {
    return new SymbolicLpm(this.base, this.#state)
  }

  over(): SymbolicLpm {
    return new SymbolicLpm(this.base)
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

  /** How many different prefixes are in. */
  count(): Integer {
    return this.#count(this.#state)
  }

  hasRule(prefix: Integer, prefixLength: Integer): Term {
    return this.#hasRule(this.#state, this.#address(prefix), prefixLength)
  }

  /** Requires a prefix length of at most 32. */
  setRule(prefix: Integer, prefixLength: Integer, value: Integer): void {
    const bits = this.#address(prefix)
    this.#state = this.base.log.push(this.#state, { kind: 'set', prefix: bits, prefixLength, value }, [
      bits,
      prefixLength,
      value,
    ])
  }

  has(address: Integer): Term {
    const bits = this.#address(address)
    const has = (state: State): Term =>
      state === undefined ? this.base.has(bits) : this.#terms.or(this.#covers(state.update, bits), has(state.before))
    return has(this.#state)
  }

  lookup(address: Integer): Integer {
    return this.#longest(this.#state, this.#address(address)).value
  }

  get #terms() {
    return this.base.scope.path.terms
  }

  #address(address: Integer): Term {
    return this.base.scope.integers.bits(address, 32)
  }

  /** The length and value of the longest rule of an address; of none, length 0 and whatever. */
  #longest(state: State, address: Term): { readonly length: Integer; readonly value: Integer } {
    const { integers } = this.base.scope
    if (state === undefined) {
      const length = integers.select(this.base.has(address), this.base.length(address), integers.of(0n))
      return { length, value: this.base.lookup(address) }
    }
    const rest = this.#longest(state.before, address)
    const { update } = state
    const wins = this.#terms.and(this.#covers(update, address), integers.le(rest.length, update.prefixLength))
    return {
      length: integers.select(wins, update.prefixLength, rest.length),
      value: integers.select(wins, update.value, rest.value),
    }
  }

  #covers({ prefix, prefixLength }: LpmUpdate, address: Term): Term {
    return this.#terms.eq(this.#first(address, prefixLength), this.#first(prefix, prefixLength))
  }

  /** The first bits of an address, moved to the lowest. */
  #first(address: Term, prefixLength: Integer): Term {
    const { integers } = this.base.scope
    const beyond = integers.bits(integers.sub(integers.of(32n), prefixLength), 32)
    return this.#terms.lshr(address, beyond)
  }

  #hasRule(state: State, prefix: Term, prefixLength: Integer): Term {
    const { integers } = this.base.scope
    const terms = this.#terms
    if (state === undefined) {
      return this.base.hasRule(this.#first(prefix, prefixLength), integers.bits(prefixLength, LENGTH.width))
    }
    const { update } = state
    const isSame = terms.and(integers.eq(update.prefixLength, prefixLength), this.#covers(update, prefix))
    return terms.or(isSame, this.#hasRule(state.before, prefix, prefixLength))
  }

  #count(state: State): Integer {
    const { integers } = this.base.scope
    if (state === undefined) return this.base.count
    const rest = this.#count(state.before)
    const { prefix, prefixLength } = state.update
    const isKnown = this.#hasRule(state.before, prefix, prefixLength)
    return integers.select(isKnown, rest, integers.add(rest, integers.of(1n)))
  }
}

/**
 * Sets configured rules, the shorter ones first: in whatever order they are set they say the same, and so each wins that
 * covers an address. Who sets the same rules gets the same terms.
 */
export function setRows(lpm: SymbolicLpm, integers: Integers, rows: readonly PrefixRow[]): void {
  for (const { prefix, length, value } of [...rows].sort((a, b) => a.length - b.length)) {
    lpm.setRule(integers.of(BigInt(prefix)), integers.of(BigInt(length)), integers.of(BigInt(value)))
  }
}
