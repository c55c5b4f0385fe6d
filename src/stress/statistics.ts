/** What repeated measurements say: their mean with its confidence interval, and whether two sets differ. */
import { InputError } from '../errors.js'

export interface Summary {
  readonly count: number
  readonly mean: number
  readonly min: number
  readonly max: number
  /** Of the population that the values are a sample of; undefined for one value alone. */
  readonly deviation: number | undefined
  /** Half the width of the 95 % confidence interval of the mean (Student's t); undefined for one value alone. */
  readonly margin: number | undefined
}

/** @throws InputError without a value. */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new InputError('there is nothing measured to summarise')
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const range = { count, mean, min: Math.min(...values), max: Math.max(...values) }
  if (count === 1) return { ...range, deviation: undefined, margin: undefined }
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1))
  return { ...range, deviation, margin: (student95(count - 1) * deviation) / Math.sqrt(count) }
}

export interface Comparison {
  /** Of the second set, seen from the first. */
  readonly verdict: 'better' | 'worse' | 'indistinguishable'
  /** Second mean minus first. */
  readonly difference: number
  /** Half the width of its 95 % confidence interval. */
  readonly margin: number
}

/**
 * Whether the means of two sets differ, by Welch's t test at 95 %. What slows both alike is no difference only if the runs of
 * both were made in turns. @throws InputError for a set of fewer than two values: nothing is known of its spread.
 */
export function compare(
  first: readonly number[],
  second: readonly number[],
  better: 'higher' | 'lower' = 'higher',
): Comparison {
  const [a, b] = [summarise(first), summarise(second)]
  if (a.deviation === undefined || b.deviation === undefined) {
    throw new InputError('two sets of one run cannot be compared', { hint: 'repeat each run' })
  }
  const difference = b.mean - a.mean
  const [va, vb] = [a.deviation ** 2 / a.count, b.deviation ** 2 / b.count]
  // Welch (1947) and Satterthwaite (1946).
  const freedom = va + vb === 0 ? 1 : (va + vb) ** 2 / (va ** 2 / (a.count - 1) + vb ** 2 / (b.count - 1))
  const margin = student95(freedom) * Math.sqrt(va + vb)
  if (Math.abs(difference) <= margin) return { verdict: 'indistinguishable', difference, margin }
  return { verdict: difference > 0 === (better === 'higher') ? 'better' : 'worse', difference, margin }
}

/** Where the normal distribution leaves 2.5 % above. */
const Z = 1.959963984540054
const FEW = [Number.POSITIVE_INFINITY, 12.7062, 4.30265, 3.18245]

/**
 * Where Student's distribution leaves 2.5 % above, to a thousandth: Abramowitz and Stegun 26.7.5. Parts of a degree of
 * freedom are left out, which makes an interval wider.
 */
export function student95(freedom: number): number {
  // What is a whole number stays one after all the divisions of Welch's formula.
  const n = Math.floor(freedom * (1 + 1e-12))
  const few = FEW[n]
  if (few !== undefined) return few
  const z = [1, 3, 5, 7, 9].map((power) => Z ** power)
  const [z1 = 0, z3 = 0, z5 = 0, z7 = 0, z9 = 0] = z
  return (
    z1 +
    (z3 + z1) / 4 / n +
    (5 * z5 + 16 * z3 + 3 * z1) / 96 / n ** 2 +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z1) / 384 / n ** 3 +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z1) / 92_160 / n ** 4
  )
}
