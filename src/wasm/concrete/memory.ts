import type { Access } from '../accesses.js'
import type { Memory } from '../domain.js'
import { Trap } from '../outcome.js'
import { type Limits, PAGE } from '../types.js'
import { type ConcreteValue, long, word } from './value.js'

/** Most pages a memory may grow to here: 2 GiB. Growing may fail at any size (core 2.0, section 4.4.7). */
const MOST_PAGES_HERE = 0x8000

/** Bytes. */
export class ConcreteMemory implements Memory<ConcreteValue> {
  readonly most: number | undefined
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView<ArrayBuffer>

  /** `bytes` is where the content lies; a new place where none is given. */
  constructor({ least, most }: Limits, bytes = new Uint8Array(least * PAGE)) {
    this.most = most
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }

  /** All of it, to be read and written in place; a new array after each growth. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes
  }

  get pages(): number {
    return this.#bytes.length / PAGE
  }

  load({ opcode, bytes }: Access, address: ConcreteValue, offset: number): ConcreteValue {
    const at = this.#locate(address, offset, bytes)
    const view = this.#view
    switch (opcode) {
      case 0x28: // i32.load
      case 0x2a: // f32.load
        return view.getInt32(at, true)
      case 0x29: // i64.load
      case 0x2b: // f64.load
        return view.getBigInt64(at, true)
      case 0x2c: // i32.load8_s
        return view.getInt8(at)
      case 0x2d: // i32.load8_u
        return view.getUint8(at)
      case 0x2e: // i32.load16_s
        return view.getInt16(at, true)
      case 0x2f: // i32.load16_u
        return view.getUint16(at, true)
      case 0x30: // i64.load8_s
        return BigInt(view.getInt8(at))
      case 0x31: // i64.load8_u
        return BigInt(view.getUint8(at))
      case 0x32: // i64.load16_s
        return BigInt(view.getInt16(at, true))
      case 0x33: // i64.load16_u
        return BigInt(view.getUint16(at, true))
      case 0x34: // i64.load32_s
        return BigInt(view.getInt32(at, true))
      case 0x35: // i64.load32_u
        return BigInt(view.getUint32(at, true))
      default:
        throw new TypeError(`opcode 0x${opcode.toString(16)} is no load`)
    }
  }

  store({ opcode, bytes }: Access, address: ConcreteValue, offset: number, value: ConcreteValue): void {
    const at = this.#locate(address, offset, bytes)
    const view = this.#view
    switch (opcode) {
      case 0x36: // i32.store
      case 0x38: // f32.store
        view.setInt32(at, word(value), true)
        return
      case 0x37: // i64.store
      case 0x39: // f64.store
        view.setBigInt64(at, long(value), true)
        return
      case 0x3a: // i32.store8
        view.setInt8(at, word(value))
        return
      case 0x3b: // i32.store16
        view.setInt16(at, word(value), true)
        return
      case 0x3c: // i64.store8
        view.setInt8(at, Number(BigInt.asIntN(8, long(value))))
        return
      case 0x3d: // i64.store16
        view.setInt16(at, Number(BigInt.asIntN(16, long(value))), true)
        return
      case 0x3e: // i64.store32
        view.setInt32(at, Number(BigInt.asIntN(32, long(value))), true)
        return
      default:
        throw new TypeError(`opcode 0x${opcode.toString(16)} is no store`)
    }
  }

  size(): number {
    return this.pages
  }

  grow(pages: ConcreteValue): number {
    const before = this.pages
    const after = before + (word(pages) >>> 0)
    if (after > Math.min(this.most ?? MOST_PAGES_HERE, MOST_PAGES_HERE)) return -1
    try {
      const bytes = new Uint8Array(after * PAGE)
      bytes.set(this.#bytes)
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer)
    } catch (error) {
      // The machine has no such array.
      if (error instanceof RangeError) return -1
      throw error
    }
    return before
  }

  copy(to: ConcreteValue, from: ConcreteValue, length: ConcreteValue): void {
    const count = word(length) >>> 0
    const source = this.#locate(from, 0, count)
    const target = this.#locate(to, 0, count)
    this.#bytes.copyWithin(target, source, source + count)
  }

  fill(to: ConcreteValue, value: ConcreteValue, length: ConcreteValue): void {
    const count = word(length) >>> 0
    const target = this.#locate(to, 0, count)
    this.#bytes.fill(word(value), target, target + count)
  }

  init(to: ConcreteValue, bytes: Uint8Array, from: ConcreteValue, length: ConcreteValue): void {
    const count = word(length) >>> 0
    const source = word(from) >>> 0
    const target = this.#locate(to, 0, count)
    if (source + count > bytes.length) throw new Trap('out of bounds memory access')
    this.#bytes.set(bytes.subarray(source, source + count), target)
  }

  /** Where an access of `count` bytes starts, within bounds. Numbers, not 32 bits: the sum does not wrap. */
  #locate(address: ConcreteValue, offset: number, count: number): number {
    const at = (word(address) >>> 0) + offset
    if (at + count > this.#bytes.length) throw new Trap('out of bounds memory access')
    return at
  }
}
