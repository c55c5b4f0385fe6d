/** Which slot each tag is at: open addressing with linear probing, at most half full. Tags are numbers as senders make them. */
export class TagIndex {
  #tags = new Float64Array(64)
  /** Slot + 1; 0 where there is none. */
  #slots = new Int32Array(64)
  #count = 0
  #shift = 26

  /** The slot of a tag, or -1. */
  find(tag: number): number {
    return (this.#slots[this.#position(tag)] ?? 0) - 1
  }

  /** Requires that `tag` is not in. */
  add(tag: number, slot: number): void {
    if (2 * ++this.#count > this.#slots.length) this.#grow()
    this.#put(tag, slot + 1)
  }

  /** Requires that `tag` is in. Later tags of the run move back over the gap (Knuth, vol. 3, 6.4, R). */
  remove(tag: number): void {
    const mask = this.#slots.length - 1
    let gap = this.#position(tag)
    for (let at = (gap + 1) & mask; this.#slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#home(this.#tags[at] ?? 0)
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      this.#tags[gap] = this.#tags[at] ?? 0
      this.#slots[gap] = this.#slots[at] ?? 0
      gap = at
    }
    this.#slots[gap] = 0
    this.#count -= 1
  }

  /** Where `tag` is, or would be put. */
  #position(tag: number): number {
    const mask = this.#slots.length - 1
    let at = this.#home(tag)
    while (this.#slots[at] !== 0 && this.#tags[at] !== tag) at = (at + 1) & mask
    return at
  }

  /** Fibonacci hashing: tags that follow one another must not lie side by side, or runs would be as long as the table. */
  #home(tag: number): number {
    return Math.imul(tag, 0x9e3779b1) >>> this.#shift
  }

  #put(tag: number, entry: number): void {
    const at = this.#position(tag)
    this.#tags[at] = tag
    this.#slots[at] = entry
  }

  #grow(): void {
    const tags = this.#tags
    const slots = this.#slots
    this.#shift -= 1
    this.#tags = new Float64Array(2 * tags.length)
    this.#slots = new Int32Array(2 * tags.length)
    for (const [at, entry] of slots.entries()) if (entry !== 0) this.#put(tags[at] ?? 0, entry)
  }
}
