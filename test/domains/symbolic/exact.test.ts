import test from 'ava'
import fc from 'fast-check'

import { exactSigned, exactUnsigned } from '../../../src/domains/symbolic/exact.js'
import { Integers } from '../../../src/domains/symbolic/integer.js'
import type { Term } from '../../../src/smt/index.js'
import { KnownPath } from './known-path.js'

const WIDTH = 16

/** A word built from small and whole variables, as programs do. */
type Build = (path: KnownPath, name: (value: bigint, width: number) => Term) => Term

const build: fc.Arbitrary<Build> = fc.letrec<{ word: Build }>((tie) => ({
  word: fc.oneof(
    { depthSize: 'small' },
    fc.bigInt(0n, 0xffffn).map(
      (value): Build =>
        ({ terms }) =>
          terms.bv(value, WIDTH),
    ),
    fc.bigInt(0n, 255n).map(
      (value): Build =>
        ({ terms }, name) =>
          terms.zeroExtend(8, name(value, 8)),
    ),
    fc.bigInt(0n, 255n).map(
      (value): Build =>
        ({ terms }, name) =>
          terms.signExtend(8, name(value, 8)),
    ),
    fc.bigInt(0n, 0xffffn).map(
      (value): Build =>
        (_, name) =>
          name(value, WIDTH),
    ),
    fc.tuple(fc.constantFrom('add', 'sub', 'mul', 'ite'), tie('word'), tie('word')).map(
      ([kind, a, b]): Build =>
        (path, name) => {
          const { terms } = path
          const [left, right] = [a(path, name), b(path, name)]
          if (kind === 'add') return terms.add(left, right)
          if (kind === 'sub') return terms.sub(left, right)
          if (kind === 'mul') return terms.mul(left, right)
          return terms.ite(terms.ult(left, right), left, right)
        },
    ),
  ),
})).word

test('a word read exactly is the number that it is, with and without a sign', (t) => {
  fc.assert(
    fc.property(build, (make) => {
      const path = new KnownPath()
      let names = 0
      const word = make(path, (value, width) => path.variable(`x${names++}`, width, value))
      const integers = new Integers(path.terms)
      const unsigned = exactUnsigned(integers, word)
      const signed = exactSigned(integers, word)
      const value = path.number(word)
      t.is(path.number(unsigned.term), value)
      t.true(unsigned.lo <= value && value <= unsigned.hi)
      const asSigned = BigInt.asIntN(WIDTH, value)
      t.is(BigInt.asUintN(signed.term.width, asSigned), path.number(signed.term))
      t.true(signed.lo <= asSigned && asSigned <= signed.hi)
    }),
    { numRuns: 500 },
  )
})

test('a difference of times is the exact difference', (t) => {
  const path = new KnownPath()
  const { terms } = path
  const integers = new Integers(terms)
  const now = path.variable('now', 62, 5n)
  const threshold = exactSigned(integers, terms.sub(terms.zeroExtend(2, now), terms.bv(300n, 64)))
  t.is(threshold.term, integers.sub(integers.unsigned(now), integers.of(300n)).term)
  t.is(threshold.lo, -300n)
})
