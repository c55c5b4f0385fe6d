/**
 * Structures that keep beside them what the packet at hand changes: each entry that it touches, as it was before. They
 * cost more than those that only journal, so a reading has them only where somebody looks at the state before.
 */
import { ConcreteExpiringMap } from './expiring-map.js'
import { ConcreteIndexAllocator } from './index-allocator.js'
import type { KeyOps, KeyPacking } from './key-index.js'

/** An entry of a map at one moment. */
export interface Entry<K, V> {
  readonly key: K
  readonly value: V
  readonly time: bigint
}

/** What the packet at hand touched, by slot: what was there before, undefined where it was free. */
class Touched<E> extends Map<number, E | undefined> {
  /** The highest threshold by which entries expired. */
  threshold: bigint | undefined

  forget(): void {
    this.clear()
    this.threshold = undefined
  }

  /** Keeps what `slot` has now, unless what it had before is kept already. */
  keep(slot: number, present: () => E | undefined): void {
    if (!this.has(slot)) this.set(slot, present())
  }

  expired(threshold: bigint): void {
    if (this.threshold === undefined || this.threshold < threshold) this.threshold = threshold
  }
}

export class WatchedExpiringMap<K, V> extends ConcreteExpiringMap<K, V> {
  readonly #touched = new Touched<Entry<K, V>>()
  readonly #ops: KeyOps<K>

  constructor(capacity: number, ops: KeyOps<K>, values?: KeyPacking<V>) {
    super(capacity, ops, values)
    this.#ops = ops
  }

  /** The highest threshold by which this packet had entries expire. */
  get threshold(): bigint | undefined {
    return this.#touched.threshold
  }

  /** What is at `slot`; undefined where it is free or out of range. */
  entryAt(slot: number): Entry<K, V> | undefined {
    if (!this.used(slot)) return undefined
    return { key: this.keyAt(slot), value: this.valueAt(slot), time: this.timeAt(slot) }
  }

  /** What was at `slot` before the packet. An entry whose slot has been learned since counts as at that slot. */
  entryBefore(slot: number): Entry<K, V> | undefined {
    return this.#touched.has(slot) ? this.#touched.get(slot) : this.entryAt(slot)
  }

  /** The slot that `key` had before the packet, or -1. */
  findBefore(key: K): number {
    const slot = this.find(key)
    if (slot !== -1 && !this.#touched.has(slot)) return slot
    for (const [touched, entry] of this.#touched) {
      if (entry !== undefined && this.#ops.equals(entry.key, key)) return touched
    }
    return -1
  }

  /** How many entries had a time of at least `threshold` before the packet. */
  countBefore(threshold: bigint): number {
    let count = this.count() - this.countBelow(threshold)
    for (const [slot, entry] of this.#touched) {
      if (this.used(slot) && this.timeAt(slot) >= threshold) count -= 1
      if (entry !== undefined && entry.time >= threshold) count += 1
    }
    return count
  }

  override insert(slot: number, key: K, time: bigint, value: V): void {
    this.#keep(slot)
    super.insert(slot, key, time, value)
  }

  override refresh(slot: number, time: bigint): void {
    this.#keep(slot)
    super.refresh(slot, time)
  }

  override setValue(slot: number, value: V): void {
    this.#keep(slot)
    super.setValue(slot, value)
  }

  override erase(slot: number): void {
    this.#keep(slot)
    super.erase(slot)
  }

  override expire(threshold: bigint): void {
    this.#touched.expired(threshold)
    super.expire(threshold)
  }

  /** What moves and is older than the packet was at `to` all the time: only now that is known. */
  override moveSlot(from: number, to: number): void {
    this.#keep(from)
    this.#keep(to)
    const entry = this.entryBefore(from)
    if (entry !== undefined) {
      this.#touched.set(to, entry)
      this.#touched.set(from, undefined)
    }
    super.moveSlot(from, to)
  }

  override begin(): void {
    super.begin()
    this.#touched.forget()
  }

  override rollback(): void {
    super.rollback()
    this.#touched.forget()
  }

  /** What was there before is kept of the packet at hand only, and of none once one is taken back. */
  override mark(): void {
    super.mark()
    this.#touched.forget()
  }

  override retract(): void {
    super.retract()
    this.#touched.forget()
  }

  #keep(slot: number): void {
    this.#touched.keep(slot, () => this.entryAt(slot))
  }
}

export class WatchedIndexAllocator extends ConcreteIndexAllocator {
  readonly #touched = new Touched<bigint>()

  /** The highest threshold by which this packet had indices expire. */
  get threshold(): bigint | undefined {
    return this.#touched.threshold
  }

  /** The time of `index`; undefined where it is not in use or out of range. */
  timeNow(index: number): bigint | undefined {
    return this.used(index) ? this.timeAt(index) : undefined
  }

  /** The time that `index` had before the packet; undefined where it was not in use. */
  timeBefore(index: number): bigint | undefined {
    return this.#touched.has(index) ? this.#touched.get(index) : this.timeNow(index)
  }

  /** How many indices had a time of at least `threshold` before the packet. */
  countBefore(threshold: bigint): number {
    let count = this.count() - this.countBelow(threshold)
    for (const [index, time] of this.#touched) {
      if ((this.timeNow(index) ?? -1n) >= threshold && this.used(index)) count -= 1
      if (time !== undefined && time >= threshold) count += 1
    }
    return count
  }

  override allocate(index: number, time: bigint): void {
    this.#keep(index)
    super.allocate(index, time)
  }

  override refresh(index: number, time: bigint): void {
    this.#keep(index)
    super.refresh(index, time)
  }

  override free(index: number): void {
    this.#keep(index)
    super.free(index)
  }

  override expire(threshold: bigint): void {
    this.#touched.expired(threshold)
    super.expire(threshold)
  }

  override begin(): void {
    super.begin()
    this.#touched.forget()
  }

  override rollback(): void {
    super.rollback()
    this.#touched.forget()
  }

  /** What was there before is kept of the packet at hand only, and of none once one is taken back. */
  override mark(): void {
    super.mark()
    this.#touched.forget()
  }

  override retract(): void {
    super.retract()
    this.#touched.forget()
  }

  #keep(index: number): void {
    this.#touched.keep(index, () => this.timeNow(index))
  }
}
