/** IPv6, RFC 8200 section 3. Extension headers are walked in extension.ts. */
import { fieldTable } from './field.js'
import { protocolNames } from './numbers.js'
import { HeaderView } from './view.js'

/** The 40 bytes of the IPv6 header. */
export const ipv6Fields = fieldTable(40, {
  version: { width: 4, kind: 'uint', doc: '6' },
  trafficClass: { width: 8, kind: 'hex', doc: 'differentiated services and congestion notification' },
  flowLabel: { width: 20, kind: 'hex', doc: 'flow label, RFC 6437' },
  payloadLength: { width: 16, kind: 'uint', doc: 'bytes after this header' },
  nextHeader: { width: 8, kind: 'uint', doc: 'protocol number of what follows', names: protocolNames },
  hopLimit: { width: 8, kind: 'uint', doc: 'hops left' },
  src: { width: 128, kind: 'ipv6', doc: 'source address' },
  dst: { width: 128, kind: 'ipv6', doc: 'destination address' },
})

/** An IPv6 header over any bytes. */
export class Ipv6View extends HeaderView {
  get version(): number {
    return this.get(ipv6Fields.version)
  }

  set version(value: number) {
    this.set(ipv6Fields.version, value)
  }

  get trafficClass(): number {
    return this.get(ipv6Fields.trafficClass)
  }

  set trafficClass(value: number) {
    this.set(ipv6Fields.trafficClass, value)
  }

  get flowLabel(): number {
    return this.get(ipv6Fields.flowLabel)
  }

  set flowLabel(value: number) {
    this.set(ipv6Fields.flowLabel, value)
  }

  get payloadLength(): number {
    return this.get(ipv6Fields.payloadLength)
  }

  set payloadLength(value: number) {
    this.set(ipv6Fields.payloadLength, value)
  }

  get nextHeader(): number {
    return this.get(ipv6Fields.nextHeader)
  }

  set nextHeader(value: number) {
    this.set(ipv6Fields.nextHeader, value)
  }

  get hopLimit(): number {
    return this.get(ipv6Fields.hopLimit)
  }

  set hopLimit(value: number) {
    this.set(ipv6Fields.hopLimit, value)
  }

  get src(): bigint {
    return this.getWide(ipv6Fields.src)
  }

  set src(value: bigint) {
    this.set(ipv6Fields.src, value)
  }

  get dst(): bigint {
    return this.getWide(ipv6Fields.dst)
  }

  set dst(value: bigint) {
    this.set(ipv6Fields.dst, value)
  }
}
