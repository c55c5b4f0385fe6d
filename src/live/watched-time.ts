/**
 * The time for which ports were watched. Of what lies between two looks only so much counts: who was not given a processor has
 * not waited in vain, since what was to come was perhaps given none either.
 */
const LONGEST_LOOK = 10e6

export class WatchedTime {
  /** Nanoseconds. */
  now = 0
  readonly #most: number
  #looked = 0

  /** `patience` is what is waited at least, in nanoseconds: it takes at least ten looks. */
  constructor(patience: number) {
    this.#most = Math.min(LONGEST_LOOK, patience / 10)
  }

  /** A look at all ports begins, at so many nanoseconds by the clock. */
  look(clock: number): void {
    this.now += Math.min(clock - this.#looked, this.#most)
    this.#looked = clock
  }
}
