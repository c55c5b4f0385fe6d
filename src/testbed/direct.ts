import { Clock } from './clock.js'
import { DEFAULT_BURST, type Observer } from './device.js'
import type { Emitter } from './emitter.js'
import type { JudgedNode } from './judged-node.js'
import type { Network } from './network.js'
import type { NetworkCounts, Simulator } from './simulator.js'

const emptyBytes = new Uint8Array(0)
/** Frames begin no later than this in their buffer: as an integer of 32 bits a place costs no conversions on its way. */
const LAST_START = 2 ** 32 - 1

/**
 * One network function with nothing behind its ports that could come back: frames go to it in bursts, straight from
 * the trace's buffer, and from its memory to the judge. Nothing is allocated for a packet but its time.
 */
export class DirectSimulator implements Simulator {
  readonly #node: JudgedNode
  readonly #network: Network
  readonly #observer: Observer
  readonly #emitter: Emitter
  readonly #clock: Clock
  readonly #burst: number
  entered = 0
  #count = 0
  /** Frames that the network function is at work on. */
  #running = 0
  readonly #bytes: Uint8Array[]
  readonly #start: Uint32Array
  readonly #length: Uint32Array
  readonly #port: Uint8Array
  readonly #tag: Int32Array
  readonly #time: bigint[]

  constructor(network: Network, observer: Observer, emitter: Emitter, burst?: number) {
    const [node] = network.nodes
    if (node === undefined) throw new Error('a network without a node')
    this.#node = node
    this.#network = network
    this.#observer = observer
    this.#emitter = emitter
    this.#clock = new Clock(emitter)
    const size = Math.max(1, Math.min(burst ?? DEFAULT_BURST, node.device.burst))
    this.#burst = size
    this.#bytes = new Array<Uint8Array>(size).fill(emptyBytes)
    this.#start = new Uint32Array(size)
    this.#length = new Uint32Array(size)
    this.#port = new Uint8Array(size)
    this.#tag = new Int32Array(size)
    this.#time = new Array<bigint>(size).fill(0n)
  }

  get now(): bigint {
    return this.#clock.now
  }

  get waiting(): number {
    return this.#count
  }

  get counts(): NetworkCounts {
    return {
      timesBack: this.#clock.back,
      lostOnLinks: 0,
      heldBackOnLinks: 0,
      emitted: this.#emitter.sent,
      isDirect: true,
    }
  }

  send(input: number, bytes: Uint8Array, start: number, length: number, time: bigint, tag: number): void {
    const now = this.#clock.admit(time)
    for (let due = this.#emitter.next; due !== undefined && due <= now; due = this.#emitter.next) this.#emit(due)
    this.#clock.now = now
    this.entered += 1
    this.#add(this.#network.entries[input]?.port ?? 0, bytes, start, length, now, tag)
  }

  flush(): void {
    const count = this.#count
    if (count === 0) return
    this.#count = 0
    this.#running = count
    const ran = this.#node.trapped ? 0 : this.#node.device.run(count)
    this.#ran(ran, count)
  }

  stopped(): boolean {
    const count = this.#running
    const ran = count === 0 ? undefined : this.#node.device.stopped(count)
    if (ran === undefined) return false
    this.#ran(ran, count)
    return true
  }

  #ran(ran: number, count: number): void {
    this.#running = 0
    for (let i = 0; i < ran; i++) this.#settle(i)
    for (let i = ran; i < count; i++) this.#afterTrap(i)
  }

  finish(): boolean {
    this.flush()
    return true
  }

  #emit(due: bigint): void {
    const beat = this.#emitter.take()
    const entry = beat === undefined ? undefined : this.#network.hosts[beat.host]
    if (beat === undefined || entry === undefined) return
    this.#clock.now = due
    this.#add(entry.port, beat.frame, 0, beat.frame.length, due, -1)
  }

  #add(port: number, bytes: Uint8Array, start: number, length: number, now: bigint, tag: number): void {
    if (start > LAST_START) throw new RangeError(`a frame cannot begin at ${start}`)
    const i = this.#count
    this.#node.device.setFrame(i, bytes, start, length, port, now)
    this.#bytes[i] = bytes
    this.#start[i] = start
    this.#length[i] = length
    this.#port[i] = port
    this.#tag[i] = tag
    this.#time[i] = now
    this.#node.sent += 1
    this.#count = i + 1
    if (this.#count === this.#burst) this.flush()
  }

  #settle(i: number): void {
    const tag = this.#tag[i] ?? -1
    const node = this.#node
    const bytes = this.#bytes[i] ?? emptyBytes
    const egress = node.settle(
      i,
      this.#port[i] ?? 0,
      this.#time[i] ?? 0n,
      bytes,
      this.#start[i] ?? 0,
      this.#length[i] ?? 0,
      tag,
    )
    if (tag < 0) return
    const { device } = node
    if (egress !== 0) this.#observer.left(tag, device.memory, device.frameAt(i), device.frameLength(i))
    this.#observer.gone(tag)
  }

  #afterTrap(i: number): void {
    const tag = this.#tag[i] ?? -1
    const node = this.#node
    if (node.trapped) node.ignoredAfterTrap += 1
    else {
      const bytes = this.#bytes[i] ?? emptyBytes
      node.trap(this.#port[i] ?? 0, this.#time[i] ?? 0n, bytes, this.#start[i] ?? 0, this.#length[i] ?? 0, tag)
    }
    if (tag >= 0) this.#observer.gone(tag)
  }
}
