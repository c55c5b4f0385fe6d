/** Specification state in the symbolic reading: the structures that authors work with, over the abstract ones. */
import type { Term } from '../../smt/index.js'
import { currentPlace, errorHere } from '../../spec/instrumented/index.js'
import type { IndexAllocatorState } from '../state.js'
import type { Choices } from './choices.js'
import type { Integer } from './integer.js'
import { type LookupParts, MapLookup, nameOf, Table, type TableParts } from './lookups.js'
import type { NumberValue, TruthValue } from './values.js'

export type { MapState, StateEvent, TableParts } from './lookups.js'
export type AllocatorState = IndexAllocatorState<Term, Integer, Integer>

export interface MapParts extends LookupParts {
  readonly choices: Choices
}

export class SymbolicTable extends MapLookup {
  readonly #choices: Choices

  constructor(parts: MapParts) {
    super(parts)
    this.#choices = parts.choices
  }

  expireOlderThan(threshold: unknown): void {
    const time = this.threshold(threshold)
    this.note({ operation: 'expire', time })
    this.inUse.clear()
    this.state.expire(time)
  }

  touch(key: unknown, now: unknown): NumberValue | undefined {
    const time = this.time(now)
    const slot = this.find(key, 'touch')
    if (slot === undefined) return undefined
    this.state.refresh(slot, time)
    return this.run.number(slot)
  }

  insert(key: unknown, now: unknown, ...values: readonly unknown[]): NumberValue | undefined {
    const { run } = this
    const { integers, terms } = run
    const time = this.time(now)
    const bytes = this.key.encodeKey(run, key)
    const value = this.#encodeValue(values[0], 'insert')
    run.oblige(`${this.name}.insert of a key that is there already`, terms.not(this.state.has(bytes)))
    const { capacity } = this.state
    if (run.decide(integers.le(capacity, this.state.count()))) return undefined
    const slot = this.#choices.choose({
      name: `${this.name} slot`,
      range: capacity,
      allowed: (candidate) => terms.not(this.state.used(candidate)),
      place: currentPlace(),
    })
    this.note({ operation: 'insert', key: bytes, slot, time, ...(value === undefined ? {} : { value }) })
    this.state.insert(slot, bytes, time, value)
    this.inUse.add(nameOf(slot))
    return run.number(slot)
  }

  setValue(slot: unknown, given: unknown): void {
    const at = this.used(slot, 'setValue')
    const value = this.#encodeValue(given, 'setValue')
    this.note({ operation: 'setValue', slot: at, ...(value === undefined ? {} : { value }) })
    this.state.setValue(at, value)
  }

  refresh(slot: unknown, now: unknown): void {
    const at = this.used(slot, 'refresh')
    const time = this.time(now)
    this.note({ operation: 'refresh', slot: at, time })
    this.state.refresh(at, time)
  }

  erase(slot: unknown): void {
    const at = this.used(slot, 'erase')
    this.note({ operation: 'erase', slot: at })
    this.inUse.clear()
    this.state.erase(at)
  }

  #encodeValue(value: unknown, operation: string): Term | undefined {
    if (this.value === undefined) return undefined
    if (value === undefined) throw errorHere(`${this.name}.${operation} needs a value`)
    return this.value.encode(this.run, value)
  }
}

export interface SetParts extends TableParts {
  readonly state: AllocatorState
}

/** A set of numbers with times of last use; the device has no choice here. */
export class SymbolicIndexSet extends Table {
  readonly #state: AllocatorState

  constructor(parts: SetParts) {
    super(parts)
    this.#state = parts.state
  }

  get capacity(): NumberValue {
    return this.run.number(this.#state.capacity)
  }

  get size(): NumberValue {
    return this.run.number(this.#state.count())
  }

  expireOlderThan(threshold: unknown): void {
    const time = this.threshold(threshold)
    this.note({ operation: 'expire', time })
    this.#state.expire(time)
  }

  has(index: unknown): TruthValue {
    const { at, inRange } = this.index(index, this.#state.capacity)
    this.note({ operation: 'get', slot: at })
    return this.run.truth(this.run.terms.and(inRange, this.#state.used(at)))
  }

  /** Whether an index in range is in, as a term. */
  holds(index: Integer): Term {
    return this.#state.used(index)
  }

  touch(index: unknown, now: unknown): void {
    const { at, inRange } = this.index(index, this.#state.capacity)
    this.run.oblige(`${this.name}.touch of an index that is not below its capacity`, inRange)
    const time = this.time(now)
    this.note({ operation: 'touch', slot: at, time })
    if (this.run.decide(this.#state.used(at))) this.#state.refresh(at, time)
    else this.#state.allocate(at, time)
  }
}
