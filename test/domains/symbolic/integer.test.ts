import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { type Integer, Integers, widthOf } from '../../../src/domains/symbolic/integer.js'
import { bitVecSort, evaluate, Model, Terms } from '../../../src/smt/index.js'

/** What an integer is where variables have no value: its variables are constants in these tests. */
function numberIn(integer: Integer): bigint {
  const value = evaluate(integer.term, new Model())
  if (typeof value !== 'bigint') throw new Error('not a bit vector')
  return integer.lo < 0n ? BigInt.asIntN(integer.term.width, value) : value
}

const edges = [0n, 1n, 2n, 255n, 256n, 65_535n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n - 1n, 2n ** 64n]
const number = fc.oneof(
  fc.constantFrom(...edges, ...edges.map((edge) => -edge)),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
)

/** An integer that the terms do not know to be constant: bounds around the value, as wide as `slack`. */
function loose(integers: Integers, value: bigint, slack: bigint): Integer {
  const { terms } = integers
  const lo = value < 0n ? value - slack : value - slack < 0n ? 0n : value - slack
  const width = widthOf(lo, value + slack)
  // raw: the constant is not seen by the rewriting
  const term = terms.raw.bvxor(terms.bv(0n, width), terms.bv(BigInt.asUintN(width, value), width))
  return lo < 0n ? integers.signed(term, lo, value + slack) : integers.unsigned(term, lo, value + slack)
}

function same(t: ExecutionContext, got: Integer, want: bigint): void {
  t.is(numberIn(got), want)
  t.true(got.lo <= want && want <= got.hi, `${want} lies between ${got.lo} and ${got.hi}`)
  t.is(got.term.width, widthOf(got.lo, got.hi))
}

test('arithmetic is exact, of any sign and size, and keeps its bounds', (t) => {
  const slack = fc.constantFrom(0n, 1n, 300n, 2n ** 40n)
  fc.assert(
    fc.property(number, number, slack, slack, (x, y, sx, sy) => {
      const integers = new Integers(new Terms())
      const a = loose(integers, x, sx)
      const b = loose(integers, y, sy)
      same(t, a, x)
      same(t, integers.add(a, b), x + y)
      same(t, integers.sub(a, b), x - y)
      same(t, integers.mul(a, b), x * y)
      same(t, integers.negate(a), -x)
      if (y !== 0n) {
        same(t, integers.div(a, b), x / y)
        same(t, integers.rem(a, b), x % y)
      }
      same(t, integers.select(integers.lt(a, b), b, a), x < y ? BigInt(y) : BigInt(x))
      for (const [got, want] of [
        [integers.eq(a, b), x === y],
        [integers.lt(a, b), x < y],
        [integers.le(a, b), x <= y],
      ] as const) {
        t.is(evaluate(got, new Model()), want)
      }
    }),
    { numRuns: 400 },
  )
})

test('bits are the low bits, extended by the sign', (t) => {
  fc.assert(
    fc.property(number, fc.integer({ min: 1, max: 90 }), fc.constantFrom(0n, 5n), (x, width, slack) => {
      const integers = new Integers(new Terms())
      t.is(evaluate(integers.bits(loose(integers, x, slack), width), new Model()), BigInt.asUintN(width, x))
    }),
    { numRuns: 300 },
  )
})

test('narrower bounds make a narrower term of the same value', (t) => {
  const integers = new Integers(new Terms())
  const { terms } = integers
  const byte = integers.unsigned(terms.variable('x', bitVecSort(8)))
  t.is(integers.add(byte, integers.of(14n)).term.width, 9)
  const small = integers.within(byte, 0n, 15n)
  t.is(small.term, terms.extract(3, 0, byte.term))
  t.is(integers.lt(small, integers.of(16n)), terms.true)
  t.is(integers.eq(small, integers.of(99n)), terms.false)
})
