/** What is on every network beside TCP and UDP: ARP, ICMP, ICMPv6, LLDP. */

import {
  checksumAround,
  etherTypes,
  protocols,
  pseudoHeaderSum6,
  writeU16,
  writeU32,
  writeU48,
} from '../packet/index.js'
import type { Flow } from './conversation.js'
import type { Flows } from './flows.js'
import { type Frame, tcpFlags } from './frame.js'
import type { Random } from './random.js'
import { send } from './strangers.js'

const broadcast = 0xffff_ffff_ffff
/** IEEE 802.1AB clause 7.1: the nearest bridge. */
const nearestBridge = 0x0180_c200_000e

/** @returns The port by which the packet enters. */
export function otherPacket(frame: Frame, random: Random, flows: Flows): number {
  const flow = flows.some(random)
  const reply = random.chance(0.5)
  if (flow.client.length === 16) return icmpv6Echo(frame, random, flow, reply)
  return random.pick([arpRequest, icmpEcho, icmpUnreachable, lldp])(frame, random, flow, reply)
}

const sideOf = (flow: Flow, reply: boolean) => (reply ? flow.serverSide : flow.clientSide)
const fromOf = (flow: Flow, reply: boolean) => (reply ? flow.server : flow.client)
const toOf = (flow: Flow, reply: boolean) => (reply ? flow.client : flow.server)

/** RFC 826. */
function arpRequest(frame: Frame, _random: Random, flow: Flow, reply: boolean): number {
  const side = sideOf(flow, reply)
  frame.ethernet(broadcast, side.srcMac, etherTypes.arp)
  const { bytes } = frame
  writeU32(bytes, 14, 0x0001_0800)
  writeU32(bytes, 18, 0x0604_0001)
  writeU48(bytes, 22, side.srcMac)
  bytes.set(fromOf(flow, reply), 28)
  writeU48(bytes, 32, 0)
  bytes.set(toOf(flow, reply), 38)
  frame.length = 42
  frame.pad()
  return side.port
}

/** RFC 792: echo request, or echo reply. */
function icmpEcho(frame: Frame, random: Random, flow: Flow, reply: boolean): number {
  const side = sideOf(flow, reply)
  const at = icmpHeader(frame, random, flow, reply, 8 + 48)
  writeU32(frame.bytes, at, reply ? 0 : 0x0800_0000)
  writeU32(frame.bytes, at + 4, random.next())
  random.fill(frame.bytes, at + 8, at + 56)
  writeU16(frame.bytes, at + 2, checksumAround(frame.bytes, at, at + 56, at + 2))
  return side.port
}

/** RFC 792: destination unreachable, quoting the header and 8 bytes of a packet of the other direction. */
function icmpUnreachable(frame: Frame, random: Random, flow: Flow, reply: boolean): number {
  send(frame, random, flow, !reply, tcpFlags.ack)
  const quoted = frame.bytes.slice(14, 14 + 28)
  const at = icmpHeader(frame, random, flow, reply, 8 + quoted.length)
  writeU32(frame.bytes, at, 0x0301_0000)
  writeU32(frame.bytes, at + 4, 0)
  frame.bytes.set(quoted, at + 8)
  writeU16(frame.bytes, at + 2, checksumAround(frame.bytes, at, at + 8 + quoted.length, at + 2))
  return sideOf(flow, reply).port
}

function icmpHeader(frame: Frame, random: Random, flow: Flow, reply: boolean, length: number): number {
  const side = sideOf(flow, reply)
  const [src, dst] = [fromOf(flow, reply), toOf(flow, reply)]
  frame.ethernet(side.dstMac, side.srcMac, etherTypes.ipv4)
  return frame.ipv4({ src, dst, ttl: 64, id: random.below(0x10000), protocol: protocols.icmp }, length)
}

/** RFC 4443 section 4. */
function icmpv6Echo(frame: Frame, random: Random, flow: Flow, reply: boolean): number {
  const side = sideOf(flow, reply)
  const [src, dst] = [fromOf(flow, reply), toOf(flow, reply)]
  frame.ethernet(side.dstMac, side.srcMac, etherTypes.ipv6)
  const at = frame.ipv6({ src, dst, ttl: 64, protocol: protocols.icmpv6 }, 56)
  writeU32(frame.bytes, at, reply ? 0x8100_0000 : 0x8000_0000)
  random.fill(frame.bytes, at + 4, at + 56)
  const pseudo = pseudoHeaderSum6(frame.bytes, 14, protocols.icmpv6, 56)
  writeU16(frame.bytes, at + 2, checksumAround(frame.bytes, at, at + 56, at + 2, pseudo))
  return side.port
}

function lldp(frame: Frame, random: Random, flow: Flow, reply: boolean): number {
  const side = sideOf(flow, reply)
  frame.ethernet(nearestBridge, side.srcMac, 0x88cc)
  random.fill(frame.bytes, 14, 60)
  frame.length = 60
  return side.port
}
