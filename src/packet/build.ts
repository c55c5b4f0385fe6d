/**
 * Frames made of parts, for tests and generated traffic. Lengths, types and checksums that are not given are filled
 * in; whatever is given stays, however wrong.
 */
import { arpFields } from './arp.js'
import { type HeaderValues, joinBytes, padded, writeHeader } from './build-header.js'
import { writeU16 } from './bytes.js'
import { checksumAround, ipv4HeaderChecksum, pseudoHeaderSum4, pseudoHeaderSum6 } from './checksum.js'
import { ethernetFields } from './ethernet.js'
import { type FieldTable, writeField } from './field.js'
import { icmpFields, icmpQueryFields } from './icmp.js'
import { icmpv6NeighbourFields } from './icmpv6.js'
import { ipv4Fields } from './ipv4.js'
import { ipv6Fields } from './ipv6.js'
import { etherTypes, protocols } from './numbers.js'
import { tcpFields } from './tcp.js'
import { udpFields } from './udp.js'
import { vlanFields } from './vlan.js'

/** Fields left out are filled in, addresses from the documentation networks, or 0. */
export interface FrameParts {
  readonly ethernet?: HeaderValues<typeof ethernetFields>
  /** Tags, outermost first. */
  readonly vlan?: VlanParts | readonly VlanParts[]
  readonly arp?: HeaderValues<typeof arpFields>
  readonly ipv4?: HeaderValues<typeof ipv4Fields> & { readonly options?: Uint8Array }
  readonly ipv6?: HeaderValues<typeof ipv6Fields> & { readonly extensions?: readonly ExtensionPart[] }
  readonly tcp?: HeaderValues<typeof tcpFields> & { readonly options?: Uint8Array }
  readonly udp?: HeaderValues<typeof udpFields>
  readonly icmp?: HeaderValues<typeof icmpFields & typeof icmpQueryFields>
  /** With `target` a neighbour message of 24 bytes. */
  readonly icmpv6?: HeaderValues<typeof icmpFields & typeof icmpQueryFields & typeof icmpv6NeighbourFields>
  /** Text is taken as UTF-8. */
  readonly payload?: Uint8Array | string
  /** Bytes after the datagram, outside every length and checksum. */
  readonly trailer?: Uint8Array
  /** Zeros are added after the trailer up to this length; a wire carries at least 60 bytes. */
  readonly minimumLength?: number
}

/** `tpid` is the type that announces the tag: 0x8100 unless given. */
export type VlanParts = HeaderValues<typeof vlanFields> & { readonly tpid?: number }

/** A whole extension header; its first byte, the protocol of what follows, is filled in. */
export interface ExtensionPart {
  readonly protocol: number
  readonly bytes: Uint8Array
}

/**
 * Lays out a frame. At most one of arp, ipv4 and ipv6 is used, in this order, and one of tcp, udp, icmp and icmpv6.
 *
 * @throws InputError where text is not an address of its field's kind.
 */
export function buildFrame(parts: FrameParts): Uint8Array {
  const { payload = '', trailer = new Uint8Array(0), minimumLength = 0 } = parts
  const data = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  const upper = upperHeader(parts, data.length)
  const segmentLength = upper.bytes.length + data.length
  const link = linkHeader(parts)
  const network = networkHeader(parts, segmentLength, upper.protocol)
  const frame = joinBytes([link, network, upper.bytes, data, trailer])
  const segment = link.length + network.length
  if (!upper.isChecksumGiven) fillChecksum(frame, parts, link.length, segment, segment + segmentLength, upper)
  return frame.length < minimumLength ? joinBytes([frame, new Uint8Array(minimumLength - frame.length)]) : frame
}

function header(table: FieldTable, length: number, defaults: object, values: object): Uint8Array {
  const bytes = new Uint8Array(length)
  writeHeader(bytes, 0, table, defaults)
  writeHeader(bytes, 0, table, values)
  return bytes
}

function linkHeader(parts: FrameParts): Uint8Array {
  const tags = parts.vlan === undefined ? [] : [parts.vlan].flat()
  const announced = (i: number): number => {
    const tag = tags[i]
    return tag === undefined ? networkType(parts) : (tag.tpid ?? etherTypes.vlan)
  }
  const ethernet = { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01', type: announced(0) }
  return joinBytes([
    header(ethernetFields, 14, ethernet, parts.ethernet ?? {}),
    ...tags.map((tag, i) => header(vlanFields, 4, { type: announced(i + 1) }, tag)),
  ])
}

function networkType({ arp, ipv4, ipv6 }: FrameParts): number {
  if (arp !== undefined) return etherTypes.arp
  if (ipv4 !== undefined) return etherTypes.ipv4
  return ipv6 === undefined ? 0 : etherTypes.ipv6
}

function networkHeader(parts: FrameParts, length: number, protocol: number): Uint8Array {
  if (parts.arp !== undefined) return header(arpFields, 28, arpDefaults, parts.arp)
  if (parts.ipv4 !== undefined) return ipv4Header(parts.ipv4, length, protocol)
  return parts.ipv6 === undefined ? new Uint8Array(0) : ipv6Headers(parts.ipv6, length, protocol)
}

const arpDefaults = {
  hardwareType: 1,
  protocolType: etherTypes.ipv4,
  hardwareLength: 6,
  protocolLength: 4,
  operation: 1,
  senderMac: '02:00:00:00:00:01',
  senderIp: '192.0.2.1',
  targetIp: '192.0.2.2',
}

function ipv4Header(values: NonNullable<FrameParts['ipv4']>, length: number, protocol: number): Uint8Array {
  const options = padded(values.options ?? new Uint8Array(0), 4)
  const headerLength = 20 + options.length
  const defaults = {
    version: 4,
    ihl: headerLength / 4,
    totalLength: headerLength + length,
    ttl: 64,
    protocol,
    src: '192.0.2.1',
    dst: '192.0.2.2',
  }
  const bytes = joinBytes([header(ipv4Fields, 20, defaults, values), options])
  if (values.headerChecksum === undefined) {
    writeField(bytes, 0, ipv4Fields.headerChecksum, ipv4HeaderChecksum(bytes, 0, headerLength))
  }
  return bytes
}

function ipv6Headers(values: NonNullable<FrameParts['ipv6']>, length: number, protocol: number): Uint8Array {
  const given = values.extensions ?? []
  const extensions = given.map(({ bytes }, i) => {
    const copy = bytes.slice()
    copy[0] = given[i + 1]?.protocol ?? protocol
    return copy
  })
  const defaults = {
    version: 6,
    payloadLength: extensions.reduce((sum, { length: bytes }) => sum + bytes, length),
    nextHeader: given[0]?.protocol ?? protocol,
    hopLimit: 64,
    src: '2001:db8::1',
    dst: '2001:db8::2',
  }
  return joinBytes([header(ipv6Fields, 40, defaults, values), ...extensions])
}

interface Upper {
  readonly bytes: Uint8Array
  readonly protocol: number
  /** Offset of the checksum in the header. */
  readonly checksumAt: number
  readonly isChecksumGiven: boolean
}

function upperHeader({ tcp, udp, icmp, icmpv6 }: FrameParts, length: number): Upper {
  if (tcp !== undefined) {
    const options = padded(tcp.options ?? new Uint8Array(0), 4)
    const defaults = { dataOffset: 5 + options.length / 4, flags: 16, window: 65_535 }
    return upperOf(joinBytes([header(tcpFields, 20, defaults, tcp), options]), protocols.tcp, 16, tcp)
  }
  if (udp !== undefined) return upperOf(header(udpFields, 8, { length: 8 + length }, udp), protocols.udp, 6, udp)
  if (icmp !== undefined) {
    return upperOf(icmpHeader([icmpFields, icmpQueryFields], 8, 8, icmp), protocols.icmp, 2, icmp)
  }
  if (icmpv6 === undefined) return upperOf(new Uint8Array(0), protocols.noNextHeader, 0, { checksum: 0 })
  const tables = [icmpFields, icmpQueryFields, icmpv6NeighbourFields]
  const isNeighbour = icmpv6.target !== undefined
  return upperOf(icmpHeader(tables, isNeighbour ? 24 : 8, isNeighbour ? 135 : 128, icmpv6), protocols.icmpv6, 2, icmpv6)
}

function upperOf(bytes: Uint8Array, protocol: number, checksumAt: number, values: { checksum?: unknown }): Upper {
  return { bytes, protocol, checksumAt, isChecksumGiven: values.checksum !== undefined }
}

/** The tables of a family of messages overlay each other; only names that are given are written. */
function icmpHeader(tables: readonly FieldTable[], length: number, type: number, values: object): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes[0] = type
  for (const table of tables) writeHeader(bytes, 0, table, values)
  return bytes
}

/** RFC 768: a UDP checksum that comes to 0 is sent as 0xFFFF. */
function fillChecksum(frame: Uint8Array, parts: FrameParts, ip: number, from: number, to: number, upper: Upper): void {
  const at = from + upper.checksumAt
  const checksum = checksumAround(frame, from, to, at, pseudoHeaderSum(frame, parts, ip, to - from, upper.protocol))
  writeU16(frame, at, checksum === 0 && upper.protocol === protocols.udp ? 0xffff : checksum)
}

function pseudoHeaderSum(frame: Uint8Array, parts: FrameParts, ip: number, length: number, protocol: number): number {
  if (protocol === protocols.icmp || parts.arp !== undefined) return 0
  if (parts.ipv4 !== undefined) return pseudoHeaderSum4(frame, ip, protocol, length)
  return parts.ipv6 === undefined ? 0 : pseudoHeaderSum6(frame, ip, protocol, length)
}
