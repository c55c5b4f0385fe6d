import { Cells } from './cells.js'

/** Integers per journal record: an operation code and five operands whose meaning the structure fixes. */
const WIDTH = 6

/**
 * What has to be undone to come back to the start of the packet: fixed-width integer records, newest last. Arrays grow
 * and are kept, so that writing a record is six stores.
 */
export class Journal {
  #records = new Int32Array(WIDTH * 64)
  #length = 0

  /** Forgets everything: O(1). */
  clear(): void {
    this.#length = 0
  }

  push(operation: number, a: number, b: number, c: number, d: number, e: number): void {
    const at = this.#length
    if (at + WIDTH > this.#records.length) this.#grow()
    const records = this.#records
    records[at] = operation
    records[at + 1] = a
    records[at + 2] = b
    records[at + 3] = c
    records[at + 4] = d
    records[at + 5] = e
    this.#length = at + WIDTH
  }

  /** Steps back over the newest record, whose fields `field` then reads; false at the start of the packet. */
  back(): boolean {
    if (this.#length === 0) return false
    this.#length -= WIDTH
    return true
  }

  /** Field `index` of the record last stepped over: 0 is the operation, 1 to 5 the operands. */
  field(index: number): number {
    return this.#records[this.#length + index] ?? 0
  }

  #grow(): void {
    const grown = new Int32Array(this.#records.length * 2)
    grown.set(this.#records)
    this.#records = grown
  }
}

/** Displaced keys or values, for the records of a journal that need one; taken back newest first. */
export class Displaced<O> {
  readonly #cells = new Cells<O>(0)
  #length = 0

  /** Forgets everything: O(1). What was kept stays referenced until its cell is written again. */
  clear(): void {
    this.#length = 0
  }

  push(object: O): void {
    this.#cells.set(this.#length++, object)
  }

  /** Requires that something was pushed since `clear` and not yet taken back. */
  pop(): O {
    return this.#cells.get(--this.#length)
  }
}
