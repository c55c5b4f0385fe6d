/** What rules ask about terms. */
import type { TermBuilder } from '../build.js'
import type { Term } from '../term.js'

export function ones(width: number): bigint {
  return (1n << BigInt(width)) - 1n
}

export function isBits(term: Term | undefined, value: bigint): boolean {
  return term?.op === 'bv' && term.value === value
}

export function isZero(term: Term | undefined): boolean {
  return isBits(term, 0n)
}

export function isOnes(term: Term | undefined): boolean {
  return term?.op === 'bv' && term.value === ones(term.width)
}

/** The argument of `not` or `bvnot`; undefined for any other term. */
export function negated(term: Term): Term | undefined {
  return term.op === 'not' || term.op === 'bvnot' ? term.args[0] : undefined
}

/** Whether `a` is `not b` or the other way round. */
export function areOpposite(a: Term, b: Term): boolean {
  return negated(a) === b || negated(b) === a
}

/** `condition`, `yes` and `no` of an `ite` whose branches are constants. */
export function constantIte(term: Term): readonly [Term, Term, Term] | undefined {
  const [condition, yes, no] = term.args
  if (term.op !== 'ite' || condition === undefined || yes === undefined || no === undefined) return undefined
  return yes.isConstant && no.isConstant ? [condition, yes, no] : undefined
}

/** The parts of a concat, or the term as its only part. */
export function parts(term: Term): readonly Term[] {
  return term.op === 'concat' ? term.args : [term]
}

/** Positions above 0 and below the width at which one part of a concat ends and the next begins. */
export function seams(term: Term): number[] {
  const found: number[] = []
  let at = term.width
  for (const part of parts(term)) {
    at -= part.width
    if (at > 0) found.push(at)
  }
  return found
}

/** Positions at which the bits of a constant change. */
export function runs({ value, width }: Term): number[] {
  const found: number[] = []
  for (let at = 1, bits = value ^ (value >> 1n); at < width; at++, bits >>= 1n) if ((bits & 1n) === 1n) found.push(at)
  return found
}

/** Cuts `width` bits at the given positions, into [highest, lowest] from the top down. */
export function segments(width: number, at: Iterable<number>): [number, number][] {
  const bounds = [...new Set([0, width, ...at])].sort((a, b) => b - a)
  return bounds.slice(1).map((lo, i) => [(bounds[i] ?? width) - 1, lo])
}

/** The part of a concat that all of the bits `hi` to `lo` lie in; the term itself where it is no concat. */
export function partAt(term: Term, hi: number, lo: number): { part: Term; hi: number; lo: number } | undefined {
  let at = term.width
  for (const part of parts(term)) {
    at -= part.width
    if (lo >= at) return hi < at + part.width ? { part, hi: hi - at, lo: lo - at } : undefined
  }
  return undefined
}

/** The constant that the bits `hi` to `lo` of a constant or of one part of a concat are. */
export function constantAt(term: Term, hi: number, lo: number): bigint | undefined {
  const found = partAt(term, hi, lo)
  if (found?.part.op !== 'bv') return undefined
  return BigInt.asUintN(hi - lo + 1, found.part.value >> BigInt(found.lo))
}

/** Whether a slice of the term is sure to come out simpler than an `extract` of it. */
export function slicesWell(term: Term): boolean {
  return term.op === 'bv' || term.op === 'concat' || constantIte(term) !== undefined
}

/** Bits `hi` to `lo`, without a needless `extract`. */
export function slice(t: TermBuilder, term: Term, hi: number, lo: number): Term {
  const found = partAt(term, hi, lo)
  if (found === undefined) return t.extract(hi, lo, term)
  const { part } = found
  return found.lo === 0 && found.hi === part.width - 1 ? part : t.extract(found.hi, found.lo, part)
}

export function zeros(t: TermBuilder, width: number): Term {
  return t.bv(0, width)
}

export function byId(a: Term, b: Term): number {
  return a.id - b.id
}

export function sameTerms(a: readonly Term[], b: readonly Term[]): boolean {
  return a.length === b.length && a.every((term, i) => term === b[i])
}
