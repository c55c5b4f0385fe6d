/** Rules for equality. Normal form: the constant right, else in order of creation. */
import type { TermBuilder } from '../build.js'
import type { Term } from '../term.js'
import { isSummand, Linear } from './linear.js'
import { type Facts, type Rule, rule } from './rule.js'
import { areOpposite, constantAt, isZero, negated, ones, seams, segments, slice, slicesWell } from './shape.js'

/** A rule for `a = b`; the constant, if any, is `b`. */
function eqRule(
  name: string,
  sees: Parameters<typeof rule>[2],
  rewrite: (t: TermBuilder, a: Term, b: Term, facts: Facts) => Term | undefined,
  depth = 1,
): Rule {
  return rule(
    name,
    ['eq'],
    sees,
    ({ args: [a, b] }, t, facts) => (a === undefined || b === undefined ? undefined : rewrite(t, a, b, facts)),
    depth,
  )
}

function ordered(t: TermBuilder, a: Term, b: Term): Term | undefined {
  if (a === b) return t.true
  if (areOpposite(a, b)) return t.false
  const isOrdered = b.isConstant || (!a.isConstant && a.id < b.id)
  return isOrdered ? undefined : t.eq(b, a)
}

function ofBools(t: TermBuilder, a: Term, b: Term): Term | undefined {
  if (a.sort.kind !== 'bool') return undefined
  if (b.op === 'true') return a
  if (b.op === 'false') return t.not(a)
  const [inA, inB] = [negated(a), negated(b)]
  if (inA !== undefined && inB !== undefined) return t.eq(inA, inB)
  if (inA !== undefined) return t.not(t.eq(inA, b))
  return inB === undefined ? undefined : t.not(t.eq(a, inB))
}

/** One bit is asked for being 1. */
function ofBits(t: TermBuilder, a: Term, b: Term): Term | undefined {
  return a.width === 1 && isZero(b) ? t.not(t.eq(a, t.bv(1, 1))) : undefined
}

function ofComplements(t: TermBuilder, a: Term, b: Term): Term | undefined {
  const inA = a.op === 'bvnot' ? a.args[0] : undefined
  const inB = b.op === 'bvnot' ? b.args[0] : undefined
  if (inA === undefined) return undefined
  if (inB !== undefined) return t.eq(inA, inB)
  return b.op === 'bv' ? t.eq(inA, t.bv(b.value ^ ones(b.width), b.width)) : undefined
}

/** a ^ b = 0 is a = b; a ^ 5 = 3 is a = 6. */
function ofXor(t: TermBuilder, a: Term, b: Term): Term | undefined {
  if (a.op !== 'bvxor' || b.op !== 'bv') return undefined
  const last = a.args.at(-1)
  const others = a.args.slice(0, -1)
  if (last?.op === 'bv') return t.eq(t.nary('bvxor', others), t.bv(b.value ^ last.value, b.width))
  return isZero(b) && last !== undefined ? t.eq(t.nary('bvxor', others), last) : undefined
}

function isSum(term: Term): boolean {
  return term.op !== 'extract' && term.op !== 'bvnot' && term.op !== 'concat' && isSummand(term)
}

/** What is on both sides goes, negative summands change sides, and constants meet. */
function ofSums(t: TermBuilder, a: Term, b: Term): Term | undefined {
  if (!isSum(a) && !isSum(b)) return undefined
  const { width } = a
  const [left, right, difference] = [new Linear(width), new Linear(width), new Linear(width)]
  left.addTerm(a, 1n)
  right.addTerm(b, 1n)
  difference.addTerm(a, 1n)
  difference.addTerm(b, -1n)
  const all = [...left.atoms(), ...right.atoms()]
  const isMixed =
    all.some(([atom]) => left.factors.has(atom) && right.factors.has(atom)) ||
    all.some(([, factor]) => difference.isNegative(factor)) ||
    (left.constant !== 0n && right.constant !== 0n) ||
    (left.constant !== 0n && b.isConstant)
  if (!isMixed) return undefined
  const positive = new Linear(width)
  const negative = new Linear(width)
  for (const [atom, factor] of difference.atoms()) {
    if (difference.isNegative(factor)) negative.add({ factor: -factor, atom })
    else positive.add({ factor, atom })
  }
  if (positive.factors.size === 0) positive.add({ factor: difference.constant, atom: undefined })
  else negative.add({ factor: -difference.constant, atom: undefined })
  return t.eq(positive.build(t), negative.build(t))
}

/** Concats are equal where their parts are, as far as both sides come apart at the same places. */
function ofConcats(t: TermBuilder, a: Term, b: Term): Term | undefined {
  if (a.op !== 'concat' && b.op !== 'concat') return undefined
  const seamsOfB = new Set(seams(b))
  const common = seams(a).filter((at) => b.op === 'bv' || seamsOfB.has(at))
  const constants = [...seams(a), ...seams(b)].filter((at) => comesApart(a, at) && comesApart(b, at))
  const pieces = segments(a.width, [...common, ...constants])
  if (pieces.length === 1) return undefined
  return t.all(pieces.map(([hi, lo]) => t.eq(pieceOf(t, a, hi, lo), pieceOf(t, b, hi, lo))))
}

/** Whether a cut at this place goes through a constant, or between two parts. */
function comesApart(term: Term, at: number): boolean {
  return seams(term).includes(at) || constantAt(term, at, at - 1) !== undefined
}

/** A slice of a concat that may span several of its parts. */
function pieceOf(t: TermBuilder, term: Term, hi: number, lo: number): Term {
  const cuts = [lo, hi + 1, ...seams(term).filter((at) => at > lo && at <= hi)]
  const pieces = segments(term.width, cuts).filter(([high, low]) => low >= lo && high <= hi)
  return t.concat(...pieces.map(([high, low]) => slice(t, term, high, low)))
}

/** A slice against slices and constants that are put together: each is compared with its part of it. */
function ofExtract(t: TermBuilder, a: Term, b: Term): Term | undefined {
  const [slice, concat] = a.op === 'extract' ? [a, b] : [b, a]
  if (slice.op !== 'extract' || concat.op !== 'concat') return undefined
  if (!concat.args.every(({ op }) => op === 'bv' || op === 'extract')) return undefined
  if (!concat.args.some(({ op }) => op === 'bv')) return undefined
  let at = concat.width
  return t.all(
    concat.args.map((part) => {
      at -= part.width
      return t.eq(t.extract(at + part.width - 1, at, slice), part)
    }),
  )
}

/** An `ite` with a constant branch against a constant is a matter of its condition. */
function ofIte(t: TermBuilder, a: Term, b: Term): Term | undefined {
  const [condition, yes, no] = a.args
  if (a.op !== 'ite' || condition === undefined || yes === undefined || no === undefined) return undefined
  if (!b.isConstant || (!yes.isConstant && !no.isConstant)) return undefined
  return t.ite(condition, t.eq(yes, b), t.eq(no, b))
}

/** Of two that choose by the same condition and agree on one side, the other sides are compared where they count. */
function ofItes(t: TermBuilder, a: Term, b: Term): Term | undefined {
  const [condition, yesA, noA] = a.args
  const [other, yesB, noB] = b.args
  if (a.op !== 'ite' || b.op !== 'ite' || condition === undefined || condition !== other) return undefined
  if (yesA === undefined || noA === undefined || yesB === undefined || noB === undefined) return undefined
  if (yesA !== yesB && noA !== noB) return undefined
  return t.ite(condition, t.eq(yesA, yesB), t.eq(noA, noB))
}

function ofSignExtends(t: TermBuilder, a: Term, b: Term): Term | undefined {
  const [inA] = a.args
  const [inB] = b.args
  if (a.op !== 'sign_extend' || inA === undefined) return undefined
  if (b.op === 'sign_extend' && inB !== undefined && inB.width === inA.width) return t.eq(inA, inB)
  if (b.op !== 'bv') return undefined
  const low = BigInt.asUintN(inA.width, b.value)
  const extended = BigInt.asUintN(b.width, BigInt.asIntN(inA.width, low))
  return extended === b.value ? t.eq(inA, t.bv(low, inA.width)) : t.false
}

function outOfRange(t: TermBuilder, a: Term, b: Term, facts: Facts): Term | undefined {
  if (a.width === 0) return undefined
  const [ofA, ofB] = [facts.range(a), facts.range(b)]
  return ofA.hi < ofB.lo || ofB.hi < ofA.lo ? t.false : undefined
}

/** A sum or a bitwise operation with one concat of zeros on top: what is above its range is decided. */
function aboveRange(t: TermBuilder, a: Term, b: Term, facts: Facts): Term | undefined {
  if (b.op !== 'bv' || a.op === 'concat' || a.width < 2 || slicesWell(a)) return undefined
  const used = facts.range(a).hi.toString(2).length
  if (used >= a.width || b.value > ones(used)) return undefined
  return t.eq(t.extract(used - 1, 0, a), t.bv(b.value, used))
}

export const equalityRules: readonly Rule[] = [
  eqRule('eq.order', ['not', 'bvnot'], ordered),
  eqRule('eq.bool', ['not'], ofBools),
  eqRule('eq.bit', [], ofBits),
  eqRule('eq.complement', ['bvnot'], ofComplements),
  eqRule('eq.xor', ['bvxor'], ofXor),
  eqRule('eq.sums', isSummand, ofSums, 4),
  eqRule('eq.concats', ['concat'], ofConcats),
  eqRule('eq.extract', ['extract', 'concat'], ofExtract, 2),
  eqRule('eq.ite', ['ite'], ofIte),
  eqRule('eq.ites', ['ite'], ofItes),
  eqRule('eq.sign-extend', ['sign_extend'], ofSignExtends),
  eqRule('eq.out-of-range', [], outOfRange),
  eqRule('eq.above-range', [], aboveRange),
]
