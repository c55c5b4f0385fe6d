import type { Layers } from '../packet/layers.js'
import { FlowTable } from './flow-table.js'
import { setTuple } from './rewrite.js'
import { copyTuple, hashFlow, isForward, reverseTuple, sameTuple, tupleWords } from './tuple.js'

/** Bindings held at most; the oldest give way. 262,144 of them take 21 MB. */
export const maxBindings = 1 << 18

/** Slots in which flows of the current burst are noted; two flows in one slot only end a burst early. */
const noteSlots = 1 << 12

/**
 * What the device made of the flows of a trace. A packet with tuple T left as T': then the answer that the trace holds
 * is addressed to T's source, but on this device it must be addressed to the source of T'. The table therefore maps
 * reverse(T) to reverse(T'), learned from every departure, the latest one valid.
 */
export class Bindings {
  /** Answers that were given the addresses and ports of their binding. */
  rewritten = 0
  readonly #table = new FlowTable(tupleWords, maxBindings)
  readonly #scratch = new Uint32Array(2 * tupleWords)
  /** Burst in which a flow was last sent, for each slot and direction. */
  readonly #noted = new Uint32Array(noteSlots * 2)
  #burst = 1

  get size(): number {
    return this.#table.size
  }

  get evicted(): number {
    return this.#table.evicted
  }

  /** Takes in that a packet of the trace with tuple `original` left the device with tuple `emitted`. */
  learn(original: Uint32Array, at: number, emitted: Uint32Array, et: number): void {
    const key = this.#scratch
    reverseTuple(original, at, key, 0)
    reverseTuple(emitted, et, key, tupleWords)
    let entry = this.#table.find(key, 0)
    if (entry < 0) {
      if (sameTuple(key, 0, key, tupleWords)) return
      entry = this.#table.add(key, 0)
    }
    copyTuple(key, tupleWords, this.#table.values, entry * tupleWords)
  }

  /** Gives the packet, whose tuple is `words`, the addresses and ports of its binding; false where it has none. */
  apply(layers: Layers, words: Uint32Array, at: number): boolean {
    const entry = this.#table.find(words, at)
    if (entry < 0) return false
    const value = entry * tupleWords
    if (sameTuple(words, at, this.#table.values, value)) return false
    setTuple(layers, this.#table.values, value)
    this.rewritten += 1
    return true
  }

  /** Notes that a packet is about to wait in the burst; `isAwaited` then knows that its answer needs the burst run. */
  note(words: Uint32Array, at: number): void {
    this.#noted[this.#noteSlot(words, at, isForward(words, at))] = this.#burst
  }

  /** Whether the flow's other direction waits in the burst: the binding may only come from it. */
  isAwaited(words: Uint32Array, at: number): boolean {
    return this.#noted[this.#noteSlot(words, at, !isForward(words, at))] === this.#burst
  }

  /** The burst was run. */
  burstEnded(): void {
    this.#burst += 1
  }

  #noteSlot(words: Uint32Array, at: number, isOneWay: boolean): number {
    return (hashFlow(words, at) & (noteSlots - 1)) * 2 + (isOneWay ? 1 : 0)
  }
}
