/**
 * The operators: instructions that take one or two numbers and give one, without immediates (core 2.0, sections 2.4.1
 * and 5.4.7). Grouped by what they take and give, so that types follow from the group; the numbers are the opcodes,
 * 0xfc00 + n for the n-th of those with the prefix 0xfc.
 */
import type { NumberType } from './types.js'

/** i32 -> i32 */
const i32Unary = {
  'i32.eqz': 0x45,
  'i32.clz': 0x67,
  'i32.ctz': 0x68,
  'i32.popcnt': 0x69,
  'i32.extend8_s': 0xc0,
  'i32.extend16_s': 0xc1,
} as const

/** i64 -> i64 */
const i64Unary = {
  'i64.clz': 0x79,
  'i64.ctz': 0x7a,
  'i64.popcnt': 0x7b,
  'i64.extend8_s': 0xc2,
  'i64.extend16_s': 0xc3,
  'i64.extend32_s': 0xc4,
} as const

/** i64 -> i32 */
const i64ToI32 = { 'i64.eqz': 0x50, 'i32.wrap_i64': 0xa7 } as const
/** i32 -> i64 */
const i32ToI64 = { 'i64.extend_i32_s': 0xac, 'i64.extend_i32_u': 0xad } as const

/** i32 i32 -> i32 */
const i32Binary = {
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.gt_u': 0x4b,
  'i32.le_s': 0x4c,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_s': 0x6d,
  'i32.div_u': 0x6e,
  'i32.rem_s': 0x6f,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'i32.rotl': 0x77,
  'i32.rotr': 0x78,
} as const

/** i64 i64 -> i64 */
const i64Binary = {
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.div_s': 0x7f,
  'i64.div_u': 0x80,
  'i64.rem_s': 0x81,
  'i64.rem_u': 0x82,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.shr_s': 0x87,
  'i64.shr_u': 0x88,
  'i64.rotl': 0x89,
  'i64.rotr': 0x8a,
} as const

/** i64 i64 -> i32 */
const i64Compare = {
  'i64.eq': 0x51,
  'i64.ne': 0x52,
  'i64.lt_s': 0x53,
  'i64.lt_u': 0x54,
  'i64.gt_s': 0x55,
  'i64.gt_u': 0x56,
  'i64.le_s': 0x57,
  'i64.le_u': 0x58,
  'i64.ge_s': 0x59,
  'i64.ge_u': 0x5a,
} as const

/** f32 -> f32 */
const f32Unary = {
  'f32.abs': 0x8b,
  'f32.neg': 0x8c,
  'f32.ceil': 0x8d,
  'f32.floor': 0x8e,
  'f32.trunc': 0x8f,
  'f32.nearest': 0x90,
  'f32.sqrt': 0x91,
} as const

/** f32 f32 -> f32 */
const f32Binary = {
  'f32.add': 0x92,
  'f32.sub': 0x93,
  'f32.mul': 0x94,
  'f32.div': 0x95,
  'f32.min': 0x96,
  'f32.max': 0x97,
  'f32.copysign': 0x98,
} as const

/** f32 f32 -> i32 */
const f32Compare = {
  'f32.eq': 0x5b,
  'f32.ne': 0x5c,
  'f32.lt': 0x5d,
  'f32.gt': 0x5e,
  'f32.le': 0x5f,
  'f32.ge': 0x60,
} as const

/** f64 -> f64 */
const f64Unary = {
  'f64.abs': 0x99,
  'f64.neg': 0x9a,
  'f64.ceil': 0x9b,
  'f64.floor': 0x9c,
  'f64.trunc': 0x9d,
  'f64.nearest': 0x9e,
  'f64.sqrt': 0x9f,
} as const

/** f64 f64 -> f64 */
const f64Binary = {
  'f64.add': 0xa0,
  'f64.sub': 0xa1,
  'f64.mul': 0xa2,
  'f64.div': 0xa3,
  'f64.min': 0xa4,
  'f64.max': 0xa5,
  'f64.copysign': 0xa6,
} as const

/** f64 f64 -> i32 */
const f64Compare = {
  'f64.eq': 0x61,
  'f64.ne': 0x62,
  'f64.lt': 0x63,
  'f64.gt': 0x64,
  'f64.le': 0x65,
  'f64.ge': 0x66,
} as const

/** f32 -> i32 */
const f32ToI32 = {
  'i32.trunc_f32_s': 0xa8,
  'i32.trunc_f32_u': 0xa9,
  'i32.reinterpret_f32': 0xbc,
  'i32.trunc_sat_f32_s': 0xfc00,
  'i32.trunc_sat_f32_u': 0xfc01,
} as const

/** f64 -> i32 */
const f64ToI32 = {
  'i32.trunc_f64_s': 0xaa,
  'i32.trunc_f64_u': 0xab,
  'i32.trunc_sat_f64_s': 0xfc02,
  'i32.trunc_sat_f64_u': 0xfc03,
} as const

/** f32 -> i64 */
const f32ToI64 = {
  'i64.trunc_f32_s': 0xae,
  'i64.trunc_f32_u': 0xaf,
  'i64.trunc_sat_f32_s': 0xfc04,
  'i64.trunc_sat_f32_u': 0xfc05,
} as const

/** f64 -> i64 */
const f64ToI64 = {
  'i64.trunc_f64_s': 0xb0,
  'i64.trunc_f64_u': 0xb1,
  'i64.reinterpret_f64': 0xbd,
  'i64.trunc_sat_f64_s': 0xfc06,
  'i64.trunc_sat_f64_u': 0xfc07,
} as const

const i32ToF32 = { 'f32.convert_i32_s': 0xb2, 'f32.convert_i32_u': 0xb3, 'f32.reinterpret_i32': 0xbe } as const
const i64ToF32 = { 'f32.convert_i64_s': 0xb4, 'f32.convert_i64_u': 0xb5 } as const
const f64ToF32 = { 'f32.demote_f64': 0xb6 } as const
const i32ToF64 = { 'f64.convert_i32_s': 0xb7, 'f64.convert_i32_u': 0xb8 } as const
const i64ToF64 = { 'f64.convert_i64_s': 0xb9, 'f64.convert_i64_u': 0xba, 'f64.reinterpret_i64': 0xbf } as const
const f32ToF64 = { 'f64.promote_f32': 0xbb } as const

/** Integers only, one operand: opcode by name. */
export const integerUnary = { ...i32Unary, ...i64Unary, ...i64ToI32, ...i32ToI64 } as const
/** Integers only, two operands: opcode by name. */
export const integerBinary = { ...i32Binary, ...i64Binary, ...i64Compare } as const
/** A floating-point number in or out, one operand: opcode by name. */
export const floatUnary = {
  ...f32Unary,
  ...f64Unary,
  ...f32ToI32,
  ...f64ToI32,
  ...f32ToI64,
  ...f64ToI64,
  ...i32ToF32,
  ...i64ToF32,
  ...f64ToF32,
  ...i32ToF64,
  ...i64ToF64,
  ...f32ToF64,
} as const
/** A floating-point number in or out, two operands: opcode by name. */
export const floatBinary = { ...f32Binary, ...f32Compare, ...f64Binary, ...f64Compare } as const

export type IntegerUnaryName = keyof typeof integerUnary
export type IntegerBinaryName = keyof typeof integerBinary
export type FloatUnaryName = keyof typeof floatUnary
export type FloatBinaryName = keyof typeof floatBinary
export type IntegerUnary = (typeof integerUnary)[IntegerUnaryName]
export type IntegerBinary = (typeof integerBinary)[IntegerBinaryName]
export type FloatUnary = (typeof floatUnary)[FloatUnaryName]
export type FloatBinary = (typeof floatBinary)[FloatBinaryName]

/** What is known of an operator by its opcode. */
export type Operator =
  | (Shape & { readonly kind: 'integerUnary'; readonly opcode: IntegerUnary })
  | (Shape & { readonly kind: 'integerBinary'; readonly opcode: IntegerBinary })
  | (Shape & { readonly kind: 'floatUnary'; readonly opcode: FloatUnary })
  | (Shape & { readonly kind: 'floatBinary'; readonly opcode: FloatBinary })

interface Shape {
  readonly name: string
  /** Both operands have the same type. */
  readonly operand: NumberType
  readonly result: NumberType
}

type Group<K extends Operator['kind']> = Readonly<Record<string, Extract<Operator, { kind: K }>['opcode']>>

const table = new Map<number, Operator>()

function integers1(group: Group<'integerUnary'>, operand: NumberType, result: NumberType): void {
  for (const [name, opcode] of Object.entries(group))
    table.set(opcode, { kind: 'integerUnary', opcode, name, operand, result })
}
function integers2(group: Group<'integerBinary'>, operand: NumberType, result: NumberType): void {
  for (const [name, opcode] of Object.entries(group))
    table.set(opcode, { kind: 'integerBinary', opcode, name, operand, result })
}
function floats1(group: Group<'floatUnary'>, operand: NumberType, result: NumberType): void {
  for (const [name, opcode] of Object.entries(group))
    table.set(opcode, { kind: 'floatUnary', opcode, name, operand, result })
}
function floats2(group: Group<'floatBinary'>, operand: NumberType, result: NumberType): void {
  for (const [name, opcode] of Object.entries(group))
    table.set(opcode, { kind: 'floatBinary', opcode, name, operand, result })
}

integers1(i32Unary, 'i32', 'i32')
integers1(i64Unary, 'i64', 'i64')
integers1(i64ToI32, 'i64', 'i32')
integers1(i32ToI64, 'i32', 'i64')
integers2(i32Binary, 'i32', 'i32')
integers2(i64Binary, 'i64', 'i64')
integers2(i64Compare, 'i64', 'i32')
floats1(f32Unary, 'f32', 'f32')
floats1(f64Unary, 'f64', 'f64')
floats1(f32ToI32, 'f32', 'i32')
floats1(f64ToI32, 'f64', 'i32')
floats1(f32ToI64, 'f32', 'i64')
floats1(f64ToI64, 'f64', 'i64')
floats1(i32ToF32, 'i32', 'f32')
floats1(i64ToF32, 'i64', 'f32')
floats1(f64ToF32, 'f64', 'f32')
floats1(i32ToF64, 'i32', 'f64')
floats1(i64ToF64, 'i64', 'f64')
floats1(f32ToF64, 'f32', 'f64')
floats2(f32Binary, 'f32', 'f32')
floats2(f32Compare, 'f32', 'i32')
floats2(f64Binary, 'f64', 'f64')
floats2(f64Compare, 'f64', 'i32')

/** Every operator by its opcode. */
export const operators: ReadonlyMap<number, Operator> = table
