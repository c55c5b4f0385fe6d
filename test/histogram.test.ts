import test from 'ava'
import fc from 'fast-check'

import { Histogram, MOST } from '../src/histogram.js'

/** Of all magnitudes. */
const value = fc
  .tuple(fc.double({ min: 0, max: Math.log2(MOST), noNaN: true }), fc.boolean())
  .map(([exponent, isPower]) => Math.min(MOST, Math.floor(2 ** (isPower ? Math.floor(exponent) : exponent))))
const percent = fc.constantFrom(0, 1, 25, 50, 90, 99, 99.9, 99.99, 100)

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const each of values) histogram.record(each)
  return histogram
}

test('a percentile is that of the sorted values, at most a thousandth too high', (t) => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 2000 }), percent, (values, share) => {
      const sorted = values.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(0, Math.ceil((share * sorted.length) / 100 - 1e-9) - 1)] ?? 0
      const told = histogramOf(values).percentile(share) ?? -1
      return told >= exact && told <= exact * 1.001
    }),
  )
  t.pass()
})

test('least, greatest and mean are exact', (t) => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const { min, max, mean, count } = histogramOf(values)
      t.deepEqual([min, max, count], [Math.min(...values), Math.max(...values), values.length])
      const sum = values.reduce((a, b) => a + b)
      t.true(Math.abs((mean ?? 0) - sum / values.length) <= 1e-9 * sum)
    }),
  )
})

test('buckets follow each other without a gap, hold every value, and are a thousandth wide', (t) => {
  fc.assert(
    fc.property(value, (each) => {
      const [bucket] = histogramOf([each]).buckets()
      if (bucket === undefined) return t.fail('no bucket')
      const [next] = histogramOf([bucket.to]).buckets()
      t.true(bucket.from <= each && each < bucket.to && bucket.count === 1)
      t.true(bucket.to - bucket.from <= Math.max(1, bucket.from / 1000))
      t.true(bucket.to > MOST || next?.from === bucket.to)
    }),
  )
})

test('two that are merged are one of the values of both', (t) => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (some, others) => {
      const [merged, whole] = [histogramOf(some), histogramOf([...some, ...others])]
      merged.merge(histogramOf(others))
      t.deepEqual(merged.buckets(), whole.buckets())
      t.deepEqual([merged.min, merged.max, merged.count], [whole.min, whole.max, whole.count])
      t.is(merged.percentile(50), whole.percentile(50))
    }),
  )
})

test('a share that is a whole number of values is that number', (t) => {
  const histogram = histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1))
  t.deepEqual(
    [5.5, 55, 99.9].map((share) => histogram.percentile(share)),
    [55, 550, 999],
  )
})

test('what is above the range is counted, and no percentile makes it smaller', (t) => {
  const histogram = histogramOf([1, 2, MOST, MOST + 1])
  t.is(histogram.count, 4)
  t.is(histogram.above, 1)
  t.deepEqual(
    [25, 75, 76, 100].map((share) => histogram.percentile(share)),
    [1, MOST, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  )
  t.is(histogram.max, MOST + 1)
})

test('what is no latency is counted apart', (t) => {
  const histogram = histogramOf([-1, Number.NaN, 5])
  t.is(histogram.negative, 2)
  t.deepEqual([histogram.count, histogram.min, histogram.mean], [1, 5, 5])
})

test('without values there is no figure', (t) => {
  const { min, max, mean, count } = new Histogram()
  t.deepEqual([min, max, mean, count], [undefined, undefined, undefined, 0])
  t.is(new Histogram().percentile(50), undefined)
})
