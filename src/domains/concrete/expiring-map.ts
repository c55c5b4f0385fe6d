import type { ExpiringMapState, Undoable } from '../state.js'
import { Cells } from './cells.js'
import { Displaced, Journal } from './journal.js'
import { KeyIndex, type KeyOps } from './key-index.js'
import { SlotSet } from './slot-set.js'
import { Timeline } from './timeline.js'

const INSERTED = 0
const ERASED = 1
const REFRESHED = 2
const VALUE_SET = 3
const MOVED = 4

/**
 * Keys at slots, each with a time and a value; entries in order of time. Every operation takes constant expected time,
 * `expire` also one step for each entry that it erases, and `refresh` and `insert` one for each entry whose time is
 * above the one given. Keys and values are kept as the objects given and must never change.
 *
 * Beyond the shared interface: `find` (one probe instead of `has` and `slotOf`), the free slots, and `moveSlot`.
 */
export class ConcreteExpiringMap<K, V> implements ExpiringMapState<boolean, number, bigint, K, V>, Undoable {
  readonly capacity: number
  readonly #index: KeyIndex<K>
  readonly #timeline: Timeline
  readonly #free: SlotSet
  readonly #values: Cells<V>
  readonly #journal = new Journal()
  readonly #displacedKeys = new Displaced<K>()
  readonly #displacedValues = new Displaced<V>()

  constructor(capacity: number, ops: KeyOps<K>) {
    this.#timeline = new Timeline(capacity)
    this.#index = new KeyIndex(capacity, ops)
    this.#free = new SlotSet(capacity, true)
    this.#values = new Cells(capacity)
    this.capacity = capacity
  }

  /** The slot of `key`, or -1. */
  find(key: K): number {
    return this.#index.find(key)
  }

  has(key: K): boolean {
    return this.#index.find(key) !== -1
  }

  slotOf(key: K): number {
    return this.#index.find(key)
  }

  used(slot: number): boolean {
    return this.#timeline.used(slot)
  }

  /** Throws RangeError where `slot` is not used. */
  keyAt(slot: number): K {
    return this.#index.keyAt(slot)
  }

  timeAt(slot: number): bigint {
    return this.#timeline.timeAt(slot)
  }

  /** Throws RangeError where `slot` was never used. */
  valueAt(slot: number): V {
    return this.#values.get(slot)
  }

  count(): number {
    return this.#timeline.count
  }

  /** The lowest free slot, or -1 when full. */
  lowestFree(): number {
    return this.#free.lowest()
  }

  /** The free slots in rising order. */
  freeSlots(): Iterable<number> {
    return this.#free
  }

  /** The slots in use, oldest first. */
  *slots(): Generator<number, void, undefined> {
    for (let slot = this.#timeline.oldest; slot !== -1; slot = this.#timeline.next(slot)) yield slot
  }

  insert(slot: number, key: K, time: bigint, value: V): void {
    this.#timeline.load(time)
    this.#timeline.add(slot)
    this.#index.add(slot, key)
    this.#free.remove(slot)
    this.#values.set(slot, value)
    this.#journal.push(INSERTED, slot, 0, 0, 0, 0)
  }

  refresh(slot: number, time: bigint): void {
    const timeline = this.#timeline
    const previous = timeline.previous(slot)
    this.#journal.push(REFRESHED, slot, previous, timeline.highAt(slot), timeline.lowAt(slot), 0)
    timeline.load(time)
    timeline.remove(slot)
    timeline.add(slot)
  }

  setValue(slot: number, value: V): void {
    this.#journal.push(VALUE_SET, slot, 0, 0, 0, 0)
    this.#displacedValues.push(this.#values.get(slot))
    this.#values.set(slot, value)
  }

  erase(slot: number): void {
    const timeline = this.#timeline
    const previous = timeline.previous(slot)
    this.#journal.push(ERASED, slot, previous, timeline.highAt(slot), timeline.lowAt(slot), 0)
    this.#displacedKeys.push(this.#index.remove(slot))
    this.#displacedValues.push(this.#values.get(slot))
    timeline.remove(slot)
    this.#free.add(slot)
  }

  expire(threshold: bigint): void {
    this.#timeline.load(threshold)
    while (this.#timeline.oldestIsBefore()) this.erase(this.#timeline.oldest)
  }

  /** Rebinds the entry at `from`, which must be used, to the free slot `to`; key, time, order and value stay. */
  moveSlot(from: number, to: number): void {
    this.#rebind(from, to)
    this.#journal.push(MOVED, from, to, 0, 0, 0)
  }

  begin(): void {
    this.#journal.clear()
    this.#displacedKeys.clear()
    this.#displacedValues.clear()
  }

  rollback(): void {
    while (this.#journal.back()) this.#undo()
  }

  #undo(): void {
    const slot = this.#journal.field(1)
    switch (this.#journal.field(0)) {
      case INSERTED:
        this.#index.remove(slot)
        this.#timeline.remove(slot)
        this.#free.add(slot)
        break
      case ERASED:
        this.#index.add(slot, this.#displacedKeys.pop())
        this.#values.set(slot, this.#displacedValues.pop())
        this.#free.remove(slot)
        this.#restoreTime(slot)
        break
      case REFRESHED:
        this.#timeline.remove(slot)
        this.#restoreTime(slot)
        break
      case VALUE_SET:
        this.#values.set(slot, this.#displacedValues.pop())
        break
      case MOVED:
        this.#rebind(this.#journal.field(2), slot)
    }
  }

  #restoreTime(slot: number): void {
    this.#timeline.loadHalves(this.#journal.field(3), this.#journal.field(4))
    this.#timeline.addAfter(slot, this.#journal.field(2))
  }

  #rebind(from: number, to: number): void {
    this.#index.move(from, to)
    this.#timeline.move(from, to)
    this.#values.set(to, this.#values.get(from))
    this.#free.remove(to)
    this.#free.add(from)
  }
}
