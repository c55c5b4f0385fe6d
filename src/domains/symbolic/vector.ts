/**
 * The vector, symbolically: a log of cells set, over a base that is arbitrary, all zeros, or such that the cells of entries
 * in use begin with their keys.
 */
import { bitVecSort, type Term } from '../../smt/index.js'
import type { VectorState } from '../state.js'
import type { ExpiringMapBase } from './expiring-map-base.js'
import type { Integer } from './integer.js'
import { type Entry, Log } from './log.js'
import type { Scope } from './scope.js'
import { Slots, through } from './slots.js'

export interface VectorShape {
  /** Its function is named after it. */
  readonly name: string
  readonly capacity: Integer
  /** Bits of a cell, 0 where it has no bytes. */
  readonly valueBits: number
  /** Facts that hold for every cell. */
  readonly refinements?: (index: Integer, value: Term) => readonly Term[]
}

interface VectorUpdate {
  readonly kind: 'set'
  readonly index: Term
  readonly value: Term
}

type State = Entry<VectorUpdate> | undefined

export class VectorBase {
  readonly scope: Scope
  readonly shape: VectorShape
  readonly slots: Slots
  readonly log = new Log<VectorUpdate>()
  readonly #isEmpty: boolean
  readonly #entries: ExpiringMapBase | undefined
  readonly #indices = new Set<Term>()

  constructor(scope: Scope, shape: VectorShape, start: 'arbitrary' | 'empty' | ExpiringMapBase) {
    this.scope = scope
    this.shape = shape
    this.slots = new Slots(scope.integers, shape.capacity)
    this.#isEmpty = start === 'empty'
    this.#entries = typeof start === 'string' ? undefined : start
  }

  get touchedIndices(): Iterable<Term> {
    return this.#indices
  }

  value(index: Term): Term {
    const { path, integers } = this.scope
    const { terms } = path
    const { name, valueBits, refinements } = this.shape
    if (this.#isEmpty) return terms.bv(0n, valueBits)
    const cell = terms.declareFunction(`${name}.cell`, [this.slots.sort], bitVecSort(valueBits))
    return through(
      index,
      (condition, yes, no) => terms.ite(condition, yes, no),
      (plain) => {
        const value = this.#withKey(plain, terms.apply(cell, plain))
        if (!this.#indices.has(plain)) {
          this.#indices.add(plain)
          const facts = refinements?.(integers.unsigned(plain), value) ?? []
          path.assume(terms.implies(this.slots.isBelowCapacity(plain), terms.all(facts)))
        }
        return value
      },
    )
  }

  /** A cell as it is where its entry is in use, else whatever it was. */
  #withKey(index: Term, cell: Term): Term {
    const entries = this.#entries
    if (entries === undefined) return cell
    const { terms } = this.scope.path
    const rest = cell.width - entries.shape.keyBits
    const first = terms.extract(cell.width - 1, rest, cell)
    const key = terms.ite(entries.used(index), entries.key(index), first)
    return rest === 0 ? key : terms.concat(key, terms.extract(rest - 1, 0, cell))
  }
}

export class SymbolicVector implements VectorState<Integer, Term | undefined> {
  readonly base: VectorBase
  #state: State

  constructor(base: VectorBase, state?: State) {
    this.base = base
    this.#state = state
  }

  /** The same cells now, set on its own from here on. */
  fork(): SymbolicVector {
    return new SymbolicVector(this.base, this.#state)
  }

  /** Another over the same base, without updates: the other side of a proof. */
  over(): SymbolicVector {
    return new SymbolicVector(this.base)
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

  get(index: Integer): Term | undefined {
    if (this.base.shape.valueBits === 0) return undefined
    const { terms } = this.base.scope.path
    const bits = this.base.slots.bits(index)
    const value = (state: State): Term =>
      state === undefined
        ? this.base.value(bits)
        : terms.ite(terms.eq(bits, state.update.index), state.update.value, value(state.before))
    return value(this.#state)
  }

  set(index: Integer, value: Term | undefined): void {
    if (value === undefined) return
    const bits = this.base.slots.bits(index)
    this.#state = this.base.log.push(this.#state, { kind: 'set', index: bits, value }, [bits, value])
  }
}
