/** What a specification answers: what may be done with the packet. */
import type { Packet } from './packet.js'
import type { Port } from './units.js'

/** Where in its source a specification gave its answer; filled in by the loader. */
export interface Site {
  /** Number of the site, unique in the process, from 0. */
  readonly id: number
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** The call as written. */
  readonly text: string
  /** The comment at the end of the line, without slashes; where authors cite the clause. */
  readonly clause: string
}

export type VerdictKind = 'drop' | 'forward' | 'flood' | 'any'

export class Verdict {
  readonly kind: VerdictKind
  /** Egress ports of `forward`, bit i for port i. */
  readonly ports: number
  readonly packet: Packet | undefined
  readonly site: Site | undefined

  constructor(kind: VerdictKind, ports: number, packet: Packet | undefined, site: Site | undefined) {
    this.kind = kind
    this.ports = ports
    this.packet = packet
    this.site = site
  }
}

/** The packet must not leave on any port. */
export function drop(site?: Site): Verdict {
  return new Verdict('drop', 0, undefined, site)
}

/** `packet` must leave on exactly this port, or on each of these. */
export function forward(ports: Port | readonly Port[], packet: Packet, site?: Site): Verdict {
  return new Verdict('forward', typeof ports === 'number' ? portBit(ports) : portBits(ports), packet, site)
}

/** `packet` must leave on every port but the one it came in by. */
export function flood(packet: Packet, site?: Site): Verdict {
  return new Verdict('flood', 0, packet, site)
}

/** `packet` must leave on exactly the ports of this set (bit i for port i); the empty set is a drop. */
export function forwardToSet(set: number, packet: Packet, site?: Site): Verdict {
  return new Verdict('forward', set, packet, site)
}

/** Nothing is said about this packet; updates of the state made before still hold. As a field value: any value. */
export function any(site?: Site): Verdict {
  return new Verdict('any', 0, undefined, site)
}

/** The type of `any` as a field value. */
export type Any = typeof any

/** Shifts of 32 and more wrap in JavaScript, so a port out of range becomes bit 31, which no device has. */
function portBit(port: number): number {
  return port >= 0 && port < 31 ? 1 << port : 0x80000000 | 0
}

function portBits(ports: readonly number[]): number {
  let set = 0
  for (const port of ports) set |= portBit(port)
  return set
}
