/** What devices say by themselves: it is no answer to any packet, and no fault. */

import { echoAnswer, echoAnswer6 } from '../hosts/index.js'
import { Layers, parseLayers } from '../packet/layers.js'
import { etherTypes } from '../packet/numbers.js'

const layers = new Layers()

/** Router and neighbour discovery (RFC 4861) and multicast listener discovery (RFC 2710, RFC 3810). */
const DISCOVERY = new Set([130, 131, 132, 133, 134, 135, 136, 143])
/** What a router says of packets that it did not forward: RFC 792 and RFC 4443, redirects included. */
const ERRORS = new Set([3, 5, 11, 12])
const ERRORS6 = new Set([1, 2, 3, 4, 137])
const IGMP = 2
const LLDP = 0x88cc
/** 01-80-C2-00-00-00: spanning tree, IEEE 802.1Q-2014 table 8-1. */
const SPANNING_TREE = [0x01, 0x80, 0xc2, 0, 0, 0]

/** @returns What it is, for counting; undefined for what may be a packet that was sent through the device. */
export function chatterOf(bytes: Uint8Array, start: number, length: number): string | undefined {
  parseLayers(layers, bytes, start, length, true)
  if (layers.arp !== -1) return 'ARP of the device'
  if (SPANNING_TREE.every((byte, i) => bytes[start + i] === byte)) return 'spanning tree of the device'
  if (layers.etherType === LLDP) return 'LLDP of the device'
  if (layers.ipv4 !== -1 && layers.protocol === IGMP) return 'group membership of the device'
  const echo = echoAnswer(bytes, start, length) ?? echoAnswer6(bytes, start, length)
  if (echo !== undefined) return 'echo replies of the device'
  if (layers.icmp !== -1 && ERRORS.has(bytes[layers.icmp] ?? 0)) return 'ICMP errors of the device'
  if (layers.icmpv6 !== -1 && ERRORS6.has(bytes[layers.icmpv6] ?? 0)) return 'ICMP errors of the device'
  // Listener reports have a hop-by-hop option before them, behind which nothing is parsed.
  const isReport = layers.etherType === etherTypes.ipv6 && bytes[start + 14 + 6] === 0 && bytes[start + 14 + 40] === 58
  if (layers.icmpv6 !== -1 && DISCOVERY.has(bytes[layers.icmpv6] ?? 0)) return 'neighbour discovery of the device'
  return isReport ? 'neighbour discovery of the device' : undefined
}
