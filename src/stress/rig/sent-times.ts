/** When the frames of a trial were sent, by sequence number: the latest million of them. */

const WINDOW = 2 ** 20

export class SentTimes {
  readonly #times = new Float64Array(WINDOW)
  readonly #sequences = new Float64Array(WINDOW).fill(-1)

  clear(): void {
    this.#sequences.fill(-1)
  }

  set(sequence: number, time: number): void {
    const at = sequence % WINDOW
    this.#times[at] = time
    this.#sequences[at] = sequence
  }

  /** Nanoseconds since the pacer's origin; undefined where it is not known, or not any more. */
  get(sequence: number): number | undefined {
    const at = sequence % WINDOW
    return this.#sequences[at] === sequence ? this.#times[at] : undefined
  }
}
