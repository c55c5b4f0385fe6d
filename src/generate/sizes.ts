/** Sizes of frames: bytes as a capture holds them, from the Ethernet header on, without the frame check sequence. */

import { InputError } from '../errors.js'
import type { Random } from './random.js'

/** The sizes from `low` to `high`, evenly, with a weight against the others of the mix. */
export interface SizeRange {
  readonly low: number
  readonly high: number
  readonly weight: number
}

export type SizeMix = readonly [SizeRange, ...SizeRange[]]

export const smallestFrame = 60
/** The largest that fits the packet area of the runner (jumbo frames). */
export const largestFrame = 9018

/** The simple IMIX of RFC 6985 section 3's example: 64, 594 and 1,518 bytes with the frame check sequence, 7 to 4 to 1. */
const imix: SizeMix = [
  { low: 60, high: 60, weight: 7 },
  { low: 590, high: 590, weight: 4 },
  { low: 1514, high: 1514, weight: 1 },
]

/**
 * `imix`, `128`, `64-1500` (evenly), or a mix with weights: `60:7,590:4,1514:1`.
 * @throws InputError
 */
export function parseSizes(text: string): SizeMix {
  if (text === 'imix') return imix
  const [first, ...rest] = text.split(',').map((part) => parseRange(part, text))
  if (first === undefined) throw refuse(text)
  return [first, ...rest]
}

function parseRange(part: string, text: string): SizeRange {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?::(\d{1,6}))?$/.exec(part.trim())
  if (match === null) throw refuse(text)
  const low = Number(match[1])
  const high = Number(match[2] ?? match[1])
  const weight = Number(match[3] ?? 1)
  if (low < smallestFrame || high > largestFrame || low > high || weight === 0) throw refuse(text)
  return { low, high, weight }
}

function refuse(text: string): InputError {
  const hint = `imix, 128, 64-1500 or 60:7,590:4,1514:1, with sizes from ${smallestFrame} to ${largestFrame}`
  return new InputError(`frame sizes ${JSON.stringify(text)}`, { hint })
}

export function pickSize(mix: SizeMix, random: Random): number {
  const [only, ...others] = mix
  if (others.length === 0) return only.low === only.high ? only.low : random.between(only.low, only.high)
  let ticket = random.below(mix.reduce((sum, { weight }) => sum + weight, 0))
  const range = mix.find(({ weight }) => {
    ticket -= weight
    return ticket < 0
  })
  const { low, high } = range ?? only
  return low === high ? low : random.between(low, high)
}
