/** Values of DWARF (version 5, section 7), little-endian, read from part of a debug section. */
import { malformed } from '../decode/module-error.js'

const text = new TextDecoder()

export class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** Offset in the file of the first byte, for complaints. */
  readonly #base: number
  at: number
  readonly end: number

  constructor(bytes: Uint8Array, base: number, at = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#base = base
    this.at = at
    this.end = end
  }

  get isDone(): boolean {
    return this.at >= this.end
  }

  /** A cursor over the next `length` bytes, which this one skips. */
  part(length: number): Cursor {
    const start = this.at
    this.skip(length)
    return new Cursor(this.#bytes, this.#base, start, this.at)
  }

  skip(length: number): void {
    if (length > this.end - this.at) throw malformed(this.#base + this.at, 'debug information ends early')
    this.at += length
  }

  u8(): number {
    this.skip(1)
    return this.#view.getUint8(this.at - 1)
  }

  s8(): number {
    this.skip(1)
    return this.#view.getInt8(this.at - 1)
  }

  u16(): number {
    this.skip(2)
    return this.#view.getUint16(this.at - 2, true)
  }

  u32(): number {
    this.skip(4)
    return this.#view.getUint32(this.at - 4, true)
  }

  /** LEB128 of any length; what does not fit 53 bits loses its lowest. */
  unsigned(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  signed(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - scale * 128
    }
  }

  /** Up to a 0, which is skipped. */
  string(): string {
    const end = this.#bytes.indexOf(0, this.at)
    const length = end < 0 ? this.end - this.at + 1 : end - this.at + 1
    const start = this.at
    this.skip(length)
    return text.decode(this.#bytes.subarray(start, this.at - 1))
  }

  refuse(what: string): Error {
    return malformed(this.#base + this.at, what)
  }
}
