import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { compare, student95, summarise } from '../../src/stress/statistics.js'

const near = (value: number | undefined, wanted: number, share = 1e-3): boolean =>
  value !== undefined && Math.abs(value - wanted) <= Math.abs(wanted) * share

const measured = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2, maxLength: 30 })

test('the quantiles of Student are those of the tables', (t) => {
  const table = [
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [10, 2.228],
    [19, 2.093],
    [29, 2.045],
    [49, 2.01],
    [120, 1.98],
    [100_000, 1.96],
  ] as const
  for (const [freedom, quantile] of table) t.true(near(student95(freedom), quantile, 4e-4), `${freedom}`)
  t.is(student95(4.9), student95(4))
})

test('mean, deviation and margin of a known sample', (t) => {
  const { count, mean, min, max, deviation, margin } = summarise([2, 4, 4, 4, 5, 5, 7, 9])
  t.deepEqual([count, mean, min, max], [8, 5, 2, 9])
  t.true(near(deviation, 2.13809))
  t.true(near(margin, 1.78749))
})

test('one value has no spread, and none is an error', (t) => {
  t.like(summarise([3]), { mean: 3, deviation: undefined, margin: undefined })
  t.throws(() => summarise([]), { instanceOf: InputError })
  t.throws(() => compare([1, 2], [1]), { instanceOf: InputError, message: /repeat each run/ })
})

test('what differs by more than its spread is better or worse, and the rest is not told apart', (t) => {
  const slow = [100, 101, 99, 100, 102]
  const fast = [110, 111, 109, 110, 112]
  t.is(compare(slow, fast).verdict, 'better')
  t.is(compare(fast, slow).verdict, 'worse')
  t.is(compare(slow, fast, 'lower').verdict, 'worse')
  t.is(compare(slow, [100, 103, 98, 101, 99]).verdict, 'indistinguishable')
  t.is(compare([5, 5, 5], [5, 5, 5]).verdict, 'indistinguishable')
  t.is(compare([5, 5, 5], [6, 6, 6]).verdict, 'better')
})

test('a known example of Welch', (t) => {
  const first = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
  const second = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]
  // t = 2.46 with 25 degrees of freedom, of which 2.06 are needed.
  const { verdict, difference, margin } = compare(first, second)
  t.is(verdict, 'better')
  t.true(near(difference, 2.1667))
  t.true(near((student95(25) * difference) / margin, 2.46, 5e-3))
})

test('a comparison is the same the other way round', (t) => {
  const opposite = { better: 'worse', worse: 'better', indistinguishable: 'indistinguishable' } as const
  fc.assert(
    fc.property(measured, measured, (first, second) => {
      const [one, other] = [compare(first, second), compare(second, first)]
      t.is(other.verdict, opposite[one.verdict])
      t.true(near(other.difference, -one.difference, 1e-9) || one.difference === 0)
    }),
  )
})
