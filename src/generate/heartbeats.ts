/** Heartbeats of the balancer's backends: a UDP datagram each at a fixed interval, one backend silent for a while. */

import { protocols } from '../packet/index.js'
import { addressBytes } from './addresses.js'
import type { Frame } from './frame.js'
import type { HeartbeatOptions, Side } from './options.js'
import type { Random } from './random.js'

const nowhere: Side = { port: 0, srcMac: 0, dstMac: 0 }

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

  /** One heartbeat of a backend. @returns Its port. */
  send(frame: Frame, random: Random, backend: number): number {
    return this.#write(frame, random, backend, this.#options.backends[backend] ?? nowhere)
  }

  /** A heartbeat of the first backend by the port of the second, or by its own port from an unknown address. */
  sendStray(frame: Frame, random: Random, wrong: 'port' | 'address'): number {
    const [own = nowhere, other = nowhere] = this.#options.backends
    const side = wrong === 'port' ? { ...own, port: other.port } : { ...own, srcMac: own.srcMac + 0x100 }
    return this.#write(frame, random, 0, side)
  }

  #write(frame: Frame, random: Random, backend: number, side: Side): number {
    const { addresses, port } = this.#options
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
