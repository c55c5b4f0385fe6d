/** A sliding window over a source: the readers split records where they lie, without copying frames. */

import type { Source } from './source.js'

/** Some thousand frames: what is done once for each of their batches costs them little. */
const startLength = 1_048_576

/**
 * `bytes[position, end)` is what is there and not yet used. The reader moves `position`; `fill` gets more, and may
 * move or replace the bytes: nothing that points into `bytes` survives it.
 */
export class Window {
  bytes = new Uint8Array(startLength)
  view = new DataView(this.bytes.buffer)
  position = 0
  end = 0
  #before = 0
  #discard = 0
  readonly #source: Source
  readonly #limit: number

  /** `limit`: the most bytes that `fill` can be asked for. */
  constructor(source: Source, limit: number) {
    this.#source = source
    this.#limit = limit
  }

  get available(): number {
    return this.end - this.position
  }

  /** Offset in the (unpacked) file of the first unused byte. */
  get fileOffset(): number {
    return this.#before + this.position
  }

  /** Bytes that `discard` still has to pass. */
  get toDiscard(): number {
    return this.#discard
  }

  /** Passes over bytes, also more than the window can hold; `fill` does what is left of it. */
  discard(length: number): void {
    const now = Math.min(length, this.available)
    this.position += now
    this.#discard += length - now
  }

  /** Waits until `length` bytes are there; false when the source ends first. */
  async fill(length: number): Promise<boolean> {
    this.#makeRoom(length)
    while (this.#discard > 0 || this.available < length) {
      if (this.end === this.bytes.length) this.#makeRoom(length)
      const read = this.#source.read(this.bytes.subarray(this.end))
      const got = typeof read === 'number' ? read : await read
      if (got === 0) return false
      this.end += got
      const passed = Math.min(this.#discard, this.available)
      this.position += passed
      this.#discard -= passed
    }
    return true
  }

  /** Moves the rest to the front, into a larger buffer where `length` needs one. */
  #makeRoom(length: number): void {
    if (length > this.#limit) throw new RangeError(`window of ${length} bytes asked for, limit ${this.#limit}`)
    if (length <= this.bytes.length) {
      this.bytes.copyWithin(0, this.position, this.end)
    } else {
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(length, 2 * this.bytes.length)))
      larger.set(this.bytes.subarray(this.position, this.end))
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    this.#before += this.position
    this.end -= this.position
    this.position = 0
  }

  close(): void {
    this.#source.close()
  }
}
