/**
 * Rules for sums, products and quotients. Normal form of a sum: factors times atoms in order of creation, then the
 * constant; a factor of 2^k is a concat with zeros, -1 is `bvneg`, and -x - 1 is `bvnot`.
 */
import type { TermBuilder } from '../build.js'
import type { Term } from '../term.js'
import { isNormalSum, isSummand, Linear } from './linear.js'
import { type Facts, type Rule, rule } from './rule.js'
import { byId, isZero, ones, parts, sameTerms, slice, zeros } from './shape.js'

function normalSum(term: Term, t: TermBuilder): Term | undefined {
  if (isNormalSum(term)) return undefined
  const sum = new Linear(term.width)
  for (const arg of term.args) sum.addTerm(arg, 1n)
  return sum.build(t)
}

function subtraction({ args: [a, b] }: Term, t: TermBuilder): Term | undefined {
  return a === undefined || b === undefined ? undefined : t.add(a, t.neg(b))
}

/** Only for what is a sum, a difference or a multiple itself: -x is as simple as it gets. */
function negation(term: Term, t: TermBuilder): Term | undefined {
  const [a] = term.args
  if (a === undefined || a.op === 'extract' || !isSummand(a)) return undefined
  const sum = new Linear(term.width)
  sum.addTerm(a, -1n)
  return sum.build(t)
}

/** ~-x is x - 1. The complement of a sum stays one, so that slices of it are complements of slices. */
function complementOfNegation({ width, args: [a] }: Term, t: TermBuilder): Term | undefined {
  const [inner] = a?.args ?? []
  return a?.op === 'bvneg' && inner !== undefined ? t.add(inner, t.bv(-1, width)) : undefined
}

const maxFactors = 16

/** Products flat and in order of creation, the constants gathered: c * (x * y * z). */
function normalProduct(term: Term, t: TermBuilder): Term | undefined {
  const { args, width } = term
  const [a, b] = args
  if (a === undefined || b === undefined) return undefined
  // The most frequent cases by far.
  if (args.length === 2 && a.id < b.id && isFactor(a) && isFactor(b)) return undefined
  let constant = 1n
  const factors: Term[] = []
  for (const arg of args.flatMap((arg) => (arg.op === 'bvmul' && arg.args.length < maxFactors ? arg.args : [arg]))) {
    if (arg.op === 'bv') constant = BigInt.asUintN(width, constant * arg.value)
    // The second level of c * (x * y).
    else if (arg.op === 'bvmul' && arg.args.length < maxFactors && arg.args[0]?.op !== 'bv') factors.push(...arg.args)
    else factors.push(arg)
  }
  if (constant === 0n || factors.length === 0) return t.bv(constant, width)
  factors.sort(byId)
  if (constant === 1n) return sameTerms(factors, args) ? undefined : t.nary('bvmul', factors)
  const [first, second] = args
  const isNormal =
    args.length === 2 && first?.op === 'bv' && (factors.length === 1 || sameTerms(second?.args ?? [], factors))
  return isNormal ? undefined : t.mul(t.bv(constant, width), t.nary('bvmul', factors))
}

function isFactor({ op }: Term): boolean {
  return op !== 'bv' && op !== 'bvmul'
}

/** A constant times a sum is a sum; times 2^k is a shift. */
function multiple(term: Term, t: TermBuilder): Term | undefined {
  const [factor, a] = term.args
  if (term.args.length !== 2 || factor?.op !== 'bv' || a === undefined) return undefined
  const { width } = term
  const { value } = factor
  if (value === ones(width)) return t.neg(a)
  if (a.op !== 'extract' && isSummand(a)) {
    const sum = new Linear(width)
    sum.addTerm(a, value)
    return sum.build(t)
  }
  const shift = powerOfTwo(value)
  return shift === undefined || shift === 0 ? undefined : t.concat(t.extract(width - shift - 1, 0, a), zeros(t, shift))
}

/** k where `value` is 2^k. */
export function powerOfTwo(value: bigint): number | undefined {
  return value > 0n && (value & (value - 1n)) === 0n ? value.toString(2).length - 1 : undefined
}

/** Summands that have no bit in common add up to their `bvor`. */
function disjointSum(term: Term, t: TermBuilder): Term | undefined {
  if (!term.args.some(({ op }) => op === 'concat')) return undefined
  let seen = 0n
  for (const arg of term.args) {
    const mask = possibleBits(arg)
    if ((mask & seen) !== 0n) return undefined
    seen |= mask
  }
  return t.nary('bvor', term.args)
}

/** The bits that are not zeros of a constant part. */
function possibleBits(term: Term): bigint {
  let mask = 0n
  for (const part of parts(term)) {
    mask = (mask << BigInt(part.width)) | (part.op === 'bv' ? part.value : ones(part.width))
  }
  return mask
}

/** Dividing by a constant power of two takes the bits apart; a divisor above all values leaves everything. */
function division(term: Term, t: TermBuilder, facts: Facts): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  const { width } = term
  const isQuotient = term.op === 'bvudiv'
  if (b.op === 'bv') {
    const shift = powerOfTwo(b.value)
    if (shift === 0) return isQuotient ? a : zeros(t, width)
    if (shift !== undefined && isQuotient) return t.concat(zeros(t, shift), slice(t, a, width - 1, shift))
    if (shift !== undefined) return t.concat(zeros(t, width - shift), slice(t, a, shift - 1, 0))
    if (b.value === 0n) return isQuotient ? t.bv(-1, width) : a
  }
  // For b = 0 this does not hold, nor does the comparison.
  if (facts.range(a).hi < facts.range(b).lo) return isQuotient ? zeros(t, width) : a
  return undefined
}

/** Leading zeros of both sides stay zeros. */
function narrowDivision(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  const [zerosOfA] = a?.op === 'concat' ? a.args : []
  if (a === undefined || b?.op !== 'bv' || b.value === 0n || !isZero(zerosOfA) || zerosOfA === undefined)
    return undefined
  const width = term.width - zerosOfA.width
  if (b.value > ones(width)) return undefined
  const inner = t.concat(...a.args.slice(1))
  const divisor = t.bv(b.value, width)
  return t.concat(zerosOfA, term.op === 'bvudiv' ? t.udiv(inner, divisor) : t.urem(inner, divisor))
}

/** Wider ones are left alone: proving them takes a solver minutes. */
const maxDivisionWidth = 64

/** Between values that are not negative, the signed operations are the unsigned ones. */
function unsignedDivision(term: Term, t: TermBuilder, facts: Facts): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  if (term.width > maxDivisionWidth) return undefined
  const half = 1n << BigInt(term.width - 1)
  if (facts.range(a).hi >= half || facts.range(b).hi >= half) return undefined
  if (term.op === 'bvsrem') return t.urem(a, b)
  // x sdiv 0 is -1 where x is not negative, and so is x udiv 0.
  return t.udiv(a, b)
}

export const arithmeticRules: readonly Rule[] = [
  rule('sub', ['bvsub'], [], subtraction),
  rule('sum', ['bvadd'], isSummand, normalSum, 3),
  rule('negation', ['bvneg'], isSummand, negation, 3),
  rule('complement-of-negation', ['bvnot'], ['bvneg'], complementOfNegation),
  rule('product', ['bvmul'], ['bvmul'], normalProduct, 2),
  rule('multiple', ['bvmul'], isSummand, multiple, 3),
  rule('disjoint-sum', ['bvadd'], ['concat'], disjointSum),
  rule('division', ['bvudiv', 'bvurem'], ['concat'], division),
  rule('division.narrow', ['bvudiv', 'bvurem'], ['concat'], narrowDivision),
  rule('division.unsigned', ['bvsdiv', 'bvsrem'], [], unsignedDivision),
]
