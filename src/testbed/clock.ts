import { type Emitter, latestTime } from './emitter.js'

/** The run's clock: it follows the times of the trace, but never goes back. */
export class Clock {
  now = 0n
  /** Times that lay before an earlier one, or were no time at all. */
  back = 0
  #isRunning = false
  readonly #emitter: Emitter

  constructor(emitter: Emitter) {
    this.#emitter = emitter
  }

  /** Takes note of a frame's time; the emitter's beats up to `now` are due then. Does not move `now` itself. */
  admit(time: bigint): bigint {
    if (!this.#isRunning) {
      this.#isRunning = true
      this.now = time < 0n || time > latestTime ? 0n : time
      this.#emitter.start(this.now)
      return this.now
    }
    if (time === this.now) return time
    if (time < this.now || time > latestTime) {
      this.back += 1
      return this.now
    }
    this.#emitter.skipTo(time)
    return time
  }
}
