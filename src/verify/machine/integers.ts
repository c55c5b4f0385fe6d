/** The integer operators of WebAssembly (core 2.0, section 4.3.2) as terms. Cases are opcodes, in the order of operators.ts. */
import type { Term, Terms } from '../../smt/index.js'
import type { IntegerBinary, IntegerUnary } from '../../wasm/index.js'

export function integerUnary(terms: Terms, opcode: IntegerUnary, a: Term): Term {
  switch (opcode) {
    case 0x45: // i32.eqz
    case 0x50: // i64.eqz
      return flag(terms, terms.eq(a, terms.bv(0, a.width)))
    case 0x67: // i32.clz
    case 0x79: // i64.clz
      return leadingZeros(terms, a)
    case 0x68: // i32.ctz
    case 0x7a: // i64.ctz
      return trailingZeros(terms, a)
    case 0x69: // i32.popcnt
    case 0x7b: // i64.popcnt
      return ones(terms, a)
    case 0xc0: // i32.extend8_s
    case 0xc2: // i64.extend8_s
      return extended(terms, a, 8)
    case 0xc1: // i32.extend16_s
    case 0xc3: // i64.extend16_s
      return extended(terms, a, 16)
    case 0xc4: // i64.extend32_s
      return extended(terms, a, 32)
    case 0xac: // i64.extend_i32_s
      return terms.signExtendTo(64, a)
    case 0xad: // i64.extend_i32_u
      return terms.zeroExtendTo(64, a)
    case 0xa7: // i32.wrap_i64
      return terms.extract(31, 0, a)
  }
}

export function integerBinary(terms: Terms, opcode: IntegerBinary, a: Term, b: Term): Term {
  switch (opcode) {
    case 0x46: // i32.eq
    case 0x51: // i64.eq
      return flag(terms, terms.eq(a, b))
    case 0x47: // i32.ne
    case 0x52: // i64.ne
      return flag(terms, terms.not(terms.eq(a, b)))
    case 0x48: // i32.lt_s
    case 0x53: // i64.lt_s
      return flag(terms, terms.slt(a, b))
    case 0x49: // i32.lt_u
    case 0x54: // i64.lt_u
      return flag(terms, terms.ult(a, b))
    case 0x4a: // i32.gt_s
    case 0x55: // i64.gt_s
      return flag(terms, terms.sgt(a, b))
    case 0x4b: // i32.gt_u
    case 0x56: // i64.gt_u
      return flag(terms, terms.ugt(a, b))
    case 0x4c: // i32.le_s
    case 0x57: // i64.le_s
      return flag(terms, terms.sle(a, b))
    case 0x4d: // i32.le_u
    case 0x58: // i64.le_u
      return flag(terms, terms.ule(a, b))
    case 0x4e: // i32.ge_s
    case 0x59: // i64.ge_s
      return flag(terms, terms.sge(a, b))
    case 0x4f: // i32.ge_u
    case 0x5a: // i64.ge_u
      return flag(terms, terms.uge(a, b))
    default:
      return arithmetic(terms, opcode, a, b)
  }
}

function arithmetic(terms: Terms, opcode: IntegerBinary, a: Term, b: Term): Term {
  switch (opcode) {
    case 0x6a: // i32.add
    case 0x7c: // i64.add
      return terms.add(a, b)
    case 0x6b: // i32.sub
    case 0x7d: // i64.sub
      return terms.sub(a, b)
    case 0x6c: // i32.mul
    case 0x7e: // i64.mul
      return terms.mul(a, b)
    case 0x6d: // i32.div_s
    case 0x7f: // i64.div_s
      return terms.sdiv(a, b)
    case 0x6e: // i32.div_u
    case 0x80: // i64.div_u
      return terms.udiv(a, b)
    case 0x6f: // i32.rem_s
    case 0x81: // i64.rem_s
      return terms.srem(a, b)
    case 0x70: // i32.rem_u
    case 0x82: // i64.rem_u
      return terms.urem(a, b)
    case 0x71: // i32.and
    case 0x83: // i64.and
      return terms.bvand(a, b)
    case 0x72: // i32.or
    case 0x84: // i64.or
      return terms.bvor(a, b)
    case 0x73: // i32.xor
    case 0x85: // i64.xor
      return terms.bvxor(a, b)
    case 0x74: // i32.shl
    case 0x86: // i64.shl
      return terms.shl(a, count(terms, b))
    case 0x75: // i32.shr_s
    case 0x87: // i64.shr_s
      return terms.ashr(a, count(terms, b))
    case 0x76: // i32.shr_u
    case 0x88: // i64.shr_u
      return terms.lshr(a, count(terms, b))
    case 0x77: // i32.rotl
    case 0x89: // i64.rotl
      return terms.rotl(a, count(terms, b))
    case 0x78: // i32.rotr
    case 0x8a: // i64.rotr
      return terms.rotr(a, count(terms, b))
    default:
      throw new TypeError(`opcode 0x${opcode.toString(16)} is no operator on two integers`)
  }
}

/** An i32 that is 0 or 1. */
function flag(terms: Terms, condition: Term): Term {
  return terms.fromBool(condition, 32)
}

/** Shifts and rotations take their count modulo the width, a power of two. */
function count(terms: Terms, amount: Term): Term {
  return terms.bvand(amount, terms.bv(amount.width - 1, amount.width))
}

function extended(terms: Terms, a: Term, bits: number): Term {
  return terms.signExtendTo(a.width, terms.extract(bits - 1, 0, a))
}

function isSet(terms: Terms, a: Term, bit: number): Term {
  return terms.eq(terms.extract(bit, bit, a), terms.bv(1, 1))
}

/** The place of the highest bit that is set, from the top; the width where none is. */
function leadingZeros(terms: Terms, a: Term): Term {
  let found = terms.bv(a.width, a.width)
  for (let bit = 0; bit < a.width; bit++) {
    found = terms.ite(isSet(terms, a, bit), terms.bv(a.width - 1 - bit, a.width), found)
  }
  return found
}

function trailingZeros(terms: Terms, a: Term): Term {
  let found = terms.bv(a.width, a.width)
  for (let bit = a.width - 1; bit >= 0; bit--) found = terms.ite(isSet(terms, a, bit), terms.bv(bit, a.width), found)
  return found
}

function ones(terms: Terms, a: Term): Term {
  const bits = Array.from({ length: a.width }, (_, bit) => terms.zeroExtendTo(a.width, terms.extract(bit, bit, a)))
  return terms.nary('bvadd', bits)
}
