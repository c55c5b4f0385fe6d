import type { Retractable } from '../state.js'
import { Marks } from './marks.js'

/** How many changes of one kind the packets made that can still be taken back. */
export class Recent implements Retractable {
  #count = 0
  /** By kept packet, how many there had been before it. */
  readonly #before = new Marks()

  add(count: number): void {
    this.#count = (this.#count + count) | 0
  }

  get count(): number {
    return this.#before.count === 0 ? 0 : (this.#count - this.#before.oldest) | 0
  }

  begin(): void {
    this.#before.clear()
  }

  rollback(): void {
    if (this.#before.count > 0) this.#count = this.#before.newest
  }

  mark(): void {
    this.#before.push(this.#count)
  }

  retract(): void {
    this.rollback()
    this.#before.pop()
  }

  forget(count: number): void {
    this.#before.forget(count)
  }
}
