import type { RecordLayout } from '../../spec/record.js'
import type { Retractable } from '../state.js'
import { ConcreteExpiringMap } from './expiring-map.js'

/** Keys of which something is remembered; older ones are forgotten, which only makes the check weaker for them. */
const REMEMBERED_KEYS = 131_072

/**
 * What packets have shown of keys. It grows only when a packet is settled, so there is nothing to go back to when one is
 * run again.
 */
export class LearnedByKey<K, V> implements Retractable {
  readonly #known: ConcreteExpiringMap<K, V>
  #clock = 0n
  #isKeeping = false

  constructor(key: RecordLayout<K>) {
    this.#known = new ConcreteExpiringMap(REMEMBERED_KEYS, key)
  }

  get(key: K): V | undefined {
    const slot = this.#known.find(key)
    return slot === -1 ? undefined : this.#known.valueAt(slot)
  }

  set(key: K, value: V): void {
    const known = this.#known
    this.#clock += 1n
    // Most packets show nothing new: a structure that is not touched need not begin.
    if (!this.#isKeeping) known.begin()
    const slot = known.find(key)
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
    this.#isKeeping = true
    this.#known.mark()
  }

  retract(): void {
    this.#known.retract()
  }

  forget(count: number): void {
    this.#known.forget(count)
  }
}
