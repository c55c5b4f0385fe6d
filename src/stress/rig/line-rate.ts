/** The rate of the medium, where the driver of an interface tells it. */
import { readFileSync } from 'node:fs'

/** Preamble, start of frame and the gap between frames: IEEE 802.3-2012 clauses 3.1.1 and 4A.4.2. */
const BETWEEN = 20

/** Frames a second of this size on the slowest of these interfaces; Infinity where none of them tells. */
export function lineRate(interfaces: readonly string[], size: number): number {
  const rates = interfaces.map((name) => (speedOf(name) * 1e6) / ((size + BETWEEN) * 8))
  return Math.min(Number.POSITIVE_INFINITY, ...rates)
}

/** Mbit/s. */
function speedOf(name: string): number {
  try {
    const speed = Number(readFileSync(`/sys/class/net/${name}/speed`, 'utf8'))
    return speed > 0 ? speed : Number.POSITIVE_INFINITY
  } catch {
    // A virtual interface has no such file, or refuses to be read.
    return Number.POSITIVE_INFINITY
  }
}
