/** The tables of a watched reading as properties see them, before and after the packet at hand. */
import { SpecError } from '../../spec/error.js'
import type { ExpiringMapDeclaration, IndexSetDeclaration } from '../../spec/state.js'
import type { ExpiringMapView, IndexSetView } from '../../spec/views.js'
import type { SpecExpiringMap } from './tables.js'
import type { Entry, WatchedExpiringMap, WatchedIndexAllocator } from './watched.js'

/** A table that can be looked at, with the declaration that it was made from. */
export type WatchedTable = WatchedMap | WatchedSet

export interface WatchedMap {
  readonly declaration: ExpiringMapDeclaration<object, object | undefined>
  readonly table: SpecExpiringMap<object, object | undefined>
  readonly state: WatchedExpiringMap<object, object | undefined>
}

export interface WatchedSet {
  readonly declaration: IndexSetDeclaration
  readonly state: WatchedIndexAllocator
}

export type When = 'before' | 'after'

/** How one property looks at one table, for one packet. */
export class Glance {
  /** Entries with a time below are not seen, whatever the specification says; undefined where it alone says it. */
  threshold: bigint | undefined
  /** Whether something was seen that may be otherwise: it rests on a choice of the device that has not shown yet. */
  isDoubtful = false
  #sawBefore = false
  #sawAfter = false

  /** Before another packet. */
  restart(threshold: bigint | undefined): void {
    this.threshold = threshold
    this.isDoubtful = false
    this.#sawBefore = false
    this.#sawAfter = false
  }

  look(isBefore: boolean): void {
    if (isBefore) this.#sawBefore = true
    else this.#sawAfter = true
  }

  /** The latest state that was looked at. */
  get saw(): When | undefined {
    if (this.#sawAfter) return 'after'
    return this.#sawBefore ? 'before' : undefined
  }
}

/** Below all times. */
const NEVER = -(2n ** 63n)

/** What a property may not do with a table. The loader finds it where it is plain; what is passed around is found here. */
class ReadOnly {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  expireOlderThan(): never {
    throw this.#refusal('expireOlderThan')
  }

  touch(): never {
    throw this.#refusal('touch')
  }

  insert(): never {
    throw this.#refusal('insert')
  }

  setValue(): never {
    throw this.#refusal('setValue')
  }

  refresh(): never {
    throw this.#refusal('refresh')
  }

  erase(): never {
    throw this.#refusal('erase')
  }

  protected error(what: string): SpecError {
    return new SpecError(`${this.#name}.${what}`)
  }

  #refusal(operation: string): SpecError {
    return this.error(`${operation} changes the state, which a property only reads`)
  }
}

export class ConcreteMapView extends ReadOnly implements ExpiringMapView<object, object | undefined> {
  readonly capacity: number
  readonly #table: WatchedMap['table']
  readonly #state: WatchedMap['state']
  readonly #isBefore: boolean
  readonly #glance: Glance

  constructor(name: string, { table, state }: WatchedMap, when: When, glance: Glance) {
    super(name)
    this.capacity = state.capacity
    this.#table = table
    this.#state = state
    this.#isBefore = when === 'before'
    this.#glance = glance
  }

  get size(): number {
    this.#glance.look(this.#isBefore)
    const threshold = this.#threshold
    return this.#isBefore ? this.#state.countBefore(threshold) : this.#state.count() - this.#state.countBelow(threshold)
  }

  get(key: object): number | undefined {
    this.#glance.look(this.#isBefore)
    const slot = this.#isBefore ? this.#state.findBefore(key) : this.#state.find(key)
    if (slot === -1 || this.#entry(slot) === undefined) return undefined
    if (this.#table.showsSlots && this.#table.isUnseen(slot)) this.#glance.isDoubtful = true
    return slot
  }

  keyAt(slot: number): object | undefined {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.capacity) return undefined
    const entry = this.#entry(slot)
    // An entry that was never seen may really be here, or what is here may really be elsewhere.
    if ((entry === undefined || this.#table.isUnseen(slot)) && this.#table.doubtful()) this.#glance.isDoubtful = true
    return entry?.key
  }

  valueAt(slot: number): object {
    const { value } = this.#used(slot, 'valueAt')
    if (value === undefined) throw this.error('valueAt: this map has no values')
    return value
  }

  timeAt(slot: number): bigint {
    return this.#used(slot, 'timeAt').time
  }

  #used(slot: number, operation: string): Entry<object, object | undefined> {
    const entry = this.#entry(slot)
    if (entry === undefined) throw this.error(`${operation} of slot ${slot}, which is not in use`)
    return entry
  }

  #entry(slot: number): Entry<object, object | undefined> | undefined {
    this.#glance.look(this.#isBefore)
    const entry = this.#isBefore ? this.#state.entryBefore(slot) : this.#state.entryAt(slot)
    return entry === undefined || entry.time < this.#threshold ? undefined : entry
  }

  get #threshold(): bigint {
    return this.#glance.threshold ?? this.#state.threshold ?? NEVER
  }
}

export class ConcreteSetView extends ReadOnly implements IndexSetView {
  readonly capacity: number
  readonly #state: WatchedIndexAllocator
  readonly #isBefore: boolean
  readonly #glance: Glance

  constructor(name: string, { state }: WatchedSet, when: When, glance: Glance) {
    super(name)
    this.capacity = state.capacity
    this.#state = state
    this.#isBefore = when === 'before'
    this.#glance = glance
  }

  get size(): number {
    this.#glance.look(this.#isBefore)
    const threshold = this.#threshold
    return this.#isBefore ? this.#state.countBefore(threshold) : this.#state.count() - this.#state.countBelow(threshold)
  }

  has(index: number): boolean {
    return this.#time(index) !== undefined
  }

  timeAt(index: number): bigint {
    const time = this.#time(index)
    if (time === undefined) throw this.error(`timeAt of ${index}, which is not in`)
    return time
  }

  #time(index: number): bigint | undefined {
    this.#glance.look(this.#isBefore)
    const time = this.#isBefore ? this.#state.timeBefore(index) : this.#state.timeNow(index)
    return time === undefined || time < this.#threshold ? undefined : time
  }

  get #threshold(): bigint {
    return this.#glance.threshold ?? this.#state.threshold ?? NEVER
  }
}
