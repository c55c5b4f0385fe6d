/**
 * Bitwise operators as JavaScript has them (ECMA-262 sections 6.1.6.1 and 6.1.6.2): numbers by their low 32 bits, read
 * back with a sign but for `>>>`, shifts by the low 5 bits of the amount; bigints in two's complement without end.
 */
import type { Term } from '../../smt/index.js'
import type { Bitwise as Operator } from '../../spec/instrumented/operators.js'
import { type Integer, type Integers, widthOf } from './integer.js'
import { Undecidable } from './path.js'

export type Bitwise = Operator
type Logical = '&' | '|' | '^'
type Shift = '<<' | '>>' | '>>>'

const LEAST_INT32 = -(1n << 31n)
const MOST_INT32 = (1n << 31n) - 1n
/** Shifted further, a bigint gets wider than what terms hold. */
const MOST_SHIFT = 2048n

/** `a & b`, `a | b` and `a ^ b` of numbers. */
export function numberBitwise(integers: Integers, operator: Logical, a: Integer, b: Integer): Integer {
  return int32(integers, combine(integers, operator, integers.bits(a, 32), integers.bits(b, 32)))
}

/** `~a` of a number. */
export function numberComplement(integers: Integers, a: Integer): Integer {
  if (isInt32(a)) return integers.sub(integers.of(-1n), a)
  return int32(integers, integers.terms.bvnot(integers.bits(a, 32)))
}

export function numberShift(integers: Integers, operator: Shift, a: Integer, amount: Integer): Integer {
  const { terms } = integers
  const value = integers.bits(a, 32)
  const by = terms.zeroExtend(27, integers.bits(amount, 5))
  const known = amount.constant === undefined ? undefined : BigInt.asUintN(5, amount.constant)
  if (operator === '>>>') return integers.unsigned(terms.lshr(value, by))
  if (operator === '<<') {
    if (known !== undefined && a.lo >= 0n && a.hi << known <= MOST_INT32) {
      return integers.mul(a, integers.of(1n << known))
    }
    return int32(integers, terms.shl(value, by))
  }
  if (known !== undefined && isInt32(a)) return shiftedRight(integers, a, known)
  return int32(integers, terms.ashr(value, by))
}

/** `a & b`, `a | b` and `a ^ b` of bigints. */
export function bigintBitwise(integers: Integers, operator: Logical, a: Integer, b: Integer): Integer {
  const isUnsigned = a.lo >= 0n && b.lo >= 0n
  const widths = [a, b].map(({ lo, hi }) => widthOf(isUnsigned || lo < 0n ? lo : -1n, hi))
  const width = Math.max(...widths)
  const term = combine(integers, operator, integers.bits(a, width), integers.bits(b, width))
  if (isUnsigned) return integers.unsigned(term)
  // Of a conjunction with what has no sign, nothing is left above its bits.
  const unsigned = operator === '&' ? [a, b].find((operand) => operand.lo >= 0n) : undefined
  return unsigned === undefined ? integers.signed(term) : integers.signed(term, 0n, unsigned.hi)
}

/** `a << by` and `a >> by` of bigints; a negative amount shifts the other way. */
export function bigintShift(integers: Integers, operator: '<<' | '>>', a: Integer, by: bigint): Integer {
  const left = operator === '<<' ? by : -by
  if (left > MOST_SHIFT) throw new Undecidable(`a bigint is shifted left by ${left} bits`)
  return left >= 0n ? integers.mul(a, integers.of(1n << left)) : shiftedRight(integers, a, -left)
}

/** The integer divided by 2^by, rounded down. */
function shiftedRight(integers: Integers, a: Integer, by: bigint): Integer {
  const [lo, hi] = [a.lo >> by, a.hi >> by]
  if (lo === hi) return integers.of(lo)
  const last = BigInt(a.term.width - 1)
  const term = integers.terms.extract(Number(last), Number(by < last ? by : last), a.term)
  return a.lo < 0n ? integers.signed(term, lo, hi) : integers.unsigned(term, lo, hi)
}

function combine({ terms }: Integers, operator: Logical, a: Term, b: Term): Term {
  if (operator === '&') return terms.bvand(a, b)
  return operator === '|' ? terms.bvor(a, b) : terms.bvxor(a, b)
}

/** 32 bits read with a sign. */
function int32(integers: Integers, term: Term): Integer {
  const { lo, hi } = integers.terms.range(term)
  if (hi <= MOST_INT32) return integers.unsigned(term)
  // Where the highest bit is always set, it is the sign.
  return lo > MOST_INT32 ? integers.signed(term, lo - (1n << 32n), hi - (1n << 32n)) : integers.signed(term)
}

function isInt32(value: Integer): boolean {
  return value.lo >= LEAST_INT32 && value.hi <= MOST_INT32
}
