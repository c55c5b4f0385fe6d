/**
 * How long what a device puts out is waited for where the next frame depends on it, from what it took so far, as TCP
 * does for its retransmissions (RFC 6298 section 2). Where nothing comes, it was mostly dropped; whoever waits in vain
 * sends what it can, which is judged all the same.
 */

/** Milliseconds: as long as little is known of the device, and the least. */
const MOST = 50
const LEAST = 5
/** Frames that must have come out before that is known. */
const ENOUGH = 100

export class AnswerTime {
  #seen = 0
  /** Milliseconds, smoothed; and how far from that it mostly is. */
  #delay = 0
  #variation = 0

  /** A frame came out, so many nanoseconds after it was sent. */
  came(nanoseconds: number): void {
    const delay = nanoseconds / 1e6
    if (this.#seen === 0) {
      this.#delay = delay
      this.#variation = delay / 2
    } else {
      this.#variation += (Math.abs(this.#delay - delay) - this.#variation) / 4
      this.#delay += (delay - this.#delay) / 8
    }
    this.#seen += 1
  }

  /** Milliseconds. */
  get patience(): number {
    if (this.#seen < ENOUGH) return MOST
    return Math.min(MOST, Math.max(LEAST, this.#delay + 4 * this.#variation))
  }
}
