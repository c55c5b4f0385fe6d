/**
 * Rules for bitwise operations. Normal form: flat, in order of creation, the constant last; what is known of single
 * bits is taken out as parts of a concat, so that masks and bytes put together by shifts vanish.
 */
import type { TermBuilder } from '../build.js'
import type { Op, Term } from '../term.js'
import { type Rule, rule } from './rule.js'
import {
  areOpposite,
  byId,
  constantAt,
  constantIte,
  isZero,
  negated,
  ones,
  parts,
  runs,
  sameTerms,
  seams,
  segments,
  slice,
  zeros,
} from './shape.js'

type Bitwise = 'bvand' | 'bvor' | 'bvxor'

const operations: readonly Bitwise[] = ['bvand', 'bvor', 'bvxor']

function asBitwise(op: Op): Bitwise {
  return op === 'bvand' || op === 'bvor' ? op : 'bvxor'
}

const maxMerged = 32

function flatArgs(term: Term): Term[] {
  const { op, args } = term
  return args.flatMap((arg) => (arg.op === op && arg.args.length + args.length <= maxMerged ? arg.args : [arg]))
}

/** The most frequent case by far: two different operands that have nothing to do with each other. */
function isPlainPair({ op, args: [a, b, c] }: Term): boolean {
  if (a === undefined || b === undefined || c !== undefined || a.id >= b.id) return false
  return isPlain(a, op) && isPlain(b, op)
}

function isPlain(term: Term, op: Op): boolean {
  return term.op !== 'bv' && term.op !== 'bvnot' && term.op !== op
}

function normalAndOr(term: Term, t: TermBuilder): Term | undefined {
  if (isPlainPair(term)) return undefined
  const { op, width, args } = term
  const isAnd = op === 'bvand'
  const neutral = isAnd ? ones(width) : 0n
  let constant = neutral
  const members = new Set<Term>()
  for (const arg of flatArgs(term)) {
    if (arg.op !== 'bv') members.add(arg)
    else constant = isAnd ? constant & arg.value : constant | arg.value
  }
  const dominant = isAnd ? 0n : ones(width)
  if (constant === dominant) return t.bv(dominant, width)
  for (const member of members) {
    const opposite = negated(member)
    if (opposite !== undefined && members.has(opposite)) return t.bv(dominant, width)
  }
  const sorted = [...members].sort(byId)
  if (constant !== neutral || sorted.length === 0) sorted.push(t.bv(constant, width))
  return sameTerms(sorted, args) ? undefined : t.nary(isAnd ? 'bvand' : 'bvor', sorted)
}

/** Equal pairs vanish; complements go into the constant, and a constant of all ones into a complement of the whole. */
function normalXor(term: Term, t: TermBuilder): Term | undefined {
  if (isPlainPair(term)) return undefined
  const { width, args } = term
  let constant = 0n
  const odd = new Set<Term>()
  for (const arg of flatArgs(term)) {
    if (arg.op === 'bv') {
      constant ^= arg.value
      continue
    }
    const opposite = negated(arg)
    if (opposite !== undefined) constant ^= ones(width)
    const member = opposite ?? arg
    if (!odd.delete(member)) odd.add(member)
  }
  const sorted = [...odd].sort(byId)
  if (sorted.length > 0 && constant === ones(width)) return t.bvnot(t.nary('bvxor', sorted))
  if (constant !== 0n || sorted.length === 0) sorted.push(t.bv(constant, width))
  return sameTerms(sorted, args) ? undefined : t.nary('bvxor', sorted)
}

function complement(term: Term, t: TermBuilder): Term | undefined {
  const [a] = term.args
  if (a === undefined) return undefined
  if (a.op === 'bvnot') return a.args[0]
  if (a.op === 'concat') return t.concat(...a.args.map((part) => t.bvnot(part)))
  const last = a.args.at(-1)
  if (a.op !== 'bvxor' || last?.op !== 'bv') return undefined
  return t.nary('bvxor', [...a.args.slice(0, -1), t.bv(last.value ^ ones(a.width), a.width)])
}

/** A mask of many runs is not worth taking apart. */
const maxSegments = 40

/** Cuts all operands where a constant part begins, ends or changes its bits, if that decides some of the pieces. */
function slices(term: Term, t: TermBuilder): Term | undefined {
  const op = asBitwise(term.op)
  const { args, width } = term
  const hasConcat = args.some((arg) => arg.op === 'concat')
  if (!hasConcat && (op === 'bvxor' || !args.some((arg) => arg.op === 'bv'))) return undefined
  const cuts = args.flatMap((arg) => [...seams(arg), ...runsWithin(arg)])
  const pieces = segments(width, cuts)
  if (pieces.length > maxSegments || pieces.length === 1) return undefined
  const isDecided = ([hi, lo]: [number, number], arg: Term) => {
    const bits = constantAt(arg, hi, lo)
    return bits === 0n || bits === ones(hi - lo + 1)
  }
  const decides = op === 'bvxor' ? args.filter((arg) => arg.op === 'concat') : args
  if (!pieces.some((piece) => decides.some((arg) => isDecided(piece, arg)))) return undefined
  return t.concat(
    ...pieces.map(([hi, lo]) =>
      t.nary(
        op,
        args.map((arg) => slice(t, arg, hi, lo)),
      ),
    ),
  )
}

/** Where the bits of the constant parts change. */
function runsWithin(term: Term): number[] {
  const found: number[] = []
  let at = term.width
  for (const part of parts(term)) {
    at -= part.width
    if (part.op === 'bv') for (const change of runs(part)) found.push(at + change)
  }
  return found
}

/** `x & ite(c, k, 0)` is `ite(c, x & k, 0)`. */
function andWithIte(term: Term, t: TermBuilder): Term | undefined {
  for (const [i, arg] of term.args.entries()) {
    const found = constantIte(arg)
    if (found === undefined) continue
    const [condition, yes, no] = found
    if (!isZero(yes) && !isZero(no)) continue
    const others = term.args.filter((_, j) => j !== i)
    const zero = zeros(t, term.width)
    return isZero(no)
      ? t.ite(condition, t.nary('bvand', [...others, yes]), zero)
      : t.ite(condition, zero, t.nary('bvand', [...others, no]))
  }
  return undefined
}

/** `x | ite(c, k, 0)` for an x that is such an `ite` too: the two conditions meet in one. */
function orOfItes(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  if (term.args.length !== 2 || a === undefined || b === undefined) return undefined
  const found = constantIte(a)
  if (found === undefined || constantIte(b) === undefined) return undefined
  const op = asBitwise(term.op)
  const [condition, yes, no] = found
  return t.ite(condition, t.nary(op, [yes, b]), t.nary(op, [no, b]))
}

/** In one bit, `a & ~b | ...`: an operand that is the complement of another, below one level. */
function absorption(term: Term, t: TermBuilder): Term | undefined {
  const inner = term.op === 'bvand' ? 'bvor' : 'bvand'
  const kept = term.args.filter((arg) => arg.op !== inner || !arg.args.some((part) => term.args.includes(part)))
  if (kept.length < term.args.length) return t.nary(asBitwise(term.op), kept)
  const reduced = term.args.map((arg) => {
    if (arg.op !== inner) return arg
    const open = arg.args.filter((part) => !term.args.some((other) => areOpposite(part, other)))
    if (open.length === arg.args.length) return arg
    return open.length === 0 ? t.bv(inner === 'bvand' ? -1 : 0, arg.width) : t.nary(inner, open)
  })
  return sameTerms(reduced, term.args) ? undefined : t.nary(asBitwise(term.op), reduced)
}

export const bitwiseRules: readonly Rule[] = [
  rule('bvnot', ['bvnot'], ['bvnot', 'concat', 'bvxor'], complement),
  rule('and-or', ['bvand', 'bvor'], ['bvand', 'bvor', 'bvnot'], normalAndOr, 2),
  rule('xor', ['bvxor'], ['bvxor', 'bvnot'], normalXor, 2),
  rule('bitwise.slices', operations, ['concat'], slices),
  rule('and.ite', ['bvand'], ['ite'], andWithIte),
  rule('or.ites', ['bvor', 'bvxor'], ['ite'], orOfItes),
  rule('bitwise.absorption', ['bvand', 'bvor'], ['bvand', 'bvor', 'bvnot'], absorption, 2),
]
