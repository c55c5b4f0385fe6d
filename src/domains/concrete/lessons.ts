/**
 * What a reading has learned about its specification, not about the device: which output shows which choice. It holds for
 * the next run of the packet too. Packets that are kept may be taken back, and what was learned from them with them; it
 * is learned seldom, so each lesson says itself how to forget it.
 */
export class Lessons {
  #packet = 0
  #kept = 0
  readonly #undo: { readonly packet: number; readonly forget: () => void }[] = []

  /** Something is about to be learned that `forget` takes back. */
  note(forget: () => void): void {
    if (this.#kept > 0) this.#undo.push({ packet: this.#packet, forget })
  }

  mark(): void {
    this.#packet += 1
    this.#kept += 1
  }

  retract(): void {
    for (let last = this.#undo.at(-1); last?.packet === this.#packet; last = this.#undo.at(-1)) {
      last.forget()
      this.#undo.pop()
    }
    this.#packet -= 1
    this.#kept -= 1
  }

  forget(count: number): void {
    this.#kept -= count
    if (this.#undo.length === 0) return
    const oldest = this.#packet - this.#kept
    const kept = this.#undo.findIndex(({ packet }) => packet > oldest)
    this.#undo.splice(0, kept === -1 ? this.#undo.length : kept)
  }
}
