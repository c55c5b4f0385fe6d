/**
 * How many frames may be between sending and coming out where they are sent as fast as may be. More make batches larger; but
 * of frames that touch the same state the order becomes open, and those orders have to be tried. So it grows while all that
 * comes out is as the order of sending explains it, and shrinks with what is not, as windows of TCP do (RFC 5681).
 */
const LEAST = 16
const FIRST = 32
const MOST = 512
/** It doubles after so many windows full of frames in order. */
const QUIET = 8

export class Window {
  size = FIRST
  #misfits = 0
  /** Frames that were sent when it changed last. */
  #since = 0

  /** `misfits` is how often the order of sending has not explained an output, of all that were `sent`. */
  look(sent: number, misfits: number): void {
    if (misfits > this.#misfits) {
      this.#misfits = misfits
      // One that was in the window before it shrank tells nothing new.
      if (sent - this.#since < this.size) return
      this.#set(Math.max(LEAST, this.size / 2), sent)
    } else if (sent - this.#since > QUIET * this.size) {
      this.#set(Math.min(MOST, 2 * this.size), sent)
    }
  }

  #set(size: number, sent: number): void {
    this.size = size
    this.#since = sent
  }
}
