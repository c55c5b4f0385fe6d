/** The rate of the medium, where the driver of a link tells it. */
import type { WatchedLink } from '../../wires/index.js'

/** Preamble, start of frame and the gap between frames: IEEE 802.3-2012 clauses 3.1.1 and 4A.4.2. */
const BETWEEN = 20

/** Frames a second of this size on the slowest of these links; Infinity where none of them tells. */
export function lineRate(links: readonly WatchedLink[], size: number): number {
  const rates = links.map((link) => ((link.megabits() ?? Number.POSITIVE_INFINITY) * 1e6) / ((size + BETWEEN) * 8))
  return Math.min(Number.POSITIVE_INFINITY, ...rates)
}
