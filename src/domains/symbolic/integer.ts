/**
 * Exact integers as bit vectors: each carries the bounds between which it lies, and its term is just wide enough for
 * them, so that nothing ever wraps. What JavaScript's numbers (within 53 bits) and bigints mean in a specification, and
 * what contracts compute with. Values that are never negative are read without a sign, all others with one.
 */
import type { Term, Terms } from '../../smt/index.js'

export class Integer {
  /** A bit vector of `widthOf(lo, hi)` bits. */
  readonly term: Term
  /** Bounds, both included. */
  readonly lo: bigint
  readonly hi: bigint

  constructor(term: Term, lo: bigint, hi: bigint) {
    this.term = term
    this.lo = lo
    this.hi = hi
  }

  /** The value, where there is only one. */
  get constant(): bigint | undefined {
    return this.lo === this.hi ? this.lo : undefined
  }
}

/** Bits that hold every integer from `lo` to `hi`: without a sign where `lo` is at least 0, else in two's complement. */
export function widthOf(lo: bigint, hi: bigint): number {
  if (lo >= 0n) return Math.max(1, bitLength(hi))
  return 1 + Math.max(bitLength(hi < 0n ? -hi - 1n : hi), bitLength(-lo - 1n))
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length
}

/** Arithmetic on integers of one `Terms`. */
export class Integers {
  readonly terms: Terms

  constructor(terms: Terms) {
    this.terms = terms
  }

  of(value: bigint): Integer {
    return new Integer(this.terms.bv(value, widthOf(value, value)), value, value)
  }

  /** A bit vector read without a sign; bounds as its structure shows them, unless narrower ones are known. */
  unsigned(term: Term, lo?: bigint, hi?: bigint): Integer {
    const range = this.terms.range(term)
    const least = lo === undefined || lo < range.lo ? range.lo : lo
    const most = hi === undefined || hi > range.hi ? range.hi : hi
    return this.#fitted(term, false, least, most)
  }

  /** A bit vector read in two's complement, between bounds that it is known to keep. */
  signed(term: Term, lo = -(1n << BigInt(term.width - 1)), hi = (1n << BigInt(term.width - 1)) - 1n): Integer {
    return this.#fitted(term, true, lo, hi)
  }

  /** The integer in a bit vector of `width` bits, its low bits where it is too wide. */
  bits(value: Integer, width: number): Term {
    const { terms } = this
    const { term, lo } = value
    if (term.width > width) return terms.extract(width - 1, 0, term)
    const missing = width - term.width
    if (missing === 0) return term
    if (lo < 0n) return terms.signExtend(missing, term)
    return this.#isExactSum(term)
      ? terms.nary(
          'bvadd',
          term.args.map((part) => terms.zeroExtend(missing, part)),
        )
      : terms.zeroExtend(missing, term)
  }

  /** Whether a sum cannot wrap: then it may be extended before it is added, which gives sums of one form. */
  #isExactSum({ op, args, width }: Term): boolean {
    if (op !== 'bvadd') return false
    let most = 0n
    for (const part of args) most += this.terms.range(part).hi
    return most < 1n << BigInt(width)
  }

  /** The same integer with bounds that are known from elsewhere; the narrower of both count. */
  within(value: Integer, lo: bigint, hi: bigint): Integer {
    const least = lo > value.lo ? lo : value.lo
    const most = hi < value.hi ? hi : value.hi
    if (least === value.lo && most === value.hi) return value
    return this.#fitted(value.term, value.lo < 0n, least, most)
  }

  add(a: Integer, b: Integer): Integer {
    return this.#combine(a, b, a.lo + b.lo, a.hi + b.hi, (x, y) => this.terms.add(x, y))
  }

  sub(a: Integer, b: Integer): Integer {
    return this.#combine(a, b, a.lo - b.hi, a.hi - b.lo, (x, y) => this.terms.sub(x, y))
  }

  negate(a: Integer): Integer {
    return this.sub(this.of(0n), a)
  }

  mul(a: Integer, b: Integer): Integer {
    const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]
    return this.#combine(a, b, least(corners), most(corners), (x, y) => this.terms.mul(x, y))
  }

  /** The quotient rounded toward zero, as JavaScript's bigints divide. Meaningful only where `b` is not 0. */
  div(a: Integer, b: Integer): Integer {
    const bound = most([a.lo < 0n ? -a.lo : a.lo, a.hi < 0n ? -a.hi : a.hi])
    if (a.lo >= 0n && b.lo >= 0n) {
      const divisor = b.lo > 0n ? b.lo : 1n
      return this.#combine(a, b, b.hi === 0n ? 0n : a.lo / b.hi, a.hi / divisor, (x, y) => this.terms.udiv(x, y))
    }
    return this.#combine(a, b, -bound, bound, (x, y) => this.terms.sdiv(x, y))
  }

  /** What `div` leaves, with the sign of `a`. Meaningful only where `b` is not 0. */
  rem(a: Integer, b: Integer): Integer {
    if (a.lo >= 0n && b.lo >= 0n) {
      const bound = b.hi === 0n || a.hi < b.hi ? a.hi : b.hi - 1n
      return this.#combine(a, b, 0n, bound, (x, y) => this.terms.urem(x, y))
    }
    const bound = most([a.lo < 0n ? -a.lo : a.lo, a.hi < 0n ? -a.hi : a.hi])
    return this.#combine(a, b, a.lo < 0n ? -bound : 0n, a.hi > 0n ? bound : 0n, (x, y) => this.terms.srem(x, y))
  }

  eq(a: Integer, b: Integer): Term {
    if (a.hi < b.lo || b.hi < a.lo) return this.terms.false
    return this.#compare(a, b, (x, y) => this.terms.eq(x, y))
  }

  lt(a: Integer, b: Integer): Term {
    if (a.hi < b.lo) return this.terms.true
    if (a.lo >= b.hi) return this.terms.false
    const signed = a.lo < 0n || b.lo < 0n
    return this.#compare(a, b, (x, y) => (signed ? this.terms.slt(x, y) : this.terms.ult(x, y)))
  }

  le(a: Integer, b: Integer): Term {
    return this.terms.not(this.lt(b, a))
  }

  /** `yes` where the condition holds, else `no`. */
  select(condition: Term, yes: Integer, no: Integer): Integer {
    const { terms } = this
    if (condition === terms.true) return yes
    if (condition === terms.false) return no
    const lo = least([yes.lo, no.lo])
    const hi = most([yes.hi, no.hi])
    const width = widthOf(lo, hi)
    const signed = lo < 0n
    return new Integer(terms.ite(condition, this.#wide(yes, width, signed), this.#wide(no, width, signed)), lo, hi)
  }

  #compare(a: Integer, b: Integer, make: (x: Term, y: Term) => Term): Term {
    const lo = least([a.lo, b.lo])
    const width = widthOf(lo, most([a.hi, b.hi]))
    return make(this.#wide(a, width, lo < 0n), this.#wide(b, width, lo < 0n))
  }

  /** An operation done in as many bits as operands and result need, so that it is exact. */
  #combine(a: Integer, b: Integer, lo: bigint, hi: bigint, make: (x: Term, y: Term) => Term): Integer {
    if (lo === hi) return this.of(lo)
    const all = [a.lo, b.lo, lo, a.hi, b.hi, hi]
    const signed = least(all) < 0n
    const width = widthOf(least(all), most(all))
    return this.#fitted(make(this.#wide(a, width, signed), this.#wide(b, width, signed)), signed, lo, hi)
  }

  /** `value` in `width` bits, which hold it. A value without a sign has room for one where `signed`. */
  #wide(value: Integer, width: number, signed: boolean): Term {
    if (value.lo < 0n && !signed) throw new RangeError('a negative integer cannot be read without a sign')
    return this.bits(value, width)
  }

  /** `term` cut or extended to the width that the bounds need. */
  #fitted(term: Term, signed: boolean, lo: bigint, hi: bigint): Integer {
    if (lo > hi) throw new RangeError(`no integer lies between ${lo} and ${hi}`)
    if (lo === hi) return this.of(lo)
    const width = widthOf(lo, hi)
    if (term.width >= width) return new Integer(this.terms.extract(width - 1, 0, term), lo, hi)
    const missing = width - term.width
    const wide = signed ? this.terms.signExtend(missing, term) : this.terms.zeroExtend(missing, term)
    return new Integer(wide, lo, hi)
  }
}

function least(values: readonly bigint[]): bigint {
  let found = values[0] ?? 0n
  for (const value of values) if (value < found) found = value
  return found
}

function most(values: readonly bigint[]): bigint {
  let found = values[0] ?? 0n
  for (const value of values) if (value > found) found = value
  return found
}
