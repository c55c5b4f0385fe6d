import { Random } from './random.js'
import type { Impairments } from './topology.js'

/**
 * One direction of a link. Delay and jitter keep the order of frames; a frame that is held back (`reorder`) is
 * overtaken. What happens depends on the seed, the link's own stream of chance, and the frames before, on nothing else.
 */
export class Direction {
  lost = 0
  heldBack = 0
  readonly #link: Impairments
  readonly #random: Random
  readonly #jitter: number
  #lastArrival = 0n

  constructor(link: Impairments, seed: number, stream: string) {
    this.#link = link
    this.#random = new Random(seed, stream)
    this.#jitter = Number(link.jitter)
  }

  /** When a frame that enters at `now` arrives; undefined where it is lost. */
  arrival(now: bigint): bigint | undefined {
    const link = this.#link
    if (link.loss > 0 && this.#random.fraction() < link.loss) {
      this.lost += 1
      return undefined
    }
    let time = now + link.delay
    if (this.#jitter > 0) time += BigInt(this.#random.below(this.#jitter + 1))
    if (time < this.#lastArrival) time = this.#lastArrival
    if (link.reorder > 0 && this.#random.fraction() < link.reorder) {
      this.heldBack += 1
      return time + link.reorderBy
    }
    this.#lastArrival = time
    return time
  }
}
