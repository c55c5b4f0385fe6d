/** What a specification answers: what may be done with the packet. */
import { SpecError } from './error.js'
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

/** What leaves by some ports: bit i for port i. */
export interface Form {
  readonly ports: number
  readonly packet: Packet
}

export class Verdict {
  readonly kind: VerdictKind
  /** Egress ports of `forward`, bit i for port i. */
  readonly ports: number
  readonly packet: Packet | undefined
  readonly site: Site | undefined
  /** Where not the same leaves by all ports: what by which; `packet` is that of the first. */
  readonly forms: readonly Form[] | undefined

  constructor(
    kind: VerdictKind,
    ports: number,
    packet: Packet | undefined,
    site: Site | undefined,
    forms?: readonly Form[],
  ) {
    this.kind = kind
    this.ports = ports
    this.packet = packet
    this.site = site
    this.forms = forms
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

/** Each packet must leave on exactly the ports of its set, all in place of the one that came in. No port is in two sets. */
export function forwardEach(forms: readonly (readonly [set: number, packet: Packet])[], site?: Site): Verdict {
  let all = 0
  const used: Form[] = []
  for (const [ports, packet] of forms) {
    if ((all & ports) !== 0) throw new SpecError('forwardEach gives a port two packets', placeOf(site))
    all |= ports
    if (ports !== 0) used.push({ ports, packet })
  }
  const [first] = used
  return new Verdict('forward', all, first?.packet, site, used.length > 1 ? used : undefined)
}

function placeOf(site: Site | undefined): { file?: string; line?: number } {
  return site === undefined ? {} : { file: site.file, line: site.line }
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
