import { InputError } from '../errors.js'
import { Clock } from './clock.js'
import type { Observer } from './device.js'
import type { Emitter } from './emitter.js'
import { EventQueue } from './event-queue.js'
import { FrameStore } from './frame-store.js'
import type { Direction } from './link.js'
import type { Network } from './network.js'
import type { NetworkCounts, Simulator } from './simulator.js'

/** Places in the event queue are node * this + port; a network function has at most 30 ports. */
const portsPerNode = 32

/** More than this under way at once is a loop of the topology (or a delay of minutes), and would fill the memory. */
const maxUnderWay = 100_000
/** Arrivals while one frame is put in; beyond that, frames circulate without delay. */
const maxArrivals = 1_000_000

const always = (): boolean => true

/**
 * Any network: frames wait in a queue of arrivals, and each node takes them one by one in the order of time, first
 * come first served where times are equal. What a node puts out travels its link to the next one.
 */
export class QueuedSimulator implements Simulator {
  readonly #network: Network
  readonly #observer: Observer
  readonly #emitter: Emitter
  readonly #clock: Clock
  readonly #queue = new EventQueue()
  readonly #frames = new FrameStore()
  entered = 0
  /** The arrival that is handled. */
  #arriving: { readonly at: number; readonly port: number; readonly frame: number } | undefined
  /** Copies under way, by tag. */
  readonly #copies = new Map<number, number>()

  constructor(network: Network, observer: Observer, emitter: Emitter) {
    this.#network = network
    this.#observer = observer
    this.#emitter = emitter
    this.#clock = new Clock(emitter)
  }

  get now(): bigint {
    return this.#clock.now
  }

  get waiting(): number {
    return 0
  }

  get counts(): NetworkCounts {
    let lostOnLinks = 0
    let heldBackOnLinks = 0
    for (const direction of this.#network.directions) {
      lostOnLinks += direction.lost
      heldBackOnLinks += direction.heldBack
    }
    return {
      timesBack: this.#clock.back,
      lostOnLinks,
      heldBackOnLinks,
      emitted: this.#emitter.sent,
      isDirect: false,
    }
  }

  send(input: number, bytes: Uint8Array, start: number, length: number, time: bigint, tag: number): void {
    const now = this.#clock.admit(time)
    this.#advance(now)
    this.#clock.now = now
    const entry = this.#network.entries[input]
    if (entry === undefined) throw new Error(`there is no input ${input}`)
    this.entered += 1
    this.#copies.set(tag, 1)
    this.#travel(entry.direction, entry.node, entry.port, bytes, start, length, tag)
    this.#release(tag)
    // Frames without delay are through the network before the next one enters.
    this.#advance(now)
  }

  flush(): void {}

  finish(wants: () => boolean = always): boolean {
    while (this.#queue.length > 0 && wants()) this.#arrive()
    return this.#queue.length === 0
  }

  /** Handles everything that is due up to `time`; at equal times, arrivals before what hosts send. */
  #advance(time: bigint): void {
    for (let arrivals = 0; ; arrivals++) {
      if (arrivals > maxArrivals || this.#frames.count > maxUnderWay) throw this.#circulating()
      const due = this.#emitter.next
      const arrival = this.#queue.length > 0 ? this.#queue.time : undefined
      if (arrival !== undefined && arrival <= time && (due === undefined || arrival <= due)) this.#arrive()
      else if (due !== undefined && due <= time) this.#emit(due)
      else return
    }
  }

  #emit(due: bigint): void {
    const beat = this.#emitter.take()
    const entry = beat === undefined ? undefined : this.#network.hosts[beat.host]
    if (beat === undefined || entry === undefined) return
    this.#clock.now = due
    this.#travel(entry.direction, entry.node, entry.port, beat.frame, 0, beat.frame.length, -1)
  }

  /** Sends a frame over a link (or straight in): it is in the queue then, or lost. */
  #travel(
    direction: Direction | undefined,
    node: number,
    port: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    tag: number,
  ): void {
    const arrival = direction === undefined ? this.#clock.now : direction.arrival(this.#clock.now)
    if (arrival === undefined) return
    this.#queue.push(arrival, node * portsPerNode + port, this.#frames.add(bytes, start, length, tag))
    if (tag >= 0) this.#copies.set(tag, (this.#copies.get(tag) ?? 0) + 1)
  }

  #arrive(): void {
    const { time, place, frame } = this.#queue
    this.#queue.pop()
    this.#clock.now = time
    const [at, port] = [Math.floor(place / portsPerNode), place % portsPerNode]
    this.#arriving = { at, port, frame }
    this.#process(at, port, frame)
    this.#arrived(frame)
  }

  #arrived(frame: number): void {
    this.#arriving = undefined
    const tag = this.#frames.tag(frame)
    this.#frames.release(frame)
    this.#release(tag)
  }

  stopped(): boolean {
    if (this.#arriving === undefined) return false
    const { at, port, frame } = this.#arriving
    const node = this.#network.nodes[at]
    if (node === undefined || node.device.stopped(1) === undefined) return false
    const length = this.#frames.length(frame)
    node.trap(port, this.#clock.now, this.#frames.bytes(frame), 0, length, this.#frames.tag(frame))
    this.#arrived(frame)
    return true
  }

  #process(at: number, port: number, frame: number): void {
    const node = this.#network.nodes[at]
    if (node === undefined) return
    const { device } = node
    const bytes = this.#frames.bytes(frame)
    const length = this.#frames.length(frame)
    const tag = this.#frames.tag(frame)
    const { now } = this.#clock
    node.sent += 1
    if (node.trapped) {
      node.ignoredAfterTrap += 1
      return
    }
    device.setFrame(0, bytes, 0, length, port, now)
    if (device.run(1) === 0) {
      node.trap(port, now, bytes, 0, length, tag)
      return
    }
    const egress = node.settle(0, port, now, bytes, 0, length, tag)
    const hops = this.#network.hops[at]
    for (let out = 0; out < device.portCount; out++) {
      if (((egress >>> out) & 1) === 0) continue
      const hop = hops?.[out]
      const start = device.frameAt(0)
      if (hop !== undefined) {
        this.#travel(hop.direction, hop.node, hop.port, device.memory, start, device.frameLength(0), tag)
      } else if (tag >= 0) this.#observer.left(tag, device.memory, start, device.frameLength(0))
    }
  }

  #circulating(): InputError {
    return new InputError(`${this.#frames.count} frames are under way at once between the network functions`, {
      hint: 'is there a loop in the topology, or a delay of minutes on a link?',
    })
  }

  #release(tag: number): void {
    if (tag < 0) return
    const copies = (this.#copies.get(tag) ?? 0) - 1
    if (copies > 0) this.#copies.set(tag, copies)
    else {
      this.#copies.delete(tag)
      this.#observer.gone(tag)
    }
  }
}
