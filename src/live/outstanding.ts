/**
 * The frames under way, in the order in which they were sent, and how to know one again when it comes out. An entry is a
 * number that counts up; its place is used again once `capacity` later ones were added.
 */
import { Chains } from './chains.js'
import { Signature } from './signature.js'

const NONE = -1
/** The tag of what hosts send by themselves. */
export const HOST = -1
/** What is noted of an entry. */
export const JUDGED = 1
export const CLOSED = 2
/** Another with the same signature and ends was under way: which of them came out cannot be told. */
export const TWIN = 4
/** Vigil's own, for a host that answers: nobody judges it. */
export const OWN = 8
/** The device was through with it, and had put nothing out. */
export const SILENT = 16
/** Counters say that what left of it was lost. */
export const LOST = 32

export class Outstanding {
  readonly capacity: number
  /** Entries from `oldest` up to `next` are here. */
  oldest = 0
  next = 0
  readonly #mask: number
  /** Ingress port of the device. */
  readonly #port: Uint8Array
  /** The caller's number. */
  readonly #tag: Int32Array
  readonly #notes: Uint8Array
  /** Ports by which it was seen to leave, as a set. */
  readonly #left: Uint32Array
  /** Nanoseconds since the start. */
  readonly #sentAt: Float64Array
  /** When its waiting began, by the caller's clock. */
  readonly #since: Float64Array
  /** How many entered the same port before it. */
  readonly #rank: Float64Array
  /** By signature with both ends, with either, and alone: in this order an output is looked for. */
  readonly #chains: readonly [Chains, Chains, Chains, Chains]
  readonly #signature = new Signature()
  readonly #isJudged = (entry: number): boolean => this.is(entry, JUDGED)

  /** `capacity` is a power of two. */
  constructor(capacity: number) {
    this.capacity = capacity
    this.#mask = capacity - 1
    this.#port = new Uint8Array(capacity)
    this.#tag = new Int32Array(capacity)
    this.#notes = new Uint8Array(capacity)
    this.#left = new Uint32Array(capacity)
    this.#sentAt = new Float64Array(capacity)
    this.#since = new Float64Array(capacity)
    this.#rank = new Float64Array(capacity)
    this.#chains = [new Chains(capacity), new Chains(capacity), new Chains(capacity), new Chains(capacity)]
  }

  get count(): number {
    return this.next - this.oldest
  }

  /** Requires room. @returns The entry. */
  add(port: number, tag: number, bytes: Uint8Array, start: number, length: number): number {
    const entry = this.next++
    const at = entry & this.#mask
    this.#port[at] = port
    this.#tag[at] = tag
    this.#left[at] = 0
    this.#sentAt[at] = NONE
    const twin = this.twinOf(bytes, start, length)
    this.#notes[at] = twin === NONE ? 0 : TWIN
    if (twin !== NONE) this.note(twin, TWIN)
    for (const [i, chains] of this.#chains.entries()) {
      const key = this.#keyOf(i)
      chains.thin(key, this.#isJudged)
      chains.add(entry, key)
    }
    return entry
  }

  /** One with the same signature and ends of which it is not known yet what became of it; -1 where there is none. */
  twinOf(bytes: Uint8Array, start: number, length: number): number {
    this.#signature.read(bytes, start, length)
    const twin = this.#chains[0].newest(this.#keyOf(0))
    return twin === NONE || this.is(twin, JUDGED | SILENT | CLOSED) || this.hasLeft(twin) ? NONE : twin
  }

  /** Of the frame that was looked at last, by whatever method: a hash of its two ends, whichever is its source. */
  get pair(): number {
    return (this.#signature.source + this.#signature.destination) | 0
  }

  /** Forgets the oldest. */
  forget(): void {
    const entry = this.oldest++
    for (const chains of this.#chains) chains.forget(entry)
  }

  /**
   * The entry that a frame which left by `port` is taken for: of those with its signature that have not left there yet, one
   * with the same ends before one with one of them, and the oldest of several. Entries from `sent` on are not sent yet. -1
   * where there is none.
   */
  find(port: number, bytes: Uint8Array, start: number, length: number, sent = this.next): number {
    this.#signature.read(bytes, start, length)
    let unlikely = NONE
    for (const [i, chains] of this.#chains.entries()) {
      for (let entry = chains.first(this.#keyOf(i)); entry !== NONE; entry = chains.next(entry)) {
        if (entry >= sent || ((this.#left[entry & this.#mask] ?? 0) & (1 << port)) !== 0) continue
        if (!this.is(entry, JUDGED | SILENT)) return entry
        if (unlikely === NONE) unlikely = entry
      }
    }
    return unlikely
  }

  /** Any with the signature of a frame, wherever it left; -1 where there is none. */
  findAny(bytes: Uint8Array, start: number, length: number): number {
    this.#signature.read(bytes, start, length)
    return this.#chains[3].first(this.#keyOf(3))
  }

  note(entry: number, what: number): void {
    const at = entry & this.#mask
    this.#notes[at] = (this.#notes[at] ?? 0) | what
  }

  is(entry: number, what: number): boolean {
    return ((this.#notes[entry & this.#mask] ?? 0) & what) !== 0
  }

  port(entry: number): number {
    return this.#port[entry & this.#mask] ?? 0
  }

  tag(entry: number): number {
    return this.#tag[entry & this.#mask] ?? 0
  }

  /** Nanoseconds since the start; -1 until it was sent. */
  sentAt(entry: number): number {
    return this.#sentAt[entry & this.#mask] ?? NONE
  }

  setSent(entry: number, time: number): void {
    this.#sentAt[entry & this.#mask] = time
  }

  since(entry: number): number {
    return this.#since[entry & this.#mask] ?? 0
  }

  setSince(entry: number, time: number): void {
    this.#since[entry & this.#mask] = time
  }

  rank(entry: number): number {
    return this.#rank[entry & this.#mask] ?? 0
  }

  setRank(entry: number, rank: number): void {
    this.#rank[entry & this.#mask] = rank
  }

  hasLeft(entry: number): boolean {
    return (this.#left[entry & this.#mask] ?? 0) !== 0
  }

  setLeft(entry: number, port: number): void {
    const at = entry & this.#mask
    this.#left[at] = (this.#left[at] ?? 0) | (1 << port)
  }

  #keyOf(chain: number): number {
    const { value, source, destination } = this.#signature
    switch (chain) {
      case 0:
        return value ^ source ^ Math.imul(destination, 3)
      case 1:
        return value ^ source
      case 2:
        return value ^ Math.imul(destination, 3)
      default:
        return value
    }
  }
}
