import { Marks } from './marks.js'

/** Integers per journal record: an operation code and three operands whose meaning the structure fixes. */
const WIDTH = 4

/** Operation of the record that a kept packet begins with; its operands are the structure's own. */
const MARK = -1

/**
 * What has to be undone to come back to the start of the packet: fixed-width integer records, newest last. Nothing is
 * recorded before the first `begin` or `mark`.
 *
 * A packet that begins with `mark` is kept: it can be taken back after packets that came later, as long as it is not
 * forgotten. Records lie in a ring that grows where it must, so that a record is four stores, whether the oldest ones
 * are forgotten or the newest ones undone. Positions count records' integers and wrap at 32 bits.
 */
export class Journal {
  #records = new Int32Array(WIDTH * 64)
  #end = 0
  /** To where `back` steps: the start of the packet. */
  #base = 0
  /** The oldest record that is kept, and where the ring is full. */
  #first = 0
  #full = WIDTH * 64
  #mask = WIDTH * 64 - 1
  readonly #starts = new Marks()
  #recording = false
  /** Whether it records, and has no packets that are kept: then all begins at 0. */
  #isPlain = false

  get recording(): boolean {
    return this.#recording
  }

  /** How many packets are kept. */
  get kept(): number {
    return this.#starts.count
  }

  /** Forgets everything, and records from now on: O(1). */
  begin(): void {
    this.#end = 0
    if (this.#isPlain) return
    this.#base = 0
    this.#keepFrom(0)
    this.#starts.clear()
    this.#recording = true
    this.#isPlain = true
  }

  /** Forgets everything, and records nothing. */
  end(): void {
    this.begin()
    this.#recording = false
    this.#isPlain = false
  }

  /** Starts a packet that is kept, with numbers that say where the structure was then. */
  mark(a: number, b: number, c: number): void {
    this.#recording = true
    this.#isPlain = false
    if (this.#starts.count === 0) this.#keepFrom(this.#end)
    this.push(MARK, a, b, c)
    this.#base = this.#end
    this.#starts.push(this.#end)
  }

  /** The packet before the newest kept one becomes that at hand. Requires that the newest is undone: `back` is false. */
  retract(): void {
    const starts = this.#starts
    starts.pop()
    this.#end = (this.#base - WIDTH) | 0
    this.#base = starts.count === 0 ? this.#end : starts.newest
    if (starts.count === 0) this.#keepFrom(this.#end)
  }

  /** Forgets the `count` oldest kept packets. */
  forget(count: number): void {
    const starts = this.#starts
    starts.forget(count)
    if (starts.count === 0) this.#base = this.#end
    this.#keepFrom(starts.count === 0 ? this.#end : (starts.oldest - WIDTH) | 0)
  }

  /** Number `index`, from 1, of those given with the mark of the newest kept packet; requires one. */
  newestMark(index: number): number {
    return this.#at(this.#starts.newest - WIDTH + index)
  }

  /** The same of the oldest. */
  oldestMark(index: number): number {
    return this.#at(this.#starts.oldest - WIDTH + index)
  }

  push(operation: number, a: number, b: number, c: number): void {
    if (!this.#recording) return
    if (this.#end === this.#full) this.#grow()
    const records = this.#records
    const at = this.#end & this.#mask
    records[at] = operation
    records[at + 1] = a
    records[at + 2] = b
    records[at + 3] = c
    this.#end = (this.#end + WIDTH) | 0
  }

  /** Steps back over the newest record, whose fields `field` then reads; false at the start of the packet. */
  back(): boolean {
    if (this.#end === this.#base) return false
    this.#end = (this.#end - WIDTH) | 0
    return true
  }

  /** Field `index` of the record last stepped over: 0 is the operation, 1 to 3 the operands. */
  field(index: number): number {
    return this.#at(this.#end + index)
  }

  #at(position: number): number {
    return this.#records[position & this.#mask] ?? 0
  }

  #grow(): void {
    const grown = new Int32Array(this.#records.length * 2)
    for (let i = 0, at = this.#first; i < this.#records.length; i++, at++) grown[at & (grown.length - 1)] = this.#at(at)
    this.#records = grown
    this.#mask = grown.length - 1
    this.#keepFrom(this.#first)
  }

  #keepFrom(position: number): void {
    this.#first = position
    this.#full = (position + this.#records.length) | 0
  }
}
