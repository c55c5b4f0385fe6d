import { errorHere } from '../../spec/instrumented/index.js'
import { Bytes } from './bytes.js'
import { ChangeWriter } from './changes.js'
import type { ChecksumFacts } from './checksum-facts.js'
import { Expectations, type ExpectedFrame } from './expected.js'
import type { Frame } from './frame.js'
import {
  type Source,
  SymbolicArp,
  SymbolicEthernet,
  SymbolicIcmp,
  SymbolicIp,
  SymbolicIpv4,
  SymbolicIpv6,
  SymbolicTransport,
  SymbolicVlan,
} from './headers.js'
import type { IpLayer, SymbolicLayers } from './layers.js'
import { RetaggedPacket, TAG_AT, TAG_LENGTH, tagTerm } from './retagged.js'
import type { NumberValue } from './values.js'

/**
 * A packet in the symbolic reading: as it came in, or as the specification wants it. A change never touches what tells
 * headers apart, so both have the same form.
 */
export class SymbolicPacket {
  readonly #source: Source
  readonly #expectations: Expectations

  constructor(layers: SymbolicLayers, checksums: ChecksumFacts, frame?: Frame, expectations?: Expectations) {
    const bytes = frame === undefined ? layers.bytes : new Bytes(layers.run, frame)
    this.#source = { layers, bytes, checksums, readChecksum: () => this.#readChecksum() }
    this.#expectations = expectations ?? new Expectations(layers.run.terms)
  }

  /** What must leave, where this is the packet of a verdict. */
  get expected(): ExpectedFrame {
    const { free, checksums } = this.#expectations
    return { frame: this.#source.bytes.frame, free, checksums }
  }

  get length(): NumberValue {
    return this.#source.layers.run.number(this.#source.bytes.length)
  }

  get ethernet(): SymbolicEthernet | undefined {
    return this.#readable().ethernet ? new SymbolicEthernet(this.#source) : undefined
  }

  get vlan(): SymbolicVlan | undefined {
    return this.#readable().isTagged ? new SymbolicVlan(this.#source) : undefined
  }

  get arp(): SymbolicArp | undefined {
    return this.#readable().arp ? new SymbolicArp(this.#source) : undefined
  }

  get ipv4(): SymbolicIpv4 | undefined {
    const { ipv4 } = this.#readable()
    return ipv4 && new SymbolicIpv4(this.#source, ipv4)
  }

  get ipv6(): SymbolicIpv6 | undefined {
    const { ipv6 } = this.#readable()
    return ipv6 && new SymbolicIpv6(this.#source, ipv6)
  }

  get ip(): SymbolicIp | undefined {
    const { ip } = this.#readable()
    return ip && new SymbolicIp(this.#source, ip)
  }

  get transport(): SymbolicTransport | undefined {
    return this.#above(this.#readable().transport, (ip) => new SymbolicTransport(this.#source, ip))
  }

  get tcp(): SymbolicTransport | undefined {
    return this.#above(this.#readable().tcp, (ip) => new SymbolicTransport(this.#source, ip))
  }

  get udp(): SymbolicTransport | undefined {
    return this.#above(this.#readable().udp, (ip) => new SymbolicTransport(this.#source, ip))
  }

  get icmp(): SymbolicIcmp | undefined {
    return this.#above(this.#readable().icmp, (ip) => new SymbolicIcmp(this.#source, ip))
  }

  get icmpv6(): SymbolicIcmp | undefined {
    return this.#above(this.#readable().icmpv6, (ip) => new SymbolicIcmp(this.#source, ip))
  }

  with(changes: unknown, more?: unknown): SymbolicPacket {
    const { layers, bytes, checksums } = this.#source
    const frame = bytes.frame.copy()
    let expectations = new ChangeWriter(layers, frame, this.#expectations).apply(changes)
    if (more !== undefined) expectations = new ChangeWriter(layers, frame, expectations).apply(more)
    return new SymbolicPacket(layers, checksums, frame, expectations)
  }

  tagged(tag: unknown): RetaggedPacket {
    const { layers, bytes } = this.#asCameIn('tagged')
    if (!layers.ethernet) throw errorHere('packet.tagged: this packet has no Ethernet header')
    return new RetaggedPacket(bytes.frame.spliced(TAG_AT, 0, tagTerm(layers.run, tag)))
  }

  untagged(): RetaggedPacket {
    const { layers, bytes } = this.#asCameIn('untagged')
    if (!layers.isTagged) throw errorHere('packet.untagged: this packet has no VLAN tag')
    return new RetaggedPacket(bytes.frame.spliced(TAG_AT, TAG_LENGTH, undefined))
  }

  #asCameIn(what: string): Source {
    if (this.#source.bytes === this.#source.layers.bytes) return this.#source
    throw errorHere(`packet.${what} takes the packet as it came in, not a changed one`)
  }

  #above<T>(isThere: boolean, make: (ip: IpLayer) => T): T | undefined {
    const { ip } = this.#source.layers
    return isThere && ip !== undefined ? make(ip) : undefined
  }

  #readable(): SymbolicLayers {
    if (this.#expectations.free.length > 0) {
      throw errorHere('a header of a packet with free fields is read', 'read it of the packet that came in')
    }
    return this.#source.layers
  }

  #readChecksum(): void {
    if (this.#expectations.checksums.length === 0) return
    throw errorHere('a checksum of a changed packet is read', 'read it of the packet that came in')
  }
}
