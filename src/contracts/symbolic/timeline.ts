/**
 * The structures of one run, so that a question can be put to all of them as they were at some moment: what a contract
 * says of the state before a call may be asked only after it.
 */

export interface Rewindable {
  /** What brings the present state back. */
  mark(): () => void
}

export class Timeline {
  readonly #structures: Rewindable[] = []

  add(structure: Rewindable): void {
    this.#structures.push(structure)
  }

  /** `f`, answering as it would now whenever it is called. */
  frozen<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R {
    const then = this.#structures.map((structure) => structure.mark())
    return (...args) => {
      const present = this.#structures.map((structure) => structure.mark())
      for (const restore of then) restore()
      try {
        return f(...args)
      } finally {
        for (const restore of present) restore()
      }
    }
  }
}
