/** Values of the binary format (core 2.0, section 5.2), read from part of a file. Offsets are those of the file. */
import { malformed } from './module-error.js'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class Reader {
  readonly bytes: Uint8Array
  /** Offset of the next byte. */
  at: number
  /** Offset past the last byte that belongs to what is read. */
  readonly end: number

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get isDone(): boolean {
    return this.at >= this.end
  }

  byte(): number {
    const byte = this.at < this.end ? this.bytes[this.at] : undefined
    if (byte === undefined) throw malformed(this.at, 'unexpected end')
    this.at++
    return byte
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.end - this.at) throw malformed(this.at, `unexpected end, ${length} bytes wanted`)
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** A reader of the next `length` bytes, which this one skips. */
  part(length: number): Reader {
    const start = this.at
    this.take(length)
    return new Reader(this.bytes, start, this.at)
  }

  u32(): number {
    return Number(this.#unsigned(32))
  }

  s32(): number {
    return Number(this.#signed(32))
  }

  /** A block type: a type index or, below 0, a value type. */
  s33(): number {
    return Number(this.#signed(33))
  }

  s64(): bigint {
    return this.#signed(64)
  }

  /** Bits of an f32, as a signed number. */
  f32(): number {
    const at = this.at
    this.take(4)
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getInt32(at, true)
  }

  /** Bits of an f64, as a signed bigint. */
  f64(): bigint {
    const at = this.at
    this.take(8)
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getBigInt64(at, true)
  }

  name(): string {
    const length = this.u32()
    const at = this.at
    const bytes = this.take(length)
    try {
      return utf8.decode(bytes)
    } catch {
      throw malformed(at, 'malformed UTF-8 encoding')
    }
  }

  /** A vector. Each item takes at least a byte, so that a wrong length ends with the bytes, not with the memory. */
  list<T>(item: (index: number) => T): T[] {
    const length = this.u32()
    if (length > this.end - this.at) throw malformed(this.at, `length out of bounds: ${length} items`)
    const items: T[] = []
    for (let index = 0; index < length; index++) items.push(item(index))
    return items
  }

  /** LEB128 (section 5.2.2): no more bytes than the width needs, and no bits beyond it. */
  #unsigned(width: number): bigint {
    const start = this.at
    const { value, bits } = this.#groups(width)
    if (bits > width && value >> BigInt(width) !== 0n) throw malformed(start, 'integer too large')
    return value
  }

  #signed(width: number): bigint {
    const start = this.at
    const { value, bits } = this.#groups(width)
    const signed = BigInt.asIntN(bits, value)
    if (bits > width && BigInt.asIntN(width, signed) !== signed) throw malformed(start, 'integer too large')
    return signed
  }

  #groups(width: number): { value: bigint; bits: number } {
    const start = this.at
    const first = this.byte()
    // Most numbers are of one byte.
    if (first < 0x80) return { value: BigInt(first), bits: 7 }
    let value = BigInt(first & 0x7f)
    for (let bits = 7; bits < width; bits += 7) {
      const byte = this.byte()
      value |= BigInt(byte & 0x7f) << BigInt(bits)
      if (byte < 0x80) return { value, bits: bits + 7 }
    }
    throw malformed(start, 'integer representation too long')
  }
}
