/** Which header fields some bits of a packet are, as far as the path has decided what the packet is. */
import {
  arpFields,
  ethernetFields,
  etherTypes,
  type Field,
  type FieldTable,
  ipv4Fields,
  ipv6Fields,
  protocols,
  tcpFields,
  udpFields,
} from '../../packet/index.js'
import type { Term } from '../../smt/index.js'
import type { Slice } from './pieces.js'

/** What is known of the packet. */
export interface PacketKind {
  readonly etherType: bigint | undefined
  readonly protocol: bigint | undefined
}

export interface NamedField {
  readonly name: string
  readonly field: Field
  readonly width: number
}

export interface Place {
  readonly text: string
  /** Else it is counted from wherever the offset of the slice says. */
  readonly isInHeader: boolean
}

const ETHERNET_BITS = 14 * 8
const IPV6_BITS = 40 * 8

interface Header {
  readonly name: string
  readonly table: FieldTable
  /** Of its first bit. */
  readonly start: number
}

/** The fields that exactly cover a slice of the packet; undefined where it is not made of whole fields. */
export function fieldsOf(slice: Slice, kind: PacketKind): readonly NamedField[] | undefined {
  const found: NamedField[] = []
  for (let at = slice.bit; at < slice.bit + slice.width; ) {
    const header = headerAt({ ...slice, bit: at }, kind)
    const field = header && Object.values(header.table).find(({ bit }) => bit === at - header.start)
    if (header === undefined || field === undefined || at + field.width > slice.bit + slice.width) return undefined
    found.push({ name: `${header.name}.${field.name}`, field, width: field.width })
    at += field.width
  }
  return found
}

/** `ipv4.flags bits 0..1`, `bytes 60..61`, `byte 3 of the transport header`. */
export function placeOf(slice: Slice, kind: PacketKind): Place {
  const header = headerAt(slice, kind)
  const field = header && Object.values(header.table).find((each) => isWithin(slice, each, header))
  if (header !== undefined && field !== undefined) {
    const first = slice.bit - header.start - field.bit
    return { text: `${header.name}.${field.name} bits ${first}..${first + slice.width - 1}`, isInHeader: true }
  }
  const start = transportStart(slice, kind)
  const bit = slice.bit - (start ?? 0)
  const [first, last] = [Math.floor(bit / 8), Math.floor((bit + slice.width - 1) / 8)]
  const bytes = first === last ? `byte ${first}` : `bytes ${first}..${last}`
  const isWhole = bit % 8 === 0 && slice.width % 8 === 0
  const bits = isWhole ? '' : ` bits ${bit - 8 * first}..${bit - 8 * first + slice.width - 1}`
  const isInHeader = start !== undefined
  return { text: `${bytes}${bits} of the ${isInHeader ? 'transport header' : 'packet'}`, isInHeader }
}

function isWithin({ bit, width }: Slice, field: Field, { start }: Header): boolean {
  return bit >= start + field.bit && bit + width <= start + field.bit + field.width
}

function headerAt(slice: Slice, kind: PacketKind): Header | undefined {
  const start = transportStart(slice, kind)
  if (start !== undefined && slice.bit >= start) return transport(start, slice.bit, kind)
  if (slice.base.kind !== 'packet' || slice.base.from.length > 0) return undefined
  if (slice.bit < ETHERNET_BITS) return { name: 'ethernet', table: ethernetFields, start: 0 }
  const table = kind.etherType === undefined ? undefined : afterEthernet.get(Number(kind.etherType))
  return table && { ...table, start: ETHERNET_BITS }
}

const afterEthernet: ReadonlyMap<number, Omit<Header, 'start'>> = new Map([
  [etherTypes.ipv4, { name: 'ipv4', table: ipv4Fields }],
  [etherTypes.ipv6, { name: 'ipv6', table: ipv6Fields }],
  [etherTypes.arp, { name: 'arp', table: arpFields }],
])

/** The bit at which the transport header begins, counted as the slice's bits are. */
function transportStart({ base, bit }: Slice, { etherType }: PacketKind): number | undefined {
  if (base.kind !== 'packet') return undefined
  if (base.from.length === 0) {
    const isAfterIpv6 = etherType === BigInt(etherTypes.ipv6) && bit >= ETHERNET_BITS + IPV6_BITS
    return isAfterIpv6 ? ETHERNET_BITS + IPV6_BITS : undefined
  }
  const [length, ...others] = base.from
  return length !== undefined && others.length === 0 && isIpv4HeaderLength(length) ? ETHERNET_BITS : undefined
}

/** `4 * ipv4.ihl`, as bytes of an offset. */
function isIpv4HeaderLength(term: Term): boolean {
  if (term.op !== 'concat') return false
  const parts = term.args.filter((arg, i) => !(i === 0 && arg.op === 'bv' && arg.value === 0n))
  const [ihl, zeros, ...others] = parts
  if (ihl === undefined || others.length > 0 || zeros?.op !== 'bv' || zeros.width !== 2) return false
  return ihl.width === 4 && isIhl(ihl)
}

function isIhl(term: Term): boolean {
  if (term.op === 'ite') return term.args.slice(1).every((arg) => isIhl(arg) || (arg.op === 'bv' && arg.value === 0n))
  const [byte] = term.args
  const [offset] = byte?.args ?? []
  const isLowHalf = term.op === 'extract' && term.hi === 3 && term.lo === 0
  return isLowHalf && byte?.symbol?.name === 'packet.byte' && offset?.op === 'bv' && offset.value === 14n
}

function transport(start: number, bit: number, { protocol }: PacketKind): Header | undefined {
  if (protocol === BigInt(protocols.tcp)) return { name: 'tcp', table: tcpFields, start }
  if (protocol === BigInt(protocols.udp)) return { name: 'udp', table: udpFields, start }
  // Both begin with the ports.
  return bit < start + 32 ? { name: 'transport', table: portFields, start } : undefined
}

const { srcPort, dstPort } = udpFields
const portFields: FieldTable = { srcPort, dstPort }
