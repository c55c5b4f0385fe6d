/**
 * What hosts at the ports of a device answer: who asks for their link address (ARP, RFC 826; neighbour discovery, RFC 4861),
 * and echo requests (RFC 792, RFC 4443). Without it a router would hold back every packet for a host.
 */
import { type Cidr, contains, formatIpv4, formatMac } from '../packet/address.js'
import { buildFrame } from '../packet/build.js'
import { readU16, readU32, readU48, readU128, writeU16 } from '../packet/bytes.js'
import { icmpChecksum } from '../packet/checksum.js'
import { Layers, parseLayers } from '../packet/layers.js'
import { etherTypes, protocols } from '../packet/numbers.js'

/** A host that answers for all addresses of its networks. */
export interface AnsweringHost {
  /** 48 bits. */
  readonly mac: number
  readonly answers: readonly Cidr[]
}

const ARP_REQUEST = 1
const ARP_REPLY = 2
const ECHO_REQUEST = 8
const ECHO_REPLY = 0
const ECHO_REQUEST6 = 128
const ECHO_REPLY6 = 129
/** Identifier and sequence number of Vigil's own echo requests: answers that come late are known by them. */
const OWN_ECHO = 0x7669_6769
const NEIGHBOUR_SOLICITATION = 135
const NEIGHBOUR_ADVERTISEMENT = 136
/** Solicited, and overrides what is known: RFC 4861 section 4.4. */
const ADVERTISED = 0x6000_0000

const layers = new Layers()

/** @returns What the host sends back to a frame that reached it; undefined where that is nothing. */
export function answerOf(
  host: AnsweringHost,
  bytes: Uint8Array,
  start: number,
  length: number,
): Uint8Array | undefined {
  parseLayers(layers, bytes, start, length, true)
  if (layers.arp !== -1) return arpReply(host, layers.arp, bytes)
  if (layers.icmpv6 !== -1 && bytes[layers.icmpv6] === NEIGHBOUR_SOLICITATION) return advertisement(host, bytes)
  if (layers.icmp !== -1 && bytes[layers.icmp] === ECHO_REQUEST) return echoReply(host, layers.icmp, ECHO_REPLY)
  if (layers.icmpv6 !== -1 && bytes[layers.icmpv6] === ECHO_REQUEST6) return echoReply(host, layers.icmpv6, ECHO_REPLY6)
  return undefined
}

/** Whether a frame may be one that a host answers: a look at two numbers, for those who receive many others. */
export function isQuestion(bytes: Uint8Array, start: number): boolean {
  const type = readU16(bytes, start + 12)
  if (type === etherTypes.ipv6) return bytes[start + 20] === protocols.icmpv6
  return type === etherTypes.arp || (type === etherTypes.ipv4 && bytes[start + 23] === protocols.icmp)
}

/** Asks who has an IPv4 address, from one of the host's own. */
export function arpRequest(mac: number, from: number, target: number): Uint8Array {
  return buildFrame({
    ethernet: { dst: 'ff:ff:ff:ff:ff:ff', src: formatMac(mac) },
    arp: {
      operation: ARP_REQUEST,
      senderMac: formatMac(mac),
      senderIp: formatIpv4(from),
      targetIp: formatIpv4(target),
    },
    minimumLength: 60,
  })
}

/** The MAC address that a frame says an IPv4 address to have; undefined where it says none. */
export function arpAnswer(bytes: Uint8Array, start: number, length: number, address: number): number | undefined {
  parseLayers(layers, bytes, start, length, true)
  const { arp } = layers
  if (arp === -1 || readU16(bytes, arp + 6) !== ARP_REPLY || readU32(bytes, arp + 14) !== address) return undefined
  return readU48(bytes, arp + 8)
}

/** An echo request from one IPv4 address to another. */
export function echoRequest(from: number, target: number): Uint8Array {
  return buildFrame({
    ipv4: { src: formatIpv4(from), dst: formatIpv4(target), identification: 1 },
    icmp: { type: ECHO_REQUEST, code: 0, rest: OWN_ECHO },
  })
}

/** The IPv4 address whose answer to one of those a frame is; undefined where it is none. */
export function echoAnswer(bytes: Uint8Array, start: number, length: number): number | undefined {
  parseLayers(layers, bytes, start, length, true)
  const { icmp, ipv4 } = layers
  const isOwn = icmp !== -1 && bytes[icmp] === ECHO_REPLY && readU32(bytes, icmp + 4) === OWN_ECHO
  return isOwn ? readU32(bytes, ipv4 + 12) : undefined
}

/** An echo request from one IPv6 address to another. */
export function echoRequest6(from: bigint, target: bigint): Uint8Array {
  return buildFrame({
    ipv6: { src: from, dst: target, hopLimit: 64 },
    icmpv6: { type: ECHO_REQUEST6, code: 0, rest: OWN_ECHO },
  })
}

/** The IPv6 address whose answer to one of those a frame is; undefined where it is none. */
export function echoAnswer6(bytes: Uint8Array, start: number, length: number): bigint | undefined {
  parseLayers(layers, bytes, start, length, true)
  const { icmpv6, ipv6 } = layers
  const isOwn = icmpv6 !== -1 && bytes[icmpv6] === ECHO_REPLY6 && readU32(bytes, icmpv6 + 4) === OWN_ECHO
  return isOwn ? readU128(bytes, ipv6 + 8) : undefined
}

function arpReply({ mac, answers }: AnsweringHost, arp: number, bytes: Uint8Array): Uint8Array | undefined {
  const target = readU32(bytes, arp + 24)
  if (readU16(bytes, arp + 6) !== ARP_REQUEST || !has(answers, 4, target)) return undefined
  const asker = formatMac(readU48(bytes, arp + 8))
  return buildFrame({
    ethernet: { dst: asker, src: formatMac(mac) },
    arp: {
      operation: ARP_REPLY,
      senderMac: formatMac(mac),
      senderIp: formatIpv4(target),
      targetMac: asker,
      targetIp: formatIpv4(readU32(bytes, arp + 14)),
    },
    minimumLength: 60,
  })
}

function advertisement({ mac, answers }: AnsweringHost, bytes: Uint8Array): Uint8Array | undefined {
  const { icmpv6, ipv6, ipEnd, start } = layers
  if (ipEnd - icmpv6 < 24) return undefined
  const target = readU128(bytes, icmpv6 + 8)
  if (!has(answers, 6, target)) return undefined
  const targetLinkAddress = new Uint8Array([2, 1, ...bytesOf(mac)])
  return buildFrame({
    ethernet: { dst: formatMac(readU48(bytes, start + 6)), src: formatMac(mac) },
    ipv6: { src: target, dst: readU128(bytes, ipv6 + 8), hopLimit: 255 },
    icmpv6: { type: NEIGHBOUR_ADVERTISEMENT, rest: ADVERTISED, target },
    payload: targetLinkAddress,
  })
}

/** The request turned round, if it was sent to this host. */
function echoReply({ mac, answers }: AnsweringHost, icmp: number, type: number): Uint8Array | undefined {
  const { bytes, start, end, ipv4, ipv6 } = layers
  const isForHost =
    readU48(bytes, start) === mac &&
    (ipv4 === -1 ? has(answers, 6, readU128(bytes, ipv6 + 24)) : has(answers, 4, readU32(bytes, ipv4 + 16)))
  if (!isForHost) return undefined
  const frame = bytes.slice(start, end)
  swap(frame, 0, 6, 6)
  if (ipv4 === -1) swap(frame, ipv6 + 8 - start, ipv6 + 24 - start, 16)
  else swap(frame, ipv4 + 12 - start, ipv4 + 16 - start, 4)
  const at = icmp - start
  frame[at] = type
  parseLayers(layers, frame, 0, frame.length, true)
  writeU16(frame, at + 2, icmpChecksum(frame, layers))
  return frame
}

function has(answers: readonly Cidr[], version: 4 | 6, address: number | bigint): boolean {
  return answers.some((cidr) => contains(cidr, version, address))
}

function bytesOf(mac: number): readonly number[] {
  return [40, 32, 24, 16, 8, 0].map((shift) => Math.floor(mac / 2 ** shift) % 256)
}

function swap(frame: Uint8Array, one: number, other: number, length: number): void {
  const kept = frame.slice(one, one + length)
  frame.copyWithin(one, other, other + length)
  frame.set(kept, other)
}
