/**
 * The legal form of a packet, over terms: the same table as src/packet/layers.ts. Whether a header is
 * there is one condition, asked of the path when a specification first asks for it; where it lies stays a term, so that
 * the length of a header is never gone through case by case.
 */
import { maxVlanTags } from '../../packet/layers.js'
import { etherTypes, protocols } from '../../packet/numbers.js'
import type { Term } from '../../smt/index.js'
import { Bytes } from './bytes.js'
import type { Frame } from './frame.js'
import type { Integer } from './integer.js'
import type { Run } from './run.js'

/** An IP header that the path has. */
export interface IpLayer {
  readonly version: 4 | 6
  /** Where it begins, bytes. */
  readonly at: number
  /** Bytes: 4 times IHL, or 40. */
  readonly headerLength: Integer
  /** Bytes of the datagram by its own length field, header included. */
  readonly length: Integer
  /** IPv4 protocol or IPv6 next header. */
  readonly protocol: Integer
  /** In units of 8 bytes; 0 for IPv6. */
  readonly fragmentOffset: Integer
  readonly moreFragments: Term
  /** Where what it carries begins, 32 bits. */
  readonly payload: Term
}

/** A transport header of an IP header; each holds where it is legal. */
export interface TransportForms {
  readonly tcp: Term
  readonly udp: Term
  readonly icmp: Term
  readonly icmpv6: Term
}

export class SymbolicLayers {
  readonly run: Run
  /** As the packet came in. */
  readonly bytes: Bytes
  readonly tagAware: boolean
  #ipv4: IpLayer | undefined | 'unknown' = 'unknown'
  #ipv6: IpLayer | undefined | 'unknown' = 'unknown'
  #forms: TransportForms | undefined
  readonly #decided = new Map<string, boolean>()

  constructor(run: Run, frame: Frame, tagAware: boolean) {
    this.run = run
    this.bytes = new Bytes(run, frame)
    this.tagAware = tagAware
  }

  get ethernet(): boolean {
    return this.#decide('ethernet', () => this.#has(14))
  }

  /** Whether there is a whole VLAN tag; never unless tag-aware. What follows the first is not asked for it. */
  get isTagged(): boolean {
    return this.#isTag(0)
  }

  /** Whole VLAN tags passed over; 0 unless tag-aware. */
  get vlanTags(): number {
    let tags = 0
    while (tags < maxVlanTags && this.#isTag(tags)) tags += 1
    return tags
  }

  /** Offset after the EtherType read last. */
  get l3(): number {
    return 14 + 4 * this.vlanTags
  }

  /** The EtherType or length read last: after the tags where tag-aware. Meaningful only in a whole header. */
  get etherType(): Integer {
    return this.bytes.unsigned(this.l3 - 2, 2)
  }

  get ipv4(): IpLayer | undefined {
    if (typeof this.#ipv6 === 'object') return undefined
    if (this.#ipv4 === 'unknown') this.#ipv4 = this.#findIpv4()
    return this.#ipv4
  }

  get ipv6(): IpLayer | undefined {
    if (typeof this.#ipv4 === 'object') return undefined
    if (this.#ipv6 === 'unknown') this.#ipv6 = this.#findIpv6()
    return this.#ipv6
  }

  /** The IP header, whichever the path has. Only a packet that is not IPv4 is asked whether it is IPv6. */
  get ip(): IpLayer | undefined {
    return this.ipv4 ?? this.ipv6
  }

  get arp(): boolean {
    return this.#decide('arp', () => this.#arp())
  }

  get tcp(): boolean {
    return this.#decide('tcp', () => this.forms?.tcp)
  }

  get udp(): boolean {
    return this.#decide('udp', () => this.forms?.udp)
  }

  /** TCP or UDP: one condition, so that what reads only the ports does not tell them apart. */
  get transport(): boolean {
    return this.#decide('transport', () => {
      const { forms } = this
      return forms && this.run.terms.or(forms.tcp, forms.udp)
    })
  }

  get icmp(): boolean {
    return this.#decide('icmp', () => this.forms?.icmp)
  }

  get icmpv6(): boolean {
    return this.#decide('icmpv6', () => this.forms?.icmpv6)
  }

  /** When each header above IP is legal; undefined where there is no IP header. */
  get forms(): TransportForms | undefined {
    const { ip } = this
    if (ip !== undefined) this.#forms ??= this.#transportForms(ip)
    return this.#forms
  }

  /** One condition, asked once; `find` gives undefined where it cannot hold. */
  #decide(name: string, find: () => Term | undefined): boolean {
    const known = this.#decided.get(name)
    if (known !== undefined) return known
    const condition = find()
    const decided = condition !== undefined && this.run.decide(condition)
    this.#decided.set(name, decided)
    return decided
  }

  /** At least `length` bytes. */
  #has(length: number): Term {
    return this.run.integers.le(this.run.integers.of(BigInt(length)), this.bytes.length)
  }

  /** Whether a whole tag follows `before` others. */
  #isTag(before: number): boolean {
    if (!this.tagAware) return false
    return this.#decide(`tag ${before}`, () => {
      const { terms, integers } = this.run
      const type = this.bytes.unsigned(12 + 4 * before, 2)
      const isTag = terms.any(
        [etherTypes.vlan, etherTypes.serviceVlan].map((tpid) => integers.eq(type, integers.of(BigInt(tpid)))),
      )
      return terms.and(this.#has(14 + 4 * (before + 1)), isTag)
    })
  }

  #isType(type: number): Term {
    return this.run.integers.eq(this.etherType, this.run.integers.of(BigInt(type)))
  }

  /** RFC 791 section 3.1: version 4, ihl >= 5, header <= total length <= bytes present. The checksum is not judged. */
  #findIpv4(): IpLayer | undefined {
    const { run, bytes } = this
    const { integers, terms } = run
    const at = this.l3
    const ihl = bytes.bits(at, 1, 3, 0)
    const headerLength = integers.mul(ihl, integers.of(4n))
    const totalLength = bytes.unsigned(at + 2, 2)
    const legal = terms.all([
      this.#isType(etherTypes.ipv4),
      this.#has(at + 20),
      integers.eq(bytes.bits(at, 1, 7, 4), integers.of(4n)),
      integers.le(integers.of(5n), ihl),
      integers.le(headerLength, totalLength),
      integers.le(integers.add(totalLength, integers.of(BigInt(at))), bytes.length),
    ])
    if (!run.decide(legal)) return undefined
    const length = integers.within(headerLength, 20n, 60n)
    return {
      version: 4,
      at,
      headerLength: length,
      length: integers.within(totalLength, 20n, 65_535n),
      protocol: bytes.unsigned(at + 9, 1),
      fragmentOffset: bytes.bits(at + 6, 2, 12, 0),
      moreFragments: integers.eq(bytes.bits(at + 6, 2, 13, 13), integers.of(1n)),
      payload: integers.bits(integers.add(integers.of(BigInt(at)), length), 32),
    }
  }

  /** RFC 8200 section 3: version 6, 40 + payload length <= bytes present. No extension header is passed over. */
  #findIpv6(): IpLayer | undefined {
    const { run, bytes } = this
    const { integers, terms } = run
    const at = this.l3
    const length = integers.add(bytes.unsigned(at + 4, 2), integers.of(40n))
    const legal = terms.all([
      this.#isType(etherTypes.ipv6),
      this.#has(at + 40),
      integers.eq(bytes.bits(at, 1, 7, 4), integers.of(6n)),
      integers.le(integers.add(length, integers.of(BigInt(at))), bytes.length),
    ])
    if (!run.decide(legal)) return undefined
    return {
      version: 6,
      at,
      headerLength: integers.of(40n),
      length,
      protocol: bytes.unsigned(at + 6, 1),
      fragmentOffset: integers.of(0n),
      moreFragments: terms.false,
      payload: terms.bv(at + 40, 32),
    }
  }

  #transportForms(ip: IpLayer): TransportForms {
    const { integers, terms } = this.run
    const present = integers.within(integers.sub(ip.length, ip.headerLength), 0n, 65_535n)
    const has = (length: bigint): Term => integers.le(integers.of(length), present)
    const carries = (protocol: number): Term =>
      terms.and(
        integers.eq(ip.fragmentOffset, integers.of(0n)),
        integers.eq(ip.protocol, integers.of(BigInt(protocol))),
      )
    const message = (protocol: number, version: number): Term =>
      ip.version === version ? terms.and(carries(protocol), has(8n)) : terms.false
    return {
      tcp: terms.all([carries(protocols.tcp), has(20n), this.#tcpFits(ip, present)]),
      udp: terms.all([carries(protocols.udp), has(8n), this.#udpFits(ip, present)]),
      icmp: message(protocols.icmp, 4),
      icmpv6: message(protocols.icmpv6, 6),
    }
  }

  #tcpFits(ip: IpLayer, present: Integer): Term {
    const { integers, terms } = this.run
    const dataOffset = this.bytes.bits(this.bytes.after(ip.payload, 12), 1, 7, 4)
    return terms.and(
      integers.le(integers.of(5n), dataOffset),
      integers.le(integers.mul(dataOffset, integers.of(4n)), present),
    )
  }

  #udpFits(ip: IpLayer, present: Integer): Term {
    const { integers, terms } = this.run
    const length = this.bytes.unsigned(this.bytes.after(ip.payload, 4), 2)
    const fits = terms.and(integers.le(integers.of(8n), length), integers.le(length, present))
    if (ip.version === 4) return fits
    // RFC 8200 section 8.1: a zero checksum is not allowed over IPv6.
    const checksum = this.bytes.unsigned(this.bytes.after(ip.payload, 6), 2)
    return terms.and(fits, terms.not(integers.eq(checksum, integers.of(0n))))
  }

  #arp(): Term {
    const { integers, terms } = this.run
    const at = this.l3
    const is = (offset: number, size: number, value: number): Term =>
      integers.eq(this.bytes.unsigned(at + offset, size), integers.of(BigInt(value)))
    return terms.all([
      ...[this.#isType(etherTypes.arp), this.#has(at + 28)],
      ...[is(0, 2, 1), is(4, 1, 6), is(2, 2, etherTypes.ipv4), is(5, 1, 4)],
    ])
  }
}
