/** What can be asked of a table in the symbolic reading: by a specification, and by properties, which change nothing. */
import type { Term } from '../../smt/index.js'
import { currentPlace, errorHere } from '../../spec/instrumented/index.js'
import type { ExpiringMapState } from '../state.js'
import type { Integer } from './integer.js'
import type { Place } from './path.js'
import type { RecordCodec } from './record-codec.js'
import type { Run } from './run.js'
import type { NumberValue } from './values.js'

/** A table as its structure keeps it: keys and values are bytes, the first in the highest bits of a bit vector. */
export type MapState = ExpiringMapState<Term, Integer, Integer, Term, Term | undefined>

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

export abstract class Table {
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

export interface LookupParts extends TableParts {
  readonly state: MapState
  readonly key: RecordCodec
  readonly value: RecordCodec | undefined
}

export class MapLookup extends Table {
  protected readonly state: MapState
  protected readonly key: RecordCodec
  protected readonly value: RecordCodec | undefined
  /** Slots that are in use as long as nothing is taken out: no obligation is needed to use them. */
  protected readonly inUse = new Set<string>()

  constructor(parts: LookupParts) {
    super(parts)
    this.state = parts.state
    this.key = parts.key
    this.value = parts.value
  }

  get capacity(): NumberValue {
    return this.run.number(this.state.capacity)
  }

  get size(): NumberValue {
    return this.run.number(this.state.count())
  }

  get(key: unknown): NumberValue | undefined {
    const slot = this.find(key, 'get')
    return slot && this.run.number(slot)
  }

  keyAt(slot: unknown): Readonly<Record<string, unknown>> | undefined {
    const { at, inRange } = this.index(slot, this.state.capacity)
    this.note({ operation: 'keyAt', slot: at })
    if (!this.run.decide(this.run.terms.and(inRange, this.state.used(at)))) return undefined
    this.inUse.add(nameOf(this.run.integer(slot, 'a slot')))
    return this.key.decode(this.run, this.state.keyAt(at))
  }

  valueAt(slot: unknown): Readonly<Record<string, unknown>> {
    const at = this.used(slot, 'valueAt')
    const value = this.state.valueAt(at)
    if (this.value === undefined || value === undefined) {
      throw errorHere(`${this.name}.valueAt: this map has no values`)
    }
    this.note({ operation: 'valueAt', slot: at, value })
    return this.value.decode(this.run, value)
  }

  /** The slot of a key that is there. */
  protected find(key: unknown, operation: 'get' | 'touch'): Integer | undefined {
    const bytes = this.key.encodeKey(this.run, key)
    this.note({ operation, key: bytes })
    if (!this.run.decide(this.state.has(bytes))) return undefined
    const slot = this.state.slotOf(bytes)
    this.inUse.add(nameOf(slot))
    return slot
  }

  /** A slot that must be in use. */
  protected used(slot: unknown, operation: string): Integer {
    const { at, inRange } = this.index(slot, this.state.capacity)
    if (this.inUse.has(nameOf(this.run.integer(slot, 'a slot')))) return at
    this.run.oblige(
      `${this.name}.${operation} of a slot that is not in use`,
      this.run.terms.and(inRange, this.state.used(at)),
    )
    return at
  }
}

/** One bit vector read with and without a sign is two numbers. */
export function nameOf({ term, lo }: Integer): string {
  return `${term.id}${lo < 0n ? ' signed' : ''}`
}
