import { Cells } from './cells.js'

/**
 * Displaced keys or values, for the records of a journal that need one; taken back newest first. A ring, as the journal
 * is: `end` is a position in it, and all before a position can be forgotten.
 */
export class Displaced<O> {
  #cells = new Cells<O>(0)
  #room = 16
  #first = 0
  #end = 0

  /** Where the next one is put. */
  get end(): number {
    return this.#end
  }

  /** Forgets everything: O(1). What was kept stays referenced until its cell is written again. */
  begin(): void {
    this.#first = 0
    this.#end = 0
  }

  /** Forgets what was pushed before `end` was `position`. */
  forget(position: number): void {
    this.#first = position
  }

  push(object: O): void {
    if (((this.#end - this.#first) | 0) === this.#room) this.#grow()
    this.#cells.set(this.#end & (this.#room - 1), object)
    this.#end = (this.#end + 1) | 0
  }

  /** Requires that something was pushed, and neither forgotten nor taken back. */
  pop(): O {
    this.#end = (this.#end - 1) | 0
    return this.#cells.get(this.#end & (this.#room - 1))
  }

  #grow(): void {
    const grown = new Cells<O>(2 * this.#room)
    for (let i = 0, at = this.#first; i < this.#room; i++, at++) {
      grown.set(at & (2 * this.#room - 1), this.#cells.get(at & (this.#room - 1)))
    }
    this.#cells = grown
    this.#room *= 2
  }
}
