/** IPv4, RFC 791 section 3.1. */
import { fieldTable } from './field.js'
import { protocolNames } from './numbers.js'
import { HeaderView } from './view.js'

/** The 20 bytes before the options. */
export const ipv4Fields = fieldTable(20, {
  version: { width: 4, kind: 'uint', doc: '4' },
  ihl: { width: 4, kind: 'uint', doc: 'header length in words of 4 bytes' },
  dscp: { width: 6, kind: 'uint', doc: 'differentiated services, RFC 2474' },
  ecn: { width: 2, kind: 'uint', doc: 'congestion notification, RFC 3168' },
  totalLength: { width: 16, kind: 'uint', doc: 'bytes of the datagram, header included' },
  identification: { width: 16, kind: 'hex', doc: 'same for all fragments of a datagram' },
  flags: { width: 3, kind: 'flags', doc: 'fragmentation flags', flags: ['MF', 'DF', 'reserved'] },
  fragmentOffset: { width: 13, kind: 'uint', doc: 'in units of 8 bytes' },
  ttl: { width: 8, kind: 'uint', doc: 'hops left' },
  protocol: { width: 8, kind: 'uint', doc: 'IANA protocol number', names: protocolNames },
  headerChecksum: { width: 16, kind: 'checksum', doc: 'over the header' },
  src: { width: 32, kind: 'ipv4', doc: 'source address' },
  dst: { width: 32, kind: 'ipv4', doc: 'destination address' },
})

/** An IPv4 header over any bytes. */
export class Ipv4View extends HeaderView {
  get version(): number {
    return this.get(ipv4Fields.version)
  }

  set version(value: number) {
    this.set(ipv4Fields.version, value)
  }

  get ihl(): number {
    return this.get(ipv4Fields.ihl)
  }

  set ihl(value: number) {
    this.set(ipv4Fields.ihl, value)
  }

  get dscp(): number {
    return this.get(ipv4Fields.dscp)
  }

  set dscp(value: number) {
    this.set(ipv4Fields.dscp, value)
  }

  get ecn(): number {
    return this.get(ipv4Fields.ecn)
  }

  set ecn(value: number) {
    this.set(ipv4Fields.ecn, value)
  }

  get totalLength(): number {
    return this.get(ipv4Fields.totalLength)
  }

  set totalLength(value: number) {
    this.set(ipv4Fields.totalLength, value)
  }

  get identification(): number {
    return this.get(ipv4Fields.identification)
  }

  set identification(value: number) {
    this.set(ipv4Fields.identification, value)
  }

  get flags(): number {
    return this.get(ipv4Fields.flags)
  }

  set flags(value: number) {
    this.set(ipv4Fields.flags, value)
  }

  get fragmentOffset(): number {
    return this.get(ipv4Fields.fragmentOffset)
  }

  set fragmentOffset(value: number) {
    this.set(ipv4Fields.fragmentOffset, value)
  }

  get ttl(): number {
    return this.get(ipv4Fields.ttl)
  }

  set ttl(value: number) {
    this.set(ipv4Fields.ttl, value)
  }

  get protocol(): number {
    return this.get(ipv4Fields.protocol)
  }

  set protocol(value: number) {
    this.set(ipv4Fields.protocol, value)
  }

  get headerChecksum(): number {
    return this.get(ipv4Fields.headerChecksum)
  }

  set headerChecksum(value: number) {
    this.set(ipv4Fields.headerChecksum, value)
  }

  get src(): number {
    return this.get(ipv4Fields.src)
  }

  set src(value: number) {
    this.set(ipv4Fields.src, value)
  }

  get dst(): number {
    return this.get(ipv4Fields.dst)
  }

  set dst(value: number) {
    this.set(ipv4Fields.dst, value)
  }

  /** Bytes of the header with options, as `ihl` says. */
  get headerLength(): number {
    return this.ihl * 4
  }

  /** The bytes between the fixed header and `headerLength`, as far as they are there. */
  get options(): Uint8Array {
    return this.bytes.subarray(this.at + 20, Math.max(this.at + 20, this.at + this.headerLength))
  }
}
