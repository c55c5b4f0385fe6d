/** What the loops are measured with: the same flows, in the same random order, for a network function and for its twin in C. */
import { writeFileSync } from 'node:fs'

import { type LoadedNf, loadNf } from '../../src/nf/index.js'
import { Random } from '../../src/testbed/index.js'
import { FRAME, type Kind } from '../judge/kinds.js'

/** Entries of a table: as many as a nat has ports. */
export const CAPACITY = 65_535
/** In the file of frames: each begins so many bytes after the one before, and its port is behind it. */
export const STRIDE = 64
/** Packets of an order, about. */
const PACKETS = 960_000

export function loadMeasured(kind: Kind): Promise<LoadedNf> {
  const config: Record<string, string | number> = kind.capacity === '' ? {} : { [kind.capacity]: CAPACITY }
  if (kind.nf === 'nat') config.startPort = 1
  // Backends are heard once, in the beginning.
  if (kind.nf === 'balancer') config.heartbeatTimeout = '1000000 s'
  return loadNf(kind.nf, { config })
}

/**
 * A frame of each flow, and the order in which they come: each once in a random order, and so on. There are as many flows as fill
 * `entries` of the table, two each for the two stations of a bridge.
 */
export function writeLoad(kind: Kind, entries: number, frames: string, order: string): void {
  const count = Math.floor(entries / Math.max(1, kind.entries))
  const passes = Math.ceil(PACKETS / count)
  const bytes = new Uint8Array(count * STRIDE)
  for (let n = 0; n < count; n++) bytes[n * STRIDE + FRAME] = kind.open(n, bytes, n * STRIDE)
  writeFileSync(frames, bytes)
  const random = new Random(9)
  const all = new Uint32Array(count * passes)
  for (let pass = 0; pass < passes; pass++) {
    const part = all.subarray(pass * count, (pass + 1) * count)
    for (let i = 0; i < count; i++) part[i] = i
    for (let i = count - 1; i > 0; i--) {
      const other = random.below(i + 1)
      const kept = part[i] ?? 0
      part[i] = part[other] ?? 0
      part[other] = kept
    }
  }
  writeFileSync(order, all)
}
