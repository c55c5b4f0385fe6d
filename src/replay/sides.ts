import { readU16, readU32 } from '../packet/bytes.js'
import type { Layers } from '../packet/layers.js'
import { FlowTable } from './flow-table.js'
import { MacTable } from './mac-table.js'
import type { Networks } from './networks.js'
import { isForward, mix, readTuple, reverseTuple, tupleWords } from './tuple.js'

/** Flows whose opener is remembered; the oldest give way. 262,144 of them take 14 MB. */
const maxFlows = 1 << 18

/** The two sides of a device: where the hosts are that open connections, and where those are that answer. */
export const FIRST = 0
export const SECOND = 1
export type Side = typeof FIRST | typeof SECOND

/** How a packet's side is found. */
export interface SideRule {
  /** Networks of the first side; without any, the opener of each flow is on the first side. */
  readonly networks: Networks | undefined
  /** A packet between two hosts outside of the networks: on the second side, or by who opened the flow. */
  readonly strangers: 'second' | 'opener'
}

/**
 * Says from which side of the device a packet comes. Networks decide where they tell source and destination apart;
 * else the host that opened the flow is on the first side: the sender of a TCP SYN, the receiver of a SYN-ACK, and
 * otherwise a host known to open flows, or the first to talk. What has no IP addresses goes by its source MAC address.
 */
export class Sides {
  /** Packets whose addresses lay in the networks. */
  matched = 0
  readonly #rule: SideRule
  readonly #flows = new FlowTable(tupleWords, 1, maxFlows)
  readonly #openers = new FlowTable(tupleWords, 1, maxFlows)
  readonly #macs = new MacTable()
  readonly #words = new Uint32Array(3 * tupleWords)
  #isLearning = false

  constructor(rule: SideRule) {
    this.#rule = rule
  }

  /** Looks at a packet before anything is sent: which hosts open flows, which MAC address is on which side. */
  study(layers: Layers): void {
    this.#isLearning = true
    const side = this.side(layers)
    this.#isLearning = false
    if (layers.ipv4 >= 0 || layers.ipv6 >= 0) this.#macs.set(layers.bytes, layers.start + 6, side)
  }

  /** Forgets the flows that were studied, and keeps what was learned of hosts. */
  begin(): void {
    this.#flows.clear()
    this.matched = 0
  }

  side(layers: Layers): Side {
    const decided = this.#byNetworks(layers)
    if (decided >= 0) return decided === FIRST ? FIRST : SECOND
    if (layers.ipv4 < 0 && layers.ipv6 < 0) return this.#byMac(layers)
    return this.#byOpener(layers)
  }

  /** FIRST, SECOND, or -1 where the networks do not say. */
  #byNetworks(layers: Layers): number {
    const { networks } = this.#rule
    if (networks === undefined) return -1
    const { bytes, ipv4, ipv6, arp } = layers
    let source: boolean
    let destination: boolean
    if (ipv4 >= 0) {
      source = networks.find4(readU32(bytes, ipv4 + 12)) >= 0
      destination = networks.find4(readU32(bytes, ipv4 + 16)) >= 0
    } else if (ipv6 >= 0) {
      source = networks.find6(bytes, ipv6 + 8) >= 0
      destination = networks.find6(bytes, ipv6 + 24) >= 0
    } else if (arp >= 0) {
      source = networks.find4(readU32(bytes, arp + 14)) >= 0
      destination = networks.find4(readU32(bytes, arp + 24)) >= 0
    } else return -1
    if (source || destination) this.matched += 1
    if (source !== destination) return source ? FIRST : SECOND
    return source || this.#rule.strangers === 'opener' ? -1 : SECOND
  }

  #byMac(layers: Layers): Side {
    if (!layers.ethernet) return FIRST
    return this.#macs.get(layers.bytes, layers.start + 6) === SECOND ? SECOND : FIRST
  }

  #byOpener(layers: Layers): Side {
    const words = this.#words
    readTuple(layers, words, 0)
    const forward = isForward(words, 0)
    if (!forward) reverseTuple(words, 0, words, tupleWords)
    const key = forward ? 0 : tupleWords
    const sign = openerSign(layers)
    const known = this.#flows.find(words, key)
    const value = this.#flows.valueAt(known < 0 ? this.#flows.add(words, key) : known)
    if (known < 0) {
      this.#flows.words[value] = this.#isOpenedBySource(sign, forward) === forward ? 1 : 0
    } else if (sign === 1) this.#flows.words[value] = forward ? 1 : 0
    if (this.#isLearning && sign !== 0) this.#noteOpener((sign === 1) === forward)
    // The value says whether the forward direction is the opener's.
    return (this.#flows.words[value] === 1) === forward ? FIRST : SECOND
  }

  /** Whether the source of a packet that begins a flow is the one who opened it. */
  #isOpenedBySource(sign: number, forward: boolean): boolean {
    if (sign !== 0) return sign === 1
    const source = this.#isOpener(forward)
    return source || !this.#isOpener(!forward)
  }

  /** The host at the lower (`forward`) or higher end of the tuple in `#words`, as a tuple of its own. */
  #hostKey(forward: boolean): number {
    const words = this.#words
    const at = 2 * tupleWords
    const isSource = forward === isForward(words, 0)
    words.fill(0, at, at + tupleWords)
    words[at] = (words[0] ?? 0) & 0xff00
    words[at + 2] = words[isSource ? 2 : 3] ?? 0
    for (let i = 0; i < 3; i++) words[at + 4 + i] = words[(isSource ? 4 : 7) + i] ?? 0
    return at
  }

  #isOpener(forward: boolean): boolean {
    return this.#openers.size > 0 && this.#openers.find(this.#words, this.#hostKey(forward)) >= 0
  }

  #noteOpener(forward: boolean): void {
    const key = this.#hostKey(forward)
    if (this.#openers.find(this.#words, key) < 0) this.#openers.add(this.#words, key)
  }
}

/** 1: the source opens a flow by this packet; -1: it answers; 0: the packet does not say. */
function openerSign(layers: Layers): number {
  const { bytes, tcp, icmp, icmpv6 } = layers
  if (tcp >= 0) {
    const flags = bytes[tcp + 13] ?? 0
    if ((flags & 0x02) === 0) return 0
    return (flags & 0x10) === 0 ? 1 : -1
  }
  // ICMP errors and echo replies answer (RFC 792, RFC 4443 section 2.1).
  if (icmp >= 0) return [0, 3, 4, 5, 11, 12].includes(bytes[icmp] ?? 0) ? -1 : 0
  if (icmpv6 >= 0) return (bytes[icmpv6] ?? 0) < 128 || bytes[icmpv6] === 129 ? -1 : 0
  return 0
}

/** A number of the packet's source host, the same for all its packets: by IP address, else by MAC address. */
export function hashSource(layers: Layers): number {
  const { bytes, ipv4, ipv6, arp } = layers
  if (ipv4 >= 0) return mix(readU32(bytes, ipv4 + 12)) >>> 0
  if (arp >= 0) return mix(readU32(bytes, arp + 14)) >>> 0
  if (ipv6 >= 0) {
    let hash = 0
    for (let i = 8; i < 24; i += 4) hash = mix(hash ^ readU32(bytes, ipv6 + i))
    return hash >>> 0
  }
  return layers.ethernet ? mix((readU16(bytes, layers.start + 6) << 16) ^ readU32(bytes, layers.start + 8)) >>> 0 : 0
}
