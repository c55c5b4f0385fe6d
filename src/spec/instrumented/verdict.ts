import type { Packet } from '../packet.js'
import { type Site, Verdict } from '../verdict.js'
import type { SymbolicValue } from './value.js'

/** Where a packet goes whose ports are not all known: each of these, or those of a bit mask. */
export type Egress =
  | { readonly kind: 'ports'; readonly ports: readonly (number | SymbolicValue)[] }
  | { readonly kind: 'set'; readonly set: number | SymbolicValue }

/** `forward` or `forwardToSet` with a symbolic port or set; its mask of ports says nothing. */
export class ForwardVerdict extends Verdict {
  readonly egress: Egress

  constructor(egress: Egress, packet: Packet, site: Site | undefined) {
    super('forward', 0, packet, site)
    this.egress = egress
  }
}

/** `forwardEach` with a symbolic set. */
export class FormsVerdict extends Verdict {
  readonly egresses: readonly { readonly egress: Egress; readonly packet: Packet }[]

  constructor(egresses: FormsVerdict['egresses'], site: Site | undefined) {
    super('forward', 0, egresses[0]?.packet, site)
    this.egresses = egresses
  }
}
