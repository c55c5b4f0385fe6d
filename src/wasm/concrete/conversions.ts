/** Conversions with a floating-point number in or out (core 2.0, section 4.3.4). Cases are opcodes. */
import type { FloatUnary } from '../operators.js'
import { Trap } from '../outcome.js'
import { bitsOfDouble, bitsOfSingle, doubleOf, singleOf } from './float-bits.js'
import { type ConcreteValue, long, word } from './value.js'

interface Range {
  readonly least: bigint
  readonly most: bigint
}

const S32: Range = { least: -0x8000_0000n, most: 0x7fff_ffffn }
const U32: Range = { least: 0n, most: 0xffff_ffffn }
const S64: Range = { least: -0x8000_0000_0000_0000n, most: 0x7fff_ffff_ffff_ffffn }
const U64: Range = { least: 0n, most: 0xffff_ffff_ffff_ffffn }

export function convert(opcode: FloatUnary, operand: ConcreteValue): ConcreteValue {
  switch (opcode) {
    case 0xbc: // i32.reinterpret_f32
    case 0xbd: // i64.reinterpret_f64
    case 0xbe: // f32.reinterpret_i32
    case 0xbf: // f64.reinterpret_i64
      return operand
    case 0xb2: // f32.convert_i32_s
      return bitsOfSingle(word(operand))
    case 0xb3: // f32.convert_i32_u
      return bitsOfSingle(word(operand) >>> 0)
    case 0xb4: // f32.convert_i64_s
      return bitsOfSingle(nearToSingle(long(operand)))
    case 0xb5: // f32.convert_i64_u
      return bitsOfSingle(nearToSingle(BigInt.asUintN(64, long(operand))))
    case 0xb6: // f32.demote_f64
      return bitsOfSingle(doubleOf(long(operand)))
    case 0xb7: // f64.convert_i32_s
      return bitsOfDouble(word(operand))
    case 0xb8: // f64.convert_i32_u
      return bitsOfDouble(word(operand) >>> 0)
    case 0xb9: // f64.convert_i64_s
      return bitsOfDouble(Number(long(operand)))
    case 0xba: // f64.convert_i64_u
      return bitsOfDouble(Number(BigInt.asUintN(64, long(operand))))
    case 0xbb: // f64.promote_f32
      return bitsOfDouble(singleOf(word(operand)))
    default:
      return truncate(opcode, typeof operand === 'number' ? singleOf(operand) : doubleOf(operand))
  }
}

function truncate(opcode: FloatUnary, a: number): ConcreteValue {
  switch (opcode) {
    case 0xa8: // i32.trunc_f32_s
    case 0xaa: // i32.trunc_f64_s
      return Number(toInteger(a, S32))
    case 0xa9: // i32.trunc_f32_u
    case 0xab: // i32.trunc_f64_u
      return Number(toInteger(a, U32)) | 0
    case 0xae: // i64.trunc_f32_s
    case 0xb0: // i64.trunc_f64_s
      return toInteger(a, S64)
    case 0xaf: // i64.trunc_f32_u
    case 0xb1: // i64.trunc_f64_u
      return BigInt.asIntN(64, toInteger(a, U64))
    case 0xfc00: // i32.trunc_sat_f32_s
    case 0xfc02: // i32.trunc_sat_f64_s
      return Number(toNearestInteger(a, S32))
    case 0xfc01: // i32.trunc_sat_f32_u
    case 0xfc03: // i32.trunc_sat_f64_u
      return Number(toNearestInteger(a, U32)) | 0
    case 0xfc04: // i64.trunc_sat_f32_s
    case 0xfc06: // i64.trunc_sat_f64_s
      return toNearestInteger(a, S64)
    case 0xfc05: // i64.trunc_sat_f32_u
    case 0xfc07: // i64.trunc_sat_f64_u
      return BigInt.asIntN(64, toNearestInteger(a, U64))
    default:
      throw new TypeError(`opcode 0x${opcode.toString(16)} is no conversion`)
  }
}

/** Towards 0; traps where the result is out of range. */
function toInteger(a: number, { least, most }: Range): bigint {
  if (Number.isNaN(a)) throw new Trap('invalid conversion to integer')
  if (!Number.isFinite(a)) throw new Trap('integer overflow')
  const result = BigInt(Math.trunc(a))
  if (result < least || result > most) throw new Trap('integer overflow')
  return result
}

/** Towards 0; the end of the range where the result is past it, 0 for NaN. */
function toNearestInteger(a: number, { least, most }: Range): bigint {
  if (Number.isNaN(a)) return 0n
  if (!Number.isFinite(a)) return a < 0 ? least : most
  const result = BigInt(Math.trunc(a))
  if (result < least) return least
  return result > most ? most : result
}

/** Low bits of a 64-bit integer beyond the 53 that a number has. */
const EXCESS = 11n

/**
 * A number that rounds to the same f32 as the integer. Where the integer has more than 53 bits its lowest are folded
 * into one, so that a tie stays apart from what lies next to it: rounding to a number first would lose that.
 */
function nearToSingle(a: bigint): number {
  const magnitude = a < 0n ? -a : a
  if (magnitude < 1n << 53n) return Number(a)
  const lost = magnitude & ((1n << EXCESS) - 1n)
  const folded = Number((magnitude >> EXCESS) | (lost === 0n ? 0n : 1n)) * 2 ** Number(EXCESS)
  return a < 0n ? -folded : folded
}
