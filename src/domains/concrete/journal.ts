import { Cells } from './cells.js'

/** Integers per journal record: an operation code and three operands whose meaning the structure fixes. */
const WIDTH = 4

/**
 * What has to be undone to come back to the start of the packet: fixed-width integer records, newest last. The array
 * grows and is kept, so that writing a record is four stores. Nothing is recorded before the first `begin`.
 */
export class Journal {
  #records = new Int32Array(WIDTH * 64)
  #length = 0
  #recording = false

  get recording(): boolean {
    return this.#recording
  }

  /** Forgets everything, and records from now on: O(1). */
  begin(): void {
    this.#length = 0
    this.#recording = true
  }

  push(operation: number, a: number, b: number, c: number): void {
    if (!this.#recording) return
    const at = this.#length
    if (at + WIDTH > this.#records.length) this.#grow()
    const records = this.#records
    records[at] = operation
    records[at + 1] = a
    records[at + 2] = b
    records[at + 3] = c
    this.#length = at + WIDTH
  }

  /** Steps back over the newest record, whose fields `field` then reads; false at the start of the packet. */
  back(): boolean {
    if (this.#length === 0) return false
    this.#length -= WIDTH
    return true
  }

  /** Field `index` of the record last stepped over: 0 is the operation, 1 to 3 the operands. */
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
  begin(): void {
    this.#length = 0
  }

  push(object: O): void {
    this.#cells.set(this.#length++, object)
  }

  /** Requires that something was pushed since `begin` and not yet taken back. */
  pop(): O {
    return this.#cells.get(--this.#length)
  }
}
