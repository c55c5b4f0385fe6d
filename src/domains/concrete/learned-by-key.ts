import type { RecordLayout } from '../../spec/record.js'
import type { Retractable } from '../state.js'
import { ConcreteExpiringMap } from './expiring-map.js'

/** Keys of which something is remembered; older ones are forgotten, which only makes the check weaker for them. */
const REMEMBERED_KEYS = 131_072
/** Room is made as keys come: most runs are of a few packets, and see few keys. */
const FIRST_KEYS = 256
const GROWTH = 8

/**
 * What packets have shown of keys. It grows only when a packet is settled, so there is nothing to go back to when one is
 * run again.
 */
export class LearnedByKey<K, V> implements Retractable {
  readonly #layout: RecordLayout<K>
  #known: ConcreteExpiringMap<K, V>
  #clock = 0n
  #isKeeping = false

  constructor(key: RecordLayout<K>) {
    this.#layout = key
    this.#known = new ConcreteExpiringMap(FIRST_KEYS, key)
  }

  get(key: K): V | undefined {
    const slot = this.#known.find(key)
    return slot === -1 ? undefined : this.#known.valueAt(slot)
  }

  set(key: K, value: V): void {
    this.#clock += 1n
    // Most packets show nothing new: a structure that is not touched need not begin.
    if (!this.#isKeeping) this.#known.begin()
    const slot = this.#known.find(key)
    if (slot === -1 && this.#known.count() === this.#known.capacity) this.#grow(this.#known.capacity * GROWTH)
    const known = this.#known
    if (slot !== -1) {
      if (known.valueAt(slot) !== value) known.setValue(slot, value)
      known.refresh(slot, this.#clock)
      return
    }
    if (known.count() === known.capacity) known.expire(this.#clock - BigInt(known.capacity / 2))
    const free = known.lowestFree()
    if (free !== -1) known.insert(free, key, this.#clock, value)
  }

  begin(): void {
    if (this.#isKeeping) this.#known.begin()
    this.#isKeeping = false
  }

  rollback(): void {}

  mark(): void {
    // What is kept can be retracted in the structure that it is in: that has to be the last.
    if (!this.#isKeeping) this.#grow(REMEMBERED_KEYS)
    this.#isKeeping = true
    this.#known.mark()
  }

  retract(): void {
    this.#known.retract()
  }

  forget(count: number): void {
    this.#known.forget(count)
  }

  #grow(capacity: number): void {
    const from = this.#known
    if (from.capacity >= REMEMBERED_KEYS) return
    const known = new ConcreteExpiringMap<K, V>(Math.min(capacity, REMEMBERED_KEYS), this.#layout)
    known.begin()
    for (const slot of from.slots()) known.insert(slot, from.keyAt(slot), from.timeAt(slot), from.valueAt(slot))
    known.begin()
    this.#known = known
  }
}
