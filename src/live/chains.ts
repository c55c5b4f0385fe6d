/** Entries by a key of 32 bits, those of one key oldest first. Keys that share a bucket are told apart; nothing is allocated. */

const NONE = -1

export class Chains {
  readonly #mask: number
  readonly #key: Int32Array
  /** Per place of an entry: the next one of its bucket. */
  readonly #after: Float64Array
  readonly #first: Float64Array
  readonly #last: Float64Array

  /** `capacity` is a power of two, and that of the entries: an entry's place is its number modulo it. */
  constructor(capacity: number) {
    this.#mask = capacity - 1
    this.#key = new Int32Array(capacity)
    this.#after = new Float64Array(capacity).fill(NONE)
    this.#first = new Float64Array(capacity).fill(NONE)
    this.#last = new Float64Array(capacity).fill(NONE)
  }

  /** The newest of all. */
  add(entry: number, key: number): void {
    const at = entry & this.#mask
    const bucket = key & this.#mask
    this.#key[at] = key
    this.#after[at] = NONE
    const last = this.#last[bucket] ?? NONE
    if (last === NONE) this.#first[bucket] = entry
    else this.#after[last & this.#mask] = entry
    this.#last[bucket] = entry
  }

  /** Takes an entry out that is the oldest of all, or is out already. */
  forget(entry: number): void {
    const bucket = (this.#key[entry & this.#mask] ?? 0) & this.#mask
    if (this.#first[bucket] === entry) this.#dropFirst(bucket)
  }

  /** The oldest of a key; -1 where there is none. */
  first(key: number): number {
    return this.#from(this.#first[key & this.#mask] ?? NONE, key)
  }

  /** The next one of the same key. */
  next(entry: number): number {
    const at = entry & this.#mask
    return this.#from(this.#after[at] ?? NONE, this.#key[at] ?? 0)
  }

  /** The newest of a key's bucket; -1 where that has another key, or there is none. */
  newest(key: number): number {
    const last = this.#last[key & this.#mask] ?? NONE
    return last !== NONE && this.#key[last & this.#mask] === key ? last : NONE
  }

  /** Takes out the oldest of a key's bucket as long as `isDone` says so and others come after them: they are in the way. */
  thin(key: number, isDone: (entry: number) => boolean): void {
    const bucket = key & this.#mask
    for (;;) {
      const first = this.#first[bucket] ?? NONE
      if (first === NONE || this.#after[first & this.#mask] === NONE || !isDone(first)) return
      this.#dropFirst(bucket)
    }
  }

  #from(start: number, key: number): number {
    let entry = start
    while (entry !== NONE && this.#key[entry & this.#mask] !== key) entry = this.#after[entry & this.#mask] ?? NONE
    return entry
  }

  #dropFirst(bucket: number): void {
    const after = this.#after[(this.#first[bucket] ?? 0) & this.#mask] ?? NONE
    this.#first[bucket] = after
    if (after === NONE) this.#last[bucket] = NONE
  }
}
