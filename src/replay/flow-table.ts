import { copyTuple, hashTuple, sameTuple, tupleWords } from './tuple.js'

const none = 0xffff_ffff
const firstSize = 1024

/**
 * A hash table from tuples to a few words each, in typed arrays. It holds at most `limit` entries (a power of two);
 * beyond that the oldest gives way to the newest.
 */
export class FlowTable {
  /** Entries that gave way. */
  evicted = 0
  size = 0
  /** Words of entry i begin at `i * valueWords`. */
  values: Uint32Array
  readonly valueWords: number
  readonly limit: number
  #keys: Uint32Array
  #next: Uint32Array
  #heads: Uint32Array
  #mask: number
  #oldest = 0

  constructor(valueWords: number, limit: number) {
    this.valueWords = valueWords
    this.limit = limit
    const size = Math.min(firstSize, limit)
    this.values = new Uint32Array(size * valueWords)
    this.#keys = new Uint32Array(size * tupleWords)
    this.#next = new Uint32Array(size)
    this.#heads = new Uint32Array(size * 2).fill(none)
    this.#mask = size * 2 - 1
  }

  /** The entry of a tuple, -1 where there is none. */
  find(words: Uint32Array, at: number): number {
    let entry = this.#heads[hashTuple(words, at) & this.#mask] ?? none
    while (entry !== none) {
      if (sameTuple(words, at, this.#keys, entry * tupleWords)) return entry
      entry = this.#next[entry] ?? none
    }
    return -1
  }

  /** Adds a tuple that is not in the table; its value words are whatever was there. */
  add(words: Uint32Array, at: number): number {
    if (this.size === this.#next.length && this.size < this.limit) this.#grow()
    let entry = this.size
    if (entry < this.#next.length) this.size += 1
    else {
      entry = this.#oldest
      this.#oldest = (entry + 1) % this.limit
      this.#unlink(entry)
      this.evicted += 1
    }
    copyTuple(words, at, this.#keys, entry * tupleWords)
    this.#link(entry)
    return entry
  }

  clear(): void {
    this.size = 0
    this.#oldest = 0
    this.#heads.fill(none)
  }

  #link(entry: number): void {
    const bucket = hashTuple(this.#keys, entry * tupleWords) & this.#mask
    this.#next[entry] = this.#heads[bucket] ?? none
    this.#heads[bucket] = entry
  }

  #unlink(entry: number): void {
    const bucket = hashTuple(this.#keys, entry * tupleWords) & this.#mask
    const after = this.#next[entry] ?? none
    let at = this.#heads[bucket] ?? none
    if (at === entry) {
      this.#heads[bucket] = after
      return
    }
    while (at !== none) {
      const next = this.#next[at] ?? none
      if (next === entry) {
        this.#next[at] = after
        return
      }
      at = next
    }
  }

  #grow(): void {
    const size = this.#next.length * 2
    this.#keys = grown(this.#keys, size * tupleWords)
    this.values = grown(this.values, size * this.valueWords)
    this.#next = new Uint32Array(size)
    this.#heads = new Uint32Array(size * 2).fill(none)
    this.#mask = size * 2 - 1
    for (let entry = 0; entry < this.size; entry++) this.#link(entry)
  }
}

function grown(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(length)
  to.set(from)
  return to
}
