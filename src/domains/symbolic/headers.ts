/** The parts of a packet as a specification reads them, over the terms of one frame. */
import type { Term } from '../../smt/index.js'
import type { Bytes, Offset } from './bytes.js'
import type { ChecksumFacts } from './checksum-facts.js'
import type { Integer } from './integer.js'
import type { IpLayer, SymbolicLayers } from './layers.js'
import type { BigintValue, NumberValue, TruthValue } from './values.js'

/** What the headers of one packet read: its form, its bytes, and what a path knows of checksums. */
export interface Source {
  readonly layers: SymbolicLayers
  /** Of this packet, which may have been changed since it was parsed. */
  readonly bytes: Bytes
  readonly checksums: ChecksumFacts
  /** Called before a checksum is read: of a changed packet it has no value yet. */
  readChecksum(): void
}

abstract class Header {
  protected readonly source: Source

  constructor(source: Source) {
    this.source = source
  }

  protected value(value: Integer): NumberValue {
    return this.source.layers.run.number(value)
  }

  protected number(at: Offset, size: number): NumberValue {
    return this.value(this.source.bytes.unsigned(at, size))
  }

  protected bits(at: Offset, size: number, high: number, low: number): NumberValue {
    return this.value(this.source.bytes.bits(at, size, high, low))
  }

  protected wide(at: Offset, size: number): BigintValue {
    return this.source.layers.run.bigint(this.source.bytes.unsigned(at, size))
  }
}

export class SymbolicEthernet extends Header {
  get dst(): NumberValue {
    return this.number(0, 6)
  }

  get src(): NumberValue {
    return this.number(6, 6)
  }

  get type(): NumberValue {
    return this.value(this.source.layers.etherType)
  }
}

export class SymbolicVlan extends Header {
  get tpid(): NumberValue {
    return this.number(12, 2)
  }

  get priority(): NumberValue {
    return this.bits(14, 2, 15, 13)
  }

  get dropEligible(): NumberValue {
    return this.bits(14, 2, 12, 12)
  }

  get id(): NumberValue {
    return this.bits(14, 2, 11, 0)
  }
}

export class SymbolicArp extends Header {
  get operation(): NumberValue {
    return this.number(this.source.layers.l3 + 6, 2)
  }
}

abstract class IpHeader extends Header {
  protected readonly layer: IpLayer

  constructor(source: Source, layer: IpLayer) {
    super(source)
    this.layer = layer
  }
}

export class SymbolicIpv4 extends IpHeader {
  get headerLength(): NumberValue {
    return this.value(this.layer.headerLength)
  }

  get dscp(): NumberValue {
    return this.bits(this.layer.at + 1, 1, 7, 2)
  }

  get ecn(): NumberValue {
    return this.bits(this.layer.at + 1, 1, 1, 0)
  }

  get totalLength(): NumberValue {
    return this.value(this.layer.length)
  }

  get identification(): NumberValue {
    return this.number(this.layer.at + 4, 2)
  }

  get flags(): NumberValue {
    return this.bits(this.layer.at + 6, 1, 7, 5)
  }

  get fragmentOffset(): NumberValue {
    return this.value(this.layer.fragmentOffset)
  }

  get ttl(): NumberValue {
    return this.number(this.layer.at + 8, 1)
  }

  get protocol(): NumberValue {
    return this.value(this.layer.protocol)
  }

  get headerChecksum(): NumberValue {
    this.source.readChecksum()
    return this.number(this.layer.at + 10, 2)
  }

  get src(): NumberValue {
    return this.number(this.layer.at + 12, 4)
  }

  get dst(): NumberValue {
    return this.number(this.layer.at + 16, 4)
  }

  get checksumRight(): TruthValue {
    const { source, layer } = this
    source.readChecksum()
    return source.layers.run.truth(source.checksums.ipv4Right(source, layer))
  }

  get laterFragment(): TruthValue {
    const { run } = this.source.layers
    return run.truth(run.terms.not(run.integers.eq(this.layer.fragmentOffset, run.integers.of(0n))))
  }
}

export class SymbolicIpv6 extends IpHeader {
  get trafficClass(): NumberValue {
    return this.bits(this.layer.at, 2, 11, 4)
  }

  get flowLabel(): NumberValue {
    return this.bits(this.layer.at, 4, 19, 0)
  }

  get payloadLength(): NumberValue {
    return this.number(this.layer.at + 4, 2)
  }

  get nextHeader(): NumberValue {
    return this.value(this.layer.protocol)
  }

  get hopLimit(): NumberValue {
    return this.number(this.layer.at + 7, 1)
  }

  get src(): BigintValue {
    return this.wide(this.layer.at + 8, 16)
  }

  get dst(): BigintValue {
    return this.wide(this.layer.at + 24, 16)
  }
}

/** IPv4 or IPv6. Addresses are bigints in both, so that one record type holds either. */
export class SymbolicIp extends IpHeader {
  get version(): NumberValue {
    return this.layer.version
  }

  get protocol(): NumberValue {
    return this.value(this.layer.protocol)
  }

  get src(): BigintValue {
    const { version, at } = this.layer
    return version === 4 ? this.wide(at + 12, 4) : this.wide(at + 8, 16)
  }

  get dst(): BigintValue {
    const { version, at } = this.layer
    return version === 4 ? this.wide(at + 16, 4) : this.wide(at + 24, 16)
  }

  get length(): NumberValue {
    return this.value(this.layer.length)
  }
}

/** TCP or UDP; the fields of the one are meaningless on the other and never handed out for it. */
export class SymbolicTransport extends IpHeader {
  get srcPort(): NumberValue {
    return this.number(this.#after(0), 2)
  }

  get dstPort(): NumberValue {
    return this.number(this.#after(2), 2)
  }

  get checksum(): NumberValue {
    this.source.readChecksum()
    return this.value(this.#checksum())
  }

  get checksumRight(): TruthValue {
    const { source, layer } = this
    source.readChecksum()
    const { terms } = source.layers.run
    const isTcp = source.layers.forms?.tcp ?? terms.false
    const right = source.checksums.transportRight(source, layer, isTcp)
    return source.layers.run.truth(terms.and(terms.not(layer.moreFragments), right))
  }

  get sequence(): NumberValue {
    return this.number(this.#after(4), 4)
  }

  get acknowledgement(): NumberValue {
    return this.number(this.#after(8), 4)
  }

  get dataOffset(): NumberValue {
    const { run } = this.source.layers
    return this.value(run.integers.within(this.source.bytes.bits(this.#after(12), 1, 7, 4), 5n, 15n))
  }

  get flags(): NumberValue {
    return this.number(this.#after(13), 1)
  }

  get window(): NumberValue {
    return this.number(this.#after(14), 2)
  }

  get length(): NumberValue {
    return this.number(this.#after(4), 2)
  }

  #after(by: number): Offset {
    return this.source.bytes.after(this.layer.payload, by)
  }

  #checksum(): Integer {
    const { layers, bytes } = this.source
    const isTcp: Term = layers.forms?.tcp ?? layers.run.terms.false
    return layers.run.integers.select(isTcp, bytes.unsigned(this.#after(16), 2), bytes.unsigned(this.#after(6), 2))
  }
}

export class SymbolicIcmp extends IpHeader {
  get type(): NumberValue {
    return this.number(this.source.bytes.after(this.layer.payload, 0), 1)
  }

  get code(): NumberValue {
    return this.number(this.source.bytes.after(this.layer.payload, 1), 1)
  }
}
