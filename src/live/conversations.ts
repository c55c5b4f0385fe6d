/** Which frame was sent last of each conversation: an answer by another port must not overtake what it answers. */

/** Conversations that are told apart; those that share a place are taken for one, and wait for each other. */
const PLACES = 1 << 14
const NONE = -1

export class Conversations {
  readonly #last = new Float64Array(PLACES).fill(NONE)
  readonly #port = new Uint8Array(PLACES)

  /** The last frame of a conversation, where another port has sent it; else -1. `pair` is the hash of its two ends. */
  lastByOther(pair: number, port: number): number {
    const at = pair & (PLACES - 1)
    return this.#port[at] === port ? NONE : (this.#last[at] ?? NONE)
  }

  /** Frame `entry` is sent by a port. */
  note(pair: number, port: number, entry: number): void {
    const at = pair & (PLACES - 1)
    this.#last[at] = entry
    this.#port[at] = port
  }
}
