/** Rules for comparisons of bit vectors. Normal form: `bvult` and `bvslt` only, unsigned and narrow where that is the same. */
import type { TermBuilder } from '../build.js'
import type { Term } from '../term.js'
import { type Facts, type Rule, rule } from './rule.js'
import { constantAt, isBits, isOnes, isZero, ones, parts, slice } from './shape.js'

function swapped(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  return t.not(term.op === 'bvule' ? t.ult(b, a) : t.slt(b, a))
}

/** At the ends of the range an order is an equality. */
function edges(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  if (a === b || isZero(b) || isOnes(a)) return t.false
  if (isBits(b, 1n)) return t.eq(a, t.bv(0, a.width))
  if (isZero(a)) return t.not(t.eq(b, a))
  if (isOnes(b)) return t.not(t.eq(a, b))
  return isBits(a, ones(a.width) - 1n) ? t.eq(b, t.bv(-1, a.width)) : undefined
}

function byRange(term: Term, t: TermBuilder, facts: Facts): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  const [ofA, ofB] = [facts.range(a), facts.range(b)]
  if (ofA.hi < ofB.lo) return t.true
  return ofA.lo >= ofB.hi ? t.false : undefined
}

/** Equal bits at the top decide nothing: 0x00ab < 0x00cd is 0xab < 0xcd. Nor do equal bits at the bottom. */
function equalTops(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  const shared = sharedTop(a, b)
  if (shared > 0 && shared < a.width) {
    const hi = a.width - shared - 1
    return term.op === 'bvult' ? t.ult(rest(t, a, hi), rest(t, b, hi)) : undefined
  }
  return undefined
}

/** How many of the highest bits are sure to be equal, being the same part or constants. */
function sharedTop(a: Term, b: Term): number {
  const [topOfA] = parts(a)
  const [topOfB] = parts(b)
  if (topOfA === undefined || topOfB === undefined) return 0
  if (topOfA === topOfB && a.op === 'concat' && b.op === 'concat') return topOfA.width
  const constant = Math.min(topOfA.op === 'bv' ? topOfA.width : 0, topOfB.op === 'bv' ? topOfB.width : 0)
  for (let count = 0; count < constant; count++) {
    const [atA, atB] = [a.width - 1 - count, b.width - 1 - count]
    if (constantAt(a, atA, atA) !== constantAt(b, atB, atB)) return count
  }
  return constant
}

/** Bits `hi` to 0 of a concat, of which a whole part or some bits of a constant are cut off. */
function rest(t: TermBuilder, term: Term, hi: number): Term {
  let at = term.width
  const kept: Term[] = []
  for (const part of parts(term)) {
    at -= part.width
    if (hi >= at + part.width - 1) kept.push(part)
    else if (hi >= at) kept.push(slice(t, part, hi - at, 0))
  }
  return t.concat(...kept)
}

/** Between values whose signs are known to be equal, signed order is unsigned order. */
function sameSigns(term: Term, t: TermBuilder, facts: Facts): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  if (a === b) return t.false
  const half = 1n << BigInt(a.width - 1)
  const [ofA, ofB] = [facts.range(a), facts.range(b)]
  const [positiveA, positiveB] = [ofA.hi < half, ofB.hi < half]
  const [negativeA, negativeB] = [ofA.lo >= half, ofB.lo >= half]
  if ((positiveA && positiveB) || (negativeA && negativeB)) return t.ult(a, b)
  if (negativeA && positiveB) return t.true
  return positiveA && negativeB ? t.false : undefined
}

/** Whether it is below zero is a matter of one bit. */
function signOnly(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  const top = a.width - 1
  if (isZero(b)) return t.eq(t.extract(top, top, a), t.bv(1, 1))
  return isOnes(a) ? t.eq(t.extract(top, top, b), t.bv(0, 1)) : undefined
}

/** Extended by signs, or against a constant that fits the narrow width, the order is that of the narrow ones. */
function ofSignExtends(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  const narrow = a.op === 'sign_extend' ? a.args[0] : b.op === 'sign_extend' ? b.args[0] : undefined
  if (narrow === undefined) return undefined
  const [narrowA, narrowB] = [narrowed(t, a, narrow.width), narrowed(t, b, narrow.width)]
  return narrowA === undefined || narrowB === undefined ? undefined : t.slt(narrowA, narrowB)
}

function narrowed(t: TermBuilder, term: Term, width: number): Term | undefined {
  if (term.op === 'sign_extend') return term.args[0]?.width === width ? term.args[0] : undefined
  if (term.op !== 'bv') return undefined
  const value = BigInt.asIntN(width, term.value)
  return BigInt.asUintN(term.width, value) === term.value ? t.bv(value, width) : undefined
}

export const comparisonRules: readonly Rule[] = [
  rule('le', ['bvule', 'bvsle'], [], swapped),
  rule('ult.edges', ['bvult'], [], edges),
  rule('ult.range', ['bvult'], [], byRange),
  rule('ult.tops', ['bvult'], ['concat'], equalTops),
  rule('slt.signs', ['bvslt'], [], sameSigns),
  rule('slt.zero', ['bvslt'], [], signOnly),
  rule('slt.sign-extend', ['bvslt'], ['sign_extend'], ofSignExtends),
]
