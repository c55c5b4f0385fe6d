/**
 * Durations, such as latencies and how late frames were sent, with three significant digits over their whole range, in the
 * layout of HdrHistogram (Gil Tene): values below 2048 each in a bucket of its own, above that 1024 buckets for each doubling. Every figure of a distribution comes from one
 * of these, so that no two contradict each other.
 */

/** Values below this are exact. */
const EXACT = 2048
const HALF = EXACT / 2
/** 100 s in nanoseconds: what is above is counted, and has no size. */
export const MOST = 100e9

const SCALES = Float64Array.from({ length: 32 }, (_, shift) => 2 ** -shift)
const SHORT = 2 ** 31

export interface Bucket {
  /** The least value that is counted here. */
  readonly from: number
  /** The least value above it. */
  readonly to: number
  readonly count: number
}

export class Histogram {
  readonly #counts = new Float64Array(indexOf(MOST) + 1)
  #within = 0
  #above = 0
  #negative = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  /** Nanoseconds; fractions are cut. Nothing is allocated. */
  record(value: number): void {
    if (!(value >= 0)) {
      this.#negative += 1
      return
    }
    if (value > MOST) this.#above += 1
    else {
      const index = indexOf(value)
      this.#counts[index] = (this.#counts[index] ?? 0) + 1
      this.#within += 1
    }
    this.#sum += value
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  /** Adds all that another one has. */
  merge(other: Histogram): void {
    for (const [index, count] of other.#counts.entries()) this.#counts[index] = (this.#counts[index] ?? 0) + count
    this.#within += other.#within
    this.#above += other.#above
    this.#negative += other.#negative
    this.#sum += other.#sum
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
  }

  /** Values of which all else is told, those above 100 s included. */
  get count(): number {
    return this.#within + this.#above
  }

  /** Of these, values above 100 s. */
  get above(): number {
    return this.#above
  }

  /** Values below 0, or no numbers, which no latency has: two clocks disagree. They are part of nothing else. */
  get negative(): number {
    return this.#negative
  }

  /** Exact, as are `max` and `mean`; undefined without values. */
  get min(): number | undefined {
    return this.count === 0 ? undefined : this.#min
  }

  get max(): number | undefined {
    return this.count === 0 ? undefined : this.#max
  }

  get mean(): number | undefined {
    return this.count === 0 ? undefined : this.#sum / this.count
  }

  /**
   * The value that this share of all, in percent, does not exceed, at most 0.1 % too high; undefined without values,
   * Infinity where it is above 100 s.
   */
  percentile(percent: number): number | undefined {
    if (this.count === 0) return undefined
    // What is a whole number stays one: 99.9 % of 1000.
    const rank = Math.max(1, Math.ceil((percent / 100) * this.count * (1 - 1e-12)))
    if (rank > this.#within) return Number.POSITIVE_INFINITY
    let seen = 0
    let index = -1
    while (seen < rank) seen += this.#counts[++index] ?? 0
    return Math.max(this.#min, Math.min(this.#max, MOST, startOf(index + 1) - 1))
  }

  /** Those that are not empty, in their order. */
  buckets(): Bucket[] {
    const all: Bucket[] = []
    for (const [index, count] of this.#counts.entries()) {
      if (count > 0) all.push({ from: startOf(index), to: startOf(index + 1), count })
    }
    return all
  }
}

function indexOf(value: number): number {
  if (value < EXACT) return value | 0
  // Bits of the value behind its leading eleven.
  const shift = value < SHORT ? 21 - Math.clz32(value) : 37 - Math.clz32(value / 65_536)
  return shift * HALF + ((value * (SCALES[shift] ?? 0)) | 0)
}

function startOf(index: number): number {
  if (index < EXACT) return index
  const shift = Math.floor(index / HALF) - 1
  return (index - shift * HALF) * 2 ** shift
}
