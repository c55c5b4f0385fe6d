import { copyTuple, hashTuple, sameTuple } from './tuple.js'

const none = 0xffff_ffff
const firstSize = 1024
/** Words of a cache line: an entry that needs most of one gets one of its own. */
const lineWords = 16

/**
 * A hash table from tuples to a few words each. An entry lies in one place (tuple, value, link), since what costs time
 * is memory far away. It holds at most `limit` entries; beyond that the oldest gives way to the newest.
 */
export class FlowTable {
  /** Entries that gave way. */
  evicted = 0
  size = 0
  /** Value words of entry i begin at `valueAt(i)`. */
  words: Uint32Array
  readonly limit: number
  readonly #stride: number
  readonly #value: number
  readonly #link: number
  #capacity: number
  #heads: Uint32Array
  #mask: number
  #oldest = 0

  /** `keyWords` are those of the tuples that come: 4 where all are IPv4. */
  constructor(keyWords: number, valueWords: number, limit: number) {
    this.limit = limit
    const needed = keyWords + valueWords + 1
    this.#stride = needed > lineWords / 2 && needed <= lineWords ? lineWords : needed
    this.#value = keyWords
    this.#link = keyWords + valueWords
    this.#capacity = Math.min(firstSize, limit)
    this.words = new Uint32Array(this.#capacity * this.#stride)
    this.#heads = new Uint32Array(headsFor(this.#capacity)).fill(none)
    this.#mask = this.#heads.length - 1
  }

  valueAt(entry: number): number {
    return entry * this.#stride + this.#value
  }

  /** The entry of a tuple, -1 where there is none. */
  find(tuple: Uint32Array, at: number): number {
    const { words } = this
    let entry = this.#heads[hashTuple(tuple, at) & this.#mask] ?? none
    while (entry !== none) {
      const start = entry * this.#stride
      if (sameTuple(tuple, at, words, start)) return entry
      entry = words[start + this.#link] ?? none
    }
    return -1
  }

  /** Whether the entry is that of the tuple. */
  holds(entry: number, tuple: Uint32Array, at: number): boolean {
    return sameTuple(tuple, at, this.words, entry * this.#stride)
  }

  /** Adds a tuple that is not in the table; its value words are whatever was there. */
  add(tuple: Uint32Array, at: number): number {
    if (this.size === this.#capacity && this.size < this.limit) this.#grow()
    let entry = this.size
    if (entry < this.#capacity) this.size += 1
    else {
      entry = this.#oldest
      this.#oldest = (entry + 1) % this.limit
      this.#unlink(entry)
      this.evicted += 1
    }
    copyTuple(tuple, at, this.words, entry * this.#stride)
    this.#enter(entry)
    return entry
  }

  clear(): void {
    this.size = 0
    this.#oldest = 0
    this.#heads.fill(none)
  }

  #enter(entry: number): void {
    const start = entry * this.#stride
    const bucket = hashTuple(this.words, start) & this.#mask
    this.words[start + this.#link] = this.#heads[bucket] ?? none
    this.#heads[bucket] = entry
  }

  #unlink(entry: number): void {
    const start = entry * this.#stride
    const bucket = hashTuple(this.words, start) & this.#mask
    const after = this.words[start + this.#link] ?? none
    let at = this.#heads[bucket] ?? none
    if (at === entry) {
      this.#heads[bucket] = after
      return
    }
    while (at !== none) {
      const link = at * this.#stride + this.#link
      const next = this.words[link] ?? none
      if (next === entry) {
        this.words[link] = after
        return
      }
      at = next
    }
  }

  #grow(): void {
    this.#capacity = Math.min(this.#capacity * 2, this.limit)
    const words = new Uint32Array(this.#capacity * this.#stride)
    words.set(this.words)
    this.words = words
    this.#heads = new Uint32Array(headsFor(this.#capacity)).fill(none)
    this.#mask = this.#heads.length - 1
    for (let entry = 0; entry < this.size; entry++) this.#enter(entry)
  }
}

/** A power of two, at least twice the entries. */
function headsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity * 2))
}
