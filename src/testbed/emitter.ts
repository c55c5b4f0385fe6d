/** What hosts send by themselves, merged in time. */

/** A packet sent again and again. */
export interface Beat {
  readonly frame: Uint8Array
  /** Index of the host. */
  readonly host: number
  /** Nanoseconds. */
  readonly every: bigint
}

/** `now` of a network function is below 2^62 ns. */
export const latestTime = 2n ** 62n - 1n

/** After a silence of the trace, this many of the latest beats are sent: a gap of years is not a billion packets. */
export const maxCatchUp = 60n

export class Emitter {
  sent = 0
  /** When the next beat is due; undefined without any. */
  next: bigint | undefined
  readonly #beats: readonly Beat[]
  readonly #due: bigint[] = []
  #current = 0
  /** Up to here no beat has missed more than `maxCatchUp`; the division that says how many is left to later times. */
  #caughtUpTo = 0n

  constructor(beats: readonly Beat[]) {
    this.#beats = beats
  }

  /** All hosts begin at `time`. */
  start(time: bigint): void {
    for (let i = 0; i < this.#beats.length; i++) this.#due[i] = time
    this.#choose()
  }

  /** The beat that is due at `next`. */
  take(): Beat | undefined {
    const beat = this.#beats[this.#current]
    if (beat === undefined) return undefined
    this.sent += 1
    this.#due[this.#current] = (this.#due[this.#current] ?? 0n) + beat.every
    this.#choose()
    return beat
  }

  /** Leaves out the beats of a long silence before `time` but the latest ones. */
  skipTo(time: bigint): void {
    if (time <= this.#caughtUpTo) return
    let isChanged = false
    for (const [i, { every }] of this.#beats.entries()) {
      const due = this.#due[i] ?? 0n
      const missed = (time - due) / every
      if (missed <= maxCatchUp) continue
      this.#due[i] = due + (missed - maxCatchUp) * every
      isChanged = true
    }
    if (isChanged) this.#choose()
  }

  #choose(): void {
    this.next = undefined
    this.#caughtUpTo = latestTime
    for (const [i, { every }] of this.#beats.entries()) {
      const due = this.#due[i] ?? 0n
      const caughtUpTo = due + maxCatchUp * every
      if (caughtUpTo < this.#caughtUpTo) this.#caughtUpTo = caughtUpTo
      if (this.next !== undefined && due >= this.next) continue
      this.next = due
      this.#current = i
    }
  }
}
