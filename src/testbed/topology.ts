/** What a topology file says, once it is checked. Indices are positions in the lists. */

import type { Cidr } from '../packet/address.js'

export type End =
  | { readonly kind: 'port'; readonly node: number; readonly port: number }
  | { readonly kind: 'host'; readonly host: number }

/** One instance of a network function. */
export interface TopologyNode {
  readonly name: string
  /** Name or folder of the network function, or `$nf`: the one of the command line. */
  readonly nf: string
  readonly binary?: string
  readonly ports?: number
  /** As written: texts, numbers, lists; read by the network function's own configuration. */
  readonly config: Readonly<Record<string, unknown>>
  /** 1-based line in the file. */
  readonly line: number
}

/** A packet that a host sends periodically. */
export interface Emission {
  readonly kind: 'heartbeat'
  /** Period in nanoseconds, above 0. */
  readonly every: bigint
  /** UDP destination port. */
  readonly port: number
  /** 48 bits. */
  readonly toMac: number
  /** 32 bits. */
  readonly toIp: number
}

export interface TopologyHost {
  readonly name: string
  readonly mac: number
  readonly ip: number
  readonly emits: readonly Emission[]
  /** Networks for all addresses of which it answers on real ports. */
  readonly answers: readonly Cidr[]
  /** 32 bits: the device's address on its link. */
  readonly gateway?: number
  /** The same two of IPv6, 128 bits each: where ports are raw IP. */
  readonly version6?: { readonly ip: bigint; readonly gateway: bigint }
  readonly line: number
}

/** What a link does to frames; times in nanoseconds. */
export interface Impairments {
  readonly delay: bigint
  /** Additional delay, even from 0 to this; order is kept. */
  readonly jitter: bigint
  readonly loss: number
  /** A frame is held back by `reorderBy` with probability `reorder`. */
  readonly reorder: number
  readonly reorderBy: bigint
}

export interface TopologyLink extends Impairments {
  readonly ends: readonly [End, End]
  readonly line: number
}

/** A place where a trace may enter: frames that enter at a host travel its link first. */
export interface TopologyInput {
  readonly name: string
  readonly at: End
  readonly line: number
}

/** The default way in, by names of inputs. */
export interface TopologyReplay {
  readonly sides?: { readonly inside: readonly string[]; readonly outside: readonly string[] }
  readonly clients?: readonly string[]
  readonly servers?: readonly string[]
  readonly stations?: readonly string[]
  readonly translates?: boolean
}

/** What a port is of this machine: an interface by its name, or a device of DPDK in the words of its EAL. */
export interface TopologyInterface {
  readonly node: number
  readonly port: number
  readonly name: string
  readonly line: number
}

/** The capture files of a port: what comes in by it, and what leaves. One of them at least. */
export interface TopologyFiles {
  readonly node: number
  readonly port: number
  readonly read?: string
  readonly write?: string
  readonly line: number
}

/** By what Vigil opens interfaces. */
export type PortBackend = 'af_packet' | 'af_xdp' | 'raw_ip'

/** Where the buffers of DPDK lie. */
export type DpdkMemory = 'ordinary' | 'huge'

/** What ports are made of. */
export type TopologyPorts =
  | { readonly kind: 'sim' }
  | { readonly kind: 'pcap'; readonly files: readonly TopologyFiles[]; readonly line: number }
  | {
      readonly kind: 'interfaces'
      readonly backend: PortBackend
      readonly interfaces: readonly TopologyInterface[]
      /** Names of interfaces that may be used although this machine uses them too. */
      readonly allow: readonly string[]
      /** Frames a second that are sent into them at most. */
      readonly mostPerSecond?: number
      readonly line: number
    }
  | {
      /** Pairs of the run's own, the other ends of which are where traffic comes from. */
      readonly kind: 'veth'
      /** Of the network function under test; `raw_ip` is that of the testers instead. */
      readonly backend: PortBackend
      /** Bytes of a packet without its Ethernet header. */
      readonly mtu: number
      readonly mostPerSecond?: number
      readonly line: number
    }
  | {
      readonly kind: 'dpdk'
      /** Without them: pairs of rings, the other ends of which are where traffic comes from. */
      readonly devices?: readonly TopologyInterface[]
      /** Names of interfaces that devices may use although this machine uses them too. */
      readonly allow: readonly string[]
      readonly mtu: number
      /** How DPDK is started; `megabytes` of memory. */
      readonly start: { readonly memory: DpdkMemory; readonly megabytes?: number; readonly args: readonly string[] }
      readonly mostPerSecond?: number
      readonly line: number
    }

/** What is behind the ports and under test. */
export type TopologyDevice =
  /** The network functions of the topology, run by Vigil. */
  | { readonly kind: 'wasm' }
  /** What shell commands set up: in the namespace of its ports where these are made by the run, else where Vigil runs. */
  | {
      readonly kind: 'command'
      /** Ends before the first frame. */
      readonly setup?: string
      /** Runs as long as frames are sent. */
      readonly run?: string
      /** After the last frame. */
      readonly teardown?: string
      /** Empties what it has learned. Without it: teardown, then setup. */
      readonly reset?: string
      /** Nanoseconds without frames after which it has forgotten all, in place of commands. */
      readonly forgets?: bigint
      /** Nanoseconds in which all that leaves has left. */
      readonly within?: bigint
      readonly line: number
    }
  /** A box that is cabled to the interfaces. */
  | { readonly kind: 'external'; readonly forgets?: bigint; readonly within?: bigint; readonly line: number }

export interface Topology {
  readonly file: string
  /** The file name without its ending. */
  readonly name: string
  readonly title: string
  readonly ports: TopologyPorts
  readonly device: TopologyDevice
  readonly nodes: readonly TopologyNode[]
  readonly hosts: readonly TopologyHost[]
  readonly links: readonly TopologyLink[]
  readonly inputs: readonly TopologyInput[]
  readonly replay?: TopologyReplay
}

/** Whether its ports carry IP datagrams in place of frames: neither MAC addresses nor anything else of Ethernet is seen. */
export function carriesIpOnly({ ports }: Pick<Topology, 'ports'>): boolean {
  return 'backend' in ports && ports.backend === 'raw_ip'
}

export const perfect: Impairments = { delay: 0n, jitter: 0n, loss: 0, reorder: 0, reorderBy: 0n }

/** Whether a link delivers every frame at once. */
export function isPerfect(link: Impairments): boolean {
  return link.delay === 0n && link.jitter === 0n && link.loss === 0 && link.reorder === 0
}
