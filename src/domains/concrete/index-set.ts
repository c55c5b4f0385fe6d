import { SpecError } from '../../spec/error.js'
import type { IndexSet } from '../../spec/state.js'
import type { Retractable } from '../state.js'
import type { Choices } from './choices.js'
import type { ConcreteIndexAllocator } from './index-allocator.js'
import { Recent } from './recent.js'

/** A set of numbers with times of last use; the device has no choice here. */
export class SpecIndexSet implements IndexSet, Retractable {
  readonly capacity: number
  readonly #name: string
  readonly #state: ConcreteIndexAllocator
  readonly #choices: Choices
  readonly #table: number
  /** Numbers that came in or went. */
  readonly #changes: Recent
  #threshold = 0n
  /** Whether packets were ever kept: only then it is watched what packets do. */
  #isWatched = false

  /** `state` is where to keep the numbers. */
  constructor(name: string, state: ConcreteIndexAllocator, choices: Choices) {
    this.#choices = choices
    this.#table = choices.nextTable()
    this.#changes = new Recent(choices.kept)
    this.#name = name
    this.capacity = state.capacity
    this.#state = state
  }

  get size(): number {
    if (this.#isWatched) this.#choices.footprint?.readRoom(this.#table)
    return this.#state.count()
  }

  expireOlderThan(threshold: bigint): void {
    if (this.#isWatched) this.#expireWatched(threshold)
    else this.#state.expire(threshold)
  }

  /**
   * Whether the same numbers are in, however the packets were ordered that can still be taken back, and whatever the
   * device read from its clock for this one.
   */
  get isCertain(): boolean {
    const { slack } = this.#choices
    return (
      slack === undefined || (this.#changes.count === 0 && this.#state.oldestBefore(this.#threshold + slack) === -1)
    )
  }

  has(index: number): boolean {
    if (this.#isWatched) this.#choices.footprint?.readSlot(this.#table, index)
    return Number.isInteger(index) && index >= 0 && index < this.capacity && this.#state.used(index)
  }

  touch(index: number, now: bigint): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.capacity) {
      throw new SpecError(`${this.#name}.touch of ${index}, which is not below ${this.capacity}`)
    }
    if (this.#state.used(index)) this.#state.refresh(index, now)
    else {
      this.#state.allocate(index, now)
      if (this.#isWatched) this.#changed(index)
    }
  }

  begin(): void {
    this.#state.begin()
  }

  rollback(): void {
    this.#state.rollback()
    if (this.#isWatched) this.#changes.rollback()
  }

  mark(): void {
    this.#isWatched = true
    this.#state.mark()
  }

  retract(): void {
    this.#state.retract()
    this.#changes.rollback()
  }

  forget(count: number): void {
    this.#state.forget(count)
  }

  #changed(index: number): void {
    this.#changes.add(1)
    this.#choices.footprint?.changeSlot(this.#table, index)
    this.#choices.footprint?.changeRoom(this.#table)
  }

  #expireWatched(threshold: bigint): void {
    const state = this.#state
    this.#threshold = threshold
    if (state.oldestBefore(threshold) === -1) return
    const before = state.count()
    // What expired long before cannot still have been there.
    const longBefore = state.countBelow(threshold - (this.#choices.slack ?? 0n))
    this.#traceExpired(threshold)
    state.expire(threshold)
    const justNow = before - longBefore - state.count()
    if (justNow > 0) this.#changes.add(justNow)
  }

  #traceExpired(threshold: bigint): void {
    const { footprint } = this.#choices
    if (footprint === undefined) return
    for (const index of this.#state.indices()) {
      if (this.#state.timeAt(index) >= threshold) return
      footprint.changeSlot(this.#table, index)
      footprint.changeRoom(this.#table)
    }
  }
}
