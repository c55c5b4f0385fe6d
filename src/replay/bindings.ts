import type { Layers } from '../packet/layers.js'
import { FlowTable } from './flow-table.js'
import { setDestination, setTuple } from './rewrite.js'
import { copyTuple, isForward, isIpv4, reverseTuple, sameTuple, tupleWords, tupleWords4 } from './tuple.js'

/** Flows held at most for each IP version; the oldest give way. 262,144 of them take 19 MB, 37 MB for IPv6. */
export const maxBindings = 1 << 18
/** Translated endpoints held at most for each IP version. */
const maxEndpoints = 1 << 16

/**
 * What the device made of the flows of a trace. A packet with tuple T left as T': then the answer that the trace holds
 * is addressed to T's source, but on this device it must be addressed to the source of T'. So a flow's entry holds, for
 * the direction reverse(T), the tuple reverse(T'), learned from every departure, the latest one valid.
 *
 * A packet that answers no flow (a stranger's, or one with a wrong port) is in the trace addressed to a host behind the
 * device. It goes to where that host's endpoint was last seen from outside, since that is where a stranger would aim.
 */
export class Bindings {
  /** Packets that were given the addresses and ports of their flow's binding. */
  answers = 0
  /** Packets that answer no flow and were given the address and port of their destination as seen from outside. */
  strangers = 0
  readonly #ipv4: Flows
  readonly #ipv6: Flows

  constructor(limit = maxBindings) {
    this.#ipv4 = new Flows(tupleWords4, limit)
    this.#ipv6 = new Flows(tupleWords, limit)
  }

  /** Flows held now. */
  get size(): number {
    return this.#ipv4.table.size + this.#ipv6.table.size
  }

  /** The entry of the flow of a packet with tuple `words`, made where there is none. */
  entry(words: Uint32Array, at: number): number {
    return this.#flowsOf(words, at).entry(words, at)
  }

  /** Takes in that a packet with tuple `original`, whose flow has `entry`, left the device with tuple `emitted`. */
  learn(entry: number, original: Uint32Array, at: number, emitted: Uint32Array, et: number): void {
    // An answer in the other IP version has no place in the table: it goes as the trace has it.
    if (isIpv4(original, at) === isIpv4(emitted, et))
      this.#flowsOf(original, at).learn(entry, original, at, emitted, et)
  }

  /** Whether the device is known to have let the flow's other direction out: then `apply` knows all there is. */
  isKnown(entry: number, words: Uint32Array, at: number): boolean {
    return this.#flowsOf(words, at).isLearned(entry, isForward(words, at))
  }

  /** Gives the packet, whose tuple is `words`, the addresses and ports of its binding; false where it has none. */
  apply(entry: number, layers: Layers, words: Uint32Array, at: number): boolean {
    const flows = this.#flowsOf(words, at)
    const value = flows.bindingAt(entry, isForward(words, at))
    if (sameTuple(words, at, flows.table.words, value)) return false
    setTuple(layers, flows.table.words, value)
    this.answers += 1
    return true
  }

  /** Gives a packet that answers no flow its destination as seen from outside; false where that is not known. */
  aim(layers: Layers, words: Uint32Array, at: number): boolean {
    const { endpoints, endpoint } = this.#flowsOf(words, at)
    const found = endpoints.find(endpoint(words, at, false), 0)
    if (found < 0) return false
    setDestination(layers, endpoints.words, endpoints.valueAt(found))
    this.strangers += 1
    return true
  }

  /** Notes that a packet of a flow is about to wait in the burst. */
  note(entry: number, words: Uint32Array, at: number): void {
    this.#flowsOf(words, at).note(entry, isForward(words, at))
  }

  /** Whether the flow's other direction waits in the burst: it must run first, the binding may come from it. */
  isAwaited(entry: number, words: Uint32Array, at: number): boolean {
    return this.#flowsOf(words, at).isAwaited(entry, isForward(words, at))
  }

  /** The burst was run. */
  burstEnded(): void {
    this.#ipv4.burst += 1
    this.#ipv6.burst += 1
  }

  #flowsOf(words: Uint32Array, at: number): Flows {
    return isIpv4(words, at) ? this.#ipv4 : this.#ipv6
  }
}

/** The flows of one IP version, by the tuple of their forward direction. */
class Flows {
  burst = 1
  readonly table: FlowTable
  /** From an endpoint behind the device to the tuple by which it was last seen from outside, as destination. */
  readonly endpoints: FlowTable
  readonly #tupleWords: number
  readonly #key = new Uint32Array(tupleWords)
  readonly #binding = new Uint32Array(tupleWords)
  readonly #endpoint = new Uint32Array(tupleWords)

  constructor(words: number, limit: number) {
    this.#tupleWords = words
    // The binding of each direction, the burst in which each was last sent, and which bindings are learned.
    this.table = new FlowTable(words, 2 * words + 3, limit)
    this.endpoints = new FlowTable(words, words, maxEndpoints)
  }

  /** Where the binding of a direction lies. */
  bindingAt(entry: number, isOneWay: boolean): number {
    return this.table.valueAt(entry) + (isOneWay ? 0 : this.#tupleWords)
  }

  isLearned(entry: number, isOneWay: boolean): boolean {
    return ((this.table.words[this.#learnedAt(entry)] ?? 0) & (isOneWay ? 1 : 2)) !== 0
  }

  entry(words: Uint32Array, at: number): number {
    if (isForward(words, at)) return this.#find(words, at)
    reverseTuple(words, at, this.#key, 0)
    return this.#find(this.#key, 0)
  }

  learn(entry: number, original: Uint32Array, at: number, emitted: Uint32Array, et: number): void {
    const isOneWay = isForward(original, at)
    const key = isOneWay ? original : this.#key
    if (!isOneWay) reverseTuple(original, at, key, 0)
    // A flow that was under way for long may have lost its entry to another.
    if (!this.table.holds(entry, key, isOneWay ? at : 0)) return
    const binding = this.#binding
    reverseTuple(emitted, et, binding, 0)
    const value = this.bindingAt(entry, !isOneWay)
    const { words } = this.table
    if (this.isLearned(entry, !isOneWay) && sameTuple(binding, 0, words, value)) return
    copyTuple(binding, 0, words, value)
    words[this.#learnedAt(entry)] = (words[this.#learnedAt(entry)] ?? 0) | (isOneWay ? 2 : 1)
    const seen = this.endpoint(original, at, true)
    const known = this.endpoints.find(seen, 0)
    if (known < 0 && isSameSource(original, at, emitted, et)) return
    copyTuple(binding, 0, this.endpoints.words, this.endpoints.valueAt(known < 0 ? this.endpoints.add(seen, 0) : known))
  }

  /** The source or destination of a tuple as a key: version, address and port, any protocol. */
  readonly endpoint = (words: Uint32Array, at: number, isSource: boolean): Uint32Array => {
    const key = this.#endpoint
    const ports = words[at + 1] ?? 0
    key[0] = (words[at] ?? 0) & 0xff00
    key[1] = isSource ? ports >>> 16 : ports & 0xffff
    key[2] = words[at + (isSource ? 2 : 3)] ?? 0
    for (let i = 4; i < this.#tupleWords; i++) key[i] = i < 7 ? (words[at + i + (isSource ? 0 : 3)] ?? 0) : 0
    key[3] = 0
    return key
  }

  note(entry: number, isOneWay: boolean): void {
    this.table.words[this.#noteAt(entry, isOneWay)] = this.burst
  }

  isAwaited(entry: number, isOneWay: boolean): boolean {
    return this.table.words[this.#noteAt(entry, !isOneWay)] === this.burst
  }

  #find(words: Uint32Array, at: number): number {
    const found = this.table.find(words, at)
    if (found >= 0) return found
    const entry = this.table.add(words, at)
    copyTuple(words, at, this.table.words, this.bindingAt(entry, true))
    reverseTuple(words, at, this.table.words, this.bindingAt(entry, false))
    this.table.words[this.#noteAt(entry, true)] = 0
    this.table.words[this.#noteAt(entry, false)] = 0
    this.table.words[this.#learnedAt(entry)] = 0
    return entry
  }

  #noteAt(entry: number, isOneWay: boolean): number {
    return this.table.valueAt(entry) + 2 * this.#tupleWords + (isOneWay ? 1 : 0)
  }

  /** Bit 0: the binding of the forward direction is learned; bit 1: that of the other. */
  #learnedAt(entry: number): number {
    return this.table.valueAt(entry) + 2 * this.#tupleWords + 2
  }
}

function isSameSource(a: Uint32Array, at: number, b: Uint32Array, bt: number): boolean {
  if ((a[at + 1] ?? 0) >>> 16 !== (b[bt + 1] ?? 0) >>> 16 || a[at + 2] !== b[bt + 2]) return false
  for (let i = 4; i < 7 && !isIpv4(a, at); i++) if (a[at + i] !== b[bt + i]) return false
  return true
}
