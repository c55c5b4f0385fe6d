/** When frames are due: by the times of the trace, at a steady rate, or at once. */

export interface PaceOptions {
  /** 1 is as the trace was recorded, 2 twice as fast. */
  readonly speed?: number | 'max'
  /** Frames a second, whatever their times. */
  readonly pps?: number
  /** Frames a second at most, whatever else is said. */
  readonly mostPerSecond?: number
}

/** Nanoseconds before the first frame: what is made ready meanwhile is not late. */
const LEAD = 20_000_000

export class Pace {
  /** Whether frames have times at which they are due; else they are sent as the device takes them. */
  readonly isScheduled: boolean
  /** Frames whose time in the trace lay before that of an earlier one; they are due with it. */
  timesBack = 0
  readonly #speed: number
  readonly #gap: number | undefined
  readonly #isFast: boolean
  #start: number | undefined
  #first = 0n
  #latest = 0n
  #count = 0
  /** Nanoseconds from one frame to the next at least, and when the last one may leave. */
  readonly #least: number
  #last = 0

  constructor({ speed = 1, pps, mostPerSecond }: PaceOptions) {
    this.isScheduled = pps !== undefined || speed !== 'max' || mostPerSecond !== undefined
    this.#least = mostPerSecond === undefined ? 0 : 1e9 / mostPerSecond
    this.#isFast = pps === undefined && speed === 'max'
    this.#speed = speed === 'max' ? 1 : speed
    this.#gap = pps === undefined ? undefined : 1e9 / pps
  }

  /**
   * When the next frame, of that time in the trace, is due, counted from the first one: being late with one does not make
   * others late. Times are nanoseconds since the start; 0 is at once.
   */
  due(time: bigint, now: number): number {
    if (this.#start === undefined) {
      this.#start = now + LEAD
      this.#first = time
      this.#latest = time
    }
    const start = this.#start
    const index = this.#count++
    if (time < this.#latest) this.timesBack += 1
    else this.#latest = time
    if (this.#gap !== undefined) return start + index * this.#gap
    return this.#isFast ? 0 : start + Number(this.#latest - this.#first) / this.#speed
  }

  /** When any frame that is due then may leave, those of hosts included: as late as the cap says. */
  capped(due: number, now: number): number {
    if (this.#least === 0) return due
    this.#last = Math.max(due === 0 ? now : due, this.#last + this.#least)
    return this.#last
  }
}
