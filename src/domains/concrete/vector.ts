import type { Undoable, VectorState } from '../state.js'
import { checkCapacity } from './capacity.js'
import { Cells } from './cells.js'
import { Displaced } from './displaced.js'
import { Journal } from './journal.js'

const SET = 0

/** A fixed number of cells, each `initial` at first. */
export class ConcreteVector<V> implements VectorState<number, V>, Undoable {
  readonly capacity: number
  readonly #cells: Cells<V>
  readonly #journal = new Journal()
  readonly #displaced = new Displaced<V>()

  constructor(capacity: number, initial: V) {
    this.capacity = checkCapacity('vector', capacity)
    this.#cells = new Cells(capacity)
    for (let index = 0; index < capacity; index++) this.#cells.set(index, initial)
  }

  /** Throws RangeError out of range. */
  get(index: number): V {
    return this.#cells.get(index)
  }

  set(index: number, value: V): void {
    if (this.#journal.recording) {
      this.#journal.push(SET, index, 0, 0)
      this.#displaced.push(this.#cells.get(index))
    }
    this.#cells.set(index, value)
  }

  begin(): void {
    this.#journal.begin()
    this.#displaced.begin()
  }

  rollback(): void {
    while (this.#journal.back()) this.#cells.set(this.#journal.field(1), this.#displaced.pop())
  }
}
