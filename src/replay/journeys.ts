import { Layers, parseLayers } from '../packet/layers.js'
import type { Observer, Origin } from '../testbed/index.js'
import type { Bindings } from './bindings.js'
import type { TraceStats } from './trace-stats.js'
import { copyTuple, isIpv4, readEndpoints, readTuple, sameTuple, tupleWords } from './tuple.js'

/** Two tuples a journey: as the trace has it, and as it was sent. */
const words = 2 * tupleWords

/**
 * The packets of traces that are under way: where each came from, what its addresses and ports were, and what became
 * of them. Tags are slots that are used again.
 */
export class Journeys implements Observer {
  /** Tuples: those of slot s begin at `s * 20`, first as in the trace, then as sent. */
  tuples = new Uint32Array(512 * words)
  #packet = new Float64Array(512)
  #trace = new Uint16Array(512)
  /** 1: has a transport header; 2: left already; 4: changed already. */
  #state = new Uint8Array(512)
  /** Where the IP and transport headers began, from the start of the frame. */
  #ip = new Uint16Array(512)
  #transport = new Uint16Array(512)
  /** Entry of the flow in the bindings, for packets with a transport header where there are bindings. */
  #entry = new Uint32Array(512)
  #free: number[] = []
  #used = 0
  readonly #stats: readonly TraceStats[]
  readonly #bindings: Bindings | undefined
  readonly #layers = new Layers()
  readonly #emitted = new Uint32Array(tupleWords)

  constructor(stats: readonly TraceStats[], bindings: Bindings | undefined) {
    this.#stats = stats
    this.#bindings = bindings
  }

  /** Begins the journey of a packet; its tag. Where it has a transport header its tuple is read from `layers`. */
  begin(trace: number, packet: number, layers: Layers): number {
    const tag = this.#free.pop() ?? this.#used++
    if (tag >= this.#state.length) this.#grow()
    this.#trace[tag] = trace
    this.#packet[tag] = packet
    this.#state[tag] = 0
    if (layers.transport >= 0) {
      this.#state[tag] = 1
      readTuple(layers, this.tuples, tag * words)
      this.#ip[tag] = Math.max(layers.ipv4, layers.ipv6) - layers.start
      this.#transport[tag] = layers.transport - layers.start
      const stats = this.#stats[trace]
      if (stats !== undefined) stats.transportSent += 1
    }
    return tag
  }

  /** The packet's flow has `entry` in the bindings. */
  follow(tag: number, entry: number): void {
    this.#entry[tag] = entry
  }

  /** The packet goes in as `layers` has it now; `isChanged` where that is not as the trace has it. */
  sent(tag: number, layers: Layers, isChanged: boolean): void {
    if (this.#state[tag] === 0) return
    const at = tag * words
    if (isChanged) readTuple(layers, this.tuples, at + tupleWords)
    else copyTuple(this.tuples, at, this.tuples, at + tupleWords)
  }

  left(tag: number, bytes: Uint8Array, start: number, length: number): void {
    const state = this.#state[tag] ?? 0
    if (state === 0) return
    const stats = this.#stats[this.#trace[tag] ?? 0]
    if (stats === undefined) return
    if ((state & 2) === 0) stats.transportForwarded += 1
    if (!this.#readEmitted(tag, bytes, start, length)) {
      this.#state[tag] = state | 2
      return
    }
    const isChanged = !sameTuple(this.#emitted, 0, this.tuples, tag * words + tupleWords)
    if (isChanged && (state & 4) === 0) stats.transportTranslated += 1
    this.#state[tag] = state | (isChanged ? 6 : 2)
    this.#bindings?.learn(this.#entry[tag] ?? 0, this.tuples, tag * words, this.#emitted, 0)
  }

  /** Reads the tuple of what left: at the same places where the headers are as they were, else anew. */
  #readEmitted(tag: number, bytes: Uint8Array, start: number, length: number): boolean {
    const into = this.#emitted
    const ip = start + (this.#ip[tag] ?? 0)
    const transport = start + (this.#transport[tag] ?? 0)
    into[0] = this.tuples[tag * words + tupleWords] ?? 0
    const isSame = isIpv4(into, 0)
      ? bytes[ip] === (0x40 | ((transport - ip) >> 2)) && bytes[ip + 9] === (into[0] & 0xff)
      : (bytes[ip] ?? 0) >> 4 === 6 && bytes[ip + 6] === (into[0] & 0xff)
    if (isSame) {
      readEndpoints(bytes, ip, transport, into, 0)
      return true
    }
    parseLayers(this.#layers, bytes, start, length, true)
    return this.#layers.transport >= 0 && readTuple(this.#layers, into, 0)
  }

  gone(tag: number): void {
    this.#free.push(tag)
  }

  origin(tag: number): Origin | undefined {
    const stats = this.#stats[this.#trace[tag] ?? 0]
    return stats === undefined ? undefined : { trace: stats.file, packet: this.#packet[tag] ?? 0 }
  }

  #grow(): void {
    const size = this.#state.length * 2
    const grown = {
      tuples: new Uint32Array(size * words),
      packet: new Float64Array(size),
      trace: new Uint16Array(size),
      state: new Uint8Array(size),
      ip: new Uint16Array(size),
      transport: new Uint16Array(size),
      entry: new Uint32Array(size),
    }
    grown.tuples.set(this.tuples)
    grown.packet.set(this.#packet)
    grown.trace.set(this.#trace)
    grown.state.set(this.#state)
    grown.ip.set(this.#ip)
    grown.transport.set(this.#transport)
    grown.entry.set(this.#entry)
    this.tuples = grown.tuples
    this.#packet = grown.packet
    this.#trace = grown.trace
    this.#state = grown.state
    this.#ip = grown.ip
    this.#transport = grown.transport
    this.#entry = grown.entry
  }
}
