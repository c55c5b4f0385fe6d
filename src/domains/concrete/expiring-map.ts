import type { ExpiringMapState, Retractable } from '../state.js'
import { type Attached, AttachedObjects, AttachedWords } from './attached.js'
import { checkCapacity } from './capacity.js'
import { Displaced } from './displaced.js'
import { Journal } from './journal.js'
import { KeyIndex, type KeyOps, type KeyPacking } from './key-index.js'
import { columns } from './rows.js'
import { SlotSet } from './slot-set.js'
import { Timeline } from './timeline.js'

const INSERTED = 0
const ERASED = 1
const VALUE_SET = 2
const MOVED = 3

/**
 * Keys at slots, each with a time and a value; entries in order of time. Every operation takes constant amortised time,
 * `expire` also one step for each entry that it erases, and `refresh` and `insert` one for each entry whose time is
 * above the one given. Keys and values are kept as the objects given, or, where their
 * packing is known, as words; objects given must never change.
 *
 * Beyond the shared interface: `find` (one probe instead of `has` and `slotOf`), the free slots, and `moveSlot`.
 */
export class ConcreteExpiringMap<K, V> implements ExpiringMapState<boolean, number, bigint, K, V>, Retractable {
  readonly capacity: number
  readonly #index: KeyIndex<K>
  readonly #timeline: Timeline
  readonly #free: SlotSet
  readonly #values: Attached<V>
  readonly #journal = new Journal()
  readonly #displacedKeys = new Displaced<K>()

  /** `values` says how values are packed; without it they are kept as objects. */
  constructor(capacity: number, ops: KeyOps<K>, values?: KeyPacking<V>) {
    const widths = [1, ops.packing?.words ?? 0, values?.words ?? 0]
    const [positions, keys, attached] = columns(checkCapacity('expiring map', capacity), widths)
    this.#timeline = new Timeline(capacity, positions)
    this.#index = new KeyIndex(capacity, ops, keys)
    this.#free = new SlotSet(capacity, true)
    this.#values =
      values === undefined || attached === undefined
        ? new AttachedObjects(capacity)
        : new AttachedWords(values, attached)
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
    if (!this.#timeline.used(slot)) throw new RangeError(`no key at slot ${slot}`)
    return this.#index.keyAt(slot)
  }

  timeAt(slot: number): bigint {
    return this.#timeline.timeAt(slot)
  }

  /** Meaningful only where `used(slot)`. */
  valueAt(slot: number): V {
    return this.#values.get(slot)
  }

  count(): number {
    return this.#timeline.count
  }

  /** The slot with the oldest time, if that is below `threshold`; else -1. */
  oldestBefore(threshold: bigint): number {
    return this.#timeline.oldestBefore(threshold)
  }

  /** How many have a time below `threshold`: one step for each. */
  countBelow(threshold: bigint): number {
    return this.#timeline.countBelow(threshold)
  }

  /** The lowest free slot, or -1 when full. */
  lowestFree(): number {
    return this.#free.lowest()
  }

  /** A free slot other than `slot`: the next one above it, else the lowest; -1 where there is none. */
  otherFree(slot: number): number {
    const above = this.#free.from(slot + 1)
    if (above !== -1) return above
    const lowest = this.#free.lowest()
    return lowest === slot ? -1 : lowest
  }

  /** The free slots in rising order. */
  freeSlots(): Iterable<number> {
    return this.#free
  }

  /** The slots in use, oldest first; they must not change meanwhile. */
  slots(): Iterable<number> {
    return this.#timeline
  }

  insert(slot: number, key: K, time: bigint, value: V): void {
    this.#timeline.place(slot, time)
    this.#index.add(slot, key)
    this.#free.remove(slot)
    this.#values.set(slot, value)
    this.#journal.push(INSERTED, slot, 0, 0)
  }

  refresh(slot: number, time: bigint): void {
    this.#timeline.place(slot, time)
  }

  setValue(slot: number, value: V): void {
    this.#displace(VALUE_SET, slot)
    this.#values.set(slot, value)
  }

  erase(slot: number): void {
    this.#displace(ERASED, slot)
    this.#index.remove(slot)
    this.#timeline.remove(slot)
    this.#free.add(slot)
  }

  expire(threshold: bigint): void {
    for (let slot = this.#timeline.oldestBefore(threshold); slot !== -1; ) {
      this.erase(slot)
      slot = this.#timeline.oldestBefore(threshold)
    }
  }

  /** Rebinds the entry at `from`, which must be used, to the free slot `to`; key, time, order and value stay. */
  moveSlot(from: number, to: number): void {
    this.#timeline.move(from, to)
    this.#rebind(from, to)
    this.#journal.push(MOVED, from, to, 0)
  }

  begin(): void {
    this.#timeline.begin()
    this.#journal.begin()
    this.#displacedKeys.begin()
    this.#values.begin()
  }

  rollback(): void {
    this.#timeline.rollback()
    while (this.#journal.back()) this.#undo()
  }

  mark(): void {
    this.#timeline.mark()
    this.#journal.mark(this.#displacedKeys.end, this.#values.savedEnd, 0)
  }

  retract(): void {
    this.#timeline.retract()
    while (this.#journal.back()) this.#undo()
    this.#journal.retract()
  }

  forget(count: number): void {
    const journal = this.#journal
    this.#timeline.forget(count)
    journal.forget(count)
    this.#displacedKeys.forget(journal.kept === 0 ? this.#displacedKeys.end : journal.oldestMark(1))
    this.#values.forget(journal.kept === 0 ? this.#values.savedEnd : journal.oldestMark(2))
  }

  /** Records an operation on `slot`, and what it takes away. */
  #displace(operation: number, slot: number): void {
    if (!this.#journal.recording) return
    this.#journal.push(operation, slot, 0, 0)
    this.#values.save(slot)
    if (operation === ERASED) this.#displacedKeys.push(this.#index.keyAt(slot))
  }

  #undo(): void {
    const slot = this.#journal.field(1)
    switch (this.#journal.field(0)) {
      case INSERTED:
        this.#index.remove(slot)
        this.#free.add(slot)
        break
      case ERASED:
        this.#index.add(slot, this.#displacedKeys.pop())
        this.#values.restore(slot)
        this.#free.remove(slot)
        break
      case VALUE_SET:
        this.#values.restore(slot)
        break
      case MOVED:
        this.#rebind(this.#journal.field(2), slot)
    }
  }

  #rebind(from: number, to: number): void {
    this.#index.move(from, to)
    this.#values.move(from, to)
    this.#free.remove(to)
    this.#free.add(from)
  }
}
