/** How far sending was from when frames were due. */

/** Buckets for each doubling: a value is known to about 3 %. */
const PARTS = 32
const DOUBLINGS = 40

export interface TimingError {
  readonly frames: number
  /** Nanoseconds after the time due; a frame is never sent before. */
  readonly median: number
  readonly percentile99: number
  readonly maximum: number
}

export class Timing {
  #count = 0
  #maximum = 0
  readonly #buckets = new Float64Array(PARTS * (DOUBLINGS + 1))

  /** Nanoseconds, not negative. */
  add(late: number): void {
    this.#count += 1
    if (late > this.#maximum) this.#maximum = late
    const at = bucketOf(late)
    this.#buckets[at] = (this.#buckets[at] ?? 0) + 1
  }

  get error(): TimingError {
    return {
      frames: this.#count,
      median: this.#quantile(0.5),
      percentile99: this.#quantile(0.99),
      maximum: Math.round(this.#maximum),
    }
  }

  /** The upper end of the bucket in which that share of all lies at or below. */
  #quantile(share: number): number {
    let rest = Math.ceil(this.#count * share)
    for (const [at, count] of this.#buckets.entries()) {
      rest -= count
      if (rest <= 0) return Math.min(Math.round(upperEnd(at)), Math.round(this.#maximum))
    }
    return 0
  }
}

/** Below PARTS each value has a bucket; above, each doubling has PARTS of them. */
function bucketOf(value: number): number {
  if (value < PARTS) return Math.floor(value)
  const doubling = Math.min(DOUBLINGS - 1, Math.floor(Math.log2(value / PARTS)))
  return PARTS * (doubling + 1) + Math.min(PARTS - 1, Math.floor(value / 2 ** doubling) - PARTS)
}

function upperEnd(bucket: number): number {
  if (bucket < PARTS) return bucket
  const doubling = Math.floor(bucket / PARTS) - 1
  return (PARTS + (bucket % PARTS) + 1) * 2 ** doubling - 1
}
