/**
 * Rules for concat, extract, extension and shifts by constants, which all become concats of extracts: bytes loaded one
 * by one and put together, swapped or not, end in the same form as the field that they are.
 */
import type { TermBuilder } from '../build.js'
import type { Term } from '../term.js'
import { type Facts, type Rule, rule } from './rule.js'
import { constantIte, isZero, negated, parts, sameTerms, seams, segments, slice, slicesWell, zeros } from './shape.js'

const maxParts = 256

/** Flat; neighbours that are constants, or neighbouring slices of one term (or of its complement), are one part. */
function normalConcat(term: Term, t: TermBuilder): Term | undefined {
  const flat = term.args.length > maxParts ? term.args : term.args.flatMap((part) => parts(part))
  const merged: Term[] = []
  for (const part of flat) {
    const last = merged.at(-1)
    const joined = last === undefined ? undefined : join(t, last, part)
    if (joined === undefined) merged.push(part)
    else merged[merged.length - 1] = joined
  }
  return sameTerms(merged, term.args) ? undefined : t.concat(...merged)
}

/** Two neighbouring parts as one. */
function join(t: TermBuilder, high: Term, low: Term): Term | undefined {
  if (high.op === 'bv' && low.op === 'bv') {
    return t.bv((high.value << BigInt(low.width)) | low.value, high.width + low.width)
  }
  const [a] = high.args
  const [b] = low.args
  if (a === undefined || b === undefined) return undefined
  if (high.op === 'extract' && low.op === 'extract') {
    return a === b && high.lo === low.hi + 1 ? t.extract(high.hi, low.lo, a) : undefined
  }
  if (high.op !== 'bvnot' || low.op !== 'bvnot') return undefined
  const inner = join(t, a, b)
  return inner === undefined ? undefined : t.bvnot(inner)
}

/** What `normalConcat` looks into; the extracts within complements too. */
function isPart(term: Term): boolean {
  return term.op === 'concat' || term.op === 'extract' || term.op === 'bvnot'
}

function ofWhole(term: Term): Term | undefined {
  return term.width === term.args[0]?.width ? term.args[0] : undefined
}

function ofExtract({ hi, lo, args: [a] }: Term, t: TermBuilder): Term | undefined {
  const [inner] = a?.args ?? []
  return a?.op === 'extract' && inner !== undefined ? t.extract(hi + a.lo, lo + a.lo, inner) : undefined
}

function ofConcat({ hi, lo, args: [a] }: Term, t: TermBuilder): Term | undefined {
  if (a?.op !== 'concat') return undefined
  const inside = seams(a).filter((at) => at > lo && at <= hi)
  const pieces = segments(a.width, [...inside, lo, hi + 1]).filter(([high, low]) => low >= lo && high <= hi)
  return t.concat(...pieces.map(([high, low]) => slice(t, a, high, low)))
}

function ofSignExtend({ hi, lo, args: [a] }: Term, t: TermBuilder): Term | undefined {
  const [inner] = a?.args ?? []
  if (a?.op !== 'sign_extend' || inner === undefined) return undefined
  const top = inner.width - 1
  if (hi <= top) return t.extract(hi, lo, inner)
  const low = Math.min(lo, top)
  return t.signExtendTo(hi - lo + 1, t.extract(top, low, inner))
}

function ofComplement({ hi, lo, args: [a] }: Term, t: TermBuilder): Term | undefined {
  const inner = a === undefined ? undefined : negated(a)
  return inner === undefined ? undefined : t.bvnot(t.extract(hi, lo, inner))
}

/** Bitwise operations and `ite` are sliced where some operand comes apart by it. */
function ofBitwise({ hi, lo, args: [a] }: Term, t: TermBuilder): Term | undefined {
  if (a?.op !== 'bvand' && a?.op !== 'bvor' && a?.op !== 'bvxor') return undefined
  if (!a.args.some(slicesWell)) return undefined
  return t.nary(
    a.op,
    a.args.map((arg) => t.extract(hi, lo, arg)),
  )
}

/** Choices between constants, one after the other. */
function isConstantChain(term: Term): boolean {
  let at: Term | undefined = term
  while (at?.op === 'ite' && at.args[1]?.isConstant === true) at = at.args[2]
  return at?.isConstant === true
}

function ofIte({ hi, lo, args: [a] }: Term, t: TermBuilder): Term | undefined {
  const [condition, yes, no] = a?.args ?? []
  if (a?.op !== 'ite' || condition === undefined || yes === undefined || no === undefined) return undefined
  if (![yes, no].every((branch) => slicesWell(branch) || isConstantChain(branch))) return undefined
  return t.ite(condition, t.extract(hi, lo, yes), t.extract(hi, lo, no))
}

/**
 * The low bits of a sum or product depend on the low bits of its operands alone. Sums of several operands are cut only
 * where nothing is lost above: in a checksum the carry is wanted as well, and both from one adder.
 */
function ofArithmetic({ hi, lo, args: [a] }: Term, t: TermBuilder, facts: Facts): Term | undefined {
  if (lo !== 0 || a === undefined || hi === a.width - 1) return undefined
  if (a.op === 'bvneg') {
    const [inner] = a.args
    return inner !== undefined && isNarrowable(inner) ? t.neg(t.extract(hi, 0, inner)) : undefined
  }
  if (a.op !== 'bvadd' && a.op !== 'bvmul') return undefined
  if (!a.args.every(isNarrowable)) return undefined
  const operands = a.args.filter((arg) => arg.op !== 'bv').length
  if (operands > 1 && facts.range(a).hi >> BigInt(hi + 1) > 0n) return undefined
  return t.nary(
    a.op,
    a.args.map((arg) => t.extract(hi, 0, arg)),
  )
}

function isNarrowable(term: Term): boolean {
  const [a, b] = term.args
  if (term.op === 'bvneg') return a !== undefined && slicesWell(a)
  if (term.op === 'bvmul') return a?.op === 'bv' && b !== undefined && slicesWell(b)
  return slicesWell(term) || term.op === 'sign_extend'
}

/** Bits above the highest value are zeros. */
function beyondRange({ hi, lo, args: [a] }: Term, t: TermBuilder, facts: Facts): Term | undefined {
  if (a === undefined || a.op === 'concat') return undefined
  const used = facts.range(a).hi.toString(2).length
  if (facts.range(a).hi === 0n || lo >= used) return zeros(t, hi - lo + 1)
  return hi >= used ? t.concat(zeros(t, hi - used + 1), t.extract(used - 1, lo, a)) : undefined
}

function zeroExtension({ hi, args: [a] }: Term, t: TermBuilder): Term | undefined {
  return a === undefined ? undefined : t.concat(zeros(t, hi), a)
}

function signExtension({ hi: bits, args: [a] }: Term, t: TermBuilder, facts: Facts): Term | undefined {
  if (a === undefined) return undefined
  const [first] = a.args
  if (a.op === 'sign_extend' && first !== undefined) return t.signExtend(bits + a.hi, first)
  if (a.op === 'concat' && first !== undefined) return t.concat(t.signExtend(bits, first), ...a.args.slice(1))
  return facts.range(a).hi < 1n << BigInt(a.width - 1) ? t.concat(zeros(t, bits), a) : undefined
}

/** Shifts by constants, and by what is sure to be too much. */
function shift(term: Term, t: TermBuilder, facts: Facts): Term | undefined {
  const [a, amount] = term.args
  if (a === undefined || amount === undefined) return undefined
  const { width } = term
  const isArithmetic = term.op === 'bvashr'
  const by = amount.op === 'bv' ? amount.value : facts.range(amount).lo
  if (by >= BigInt(width)) return isArithmetic ? signs(t, a, width) : zeros(t, width)
  if (isZero(a)) return a
  if (amount.op !== 'bv') return undefined
  const count = Number(by)
  if (count === 0) return a
  if (term.op === 'bvshl') return t.concat(t.extract(width - count - 1, 0, a), zeros(t, count))
  const rest = t.extract(width - 1, count, a)
  return isArithmetic ? t.signExtend(count, rest) : t.concat(zeros(t, count), rest)
}

function signs(t: TermBuilder, a: Term, width: number): Term {
  return t.signExtendTo(width, t.extract(a.width - 1, a.width - 1, a))
}

/** A shift by one of two constants. */
function shiftByIte(term: Term, t: TermBuilder): Term | undefined {
  const [a, amount] = term.args
  const found = amount === undefined ? undefined : constantIte(amount)
  if (a === undefined || found === undefined) return undefined
  const [condition, yes, no] = found
  const by = (constant: Term) =>
    term.op === 'bvshl' ? t.shl(a, constant) : term.op === 'bvlshr' ? t.lshr(a, constant) : t.ashr(a, constant)
  return t.ite(condition, by(yes), by(no))
}

/** An `ite` between two concats that have a part in common at the same place. */
function iteOfConcats(term: Term, t: TermBuilder): Term | undefined {
  const [condition, yes, no] = term.args
  if (condition === undefined || yes === undefined || no === undefined) return undefined
  if (yes.op !== 'concat' && no.op !== 'concat') return undefined
  const cuts = seams(yes).filter((at) => no.op === 'bv' || seams(no).includes(at))
  const more = yes.op === 'bv' ? seams(no) : []
  const pieces = segments(term.width, [...cuts, ...more])
  const sides = pieces.map(([hi, lo]) => [whole(t, yes, hi, lo), whole(t, no, hi, lo)] as const)
  if (pieces.length === 1 || !sides.some(([a, b]) => a === b)) return undefined
  return t.concat(...sides.map(([a, b]) => (a === b ? a : t.ite(condition, a, b))))
}

/** Bits `hi` to `lo` of a constant, or the parts of a concat between two of its seams. */
function whole(t: TermBuilder, term: Term, hi: number, lo: number): Term {
  if (term.op === 'bv') return t.bv(BigInt.asUintN(hi - lo + 1, term.value >> BigInt(lo)), hi - lo + 1)
  let at = term.width
  const inside = parts(term).filter((part) => {
    at -= part.width
    return at >= lo && at + part.width <= hi + 1
  })
  return t.concat(...inside)
}

export const sliceRules: readonly Rule[] = [
  rule('concat', ['concat'], isPart, normalConcat, 3),
  rule('extract.whole', ['extract'], [], ofWhole),
  rule('extract.extract', ['extract'], ['extract'], ofExtract),
  rule('extract.concat', ['extract'], ['concat'], ofConcat),
  rule('extract.sign-extend', ['extract'], ['sign_extend'], ofSignExtend),
  rule('extract.complement', ['extract'], ['bvnot'], ofComplement),
  rule('extract.bitwise', ['extract'], ['bvand', 'bvor', 'bvxor'], ofBitwise),
  rule('extract.ite', ['extract'], ['ite'], ofIte),
  rule('extract.arithmetic', ['extract'], ['bvneg', 'bvadd', 'bvmul'], ofArithmetic),
  rule('extract.range', ['extract'], [], beyondRange),
  rule('zero-extend', ['zero_extend'], [], zeroExtension),
  rule('sign-extend', ['sign_extend'], ['sign_extend', 'concat'], signExtension),
  rule('shift', ['bvshl', 'bvlshr', 'bvashr'], [], shift),
  rule('shift.ite', ['bvshl', 'bvlshr', 'bvashr'], ['ite'], shiftByIte),
  rule('ite.concats', ['ite'], ['concat'], iteOfConcats),
]
