/** Specification state in the symbolic reading: the structures that authors work with, over the abstract ones. */
import type { Term } from '../../smt/index.js'
import { currentPlace, errorHere } from '../../spec/instrumented/index.js'
import type { ExpiringMapState, IndexAllocatorState } from '../state.js'
import type { Choices } from './choices.js'
import type { Integer } from './integer.js'
import type { Place } from './path.js'
import type { RecordCodec } from './record-codec.js'
import type { Run } from './run.js'
import type { NumberValue, TruthValue } from './values.js'

/** A table as its structure keeps it: keys and values are bytes, the first in the highest bits of a bit vector. */
export type MapState = ExpiringMapState<Term, Integer, Integer, Term, Term | undefined>
export type AllocatorState = IndexAllocatorState<Term, Integer, Integer>

/** What a specification did to its state, for reports and for matching with what the network function did. */
export interface StateEvent {
  readonly table: string
  readonly operation: 'expire' | 'get' | 'insert' | 'keyAt' | 'valueAt' | 'setValue' | 'refresh' | 'erase' | 'touch'
  readonly key?: Term
  readonly slot?: Integer
  readonly value?: Term
  /** A time, or the threshold of an expiry. */
  readonly time?: Integer
  readonly place: Place | undefined
}

export interface TableParts {
  readonly run: Run
  readonly name: string
  readonly log: StateEvent[]
}

abstract class Table {
  protected readonly run: Run
  protected readonly name: string
  readonly #log: StateEvent[]

  constructor({ run, name, log }: TableParts) {
    this.run = run
    this.name = name
    this.#log = log
  }

  protected note(event: Omit<StateEvent, 'table' | 'place'>): void {
    this.run.effect()
    this.#log.push({ ...event, table: this.name, place: currentPlace() })
  }

  /** A time that may be stored: not negative, and not later than now. */
  protected time(value: unknown): Integer {
    const time = this.run.integerOf(value, true, `a time in ${this.name}`)
    const { now, integers } = this.run
    const past = this.run.fitting(time, 0n, now.hi, `a time of ${this.name} is negative or later than now`)
    this.run.oblige(`a time of ${this.name} is later than now`, integers.le(past, now))
    return past
  }

  protected threshold(value: unknown): Integer {
    return this.run.integerOf(value, true, `the threshold of ${this.name}`)
  }

  /** An index as far as a structure of `capacity` knows it, and whether it is below. */
  protected index(value: unknown, capacity: Integer): { readonly at: Integer; readonly inRange: Term } {
    const { integers, terms } = this.run
    const index = this.run.integerOf(value, false, `an index of ${this.name}`)
    const inRange = terms.and(integers.le(integers.of(0n), index), integers.lt(index, capacity))
    if (index.hi < 0n || index.lo >= capacity.hi) return { at: integers.of(0n), inRange: terms.false }
    return { at: integers.within(index, 0n, capacity.hi - 1n), inRange }
  }
}

export interface MapParts extends TableParts {
  readonly state: MapState
  readonly key: RecordCodec
  readonly value: RecordCodec | undefined
  readonly choices: Choices
}

export class SymbolicTable extends Table {
  readonly #state: MapState
  readonly #key: RecordCodec
  readonly #value: RecordCodec | undefined
  readonly #choices: Choices
  /** Slots that are in use as long as nothing is taken out: no obligation is needed to use them. */
  readonly #inUse = new Set<string>()

  constructor(parts: MapParts) {
    super(parts)
    this.#state = parts.state
    this.#key = parts.key
    this.#value = parts.value
    this.#choices = parts.choices
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
    this.#inUse.clear()
    this.#state.expire(time)
  }

  get(key: unknown): NumberValue | undefined {
    const slot = this.#find(key, 'get')
    return slot && this.run.number(slot)
  }

  touch(key: unknown, now: unknown): NumberValue | undefined {
    const time = this.time(now)
    const slot = this.#find(key, 'touch')
    if (slot === undefined) return undefined
    this.#state.refresh(slot, time)
    return this.run.number(slot)
  }

  insert(key: unknown, now: unknown, ...values: readonly unknown[]): NumberValue | undefined {
    const { run } = this
    const { integers, terms } = run
    const time = this.time(now)
    const bytes = this.#key.encode(run, key)
    const value = this.#encodeValue(values[0], 'insert')
    run.oblige(`${this.name}.insert of a key that is there already`, terms.not(this.#state.has(bytes)))
    const { capacity } = this.#state
    if (run.decide(integers.le(capacity, this.#state.count()))) return undefined
    const slot = this.#choices.choose({
      name: `${this.name} slot`,
      range: capacity,
      allowed: (candidate) => terms.not(this.#state.used(candidate)),
      place: currentPlace(),
    })
    this.note({ operation: 'insert', key: bytes, slot, time, ...(value === undefined ? {} : { value }) })
    this.#state.insert(slot, bytes, time, value)
    this.#inUse.add(nameOf(slot))
    return run.number(slot)
  }

  keyAt(slot: unknown): Readonly<Record<string, unknown>> | undefined {
    const { at, inRange } = this.index(slot, this.#state.capacity)
    this.note({ operation: 'keyAt', slot: at })
    if (!this.run.decide(this.run.terms.and(inRange, this.#state.used(at)))) return undefined
    this.#inUse.add(nameOf(this.run.integer(slot, 'a slot')))
    return this.#key.decode(this.run, this.#state.keyAt(at))
  }

  valueAt(slot: unknown): Readonly<Record<string, unknown>> {
    const at = this.#used(slot, 'valueAt')
    const value = this.#state.valueAt(at)
    if (this.#value === undefined || value === undefined) {
      throw errorHere(`${this.name}.valueAt: this map has no values`)
    }
    this.note({ operation: 'valueAt', slot: at, value })
    return this.#value.decode(this.run, value)
  }

  setValue(slot: unknown, given: unknown): void {
    const at = this.#used(slot, 'setValue')
    const value = this.#encodeValue(given, 'setValue')
    this.note({ operation: 'setValue', slot: at, ...(value === undefined ? {} : { value }) })
    this.#state.setValue(at, value)
  }

  refresh(slot: unknown, now: unknown): void {
    const at = this.#used(slot, 'refresh')
    const time = this.time(now)
    this.note({ operation: 'refresh', slot: at, time })
    this.#state.refresh(at, time)
  }

  erase(slot: unknown): void {
    const at = this.#used(slot, 'erase')
    this.note({ operation: 'erase', slot: at })
    this.#inUse.clear()
    this.#state.erase(at)
  }

  /** The slot of a key that is there. */
  #find(key: unknown, operation: 'get' | 'touch'): Integer | undefined {
    const bytes = this.#key.encode(this.run, key)
    this.note({ operation, key: bytes })
    if (!this.run.decide(this.#state.has(bytes))) return undefined
    const slot = this.#state.slotOf(bytes)
    this.#inUse.add(nameOf(slot))
    return slot
  }

  #used(slot: unknown, operation: string): Integer {
    const { at, inRange } = this.index(slot, this.#state.capacity)
    if (this.#inUse.has(nameOf(this.run.integer(slot, 'a slot')))) return at
    this.run.oblige(
      `${this.name}.${operation} of a slot that is not in use`,
      this.run.terms.and(inRange, this.#state.used(at)),
    )
    return at
  }

  #encodeValue(value: unknown, operation: string): Term | undefined {
    if (this.#value === undefined) return undefined
    if (value === undefined) throw errorHere(`${this.name}.${operation} needs a value`)
    return this.#value.encode(this.run, value)
  }
}

/** One bit vector read with and without a sign is two numbers. */
function nameOf({ term, lo }: Integer): string {
  return `${term.id}${lo < 0n ? ' signed' : ''}`
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
