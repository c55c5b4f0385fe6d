/** Floating-point operators (core 2.0, section 4.3.3). Cases are opcodes, in the order of `operators.ts`. */
import type { FloatBinary, FloatUnary } from '../operators.js'
import { convert } from './conversions.js'
import { bitsOfDouble, bitsOfSingle, doubleOf, singleOf } from './float-bits.js'
import { type ConcreteValue, long, word } from './value.js'

const F32_SIGN = -0x8000_0000
const F64_SIGN = -0x8000_0000_0000_0000n

export function floatUnary(opcode: FloatUnary, operand: ConcreteValue): ConcreteValue {
  switch (opcode) {
    case 0x8b: // f32.abs
      return word(operand) & ~F32_SIGN
    case 0x8c: // f32.neg
      return word(operand) ^ F32_SIGN
    case 0x99: // f64.abs
      return long(operand) & ~F64_SIGN
    case 0x9a: // f64.neg
      return long(operand) ^ F64_SIGN
    case 0x8d:
    case 0x8e:
    case 0x8f:
    case 0x90:
    case 0x91:
      // Rounding a square root of an f32 twice gives what rounding it once does.
      return bitsOfSingle(rounded(opcode, singleOf(word(operand))))
    case 0x9b:
    case 0x9c:
    case 0x9d:
    case 0x9e:
    case 0x9f:
      return bitsOfDouble(rounded(opcode, doubleOf(long(operand))))
    default:
      return convert(opcode, operand)
  }
}

function rounded(opcode: FloatUnary, a: number): number {
  switch (opcode) {
    case 0x8d:
    case 0x9b:
      return Math.ceil(a)
    case 0x8e:
    case 0x9c:
      return Math.floor(a)
    case 0x8f:
    case 0x9d:
      return Math.trunc(a)
    case 0x90:
    case 0x9e:
      return nearest(a)
    default:
      return Math.sqrt(a)
  }
}

/** The nearest integer, of two the even one; the sign of a zero is that of what was rounded. */
function nearest(a: number): number {
  const below = Math.floor(a)
  const rest = a - below
  if (!(rest > 0)) return a
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0)
  const result = isUp ? below + 1 : below
  return result === 0 && a < 0 ? -0 : result
}

export function floatBinary(opcode: FloatBinary, left: ConcreteValue, right: ConcreteValue): ConcreteValue {
  if (opcode === 0x98) return (word(left) & ~F32_SIGN) | (word(right) & F32_SIGN)
  if (opcode === 0xa6) return (long(left) & ~F64_SIGN) | (long(right) & F64_SIGN)
  if (typeof left === 'number') {
    const a = singleOf(left)
    const b = singleOf(word(right))
    // Rounding these to f64 and then to f32 gives what rounding once does (more than 2 x 24 + 2 bits in between).
    return opcode < 0x67 ? compare(opcode - 0x5b, a, b) : bitsOfSingle(arithmetic(opcode - 0x92, a, b))
  }
  const a = doubleOf(left)
  const b = doubleOf(long(right))
  return opcode < 0x67 ? compare(opcode - 0x61, a, b) : bitsOfDouble(arithmetic(opcode - 0xa0, a, b))
}

/** In the order of opcodes: eq, ne, lt, gt, le, ge. */
function compare(which: number, a: number, b: number): number {
  switch (which) {
    case 0:
      return a === b ? 1 : 0
    case 1:
      return a !== b ? 1 : 0
    case 2:
      return a < b ? 1 : 0
    case 3:
      return a > b ? 1 : 0
    case 4:
      return a <= b ? 1 : 0
    default:
      return a >= b ? 1 : 0
  }
}

/** In the order of opcodes: add, sub, mul, div, min, max. */
function arithmetic(which: number, a: number, b: number): number {
  switch (which) {
    case 0:
      return a + b
    case 1:
      return a - b
    case 2:
      return a * b
    case 3:
      return a / b
    case 4:
      return Math.min(a, b)
    default:
      return Math.max(a, b)
  }
}
