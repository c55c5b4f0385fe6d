import type { Layers } from '../packet/layers.js'
import { FlowTable } from './flow-table.js'
import { setTuple } from './rewrite.js'
import { copyTuple, isForward, isIpv4, reverseTuple, sameTuple, tupleWords, tupleWords4 } from './tuple.js'

/** Flows held at most for each IP version; the oldest give way. 262,144 of them take 19 MB, 37 MB for IPv6. */
export const maxBindings = 1 << 18

/**
 * What the device made of the flows of a trace. A packet with tuple T left as T': then the answer that the trace holds
 * is addressed to T's source, but on this device it must be addressed to the source of T'. So a flow's entry holds, for
 * the direction reverse(T), the tuple reverse(T'), learned from every departure, the latest one valid.
 */
export class Bindings {
  /** Packets that were given the addresses and ports of their binding. */
  rewritten = 0
  readonly #ipv4: Flows
  readonly #ipv6: Flows

  constructor(limit = maxBindings) {
    this.#ipv4 = new Flows(tupleWords4, limit)
    this.#ipv6 = new Flows(tupleWords, limit)
  }

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

  /** Gives the packet, whose tuple is `words`, the addresses and ports of its binding; false where it has none. */
  apply(entry: number, layers: Layers, words: Uint32Array, at: number): boolean {
    const flows = this.#flowsOf(words, at)
    const value = flows.bindingAt(entry, isForward(words, at))
    if (sameTuple(words, at, flows.table.words, value)) return false
    setTuple(layers, flows.table.words, value)
    this.rewritten += 1
    return true
  }

  /** Whether the flow's other direction waits in the burst: it must run first, the binding may come from it. */
  isAwaited(entry: number, words: Uint32Array, at: number): boolean {
    return this.#flowsOf(words, at).isAwaited(entry, isForward(words, at))
  }

  /** Notes that a packet of a flow is about to wait in the burst. */
  note(entry: number, words: Uint32Array, at: number): void {
    this.#flowsOf(words, at).note(entry, isForward(words, at))
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
  readonly #tupleWords: number
  readonly #key = new Uint32Array(tupleWords)

  constructor(words: number, limit: number) {
    this.#tupleWords = words
    // The binding of each direction, then the burst in which each direction was last sent.
    this.table = new FlowTable(words, 2 * words + 2, limit)
  }

  /** Where the binding of a direction lies. */
  bindingAt(entry: number, isOneWay: boolean): number {
    return this.table.valueAt(entry) + (isOneWay ? 0 : this.#tupleWords)
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
    reverseTuple(emitted, et, this.table.words, this.bindingAt(entry, !isOneWay))
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
    return entry
  }

  #noteAt(entry: number, isOneWay: boolean): number {
    return this.table.valueAt(entry) + 2 * this.#tupleWords + (isOneWay ? 1 : 0)
  }
}
