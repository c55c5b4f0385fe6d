/**
 * The parts of a packet as a specification reads them, over the bytes of one packet. One object of each kind is kept
 * for each packet object and pointed at the bytes when it is asked for, so that reading allocates nothing.
 */
import { readU16, readU32, readU48, readU128 } from '../../packet/bytes.js'
import { ipv4ChecksumState, transportChecksumState } from '../../packet/checksum.js'
import type { Layers } from '../../packet/layers.js'
import type { Arp, Ethernet, Icmp, Ip, Ipv4, Ipv6, Tcp, Udp, Vlan } from '../../spec/packet.js'

/** A bigint of 32 bits; the other half of it stays zero. */
const wide = new BigUint64Array(1)
const halves = new Uint32Array(wide.buffer)
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** 32 bits as a bigint; by way of memory, which the engine does without a call where that is a typed array. */
function wideU32(bytes: Uint8Array, at: number): bigint {
  halves[LOW] = readU32(bytes, at)
  return wide[0] ?? 0n
}

abstract class Header {
  protected readonly layers: Layers

  constructor(layers: Layers) {
    this.layers = layers
  }

  protected byte(at: number): number {
    return this.layers.bytes[at] ?? 0
  }
}

export class ConcreteEthernet extends Header implements Ethernet {
  get dst(): number {
    return readU48(this.layers.bytes, this.layers.start)
  }

  get src(): number {
    return readU48(this.layers.bytes, this.layers.start + 6)
  }

  get type(): number {
    return this.layers.etherType
  }
}

export class ConcreteVlan extends Header implements Vlan {
  get tpid(): number {
    return readU16(this.layers.bytes, this.layers.start + 12)
  }

  get priority(): number {
    return this.byte(this.layers.start + 14) >> 5
  }

  get dropEligible(): number {
    return (this.byte(this.layers.start + 14) >> 4) & 1
  }

  get id(): number {
    return readU16(this.layers.bytes, this.layers.start + 14) & 0xfff
  }
}

export class ConcreteArp extends Header implements Arp {
  get operation(): number {
    return readU16(this.layers.bytes, this.layers.arp + 6)
  }
}

export class ConcreteIpv4 extends Header implements Ipv4 {
  get headerLength(): number {
    return this.layers.ipHeaderLength
  }

  get dscp(): number {
    return this.byte(this.layers.ipv4 + 1) >> 2
  }

  get ecn(): number {
    return this.byte(this.layers.ipv4 + 1) & 3
  }

  get totalLength(): number {
    return readU16(this.layers.bytes, this.layers.ipv4 + 2)
  }

  get identification(): number {
    return readU16(this.layers.bytes, this.layers.ipv4 + 4)
  }

  get flags(): number {
    return this.byte(this.layers.ipv4 + 6) >> 5
  }

  get fragmentOffset(): number {
    return this.layers.fragmentOffset
  }

  get ttl(): number {
    return this.byte(this.layers.ipv4 + 8)
  }

  get protocol(): number {
    return this.layers.protocol
  }

  get headerChecksum(): number {
    return readU16(this.layers.bytes, this.layers.ipv4 + 10)
  }

  get src(): number {
    return readU32(this.layers.bytes, this.layers.ipv4 + 12)
  }

  get dst(): number {
    return readU32(this.layers.bytes, this.layers.ipv4 + 16)
  }

  get checksumRight(): boolean {
    return ipv4ChecksumState(this.layers) === 'right'
  }

  get laterFragment(): boolean {
    return this.layers.fragmentOffset !== 0
  }
}

export class ConcreteIpv6 extends Header implements Ipv6 {
  get trafficClass(): number {
    return (readU16(this.layers.bytes, this.layers.ipv6) >> 4) & 0xff
  }

  get flowLabel(): number {
    return readU32(this.layers.bytes, this.layers.ipv6) & 0xfffff
  }

  get payloadLength(): number {
    return readU16(this.layers.bytes, this.layers.ipv6 + 4)
  }

  get nextHeader(): number {
    return this.layers.protocol
  }

  get hopLimit(): number {
    return this.byte(this.layers.ipv6 + 7)
  }

  get src(): bigint {
    return readU128(this.layers.bytes, this.layers.ipv6 + 8)
  }

  get dst(): bigint {
    return readU128(this.layers.bytes, this.layers.ipv6 + 24)
  }
}

/** IPv4 or IPv6. Addresses are bigints in both, so that one record type holds either. */
export class ConcreteIp extends Header implements Ip {
  get version(): number {
    return this.layers.ipv4 === -1 ? 6 : 4
  }

  get protocol(): number {
    return this.layers.protocol
  }

  get src(): bigint {
    const { bytes, ipv4, ipv6 } = this.layers
    return ipv4 === -1 ? readU128(bytes, ipv6 + 8) : wideU32(bytes, ipv4 + 12)
  }

  get dst(): bigint {
    const { bytes, ipv4, ipv6 } = this.layers
    return ipv4 === -1 ? readU128(bytes, ipv6 + 24) : wideU32(bytes, ipv4 + 16)
  }

  get length(): number {
    const { bytes, ipv4, ipv6 } = this.layers
    return ipv4 === -1 ? readU16(bytes, ipv6 + 4) + 40 : readU16(bytes, ipv4 + 2)
  }
}

/** TCP or UDP; the fields of the one are meaningless on the other and never handed out for it. */
export class ConcreteTransport extends Header implements Tcp, Udp {
  get srcPort(): number {
    return readU16(this.layers.bytes, this.layers.transport)
  }

  get dstPort(): number {
    return readU16(this.layers.bytes, this.layers.transport + 2)
  }

  get checksum(): number {
    return readU16(this.layers.bytes, this.layers.transport + (this.layers.tcp === -1 ? 6 : 16))
  }

  get checksumRight(): boolean {
    const { layers } = this
    if (layers.fragmentOffset !== 0 || layers.moreFragments) return false
    return transportChecksumState(layers) !== 'wrong'
  }

  get sequence(): number {
    return readU32(this.layers.bytes, this.layers.transport + 4)
  }

  get acknowledgement(): number {
    return readU32(this.layers.bytes, this.layers.transport + 8)
  }

  get dataOffset(): number {
    return this.byte(this.layers.transport + 12) >> 4
  }

  get flags(): number {
    return this.byte(this.layers.transport + 13)
  }

  get window(): number {
    return readU16(this.layers.bytes, this.layers.transport + 14)
  }

  get length(): number {
    return readU16(this.layers.bytes, this.layers.transport + 4)
  }
}

export class ConcreteIcmp extends Header implements Icmp {
  readonly #version: 4 | 6

  constructor(layers: Layers, version: 4 | 6) {
    super(layers)
    this.#version = version
  }

  get type(): number {
    return this.byte(this.#at)
  }

  get code(): number {
    return this.byte(this.#at + 1)
  }

  get #at(): number {
    return this.#version === 4 ? this.layers.icmp : this.layers.icmpv6
  }
}
