/**
 * Any bytes as a list of sections, for reading by people and for comparing: headers as far as they can be made out,
 * payload, trailer. Judges nothing and never throws; `Layers` says what is legal.
 */
import { arpFields } from './arp.js'
import { readU16 } from './bytes.js'
import { ethernetFields } from './ethernet.js'
import { extensionFields, fragmentFields, walkExtensions } from './extension.js'
import type { Field, FieldTable } from './field.js'
import { icmpTable, isIcmpError } from './icmp.js'
import { icmpv6Table, isIcmpv6Error } from './icmpv6.js'
import { ipv4Fields } from './ipv4.js'
import { ipv6Fields } from './ipv6.js'
import { LlcView, llcFields, llcNumberedFields, SnapView, snapFields } from './llc.js'
import { etherTypes, firstEtherType, isVlanTag, protocols } from './numbers.js'
import { tcpFields } from './tcp.js'
import { udpFields } from './udp.js'
import { vlanFields } from './vlan.js'

export type LayerName =
  | 'ethernet'
  | 'vlan'
  | 'llc'
  | 'snap'
  | 'arp'
  | 'ipv4'
  | 'ipv6'
  | 'extension'
  | 'fragment'
  | 'tcp'
  | 'udp'
  | 'icmp'
  | 'icmpv6'
  | 'payload'
  | 'padding'
  | 'trailer'

/** A run of bytes of a frame. The sections of a frame follow on each other and cover every byte once. */
export interface Section {
  readonly layer: LayerName
  /** Whether it belongs to the datagram quoted in an ICMP error. */
  readonly isInner: boolean
  /** Offset in the frame, bytes. */
  readonly at: number
  /** Bytes present, options included. */
  readonly length: number
  /** Fields at the start of the section; those that do not fit in `length` are not there. */
  readonly table: FieldTable | undefined
  /** Where the bytes that this header heads end. */
  readonly end: number
  /** Offset of the IP header whose addresses a checksum here covers; -1 where it cannot be known whole. */
  readonly ip: number
}

/** Cuts a frame into sections. */
export function dissect(frame: Uint8Array): readonly Section[] {
  const dissection = new Dissection(frame)
  dissection.frame()
  return dissection.sections
}

class Dissection {
  readonly sections: Section[] = []
  readonly #bytes: Uint8Array
  #at = 0
  /** End of the innermost length field so far. */
  #end: number
  #ip = -1
  #isInner = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#end = bytes.length
  }

  frame(): void {
    if (this.#header('ethernet', ethernetFields, 14)) this.#tagged(readU16(this.#bytes, 12))
    this.#rest('payload', this.#end)
    this.#rest('trailer', this.#bytes.length)
  }

  #tagged(etherType: number): void {
    let type = etherType
    while (isVlanTag(type)) {
      if (!this.#header('vlan', vlanFields, 4)) return
      type = readU16(this.#bytes, this.#at - 2)
    }
    if (type >= firstEtherType) this.#network(type)
    else this.#llc(type)
  }

  #llc(length: number): void {
    this.#limit(length)
    const llc = new LlcView(this.#bytes, this.#at)
    const { isSnap, isNumbered } = llc
    if (isNumbered) this.#header('llc', llcNumberedFields, 4)
    else if (this.#header('llc', llcFields, 3) && isSnap) {
      const { oui, type } = new SnapView(this.#bytes, this.#at)
      if (this.#header('snap', snapFields, 5) && oui === 0) this.#network(type)
    }
  }

  #network(etherType: number): void {
    if (etherType === etherTypes.ipv4) this.#ipv4()
    else if (etherType === etherTypes.ipv6) this.#ipv6()
    else if (etherType === etherTypes.arp) this.#arp()
  }

  /** Other address lengths have another layout and stay payload. */
  #arp(): void {
    if (readU16(this.#bytes, this.#at + 4) === 0x0604 && this.#header('arp', arpFields, 28)) this.#limit(0)
  }

  #ipv4(): void {
    const at = this.#at
    const first = this.#bytes[at] ?? 0
    const length = (first & 15) * 4
    if (!this.#header('ipv4', ipv4Fields, Math.max(20, length)) || first >> 4 !== 4 || length < 20) return
    const fragment = readU16(this.#bytes, at + 6)
    const isWhole = this.#limit(readU16(this.#bytes, at + 2) - length)
    this.#ip = isWhole && (fragment & 0x3fff) === 0 && !this.#isInner ? at : -1
    if ((fragment & 0x1fff) === 0) this.#upper(this.#bytes[at + 9] ?? 0, 4)
  }

  #ipv6(): void {
    const at = this.#at
    if (!this.#header('ipv6', ipv6Fields, 40) || (this.#bytes[at] ?? 0) >> 4 !== 6) return
    const isWhole = this.#limit(readU16(this.#bytes, at + 4))
    const { headers, protocol, fragmentOffset, moreFragments } = walkExtensions(
      this.#bytes,
      this.#at,
      this.#bytes[at + 6] ?? 0,
      this.#end,
    )
    let isOneHop = true
    for (const header of headers) {
      if (header.protocol === protocols.fragment) this.#header('fragment', fragmentFields, 8)
      else this.#header('extension', extensionFields, header.length)
      // RFC 8200 section 8.1: the pseudo header has the last address of a routing header.
      if (header.protocol === protocols.routing) isOneHop = false
    }
    const isJudged = isWhole && isOneHop && !moreFragments && fragmentOffset === 0 && !this.#isInner
    this.#ip = isJudged ? at : -1
    if (fragmentOffset === 0) this.#upper(protocol, 6)
  }

  #upper(protocol: number, version: 4 | 6): void {
    if (protocol === protocols.tcp) this.#tcp()
    else if (protocol === protocols.udp) this.#udp()
    else if (protocol === protocols.icmp && version === 4) this.#icmp()
    else if (protocol === protocols.icmpv6 && version === 6) this.#icmpv6()
  }

  #tcp(): void {
    const length = ((this.#bytes[this.#at + 12] ?? 0) >> 4) * 4
    this.#header('tcp', tcpFields, Math.max(20, length))
  }

  #udp(): void {
    const length = readU16(this.#bytes, this.#at + 4)
    const ipEnd = this.#end
    const isWhole = length >= 8 && this.#at + length <= ipEnd
    if (isWhole) this.#end = this.#at + length
    else this.#ip = -1
    if (!this.#header('udp', udpFields, 8)) return
    this.#rest('payload', this.#end)
    this.#rest('padding', ipEnd)
  }

  #icmp(): void {
    const type = this.#bytes[this.#at] ?? 0
    if (this.#header('icmp', icmpTable(type), 8) && isIcmpError(type)) this.#quoted(etherTypes.ipv4)
  }

  #icmpv6(): void {
    const type = this.#bytes[this.#at] ?? 0
    const isNeighbour = type === 135 || type === 136
    if (this.#header('icmpv6', icmpv6Table(type), isNeighbour ? 24 : 8) && isIcmpv6Error(type))
      this.#quoted(etherTypes.ipv6)
  }

  /** The datagram that an ICMP error is about; one level deep. */
  #quoted(etherType: number): void {
    if (this.#isInner) return
    const end = this.#end
    this.#isInner = true
    this.#network(etherType)
    this.#rest('payload', this.#end)
    this.#isInner = false
    this.#end = end
  }

  /** Takes a header; false where it is cut short, and then nothing follows but what is left. */
  #header(layer: LayerName, table: FieldTable, length: number): boolean {
    const present = Math.min(length, this.#end - this.#at)
    this.#push(layer, present, table)
    return present === length
  }

  /** Narrows the end to `length` bytes from here where that many are there; says whether they are. */
  #limit(length: number): boolean {
    const isWhole = length >= 0 && this.#at + length <= this.#end
    if (isWhole) this.#end = this.#at + length
    return isWhole
  }

  #rest(layer: LayerName, to: number): void {
    if (to > this.#at) this.#push(layer, to - this.#at, undefined)
    this.#end = Math.max(this.#end, to)
  }

  #push(layer: LayerName, length: number, table: FieldTable | undefined): void {
    if (length <= 0) return
    const end = Math.max(this.#end, this.#at + length)
    this.sections.push({ layer, isInner: this.#isInner, at: this.#at, length, table, end, ip: this.#ip })
    this.#at += length
  }
}

/** The fields of a section that are whole. */
export function fieldsOf(section: Section): Field[] {
  const { table, length } = section
  return table === undefined ? [] : Object.values(table).filter((field) => field.bit + field.width <= length * 8)
}

/** Where the bytes of a section start that whole fields do not cover, relative to it: options, payload. */
export function restOffset(section: Section): number {
  const bits = fieldsOf(section).reduce((end, field) => Math.max(end, field.bit + field.width), 0)
  return Math.floor(bits / 8)
}

/** `ipv4`, or `inner ipv4` where it is quoted in an ICMP error. */
export function layerName(section: Section): string {
  return section.isInner ? `inner ${section.layer}` : section.layer
}
