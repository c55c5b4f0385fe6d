/**
 * Ethernet headers for frames that have none. What the capture does not know is filled with locally administered
 * addresses: `hostMac` 02:00:00:00:00:01 for the machine that captured, `peerMac` 02:00:00:00:00:02 for all others.
 *
 * - Linux cooked (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2): the source address is that of the record where it has six
 *   bytes, else the host's for frames it sent and the peer's for others. The destination is broadcast for packet type
 *   1, the host for type 0 (to us), and the peer for 3 and 4 (to another, sent by us).
 * - Raw IP and loopback: direction is unknown, so from the host to the peer.
 * - A group destination address of IPv4 or IPv6 gives the group's MAC address (RFC 1112 6.4, RFC 2464 7) where the
 *   record does not say to whom the frame went: types 2 (multicast) and 4, raw IP and loopback. A multicast frame of
 *   another protocol goes to 03:00:00:00:00:01.
 */

import { linkType } from './linktypes.js'

export const ethernetHeaderLength = 14
export const hostMac = new Uint8Array([2, 0, 0, 0, 0, 1])
export const peerMac = new Uint8Array([2, 0, 0, 0, 0, 2])
const broadcastMac = new Uint8Array([255, 255, 255, 255, 255, 255])
const anyGroupMac = new Uint8Array([0x03, 0, 0, 0, 0, 1])

const etherTypeIpv4 = 0x0800
const etherTypeIpv6 = 0x86dd
/** The smallest EtherType; below it the field is a length (IEEE 802.3-2018 clause 3.2.6). */
const firstEtherType = 0x0600
const longestLength = 1500

/** What an Ethernet header is made of, and where its payload begins in the frame. */
export interface LinkHeader {
  /** Bytes of the capture's own link header, replaced by the Ethernet header. */
  readonly length: number
  /** EtherType or, for 802.2 payload, its length. */
  readonly type: number
  readonly source: Uint8Array
  readonly destination: Uint8Array
}

/** Why a frame has no Ethernet form. */
export type NoEthernet = 'shorter than its link header' | 'neither IPv4 nor IPv6' | 'no EtherType'

/** Finds the Ethernet header for a frame, or says why there is none. */
export type Translator = (frame: Uint8Array) => LinkHeader | NoEthernet

const translators: ReadonlyMap<number, Translator> = new Map([
  [linkType.linuxCooked, (frame) => cooked(frame, 16, 14, readU16(frame, 0), 4, 6)],
  [linkType.linuxCooked2, (frame) => cooked(frame, 20, 0, frame[10] ?? 0, 11, 12)],
  [linkType.rawLinux, (frame) => rawIp(frame, 0)],
  [linkType.rawOpenBsd, (frame) => rawIp(frame, 0)],
  [linkType.raw, (frame) => rawIp(frame, 0)],
  [linkType.ipv4, (frame) => rawIp(frame, 0)],
  [linkType.ipv6, (frame) => rawIp(frame, 0)],
  [linkType.null, loopback],
  [linkType.loop, loopback],
])

/** The translator of a link type; undefined where there is none. */
export function translatorOf(type: number): Translator | undefined {
  return translators.get(type)
}

/** Writes header and payload at `at`; returns the length of the Ethernet frame. */
export function writeEthernet(into: Uint8Array, at: number, header: LinkHeader, frame: Uint8Array): number {
  into.set(header.destination, at)
  into.set(header.source, at + 6)
  into[at + 12] = header.type >> 8
  into[at + 13] = header.type & 0xff
  into.set(frame.subarray(header.length), at + ethernetHeaderLength)
  return ethernetHeaderLength + frame.length - header.length
}

/** Both cooked headers have the same fields at other places; an address length is one byte in v2, two in v1. */
function cooked(
  frame: Uint8Array,
  length: number,
  protocolAt: number,
  packetType: number,
  sizeAt: number,
  addressAt: number,
): LinkHeader | NoEthernet {
  if (frame.length < length) return 'shorter than its link header'
  const protocol = readU16(frame, protocolAt)
  const type = cookedType(protocol, frame.length - length)
  if (type === undefined) return 'no EtherType'
  const size = length === 16 ? readU16(frame, sizeAt) : (frame[sizeAt] ?? 0)
  const sent = packetType === 4
  const source = size === 6 ? frame.subarray(addressAt, addressAt + 6) : sent ? hostMac : peerMac
  return { length, type, source, destination: cookedDestination(packetType, groupMac(frame, length, type)) }
}

/** Packet types 0 to 4: to us, broadcast, multicast, to another host, sent by us. */
function cookedDestination(packetType: number, group: Uint8Array | undefined): Uint8Array {
  if (packetType === 0) return hostMac
  if (packetType === 1) return broadcastMac
  if (packetType === 2) return group ?? anyGroupMac
  return packetType === 4 ? (group ?? peerMac) : peerMac
}

/** Protocols 1 and 4 stand for 802.3 without and with an 802.2 header; other small numbers are no EtherTypes. */
function cookedType(protocol: number, payloadLength: number): number | undefined {
  if (protocol >= firstEtherType) return protocol
  return (protocol === 1 || protocol === 4) && payloadLength <= longestLength ? payloadLength : undefined
}

function rawIp(frame: Uint8Array, length: number): LinkHeader | NoEthernet {
  if (frame.length <= length) return 'shorter than its link header'
  const type = ipType(frame, length)
  if (type === undefined) return 'neither IPv4 nor IPv6'
  return { length, type, source: hostMac, destination: groupMac(frame, length, type) ?? peerMac }
}

/**
 * The four bytes in front are an address family, in the byte order of the capturing machine (null) or of the network
 * (loop). Its number for IPv6 differs by system: all of them are taken, and the packet itself tells the version.
 */
function loopback(frame: Uint8Array): LinkHeader | NoEthernet {
  if (frame.length < 4) return 'shorter than its link header'
  const view = new DataView(frame.buffer, frame.byteOffset, 4)
  const family = Math.min(view.getUint32(0, false), view.getUint32(0, true))
  return ipFamilies.has(family) ? rawIp(frame, 4) : 'neither IPv4 nor IPv6'
}

/** AF_INET, and AF_INET6 of Linux, Windows, NetBSD/OpenBSD, FreeBSD and Darwin. */
const ipFamilies: ReadonlySet<number> = new Set([2, 10, 23, 24, 28, 30])

function ipType(frame: Uint8Array, at: number): number | undefined {
  const version = (frame[at] ?? 0) >> 4
  return version === 4 ? etherTypeIpv4 : version === 6 ? etherTypeIpv6 : undefined
}

/** The MAC address of an IP group or broadcast destination; undefined for any other destination or EtherType. */
function groupMac(frame: Uint8Array, at: number, type: number): Uint8Array | undefined {
  if (type === etherTypeIpv4 && frame.length >= at + 20) {
    const [a = 0, b = 0, c = 0, d = 0] = frame.subarray(at + 16, at + 20)
    if (a === 255 && b === 255 && c === 255 && d === 255) return broadcastMac
    return a >> 4 === 14 ? new Uint8Array([1, 0, 0x5e, b & 0x7f, c, d]) : undefined
  }
  if (type === etherTypeIpv6 && frame.length >= at + 40 && frame[at + 24] === 255) {
    return new Uint8Array([0x33, 0x33, ...frame.subarray(at + 36, at + 40)])
  }
  return undefined
}

function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
