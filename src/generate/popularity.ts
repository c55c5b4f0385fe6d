/** How often each of several flows, addresses or stations is met. */

import { InputError } from '../errors.js'
import type { Random } from './random.js'

/** `uniform`, or Zipf's law: the i-th is met in proportion to i to the power of minus `exponent`. */
export type Popularity = { readonly kind: 'uniform' } | { readonly kind: 'zipf'; readonly exponent: number }

/**
 * `uniform`, `zipf` (1.0) or `zipf:1.1`.
 * @throws InputError
 */
export function parsePopularity(text: string): Popularity {
  if (text === 'uniform') return { kind: 'uniform' }
  const match = /^zipf(?::(\d+(?:\.\d+)?))?$/.exec(text)
  const exponent = Number(match?.[1] ?? 1)
  if (match === null || exponent > 10) {
    throw new InputError(`popularity ${JSON.stringify(text)}`, {
      hint: 'uniform, or zipf:1.1 with an exponent of 0 to 10',
    })
  }
  return { kind: 'zipf', exponent }
}

/** Draws indices below `count`. */
export type Sampler = (random: Random) => number

export function sampler(popularity: Popularity, count: number): Sampler {
  if (popularity.kind === 'uniform') return (random) => random.below(count)
  const sums = new Float64Array(count)
  let sum = 0
  for (let i = 0; i < count; i++) {
    // Whole weights: a last bit of the power function that differs between machines has no effect.
    sum += Math.max(1, Math.round(1e6 * (i + 1) ** -popularity.exponent))
    sums[i] = sum
  }
  return (random) => firstAbove(sums, random.below(sum))
}

/** The index of the first element above `value`; the list is sorted and its last one is. */
function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}
