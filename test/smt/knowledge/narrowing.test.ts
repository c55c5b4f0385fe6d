import test from 'ava'

import { addend, lowerPart, narrowedBy, upperPart } from '../../../src/smt/knowledge/narrowing.js'
import type { Range } from '../../../src/smt/rewrite/rule.js'

const WIDTH = 3
const VALUES = Array.from({ length: 2 ** WIDTH }, (_, value) => BigInt(value))
const RANGES: readonly Range[] = VALUES.flatMap((lo) => VALUES.filter((hi) => lo <= hi).map((hi) => ({ lo, hi })))

const signed = (value: bigint): bigint => BigInt.asIntN(WIDTH, value)
const MEANINGS = {
  bvult: (a: bigint, b: bigint) => a < b,
  bvslt: (a: bigint, b: bigint) => signed(a) < signed(b),
  eq: (a: bigint, b: bigint) => a === b,
} as const

function isIn(value: bigint, { lo, hi }: Range): boolean {
  return lo <= value && value <= hi
}

for (const op of ['bvult', 'bvslt', 'eq'] as const) {
  for (const value of [true, false]) {
    test(`a comparison ${op} that is ${value} leaves each side the values with which it can be`, (t) => {
      const wrong: unknown[] = []
      for (const first of RANGES) {
        for (const second of RANGES) {
          const narrowed = narrowedBy(op, value, [first, second], WIDTH)
          for (const a of VALUES) {
            for (const b of VALUES) {
              if (!isIn(a, first) || !isIn(b, second) || MEANINGS[op](a, b) !== value) continue
              if (narrowed === undefined || !isIn(a, narrowed[0]) || !isIn(b, narrowed[1])) {
                wrong.push({ first, second, a, b, narrowed })
              }
            }
          }
        }
      }
      t.deepEqual(wrong.slice(0, 3), [])
    })
  }
}

test('comparisons that their ranges exclude leave nothing', (t) => {
  const [low, high] = [
    { lo: 0n, hi: 2n },
    { lo: 3n, hi: 3n },
  ]
  const isEmpty = (sides: readonly Range[] | undefined) => sides?.some(({ lo, hi }) => lo > hi)
  t.true(isEmpty(narrowedBy('bvult', false, [low, high], WIDTH)))
  t.true(isEmpty(narrowedBy('bvult', true, [high, low], WIDTH)))
  t.true(isEmpty(narrowedBy('eq', true, [low, high], WIDTH)))
  t.true(isEmpty(narrowedBy('eq', false, [high, high], WIDTH)))
  t.true(isEmpty(narrowedBy('bvslt', false, [{ lo: 4n, hi: 7n }, low], WIDTH)))
  t.is(narrowedBy('bvadd', true, [low, high], WIDTH), undefined)
})

test('where a sum lies says where its other part does', (t) => {
  const wrong: unknown[] = []
  for (const constant of VALUES) {
    for (const sum of RANGES) {
      const found = addend(sum, constant, WIDTH)
      for (const x of VALUES) {
        const isThere = isIn(BigInt.asUintN(WIDTH, x + constant), sum)
        if (isThere && found !== undefined && !isIn(x, found)) wrong.push({ constant, sum, x, found })
      }
    }
  }
  t.deepEqual(wrong, [])
  t.deepEqual(addend({ lo: 0n, hi: 3n }, 6n, WIDTH), { lo: 2n, hi: 5n })
  t.is(addend({ lo: 1n, hi: 7n }, 2n, WIDTH), undefined)
})

test('where a concatenation lies says where its parts do', (t) => {
  const wrong: unknown[] = []
  const two = [0n, 1n, 2n, 3n]
  const pairs = two.flatMap((lo) => two.filter((hi) => lo <= hi).map((hi) => ({ lo, hi })))
  for (const whole of RANGES) {
    for (const lower of pairs) {
      for (const upper of [0n, 1n]) {
        for (const low of two) {
          if (!isIn((upper << 2n) | low, whole) || !isIn(low, lower)) continue
          if (!isIn(upper, upperPart(whole, lower, 2))) wrong.push({ whole, lower, upper })
          if (!isIn(low, lowerPart(whole, upper, 2))) wrong.push({ whole, upper, low })
        }
      }
    }
  }
  t.deepEqual(wrong, [])
  t.deepEqual(upperPart({ lo: 5n, hi: 7n }, { lo: 0n, hi: 3n }, 2), { lo: 1n, hi: 1n })
  t.deepEqual(lowerPart({ lo: 5n, hi: 6n }, 1n, 2), { lo: 1n, hi: 2n })
})
