/** An input that fits nowhere may do so once more is known: it is looked at again, but ever more seldom. */
export class Patience {
  #stuck = -1
  /** Things heard so far, and how many there must be before it is worth looking again. */
  #heard = 0
  #lookAgainAt = 0
  #pause = 1

  /** Something new is known of an input. */
  heard(slot: number): void {
    this.#heard += 1
    if (slot === this.#stuck) this.#stuck = -1
  }

  /** The input fits nowhere. */
  wait(slot: number): void {
    this.#pause = slot === this.#stuck ? 2 * this.#pause : 8
    this.#stuck = slot
    this.#lookAgainAt = this.#heard + this.#pause
  }

  isTooSoon(slot: number): boolean {
    return slot === this.#stuck && this.#heard < this.#lookAgainAt
  }
}
