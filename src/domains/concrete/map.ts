import type { MapState, Undoable } from '../state.js'
import { Displaced } from './displaced.js'
import { Journal } from './journal.js'
import { KeyIndex, type KeyOps } from './key-index.js'
import { SlotSet } from './slot-set.js'

const PUT = 0
const ERASED = 1

/** Keys to numbers. Each key takes an inner place that is never seen outside. Constant expected time throughout. */
export class ConcreteMap<K> implements MapState<boolean, number, K>, Undoable {
  readonly capacity: number
  readonly #index: KeyIndex<K>
  readonly #values: Float64Array
  readonly #places: SlotSet
  #count = 0
  readonly #journal = new Journal()
  readonly #displacedKeys = new Displaced<K>()
  readonly #displacedValues = new Displaced<number>()

  constructor(capacity: number, ops: KeyOps<K>) {
    this.capacity = capacity
    this.#index = new KeyIndex(capacity, ops)
    this.#places = new SlotSet(capacity, true)
    this.#values = new Float64Array(capacity)
  }

  has(key: K): boolean {
    return this.#index.find(key) !== -1
  }

  /** -1 where `!has(key)`, which is also a value like any other. */
  get(key: K): number {
    return this.#values[this.#index.find(key)] ?? -1
  }

  count(): number {
    return this.#count
  }

  /** Keys with their values, in no particular order; the map must not change meanwhile. */
  *entries(): Generator<readonly [K, number], void, undefined> {
    for (let place = 0; place < this.capacity; place++) {
      if (!this.#places.has(place)) yield [this.#index.keyAt(place), this.#values[place] ?? 0]
    }
  }

  put(key: K, value: number): void {
    const place = this.#places.lowest()
    this.#enter(place, key, value)
    this.#journal.push(PUT, place, 0, 0)
  }

  erase(key: K): void {
    const place = this.#index.find(key)
    if (this.#journal.recording) {
      this.#journal.push(ERASED, place, 0, 0)
      this.#displacedKeys.push(this.#index.keyAt(place))
      this.#displacedValues.push(this.#values[place] ?? 0)
    }
    this.#leave(place)
  }

  begin(): void {
    this.#journal.begin()
    this.#displacedKeys.begin()
    this.#displacedValues.begin()
  }

  rollback(): void {
    while (this.#journal.back()) {
      const place = this.#journal.field(1)
      if (this.#journal.field(0) === PUT) this.#leave(place)
      else this.#enter(place, this.#displacedKeys.pop(), this.#displacedValues.pop())
    }
  }

  #enter(place: number, key: K, value: number): void {
    this.#index.add(place, key)
    this.#values[place] = value
    this.#places.remove(place)
    this.#count++
  }

  #leave(place: number): void {
    this.#index.remove(place)
    this.#places.add(place)
    this.#count--
  }
}
