/** Frames that leave by the pacer's thread: who watches the device is told of each, with the time at which it left. */
import { Histogram } from '../histogram.js'
import { type Pacer, untaken } from '../packetio/index.js'
import type { Watch } from './watch.js'

/** Milliseconds that a call which sends may take; and one of which it is known that it has sent. */
const IN_CALL = 200
const HAS_SENT = 60_000

export class Departures {
  /** Nanoseconds that frames left after they were due. */
  readonly lateness = new Histogram()
  readonly #pacer: Pacer
  readonly #watch: Pick<Watch, 'sent' | 'refused'>
  /** Frames whose sending was looked at. */
  #seen = 0
  #firstSent: number | undefined
  #lastSent = 0

  constructor(pacer: Pacer, watch: Pick<Watch, 'sent' | 'refused'>) {
    this.#pacer = pacer
    this.#watch = watch
  }

  /** Frames that were pushed, and not seen to leave yet. */
  get open(): number {
    return this.#pacer.pushed - this.#seen
  }

  /** By the time from the first frame to the last. */
  get packetsPerSecond(): number {
    const seconds = (this.#lastSent - (this.#firstSent ?? 0)) / 1e9
    return seconds > 0 ? Math.round(this.#pacer.pushed / seconds) : 0
  }

  /** Takes note of what was sent. @returns Whether that is any. */
  look(): boolean {
    const finished = this.#pacer.finished()
    if (finished === this.#seen) return false
    for (; this.#seen < finished; this.#seen++) this.#went(this.#seen % this.#pacer.slots)
    return true
  }

  /**
   * Takes note of all that was sent up to now: a call that sends may have begun, and not have ended. One whose port takes
   * nothing is not waited for, unless so many frames are known to have been sent: then it has no processor.
   * @returns How many frames may have left, of all.
   */
  readonly lookForAll = (known = 0): number => {
    const begun = performance.now()
    for (;;) {
      this.look()
      const passed = performance.now() - begun
      const isLeft = this.#seen < known ? passed < HAS_SENT : this.#seen < this.#pacer.begun() && passed < IN_CALL
      if (!isLeft) return Math.max(this.#seen, this.#pacer.begun())
    }
  }

  #went(slot: number): void {
    const pacer = this.#pacer
    const error = pacer.errorOf(slot)
    if (error !== undefined) {
      this.#watch.refused(untaken(error))
      return
    }
    const sentAt = pacer.sentAt(slot)
    const due = pacer.dueAt(slot)
    this.#firstSent ??= sentAt
    this.#lastSent = sentAt
    if (due > 0) this.lateness.record(sentAt - due)
    this.#watch.sent(sentAt, pacer.frames[slot] ?? new Uint8Array(0), pacer.lengthAt(slot))
  }
}
