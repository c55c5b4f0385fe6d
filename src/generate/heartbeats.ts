/** Heartbeats of the balancer's backends: a UDP datagram each at a fixed interval, one backend silent for a while. */

import { protocols } from '../packet/index.js'
import { addressBytes } from './addresses.js'
import type { Frame } from './frame.js'
import type { HeartbeatOptions } from './options.js'
import type { Random } from './random.js'

export class Heartbeats {
  readonly #options: HeartbeatOptions
  readonly #duration: number
  #sent = 0

  /** @param duration Of the whole trace, nanoseconds. */
  constructor(options: HeartbeatOptions, duration: number) {
    this.#options = options
    this.#duration = duration
  }

  /** When the next one is due, in nanoseconds from the start; the backends take turns within an interval. */
  get due(): number {
    const { interval, backends } = this.#options
    return Math.floor((this.#sent * interval) / backends.length)
  }

  /** Writes the one that is due. @returns Its port, or undefined where the backend is silent. */
  next(frame: Frame, random: Random): number | undefined {
    const { backends } = this.#options
    const at = this.due
    const backend = this.#sent++ % backends.length
    return this.#silent(backend, at) ? undefined : this.send(frame, random, backend)
  }

  /** One heartbeat of a backend. */
  send(frame: Frame, random: Random, backend: number): number {
    const { backends, addresses, port } = this.#options
    const side = backends[backend] ?? { port: 0, srcMac: 0, dstMac: 0 }
    frame.transport(
      {
        ...side,
        src: addressBytes(addresses, backend + 1),
        dst: addressBytes(addresses, 254),
        protocol: protocols.udp,
        srcPort: 1024 + backend,
        dstPort: port,
        ttl: 64,
        id: this.#sent & 0xffff,
        payload: 18,
      },
      random,
    )
    return side.port
  }

  #silent(backend: number, at: number): boolean {
    const { silence } = this.#options
    if (silence === undefined || silence.backend !== backend) return false
    return at >= silence.from * this.#duration && at < silence.to * this.#duration
  }
}
