/**
 * What each operation means, in exact integers: SMT-LIB's theories Core, FixedSizeBitVectors, ArraysEx and Ints. The
 * evaluator and constant folding both read it here.
 */
import { ValueError } from './errors.js'
import type { Op, Term } from './term.js'
import { ArrayValue, sameValue, type Value } from './value.js'

export function asBool(value: Value | undefined): boolean {
  if (typeof value !== 'boolean') throw new ValueError('a truth value is missing')
  return value
}

export function asBigint(value: Value | undefined): bigint {
  if (typeof value !== 'bigint') throw new ValueError('a number is missing')
  return value
}

function asArray(value: Value | undefined): ArrayValue {
  if (!(value instanceof ArrayValue)) throw new ValueError('an array is missing')
  return value
}

function asValue(value: Value | undefined): Value {
  if (value === undefined) throw new ValueError('a value is missing')
  return value
}

/** Operations whose value follows from those of their arguments. */
export type Interpreted = Exclude<Op, 'var' | 'apply'>

/** The value of `term` where its arguments have these values. */
export function meaning(op: Interpreted, term: Term, args: readonly Value[]): Value {
  return meanings[op](args, term)
}

type Meaning = (args: readonly Value[], term: Term) => Value

const meanings: Readonly<Record<Interpreted, Meaning>> = {
  true: () => true,
  false: () => false,
  bv: (_, { value }) => value,
  int: (_, { value }) => value,
  not: ([a]) => !asBool(a),
  and: (args) => args.every(asBool),
  or: (args) => args.some(asBool),
  eq: ([a, b]) => sameValue(asValue(a), asValue(b)),
  ite: ([condition, yes, no]) => asValue(asBool(condition) ? yes : no),

  bvnot: unary((a) => ~a),
  bvneg: unary((a) => -a),
  bvand: folded((a, b) => a & b),
  bvor: folded((a, b) => a | b),
  bvxor: folded((a, b) => a ^ b),
  bvadd: folded((a, b) => a + b),
  bvsub: folded((a, b) => a - b),
  bvmul: folded((a, b) => a * b),
  bvudiv: binary((a, b) => (b === 0n ? -1n : a / b)),
  bvurem: binary((a, b) => (b === 0n ? a : a % b)),
  bvsdiv: signed((a, b) => (b === 0n ? (a < 0n ? 1n : -1n) : a / b)),
  bvsrem: signed((a, b) => (b === 0n ? a : a % b)),
  bvshl: binary((a, b, width) => (b >= width ? 0n : a << b)),
  bvlshr: binary((a, b, width) => (b >= width ? 0n : a >> b)),
  bvashr: ([a, b], { width }) => {
    const by = asBigint(b)
    const value = BigInt.asIntN(width, asBigint(a))
    return BigInt.asUintN(width, value >> (by >= width ? BigInt(width) : by))
  },

  concat: (args, term) => {
    let value = 0n
    for (const [i, part] of term.args.entries()) value = (value << BigInt(part.width)) | asBigint(args[i])
    return value
  },
  extract: ([a], { lo, width }) => BigInt.asUintN(width, asBigint(a) >> BigInt(lo)),
  zero_extend: ([a]) => asBigint(a),
  sign_extend: ([a], { hi, width }) => BigInt.asUintN(width, BigInt.asIntN(width - hi, asBigint(a))),

  bvult: ([a, b]) => asBigint(a) < asBigint(b),
  bvule: ([a, b]) => asBigint(a) <= asBigint(b),
  bvslt: comparedSigned((a, b) => a < b),
  bvsle: comparedSigned((a, b) => a <= b),

  select: ([array, index]) => asArray(array).at(asValue(index)),
  store: ([array, index, element]) => asArray(array).with(asValue(index), asValue(element)),
  const_array: ([element], { sort }) => {
    if (sort.kind !== 'array') throw new ValueError('a constant array of another sort')
    return new ArrayValue(sort, asValue(element))
  },

  'int.add': (args) => args.reduce<bigint>((sum, arg) => sum + asBigint(arg), 0n),
  'int.mul': ([a, b]) => asBigint(a) * asBigint(b),
  'int.div': ([a, b]) => divideEuclid(asBigint(a), asBigint(b)),
  'int.mod': ([a, b]) => asBigint(a) - asBigint(b) * divideEuclid(asBigint(a), asBigint(b)),
  'int.le': ([a, b]) => asBigint(a) <= asBigint(b),
  bv2nat: ([a]) => asBigint(a),
}

function unary(compute: (a: bigint) => bigint): Meaning {
  return ([a], { width }) => BigInt.asUintN(width, compute(asBigint(a)))
}

function binary(compute: (a: bigint, b: bigint, width: bigint) => bigint): Meaning {
  return ([a, b], { width }) => BigInt.asUintN(width, compute(asBigint(a), asBigint(b), BigInt(width)))
}

function folded(compute: (a: bigint, b: bigint) => bigint): Meaning {
  return (args, { width }) => {
    let value = asBigint(args[0])
    for (let i = 1; i < args.length; i++) value = BigInt.asUintN(width, compute(value, asBigint(args[i])))
    return value
  }
}

/** Both arguments read as two's complement. */
function signed(compute: (a: bigint, b: bigint) => bigint): Meaning {
  return ([a, b], { width }) => {
    const value = compute(BigInt.asIntN(width, asBigint(a)), BigInt.asIntN(width, asBigint(b)))
    return BigInt.asUintN(width, value)
  }
}

function comparedSigned(compare: (a: bigint, b: bigint) => boolean): Meaning {
  return ([a, b], term) => {
    const width = term.args[0]?.width ?? 1
    return compare(BigInt.asIntN(width, asBigint(a)), BigInt.asIntN(width, asBigint(b)))
  }
}

/** The quotient whose remainder is from 0 up to below |b|. Requires that b is not 0. */
function divideEuclid(a: bigint, b: bigint): bigint {
  const quotient = a / b
  if (a % b >= 0n) return quotient
  return b > 0n ? quotient - 1n : quotient + 1n
}
