/** What a trace is made of, in full; profiles.ts has the usual ones. */

import type { Cidr } from '../packet/index.js'
import type { Popularity } from './popularity.js'
import type { SizeMix } from './sizes.js'

export interface TraceOptions {
  readonly seed: number
  readonly packets: number
  /** Packets a second, on average; gaps vary evenly by half. */
  readonly pps: number
  /** Time of the first packet, nanoseconds since the epoch. */
  readonly start: bigint
  readonly sizes: SizeMix
  /** Where clients and servers are: their ports and MAC addresses. */
  readonly wiring: Wiring

  readonly clients: readonly [Cidr, ...Cidr[]]
  readonly servers: readonly [Cidr, ...Cidr[]]
  readonly clients6: readonly [Cidr, ...Cidr[]]
  readonly servers6: readonly [Cidr, ...Cidr[]]
  /** Conversations at a time. */
  readonly flows: number
  readonly popularity: Popularity
  /** Conversations begun each second in place of old ones; 0: a new one follows where one has ended. */
  readonly newFlows: number
  /** Data packets of a conversation, on average. */
  readonly flowLength: number

  /** Shares of the conversations. */
  readonly ipv6: number
  readonly udp: number
  /** Shares of the packets; what they leave are packets of conversations. */
  readonly synFlood: number
  readonly nearMisses: number
  readonly scan: number
  readonly malformed: number
  readonly other: number
  readonly bridged: number

  /** Whom a scan addresses, and how many ports from the lowest. */
  readonly scanTarget: ScanTarget | undefined
  readonly stations: StationOptions | undefined
  readonly heartbeats: HeartbeatOptions | undefined
  readonly probes: ProbeOptions | undefined
  readonly tableProbe: TableProbe | undefined
}

export interface ScanTarget {
  readonly address: Cidr
  readonly firstPort: number
  readonly ports: number
}

/** Where on the device under test a packet enters, and between which stations it travels there. */
export interface Side {
  readonly port: number
  readonly srcMac: number
  readonly dstMac: number
}

export interface Wiring {
  readonly clients: readonly [Side, ...Side[]]
  readonly servers: readonly [Side, ...Side[]]
}

/** Stations of a bridged network. */
export interface StationOptions {
  readonly count: number
  readonly ports: number
  /** Shares of the frames: a station that appears on another port, and destinations of each kind. */
  readonly moves: number
  readonly unknown: number
  readonly broadcast: number
  readonly multicast: number
  readonly reserved: number
  readonly vlans: readonly number[]
}

export interface HeartbeatOptions {
  readonly backends: readonly Side[]
  readonly addresses: Cidr
  readonly port: number
  /** Nanoseconds between two heartbeats of one backend. */
  readonly interval: number
  /** The backend (by index) that is silent for a while, as shares of the trace's duration. */
  readonly silence: { readonly backend: number; readonly from: number; readonly to: number } | undefined
}

/**
 * A table that has forgotten everything is filled by new flows at one instant; one more comes at once, one when the
 * first are about to be forgotten, and one a nanosecond later.
 */
export interface TableProbe {
  /** Entries of the table; 0: no such probe. */
  readonly capacity: number
  /** Nanoseconds. */
  readonly expiration: number
  /** Whether servers' packets make the entries, not clients'. */
  readonly fromServers: boolean
}

/** Packets at the exact ends of waiting times, after the rest of the trace. All times in nanoseconds. */
export type ProbeOptions =
  /** A flow is used just before, at and just after its expiration, in both directions. */
  | { readonly kind: 'flow'; readonly expiration: number; readonly rounds: number }
  /** A station is spoken to just before, at and just after its ageing. */
  | { readonly kind: 'station'; readonly expiration: number; readonly rounds: number }
  /** Connections are used at the end of a backend's silence, and of their own expiration. */
  | { readonly kind: 'backend'; readonly expiration: number; readonly timeout: number; readonly rounds: number }
  /** Packets that a token bucket just pays for, and just not. `rate` in bytes a second, `burst` in bytes. */
  | { readonly kind: 'bucket'; readonly rate: number; readonly burst: number; readonly rounds: number }
