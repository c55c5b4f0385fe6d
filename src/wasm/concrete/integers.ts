/** Integer operators (core 2.0, section 4.3.2). Cases are opcodes, in the order of `operators.ts`. */
import type { IntegerBinary, IntegerUnary } from '../operators.js'
import { type ConcreteValue, long, word } from './value.js'

export function integerUnary(opcode: IntegerUnary, operand: ConcreteValue): ConcreteValue {
  return typeof operand === 'number' ? unary32(opcode, operand) : unary64(opcode, operand)
}

export function integerBinary(opcode: IntegerBinary, left: ConcreteValue, right: ConcreteValue): ConcreteValue {
  return typeof left === 'number' ? binary32(opcode, left, word(right)) : binary64(opcode, left, long(right))
}

function unary32(opcode: IntegerUnary, a: number): ConcreteValue {
  switch (opcode) {
    case 0x45: // eqz
      return a === 0 ? 1 : 0
    case 0x67: // clz
      return Math.clz32(a)
    case 0x68: // ctz
      return trailingZeros(a)
    case 0x69: // popcnt
      return ones(a)
    case 0xc0: // extend8_s
      return (a << 24) >> 24
    case 0xc1: // extend16_s
      return (a << 16) >> 16
    case 0xac: // i64.extend_i32_s
      return BigInt(a)
    case 0xad: // i64.extend_i32_u
      return BigInt(a >>> 0)
    default:
      throw new TypeError(`opcode 0x${opcode.toString(16)} on an i32`)
  }
}

function unary64(opcode: IntegerUnary, a: bigint): ConcreteValue {
  switch (opcode) {
    case 0x50: // eqz
      return a === 0n ? 1 : 0
    case 0x79: {
      // clz
      const high = highWord(a)
      return BigInt(high === 0 ? 32 + Math.clz32(lowWord(a)) : Math.clz32(high))
    }
    case 0x7a: {
      // ctz
      const low = lowWord(a)
      return BigInt(low === 0 ? 32 + trailingZeros(highWord(a)) : trailingZeros(low))
    }
    case 0x7b: // popcnt
      return BigInt(ones(lowWord(a)) + ones(highWord(a)))
    case 0xc2: // extend8_s
      return BigInt.asIntN(8, a)
    case 0xc3: // extend16_s
      return BigInt.asIntN(16, a)
    case 0xc4: // extend32_s
      return BigInt.asIntN(32, a)
    case 0xa7: // i32.wrap_i64
      return lowWord(a)
    default:
      throw new TypeError(`opcode 0x${opcode.toString(16)} on an i64`)
  }
}

function binary32(opcode: IntegerBinary, a: number, b: number): number {
  switch (opcode) {
    case 0x46: // eq
      return a === b ? 1 : 0
    case 0x47: // ne
      return a !== b ? 1 : 0
    case 0x48: // lt_s
      return a < b ? 1 : 0
    case 0x49: // lt_u
      return a >>> 0 < b >>> 0 ? 1 : 0
    case 0x4a: // gt_s
      return a > b ? 1 : 0
    case 0x4b: // gt_u
      return a >>> 0 > b >>> 0 ? 1 : 0
    case 0x4c: // le_s
      return a <= b ? 1 : 0
    case 0x4d: // le_u
      return a >>> 0 <= b >>> 0 ? 1 : 0
    case 0x4e: // ge_s
      return a >= b ? 1 : 0
    case 0x4f: // ge_u
      return a >>> 0 >= b >>> 0 ? 1 : 0
    case 0x6a: // add
      return (a + b) | 0
    case 0x6b: // sub
      return (a - b) | 0
    case 0x6c: // mul
      return Math.imul(a, b)
    case 0x6d: // div_s
      return (a / b) | 0
    case 0x6e: // div_u
      return ((a >>> 0) / (b >>> 0)) | 0
    case 0x6f: // rem_s
      return (a % b) | 0
    case 0x70: // rem_u
      return ((a >>> 0) % (b >>> 0)) | 0
    case 0x71: // and
      return a & b
    case 0x72: // or
      return a | b
    case 0x73: // xor
      return a ^ b
    case 0x74: // shl
      return a << b
    case 0x75: // shr_s
      return a >> b
    case 0x76: // shr_u
      return (a >>> b) | 0
    case 0x77: // rotl
      return (a << b) | (a >>> -b)
    case 0x78: // rotr
      return (a >>> b) | (a << -b)
    default:
      throw new TypeError(`opcode 0x${opcode.toString(16)} on two i32`)
  }
}

const WIDTH = 63n
/** Turns the order of numbers without sign into that of signed ones. */
const FLIP = -0x8000_0000_0000_0000n

function binary64(opcode: IntegerBinary, a: bigint, b: bigint): ConcreteValue {
  switch (opcode) {
    case 0x51: // eq
      return a === b ? 1 : 0
    case 0x52: // ne
      return a !== b ? 1 : 0
    case 0x53: // lt_s
      return a < b ? 1 : 0
    case 0x54: // lt_u
      return (a ^ FLIP) < (b ^ FLIP) ? 1 : 0
    case 0x55: // gt_s
      return a > b ? 1 : 0
    case 0x56: // gt_u
      return (a ^ FLIP) > (b ^ FLIP) ? 1 : 0
    case 0x57: // le_s
      return a <= b ? 1 : 0
    case 0x58: // le_u
      return (a ^ FLIP) <= (b ^ FLIP) ? 1 : 0
    case 0x59: // ge_s
      return a >= b ? 1 : 0
    case 0x5a: // ge_u
      return (a ^ FLIP) >= (b ^ FLIP) ? 1 : 0
    default:
      return arithmetic64(opcode, a, b)
  }
}

function arithmetic64(opcode: IntegerBinary, a: bigint, b: bigint): bigint {
  switch (opcode) {
    case 0x7c: // add
      return BigInt.asIntN(64, a + b)
    case 0x7d: // sub
      return BigInt.asIntN(64, a - b)
    case 0x7e: // mul
      return BigInt.asIntN(64, a * b)
    case 0x7f: // div_s
      return BigInt.asIntN(64, a / b)
    case 0x80: // div_u
      return BigInt.asIntN(64, unsigned(a) / unsigned(b))
    case 0x81: // rem_s
      return a % b
    case 0x82: // rem_u
      return BigInt.asIntN(64, unsigned(a) % unsigned(b))
    case 0x83: // and
      return a & b
    case 0x84: // or
      return a | b
    case 0x85: // xor
      return a ^ b
    case 0x86: // shl
      return BigInt.asIntN(64, a << (b & WIDTH))
    case 0x87: // shr_s
      return a >> (b & WIDTH)
    case 0x88: // shr_u
      return BigInt.asIntN(64, unsigned(a) >> (b & WIDTH))
    case 0x89: // rotl
      return rotateLeft(a, b & WIDTH)
    case 0x8a: // rotr
      return rotateLeft(a, (64n - (b & WIDTH)) & WIDTH)
    default:
      throw new TypeError(`opcode 0x${opcode.toString(16)} on two i64`)
  }
}

function unsigned(a: bigint): bigint {
  return BigInt.asUintN(64, a)
}

function rotateLeft(a: bigint, count: bigint): bigint {
  return BigInt.asIntN(64, (a << count) | (unsigned(a) >> (64n - count)))
}

function lowWord(a: bigint): number {
  return Number(BigInt.asIntN(32, a))
}

function highWord(a: bigint): number {
  return Number(BigInt.asIntN(32, a >> 32n))
}

function trailingZeros(a: number): number {
  return a === 0 ? 32 : 31 - Math.clz32(a & -a)
}

/** The number of bits set: sums of ever wider groups. */
function ones(a: number): number {
  const pairs = a - ((a >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
