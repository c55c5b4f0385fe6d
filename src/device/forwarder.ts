/**
 * The loop of a network function on ports: a burst from a port straight into the function's memory, the function on all of
 * it, and each frame out by the ports that it names, from where it lies. Nothing is allocated for a frame.
 */
import type { NfInstance } from '../nf/index.js'
import { MAX_PACKET } from '../nf/memory-map.js'
import { BAD_VERDICT } from '../nf/verdict.js'
import { Burst, CHECKSUM_OPEN, codeOf, type PacketPort } from '../packetio/index.js'

/** Milliseconds that a full queue is waited for: a wire makes room by itself, and what arrives meanwhile lies in a longer one. */
const PATIENCE = 2

export interface ForwardCounts {
  /** Frames that the network function was given. */
  processed: number
  /** Of these: that left by one port, by several, by none. */
  forwarded: number
  flooded: number
  dropped: number
  /** Whose answer has no meaning; they leave by none. */
  meaningless: number
  /** Copies that a port's queue did not take. */
  unsent: number
  /** Copies that were too long for the link behind a port. */
  tooLong: number
  /** Frames whose checksum the sender's kernel had left open: on a wire they would be wrong. */
  checksumOpen: number
}

/** Nothing yet. */
export function noCounts(): ForwardCounts {
  return {
    processed: 0,
    forwarded: 0,
    flooded: 0,
    dropped: 0,
    meaningless: 0,
    unsent: 0,
    tooLong: 0,
    checksumOpen: 0,
  }
}

/** Counts a frame by the ports that it leaves by. @returns These as a set; none where the answer has no meaning. */
export function countVerdict(counts: ForwardCounts, egress: number): number {
  if (egress === BAD_VERDICT) {
    counts.meaningless += 1
    return 0
  }
  if (egress === 0) counts.dropped += 1
  else if ((egress & (egress - 1)) === 0) counts.forwarded += 1
  else counts.flooded += 1
  return egress
}

export class Forwarder {
  readonly counts: ForwardCounts
  readonly #nf: NfInstance
  readonly #ports: readonly PacketPort[]
  readonly #received: Burst
  /** Of each port, what leaves by it. */
  readonly #leaving: readonly Burst[]
  readonly #leavingCounts: Int32Array
  readonly #clock: () => bigint
  readonly #processed: Float64Array

  /**
   * Port i of the network function is `ports[i]`. `clock` never falls; nanoseconds. `processed` is where the frames of each
   * port are counted once what came of them has left. `counts` go on from what they are.
   */
  constructor(
    nf: NfInstance,
    ports: readonly PacketPort[],
    burst: number,
    clock: () => bigint,
    processed: Float64Array = new Float64Array(ports.length),
    counts: ForwardCounts = noCounts(),
  ) {
    this.counts = counts
    const memory = nf.bytes.buffer
    this.#nf = nf
    this.#ports = ports
    this.#clock = clock
    this.#processed = processed
    this.#received = new Burst(burst, 0, memory)
    this.#leaving = ports.map(() => new Burst(burst, 0, memory))
    this.#leavingCounts = new Int32Array(ports.length)
    for (let i = 0; i < burst; i++) this.#received.place(i, nf.placeOf(i), MAX_PACKET)
  }

  /** A burst from each port. @returns How many frames there were. */
  step(): number {
    let all = 0
    for (const [port, from] of this.#ports.entries()) {
      const count = from.receive(this.#received)
      if (count === 0) continue
      this.#process(port, count)
      all += count
    }
    return all
  }

  #process(port: number, count: number): void {
    const { counts } = this
    const received = this.#received
    const now = this.#clock()
    for (let i = 0; i < count; i++) {
      if ((received.flags(i) & CHECKSUM_OPEN) !== 0) counts.checksumOpen += 1
      this.#nf.adopt(i, received.start(i), received.length(i), port, now)
    }
    this.#nf.run(count)
    counts.processed += count
    for (let i = 0; i < count; i++) this.#sort(i)
    for (const [egress, to] of this.#ports.entries()) this.#send(egress, to)
    this.#processed[port] = (this.#processed[port] ?? 0) + count
  }

  #sort(index: number): void {
    const egress = countVerdict(this.counts, this.#nf.verdict(index))
    for (let port = 0, rest = egress; rest !== 0; port++, rest >>>= 1) {
      if ((rest & 1) === 0) continue
      const at = this.#leavingCounts[port] ?? 0
      this.#leaving[port]?.set(at, this.#nf.frameBuffer(index), this.#nf.frameLength(index))
      this.#leavingCounts[port] = at + 1
    }
  }

  #send(egress: number, to: PacketPort): void {
    const count = this.#leavingCounts[egress] ?? 0
    const burst = this.#leaving[egress]
    if (count === 0 || burst === undefined) return
    this.#leavingCounts[egress] = 0
    let until: number | undefined
    for (let sent = 0; sent < count; ) {
      const taken = this.#taken(to, burst, sent, count)
      if (taken > 0) {
        sent += taken
        until = undefined
        continue
      }
      until ??= performance.now() + PATIENCE
      if (performance.now() < until) continue
      this.counts.unsent += count - sent
      return
    }
  }

  /** A frame that is too long for the link behind a port is left out, as a device does. */
  #taken(to: PacketPort, burst: Burst, first: number, count: number): number {
    try {
      return to.send(burst, first, count - first)
    } catch (error) {
      if (codeOf(error) !== 'EMSGSIZE') throw error
      this.counts.tooLong += 1
      return 1
    }
  }
}
