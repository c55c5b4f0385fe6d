/** Specification state in the fast reading: the structures that authors work with, over the abstract ones. */
import { SpecError } from '../../spec/error.js'
import type { RecordLayout } from '../../spec/record.js'
import type { ExpiringMap } from '../../spec/state.js'
import type { Retractable } from '../state.js'
import { ChoiceSite, type Choices, type Chooser, type Doubt } from './choices.js'
import type { ConcreteExpiringMap } from './expiring-map.js'
import type { KeyPacking } from './key-index.js'
import { RoomDoubts } from './room-doubts.js'
import { SlotDoubts, UNSEEN } from './slot-doubts.js'

/** With less room than this, packets whose order is looked for may take all of it. */
const LITTLE_ROOM = 4096

/** How keys and values are told apart; values where the map has any. */
interface EntryTypes<K, V> {
  readonly key: { hash(this: void, key: K): number }
  readonly value: { equals(this: void, a: V, b: V): boolean } | undefined
}

/** An expiring map whose slots the device chose. An entry whose slot was never seen in an output is `unseen`. */
export class SpecExpiringMap<K, V> implements ExpiringMap<K, V>, Retractable, Doubt {
  readonly capacity: number
  readonly #name: string
  readonly #state: ConcreteExpiringMap<K, V | undefined>
  readonly #choices: Choices
  readonly #doubts: SlotDoubts
  readonly #flags: Uint8Array
  readonly #room: RoomDoubts
  readonly #site: ChoiceSite
  readonly #settle: Chooser
  readonly #table: number
  readonly #types: EntryTypes<K, V>
  /** Whether packets were ever kept: only then it is watched what packets do. */
  #isWatched = false

  /** `state` is where to keep the entries. */
  constructor(name: string, state: ConcreteExpiringMap<K, V | undefined>, types: EntryTypes<K, V>, choices: Choices) {
    const { capacity } = state
    this.#table = choices.nextTable()
    this.#types = types
    this.#name = name
    this.capacity = capacity
    this.#state = state
    this.#choices = choices
    this.#doubts = new SlotDoubts(capacity, choices)
    this.#flags = this.#doubts.flags
    this.#room = new RoomDoubts(choices)
    this.#site = new ChoiceSite(`${name} slot`, capacity, choices.lessons)
    this.#settle = {
      showsLater: true,
      settle: (slot, sure) => this.#doubts.settled(slot, sure),
      other: (slot) => this.#state.otherFree(slot),
    }
  }

  get size(): number {
    if (this.#isWatched) this.#choices.footprint?.readRoom(this.#table)
    return this.#state.count()
  }

  expireOlderThan(threshold: bigint): void {
    if (this.#isWatched) this.#expireWatched(threshold)
    else this.#state.expire(threshold)
  }

  get(key: K): number | undefined {
    if (this.#isWatched) this.#asked(key)
    const slot = this.#state.find(key)
    return slot === -1 ? undefined : this.#boundAt(slot)
  }

  touch(key: K, now: bigint): number | undefined {
    if (this.#isWatched) this.#asked(key)
    const found = this.#state.find(key)
    if (found === -1) return undefined
    const slot = this.#boundAt(found)
    this.#state.refresh(slot, now)
    return slot
  }

  insert(key: K, now: bigint, ...values: [] | [V]): number | undefined {
    const state = this.#state
    if (state.find(key) !== -1) throw new SpecError(`${this.#name}.insert of a key that is there already`)
    if (this.#isWatched ? !this.#findsRoom(now) : state.count() === this.capacity) return undefined
    const wanted = this.#choices.wanted(this.#site)
    const taken = wanted !== -1 && !state.used(wanted)
    if (!taken && this.#choices.isForced) this.#choices.invalid = true
    const slot = taken ? wanted : state.lowestFree()
    this.#choices.met(this.#site, this.#settle, slot, taken && !this.#choices.isForced)
    state.insert(slot, key, now, values[0])
    if (this.#isWatched) this.#traceChange(slot)
    this.#doubts.inserted(slot)
    return slot
  }

  keyAt(slot: number): K | undefined {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.capacity) return undefined
    if (this.#isWatched) this.#askedAt(slot)
    const used = this.#state.used(slot)
    // An entry that was never seen may really be here, or what is here may really be elsewhere.
    if (!used || this.isUnseen(slot)) this.#choices.doubt(this)
    return used ? this.#state.keyAt(slot) : undefined
  }

  valueAt(slot: number): V {
    this.#requireUsed(slot, 'valueAt')
    if (this.#isWatched) this.#readValue(slot)
    const value = this.#state.valueAt(slot)
    if (value === undefined) throw new SpecError(`${this.#name}.valueAt: this map has no values`)
    return value
  }

  setValue(slot: number, value: V): void {
    this.#requireUsed(slot, 'setValue')
    if (this.#isWatched) this.#wroteValue(slot, value)
    this.#state.setValue(slot, value)
  }

  refresh(slot: number, now: bigint): void {
    this.#requireUsed(slot, 'refresh')
    this.#state.refresh(slot, now)
  }

  erase(slot: number): void {
    this.#requireUsed(slot, 'erase')
    if (this.#isWatched) this.#traceChange(slot)
    this.#state.erase(slot)
  }

  begin(): void {
    this.#state.begin()
    if (this.#isWatched) this.#doubts.begin()
  }

  rollback(): void {
    this.#state.rollback()
    if (!this.#isWatched) return
    this.#doubts.rollback()
    this.#room.rollback()
  }

  mark(): void {
    this.#isWatched = true
    this.#state.mark()
    this.#doubts.mark()
  }

  retract(): void {
    this.#state.retract()
    this.#doubts.retract()
    this.#room.rollback()
  }

  forget(count: number): void {
    this.#state.forget(count)
    this.#doubts.forget(count)
  }

  /** Whether there is room for an entry; in a run where open insertions come out the other way, makes it or does not. */
  #findsRoom(now: bigint): boolean {
    const state = this.#state
    const room = this.capacity - state.count()
    if (room < LITTLE_ROOM) this.#choices.footprint?.readRoom(this.#table)
    const oldest = room > 0 ? undefined : state.slots()[Symbol.iterator]().next().value
    const isOpen = this.#room.isOpen(room, oldest === undefined ? undefined : state.timeAt(oldest), now)
    if (!isOpen || !this.#choices.isOpposite) return room > 0
    if (oldest !== undefined) state.erase(oldest)
    return oldest !== undefined
  }

  #requireUsed(slot: number, operation: string): void {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.capacity || !this.#state.used(slot)) {
      throw new SpecError(`${this.#name}.${operation} of slot ${slot}, which is not in use`)
    }
  }

  /**
   * The slot of the entry at `slot`: where that was never seen, it may turn out to be any free one. Whether it was is not
   * asked where points are passed over in any case, for it lies apart from the entry.
   */
  #boundAt(slot: number): number {
    if (!this.#doubts.hasUnseen || this.#choices.passesOver(this.#site)) return slot
    return this.isUnseen(slot) ? this.#bindAnew(slot) : slot
  }

  #bindAnew(slot: number): number {
    const wanted = this.#choices.wanted(this.#site)
    const moves = wanted !== -1 && wanted !== slot && !this.#state.used(wanted)
    if (this.#choices.isForced && !moves && wanted !== slot) this.#choices.invalid = true
    const at = moves ? wanted : slot
    if (moves) {
      this.#state.moveSlot(slot, wanted)
      this.#doubts.moved(slot, wanted)
      if (this.#isWatched) {
        this.#choices.footprint?.changeSlot(this.#table, slot)
        this.#traceChange(wanted)
      }
    }
    this.#choices.met(this.#site, this.#settle, at, wanted === at && !this.#choices.isForced)
    return at
  }

  #asked(key: K): void {
    this.#room.asked()
    this.#choices.footprint?.readKey(this.#table, this.#types.key.hash(key))
  }

  #askedAt(slot: number): void {
    this.#room.asked()
    this.#choices.footprint?.readSlot(this.#table, slot)
  }

  #readValue(slot: number): void {
    this.#doubts.read(slot)
    this.#choices.footprint?.readSlot(this.#table, slot)
  }

  #wroteValue(slot: number, value: V): void {
    this.#doubts.written(slot)
    const { footprint } = this.#choices
    if (footprint === undefined) return
    const before = this.#state.valueAt(slot)
    if (before === undefined || !this.#types.value?.equals(before, value)) footprint.changeSlot(this.#table, slot)
  }

  /** There is, or was, or will be no more, an entry at `slot`, which is in use. */
  #traceChange(slot: number): void {
    const { footprint } = this.#choices
    if (footprint === undefined) return
    footprint.changeKey(this.#table, this.#types.key.hash(this.#state.keyAt(slot)))
    footprint.changeSlot(this.#table, slot)
    footprint.changeRoom(this.#table)
  }

  #expireWatched(threshold: bigint): void {
    const state = this.#state
    if (state.oldestBefore(threshold) === -1) {
      this.#room.expired(threshold, 0)
      return
    }
    const before = state.count()
    // What expired long before cannot still have been there.
    const longBefore = state.countBelow(threshold - (this.#choices.slack ?? 0n))
    if (this.#choices.footprint !== undefined) this.#traceExpired(threshold)
    state.expire(threshold)
    this.#room.expired(threshold, before - longBefore - state.count())
  }

  #traceExpired(threshold: bigint): void {
    for (const slot of this.#state.slots()) {
      if (this.#state.timeAt(slot) >= threshold) return
      this.#traceChange(slot)
    }
  }

  /** Whether the entry at `slot`, if there is one, may really be at another. */
  isUnseen(slot: number): boolean {
    return this.#doubts.hasUnseen && ((this.#flags[slot] ?? 0) & UNSEEN) !== 0
  }

  /** Whether outputs show the slots of this map at all. */
  get showsSlots(): boolean {
    return this.#site.isKnown
  }

  /** Whether the slot of some entry was never seen. */
  doubtful(): boolean {
    if (!this.#doubts.hasUnseen) return false
    for (const slot of this.#state.slots()) if (this.isUnseen(slot)) return true
    return false
  }
}

/** The packing of values in the map `name`, where each entry has one. */
export function requiredValue<V>(name: string, { packing }: RecordLayout<V>): KeyPacking<V | undefined> {
  return {
    ...packing,
    write(value, into, at) {
      if (value === undefined) throw new SpecError(`${name}.insert needs a value`)
      packing.write(value, into, at)
    },
  }
}
