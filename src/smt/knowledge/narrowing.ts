/**
 * What a comparison that is known to hold, or not to, says of the values of its two sides; and what the range of a sum or
 * of a concatenation says of its parts. Each is a small theorem about bit vectors, tested at every value of narrow ones.
 */
import type { Range } from '../rewrite/rule.js'
import type { Op } from '../term.js'

/** Ranges of both sides of a comparison. Where nothing satisfies it, some range has `lo` above `hi`. */
export type Sides = readonly [Range, Range]

/** The ranges of both sides where a comparison of them is `value`; undefined of what is no comparison. */
export function narrowedBy(op: Op, value: boolean, sides: Sides, width: number): Sides | undefined {
  switch (op) {
    case 'bvult':
      return value ? below(sides) : notBelow(sides)
    case 'bvslt':
      return value ? signedBelow(sides, width) : signedNotBelow(sides, width)
    case 'eq':
      return value ? equal(sides) : different(sides)
    default:
      return undefined
  }
}

/** `a < b`, unsigned. */
function below([a, b]: Sides): Sides {
  return [
    { lo: a.lo, hi: least(a.hi, b.hi - 1n) },
    { lo: most(b.lo, a.lo + 1n), hi: b.hi },
  ]
}

/** `a >= b`, unsigned. */
function notBelow([a, b]: Sides): Sides {
  return [
    { lo: most(a.lo, b.lo), hi: a.hi },
    { lo: b.lo, hi: least(b.hi, a.hi) },
  ]
}

/** `a < b` in two's complement of `width` bits. */
function signedBelow(sides: Sides, width: number): Sides {
  return throughSigned(sides, width, below)
}

/** `a >= b` in two's complement of `width` bits. */
function signedNotBelow(sides: Sides, width: number): Sides {
  return throughSigned(sides, width, notBelow)
}

function equal([a, b]: Sides): Sides {
  const both = { lo: most(a.lo, b.lo), hi: least(a.hi, b.hi) }
  return [both, both]
}

/** Where one side is known, the other is not that at its ends. */
function different([a, b]: Sides): Sides {
  return [without(a, b), without(b, a)]
}

/** Of `x` where `x + constant` lies in `sum`, in arithmetic modulo 2 to the `width`; undefined where it may wrap within. */
export function addend(sum: Range, constant: bigint, width: number): Range | undefined {
  const lo = BigInt.asUintN(width, sum.lo - constant)
  const hi = BigInt.asUintN(width, sum.hi - constant)
  return lo <= hi ? { lo, hi } : undefined
}

/** Of the upper part of a concatenation that lies in `whole`, above `bits` that lie in `lower`. */
export function upperPart(whole: Range, lower: Range, bits: number): Range {
  const shift = BigInt(bits)
  return {
    lo: whole.lo <= lower.hi ? 0n : (whole.lo - lower.hi + (1n << shift) - 1n) >> shift,
    hi: (whole.hi - lower.lo) >> shift,
  }
}

/** Of the lower `bits` of a concatenation that lies in `whole`, where all above them is known to be `upper`. */
export function lowerPart(whole: Range, upper: bigint, bits: number): Range {
  const base = upper << BigInt(bits)
  return { lo: most(0n, whole.lo - base), hi: least((1n << BigInt(bits)) - 1n, whole.hi - base) }
}

/**
 * Order in two's complement is the unsigned one once the sign bit is flipped: a range that lies on one side of zero stays
 * one so, and any other is taken for all there is, unless the other side says more.
 */
function throughSigned([a, b]: Sides, width: number, narrow: (sides: Sides) => Sides): Sides {
  const [x, y] = narrow([flipped(a, width), flipped(b, width)])
  return [unflipped(x, a, width), unflipped(y, b, width)]
}

function flipped({ lo, hi }: Range, width: number): Range {
  const half = 1n << BigInt(width - 1)
  if (hi < half) return { lo: lo + half, hi: hi + half }
  return lo >= half ? { lo: lo - half, hi: hi - half } : { lo: 0n, hi: 2n * half - 1n }
}

function unflipped({ lo, hi }: Range, before: Range, width: number): Range {
  if (lo > hi) return { lo: 1n, hi: 0n }
  const half = 1n << BigInt(width - 1)
  if (lo >= half) return within(before, { lo: lo - half, hi: hi - half })
  return hi < half ? within(before, { lo: lo + half, hi: hi + half }) : before
}

function within(a: Range, b: Range): Range {
  return { lo: most(a.lo, b.lo), hi: least(a.hi, b.hi) }
}

function without(range: Range, other: Range): Range {
  if (other.lo !== other.hi) return range
  return {
    lo: range.lo === other.lo ? range.lo + 1n : range.lo,
    hi: range.hi === other.lo ? range.hi - 1n : range.hi,
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
