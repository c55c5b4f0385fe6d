import type { ConfigDeclaration, ConfigValues } from './config.js'
import type { Packet } from './packet.js'
import type { StateDeclarations, StateValues } from './state.js'
import type { MacAddress, Port, Time } from './units.js'
import type { Verdict } from './verdict.js'

/** What a specification sees of one packet and its surroundings. */
export interface Surroundings<C extends ConfigDeclaration> {
  readonly packet: Packet
  /** The port it came in by. */
  readonly ingress: Port
  /** Monotonic nanoseconds, below 2^62. */
  readonly now: Time
  readonly config: ConfigValues<C>
  /** How many ports the network function has. */
  readonly portCount: number
  /** Any whole number below `range`, of the implementation's choosing and anew for each packet; `name` tells choices apart. */
  choose(this: void, name: string, range: number): number
  /**
   * The Ethernet addresses of a packet that is routed out of `egress`: from the device's own address on that port to
   * the next hop's, both from the configuration (`deviceMac` and `nextHopMac`, a value for each port).
   */
  rewriteMacs(this: void, egress: Port): { readonly ethernet: { readonly src: MacAddress; readonly dst: MacAddress } }
}

export type Context<C extends ConfigDeclaration, S extends StateDeclarations> = Surroundings<C> & StateValues<S>

/** A specification: what may be done with each packet, and what is remembered of it. */
export interface Spec<
  C extends ConfigDeclaration = ConfigDeclaration,
  S extends StateDeclarations = StateDeclarations,
> {
  readonly title: string
  readonly config: C
  /** Whether VLAN tags are looked through for EtherType and IP; a configured flag may decide it. */
  tagAware?(this: void, config: ConfigValues<C>): boolean
  state(this: void, config: ConfigValues<C>): S
  process(this: void, context: Context<C, S>): Verdict
}

/** Declares a specification. */
export function spec<const C extends ConfigDeclaration, S extends StateDeclarations>(
  definition: Spec<C, S>,
): Spec<C, S> {
  return Object.freeze({ ...definition })
}

/** Any specification, its types forgotten: what loaders and domains work with. `asSpec` checks the form. */
export interface AnySpec {
  readonly title: string
  readonly config: ConfigDeclaration
  tagAware?(this: void, config: Readonly<Record<string, unknown>>): boolean
  state(this: void, config: Readonly<Record<string, unknown>>): StateDeclarations
  process(this: void, context: Readonly<Record<string, unknown>>): Verdict
}

/** `value` if it has the form that `spec(...)` gives. */
export function asSpec(value: unknown): AnySpec | undefined {
  return isSpec(value) ? value : undefined
}

function isSpec(value: unknown): value is AnySpec {
  if (typeof value !== 'object' || value === null) return false
  return (
    'title' in value &&
    typeof value.title === 'string' &&
    'config' in value &&
    typeof value.config === 'object' &&
    'state' in value &&
    typeof value.state === 'function' &&
    'process' in value &&
    typeof value.process === 'function'
  )
}
