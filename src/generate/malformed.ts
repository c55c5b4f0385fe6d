/** Packets with one thing wrong, or legal but rare: every way in which a parser tells headers apart. */

import {
  Ipv4View,
  Ipv6View,
  ipv4HeaderChecksum,
  protocols,
  readU16,
  TcpView,
  UdpView,
  writeU16,
} from '../packet/index.js'
import type { Flows } from './flows.js'
import { type Frame, tcpFlags } from './frame.js'
import type { Random } from './random.js'
import { send } from './strangers.js'

interface Fault {
  readonly name: string
  /** Which packets it is for; default: all. */
  readonly version?: 4 | 6
  readonly protocol?: number
  apply(frame: Frame, random: Random): void
}

const ip = 14
const ipv4 = (frame: Frame) => new Ipv4View(frame.bytes, ip)
const ipv6 = (frame: Frame) => new Ipv6View(frame.bytes, ip)
const transportAt = (frame: Frame) => (isIpv4(frame) ? 34 : 54)
const isIpv4 = (frame: Frame) => readU16(frame.bytes, 12) === 0x0800
const tcp = (frame: Frame) => new TcpView(frame.bytes, transportAt(frame))
const udp = (frame: Frame) => new UdpView(frame.bytes, transportAt(frame))

export const faults: readonly [Fault, ...Fault[]] = [
  { name: 'wrong IP version', apply: (frame, random) => setNibble(frame, random.pick([0, 5, 7, 15])) },
  { name: 'header length below 20 bytes', version: 4, apply: (frame, random) => setIhl(frame, random.below(5)) },
  { name: 'header length beyond the packet', version: 4, apply: (frame) => setIhl(frame, 15) },
  { name: 'options', version: 4, apply: (frame, random) => insertOptions(frame, 4 * random.between(1, 10)) },
  { name: 'total length beyond the packet', version: 4, apply: (frame) => setTotalLength(frame, frame.length) },
  {
    name: 'total length below the header',
    version: 4,
    apply: (frame, random) => setTotalLength(frame, random.below(20)),
  },
  { name: 'cut', apply: (frame, random) => cut(frame, random.between(1, frame.length - 1)) },
  { name: 'cut in the first header', apply: (frame, random) => cut(frame, random.between(1, 14)) },
  { name: 'no payload', apply: headerAlone },
  { name: 'first fragment', version: 4, apply: (frame) => setFragment(frame, 0, 0b001) },
  { name: 'later fragment', version: 4, apply: (frame, random) => setFragment(frame, random.between(1, 8191), 0) },
  { name: 'wrong header checksum', version: 4, apply: (frame, random) => disturb(frame, ip + 10, random) },
  { name: 'other protocol', apply: (frame, random) => setProtocol(frame, random.pick([1, 47, 50, 58, 132])) },
  {
    name: 'wrong TCP checksum',
    protocol: protocols.tcp,
    apply: (frame, random) => disturb(frame, transportAt(frame) + 16, random),
  },
  {
    name: 'wrong UDP checksum',
    protocol: protocols.udp,
    apply: (frame, random) => disturb(frame, transportAt(frame) + 6, random),
  },
  {
    name: 'no UDP checksum',
    protocol: protocols.udp,
    apply: (frame) => writeU16(frame.bytes, transportAt(frame) + 6, 0),
  },
  {
    name: 'TCP header below 20 bytes',
    protocol: protocols.tcp,
    apply: (frame, random) => {
      tcp(frame).dataOffset = random.below(5)
    },
  },
  {
    name: 'TCP header beyond the packet',
    protocol: protocols.tcp,
    apply: (frame) => {
      tcp(frame).dataOffset = 15
    },
  },
  {
    name: 'UDP length below 8',
    protocol: protocols.udp,
    apply: (frame, random) => {
      udp(frame).length = random.below(8)
    },
  },
  {
    name: 'UDP length beyond the packet',
    protocol: protocols.udp,
    apply: (frame, random) => {
      udp(frame).length = frame.length - 14 + random.below(1000)
    },
  },
  {
    name: 'payload length beyond the packet',
    version: 6,
    apply: (frame) => {
      ipv6(frame).payloadLength = frame.length
    },
  },
  { name: 'extension header', version: 6, apply: insertHopByHop },
  { name: 'trailer', apply: (frame, random) => appendTrailer(frame, random) },
  { name: 'VLAN tag', apply: (frame, random) => insertTag(frame, random.between(1, 4094)) },
  {
    name: 'unknown EtherType',
    apply: (frame, random) => writeU16(frame.bytes, 12, random.pick([0x0600, 0x22f0, 0x88b5, 0xffff])),
  },
  { name: '802.3 length', apply: (frame, random) => writeU16(frame.bytes, 12, random.below(1501)) },
]

/** A packet of a flow that is under way, or a reply, with a fault that suits it. @returns Its port. */
export function malformedPacket(frame: Frame, random: Random, flows: Flows): number {
  const flow = flows.some(random)
  const version = flow.client.length === 4 ? 4 : 6
  const port = send(frame, random, flow, random.chance(0.5), tcpFlags.ack, random.below(64))
  for (;;) {
    const fault = random.pick(faults)
    if ((fault.version ?? version) !== version || (fault.protocol ?? flow.protocol) !== flow.protocol) continue
    fault.apply(frame, random)
    return port
  }
}

/** Makes the header checksum right again, so that only what was meant is wrong. */
function sumHeader(frame: Frame): void {
  const length = Math.max(20, ipv4(frame).ihl * 4)
  writeU16(frame.bytes, ip + 10, ipv4HeaderChecksum(frame.bytes, ip, length))
}

function setNibble(frame: Frame, version: number): void {
  frame.bytes[ip] = (version << 4) | ((frame.bytes[ip] ?? 0) & 0xf)
  if (isIpv4(frame)) sumHeader(frame)
}

function setIhl(frame: Frame, ihl: number): void {
  ipv4(frame).ihl = ihl
  sumHeader(frame)
}

function setTotalLength(frame: Frame, length: number): void {
  ipv4(frame).totalLength = length
  sumHeader(frame)
}

function setFragment(frame: Frame, offset: number, flags: number): void {
  const header = ipv4(frame)
  header.flags = flags
  header.fragmentOffset = offset
  sumHeader(frame)
}

function setProtocol(frame: Frame, protocol: number): void {
  if (!isIpv4(frame)) {
    ipv6(frame).nextHeader = protocol
    return
  }
  ipv4(frame).protocol = protocol
  sumHeader(frame)
}

/** Adds something that is neither 0 nor 65535, so that the checksum is wrong in one's complement too. */
function disturb(frame: Frame, at: number, random: Random): void {
  writeU16(frame.bytes, at, (readU16(frame.bytes, at) + random.between(1, 0xfffe)) % 0xffff)
}

function cut(frame: Frame, length: number): void {
  frame.length = length
}

/** A datagram that ends with its IP header, and so does the frame. */
function headerAlone(frame: Frame): void {
  if (!isIpv4(frame)) {
    ipv6(frame).payloadLength = 0
    ipv6(frame).nextHeader = protocols.noNextHeader
  } else setTotalLength(frame, 20)
  frame.length = transportAt(frame)
}

/** Options of NOPs (RFC 791 section 3.1), between the header and what follows. */
function insertOptions(frame: Frame, length: number): void {
  frame.bytes.copyWithin(34 + length, 34, frame.length)
  frame.bytes.fill(1, 34, 34 + length)
  frame.length += length
  const header = ipv4(frame)
  header.ihl = 5 + length / 4
  header.totalLength += length
  sumHeader(frame)
}

/** An empty hop-by-hop options header, RFC 8200 section 4.3: 8 bytes, padded by one PadN option. */
function insertHopByHop(frame: Frame): void {
  const header = ipv6(frame)
  frame.bytes.copyWithin(62, 54, frame.length)
  frame.bytes.set([header.nextHeader, 0, 1, 4, 0, 0, 0, 0], 54)
  frame.length += 8
  header.nextHeader = protocols.hopByHop
  header.payloadLength += 8
}

function appendTrailer(frame: Frame, random: Random): void {
  const length = random.between(1, 32)
  random.fill(frame.bytes, frame.length, frame.length + length)
  frame.length += length
}

/** A C-VLAN tag after the addresses, IEEE 802.1Q-2014 clause 9.4. */
export function insertTag(frame: Frame, id: number): void {
  frame.bytes.copyWithin(16, 12, frame.length)
  writeU16(frame.bytes, 12, 0x8100)
  writeU16(frame.bytes, 14, id)
  frame.length += 4
}
