import type { IndexAllocatorState, Retractable } from '../state.js'
import { Journal } from './journal.js'
import { SlotSet } from './slot-set.js'
import { Timeline } from './timeline.js'

const ALLOCATED = 0
const FREED = 1

/** Indices in use, each with a time. Costs as for the expiring map: constant, but for times below the newest. */
export class ConcreteIndexAllocator implements IndexAllocatorState<boolean, number, bigint>, Retractable {
  readonly capacity: number
  readonly #timeline: Timeline
  readonly #free: SlotSet
  readonly #journal = new Journal()

  constructor(capacity: number) {
    this.capacity = capacity
    this.#timeline = new Timeline(capacity)
    this.#free = new SlotSet(capacity, true)
  }

  used(index: number): boolean {
    return this.#timeline.used(index)
  }

  timeAt(index: number): bigint {
    return this.#timeline.timeAt(index)
  }

  count(): number {
    return this.#timeline.count
  }

  /** How many have a time below `threshold`: one step for each. */
  countBelow(threshold: bigint): number {
    return this.#timeline.countBelow(threshold)
  }

  /** The lowest free index, or -1 when all are used. */
  lowestFree(): number {
    return this.#free.lowest()
  }

  /** The free indices in rising order; they must not change meanwhile. */
  freeIndices(): Iterable<number> {
    return this.#free
  }

  /** The indices in use, oldest first; they must not change meanwhile. */
  indices(): Iterable<number> {
    return this.#timeline
  }

  /** The index with the oldest time, if that is below `threshold`; else -1. */
  oldestBefore(threshold: bigint): number {
    return this.#timeline.oldestBefore(threshold)
  }

  allocate(index: number, time: bigint): void {
    this.#timeline.place(index, time)
    this.#free.remove(index)
    this.#journal.push(ALLOCATED, index, 0, 0)
  }

  refresh(index: number, time: bigint): void {
    this.#timeline.place(index, time)
  }

  free(index: number): void {
    this.#timeline.remove(index)
    this.#free.add(index)
    this.#journal.push(FREED, index, 0, 0)
  }

  expire(threshold: bigint): void {
    for (let index = this.#timeline.oldestBefore(threshold); index !== -1; ) {
      this.free(index)
      index = this.#timeline.oldestBefore(threshold)
    }
  }

  begin(): void {
    this.#timeline.begin()
    this.#journal.begin()
  }

  rollback(): void {
    this.#timeline.rollback()
    this.#undo()
  }

  mark(): void {
    this.#timeline.mark()
    this.#journal.mark(0, 0, 0)
  }

  retract(): void {
    this.#timeline.retract()
    this.#undo()
    this.#journal.retract()
  }

  forget(count: number): void {
    this.#timeline.forget(count)
    this.#journal.forget(count)
  }

  #undo(): void {
    while (this.#journal.back()) {
      if (this.#journal.field(0) === ALLOCATED) this.#free.add(this.#journal.field(1))
      else this.#free.remove(this.#journal.field(1))
    }
  }
}
