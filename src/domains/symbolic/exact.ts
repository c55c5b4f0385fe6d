/**
 * From machine words back to exact integers. `x - 300` in 64 bits is the integer x - 300 wherever that fits; read so, an
 * NF's arithmetic gives the same terms as the specification's, which has no width.
 */
import type { Term } from '../../smt/index.js'
import { type Integer, type Integers, widthOf } from './integer.js'

/** How deep sums are taken apart. */
const DEPTH = 8

/** The integer that `term` is in two's complement. */
export function exactSigned(integers: Integers, term: Term): Integer {
  const half = 1n << BigInt(term.width - 1)
  const found = congruent(integers, term, DEPTH)
  return found !== undefined && found.lo >= -half && found.hi < half ? found : integers.signed(term)
}

/** The integer that `term` is without a sign. */
export function exactUnsigned(integers: Integers, term: Term): Integer {
  const found = congruent(integers, term, DEPTH)
  const all = 1n << BigInt(term.width)
  return found !== undefined && found.lo >= 0n && found.hi < all ? found : integers.unsigned(term)
}

/** An integer equal to `term` modulo 2^width; the caller sees from its bounds whether it is the one. */
function congruent(integers: Integers, term: Term, depth: number): Integer | undefined {
  if (depth === 0) return undefined
  const part = (inner: Term) => congruent(integers, inner, depth - 1)
  switch (term.op) {
    case 'bv':
      return integers.of(BigInt.asIntN(term.width, term.value))
    case 'bvadd':
      return all(term.args.map(part), (a, b) => integers.add(a, b))
    case 'bvsub':
      return all(term.args.map(part), (a, b) => integers.sub(a, b))
    case 'bvneg':
      return all([integers.of(0n), ...term.args.map(part)], (a, b) => integers.sub(a, b))
    case 'bvmul':
      return all(term.args.map(part), (a, b) => integers.mul(a, b))
    case 'ite': {
      const [condition, yes, no] = term.args
      if (condition === undefined || yes === undefined || no === undefined) return undefined
      return all([part(yes), part(no)], (a, b) => integers.select(condition, a, b))
    }
    case 'sign_extend': {
      const [inner] = term.args
      return inner === undefined ? undefined : exactSigned(integers, inner)
    }
    default: {
      const { hi } = integers.terms.range(term)
      // A value whose highest bit is clear is the same with and without a sign; any other could be either.
      return hi < 1n << BigInt(term.width - 1) ? integers.unsigned(term) : undefined
    }
  }
}

/** Undefined where a part is, or where the sum gets so wide that reading it so would not help. */
function all(
  parts: readonly (Integer | undefined)[],
  combine: (a: Integer, b: Integer) => Integer,
): Integer | undefined {
  let sum: Integer | undefined
  for (const part of parts) {
    if (part === undefined) return undefined
    sum = sum === undefined ? part : combine(sum, part)
    if (widthOf(sum.lo, sum.hi) > 128) return undefined
  }
  return sum
}
