/** The longest burst at the rate of the medium that a device passes whole: RFC 2544 section 26.4 as RFC 9004 has it. */
import { InputError } from '../errors.js'
import { lossOf, type Outcome } from './search.js'
import { type Summary, summarise } from './statistics.js'

/** @param length Frames of the burst. */
export type BurstTrial = (length: number) => Promise<Outcome>

export interface BackToBackOptions {
  /** The longest burst that is tried. */
  readonly most: number
  /** Frames by which the result may be too low. Default: 1. */
  readonly resolution?: number
  /** Searches whose mean is the result. Default: 50, as in RFC 2544. */
  readonly repeats?: number
  /** How often a burst that lost frames is sent again before it counts as too long: loss verification, RFC 9004. Default: 1. */
  readonly verifications?: number
}

export interface BackToBack {
  /** The result of each search; 0 where no burst passed. */
  readonly lengths: readonly number[]
  readonly summary: Summary
  /** Whether the longest burst of all passed: then the device may take longer ones. */
  readonly isUnbounded: boolean
}

/** @throws InputError where nothing is to be searched, or a burst was not sent whole. */
export async function findBackToBack(trial: BurstTrial, options: BackToBackOptions): Promise<BackToBack> {
  const { most, repeats = 50 } = options
  if (most < 1 || repeats < 1)
    throw new InputError(`${repeats} searches for bursts of up to ${most} frames find nothing`)
  const lengths: number[] = []
  for (let i = 0; i < repeats; i++) lengths.push(await longestBurst(trial, options))
  return { lengths, summary: summarise(lengths), isUnbounded: lengths.includes(most) }
}

async function longestBurst(
  trial: BurstTrial,
  { most, resolution = 1, verifications = 1 }: BackToBackOptions,
): Promise<number> {
  const passes = async (length: number): Promise<boolean> => {
    for (let i = 0; i <= verifications; i++) {
      const outcome = await trial(length)
      if (outcome.sent !== length) throw new InputError(`${outcome.sent} frames of a burst of ${length} were sent`)
      if (lossOf(outcome) === 0) return true
    }
    return false
  }
  if (await passes(most)) return most
  let [low, high] = [0, most]
  while (high - low > resolution) {
    const middle = Math.floor((low + high) / 2)
    if (await passes(middle)) low = middle
    else high = middle
  }
  return low
}

/** Seconds. */
export interface BufferTime {
  /** Of a burst that fills the buffer, as if nothing left it meanwhile. */
  readonly implied: number
  /** Less what the device forwarded during the burst. */
  readonly corrected: number
}

/**
 * RFC 9004 section 6.4. Rates are frames a second: that of the medium, and the throughput at the same frame size. Without
 * loss at the rate of the medium a burst tells nothing of a buffer, and the corrected time is 0.
 */
export function bufferTime(meanBurst: number, mediumRate: number, throughput: number): BufferTime {
  const implied = meanBurst / mediumRate
  return { implied, corrected: implied * (1 - Math.min(1, throughput / mediumRate)) }
}
