import { Layers, parseLayers } from '../../packet/layers.js'
import { SpecError } from '../../spec/error.js'
import type {
  Arp,
  Changes,
  Ethernet,
  Icmp,
  Ip,
  Ipv4,
  Ipv6,
  Packet,
  Tag,
  Tcp,
  Transport,
  Udp,
  Vlan,
} from '../../spec/packet.js'
import { applyChanges, type ChangeTarget } from './changes.js'
import type { Seen } from './features.js'
import {
  ConcreteArp,
  ConcreteEthernet,
  ConcreteIcmp,
  ConcreteIp,
  ConcreteIpv4,
  ConcreteIpv6,
  ConcreteTransport,
  ConcreteVlan,
} from './headers.js'
import { putTag, TAG_LENGTH, takeTag } from './tags.js'
import { FrameMemory } from './words.js'

/** Largest frame that a packet object holds, in bytes; the jumbo frames of the NF interface fit. */
export const MAX_FRAME = 16_384

const nothing = new Uint8Array(0)
const noView = new DataView(new ArrayBuffer(0))

/**
 * A packet in the fast reading: an object that is pointed at one frame after the other. What `with` gives is written
 * out at once in a packet object of the pool, since the bytes are what the oracle compares.
 */
export class ConcretePacket implements Packet, ChangeTarget {
  /** The frame is `bytes[start, start + length)`. */
  bytes: Uint8Array = nothing
  start = 0
  length = 0
  /** Of `bytes`, where those are of this packet's own. */
  view: DataView = noView
  readonly #layers = new Layers()
  /** The form of the packet that this one is a copy of, where it is not yet this one's own. */
  #origin: Layers | undefined
  readonly #pool: PacketPool
  readonly #ethernet = new ConcreteEthernet(this.#layers)
  readonly #vlan = new ConcreteVlan(this.#layers)
  readonly #arp = new ConcreteArp(this.#layers)
  readonly #ipv4 = new ConcreteIpv4(this.#layers)
  readonly #ipv6 = new ConcreteIpv6(this.#layers)
  readonly #ip = new ConcreteIp(this.#layers)
  readonly #transport = new ConcreteTransport(this.#layers)
  readonly #icmp = new ConcreteIcmp(this.#layers, 4)
  readonly #icmpv6 = new ConcreteIcmp(this.#layers, 6)
  #memory: FrameMemory | undefined

  constructor(pool: PacketPool) {
    this.#pool = pool
  }

  /** Points this object at a frame. */
  parse(bytes: Uint8Array, start: number, length: number): void {
    this.bytes = bytes
    this.start = start
    this.length = length
    this.#origin = undefined
    parseLayers(this.#layers, bytes, start, length, this.#pool.tagAware)
  }

  /** What the frame was parsed to. Of a copy it is made when first asked for: most are only compared. */
  get layers(): Layers {
    if (this.#origin !== undefined) moveLayers(this.#layers, this.#origin, this.bytes)
    this.#origin = undefined
    return this.#layers
  }

  get ethernet(): Ethernet | undefined {
    return this.layers.ethernet ? this.#ethernet : undefined
  }

  get vlan(): Vlan | undefined {
    return this.layers.vlanTags > 0 ? this.#vlan : undefined
  }

  get arp(): Arp | undefined {
    return this.layers.arp === -1 ? undefined : this.#arp
  }

  get ipv4(): Ipv4 | undefined {
    return this.layers.ipv4 === -1 ? undefined : this.#ipv4
  }

  get ipv6(): Ipv6 | undefined {
    return this.layers.ipv6 === -1 ? undefined : this.#ipv6
  }

  get ip(): Ip | undefined {
    return this.layers.ipv4 === -1 && this.layers.ipv6 === -1 ? undefined : this.#ip
  }

  get transport(): Transport | undefined {
    return this.layers.transport === -1 ? undefined : this.#transport
  }

  get tcp(): Tcp | undefined {
    return this.layers.tcp === -1 ? undefined : this.#transport
  }

  get udp(): Udp | undefined {
    return this.layers.udp === -1 ? undefined : this.#transport
  }

  get icmp(): Icmp | undefined {
    return this.layers.icmp === -1 ? undefined : this.#icmp
  }

  get icmpv6(): Icmp | undefined {
    return this.layers.icmpv6 === -1 ? undefined : this.#icmpv6
  }

  with(changes: Changes, more?: Changes): Packet {
    const { layers } = this
    const changed = this.#pool.take()
    changed.copy(this, layers)
    applyChanges(changed, layers, changes, this.#pool.seen)
    if (more !== undefined) applyChanges(changed, layers, more, this.#pool.seen)
    return changed
  }

  tagged(tag: Tag): Packet {
    return this.#retagged('tagged', TAG_LENGTH, (copy) => putTag(copy, this.length, tag))
  }

  untagged(): Packet {
    return this.#retagged('untagged', -TAG_LENGTH, (copy) => takeTag(copy, this.length))
  }

  /** Becomes a copy, in memory of its own, of a packet that was parsed to `layers`. */
  copy(from: ConcretePacket, layers: Layers): void {
    this.#memory ??= new FrameMemory(MAX_FRAME)
    const { bytes, view } = this.#memory.copy(from.bytes, from.start, from.length)
    this.bytes = bytes
    this.view = view
    this.start = 0
    this.length = from.length
    this.#origin = layers
  }

  /** A copy that is longer by so many bytes, and is parsed anew. */
  #retagged(what: string, longer: number, retag: (copy: ConcretePacket) => void): Packet {
    if (this.view !== noView) throw new SpecError(`packet.${what} takes the packet as it came in, not a changed one`)
    const copy = this.#pool.take()
    copy.copy(this, this.layers)
    retag(copy)
    copy.length += longer
    copy.#origin = undefined
    parseLayers(copy.#layers, copy.bytes, 0, copy.length, this.#pool.tagAware)
    return copy
  }
}

/** The packet objects of one reading: what `with` gives lives until the next packet. */
export class PacketPool {
  readonly tagAware: boolean
  /** Where a field that the specification leaves free takes its value from. */
  readonly seen: Seen
  readonly #packets: ConcretePacket[] = []
  #taken = 0

  constructor(tagAware: boolean, seen: Seen) {
    this.tagAware = tagAware
    this.seen = seen
  }

  take(): ConcretePacket {
    const packet = this.#packets[this.#taken] ?? this.#grow()
    this.#taken += 1
    return packet
  }

  /** What the bytes of a packet were parsed to. */
  layersOf(packet: Packet): Layers {
    return this.own(packet).layers
  }

  /** The packet as the object that it is. */
  own(packet: Packet): ConcretePacket {
    if (packet instanceof ConcretePacket) return packet
    throw new SpecError('a verdict takes the packet, or what packet.with gave')
  }

  /** Takes every packet object back. */
  release(): void {
    this.#taken = 0
  }

  #grow(): ConcretePacket {
    const packet = new ConcretePacket(this)
    this.#packets.push(packet)
    return packet
  }
}

/** What `from` says of its frame, for the same frame at the start of `bytes`. */
function moveLayers(into: Layers, from: Layers, bytes: Uint8Array): void {
  const { start } = from
  into.bytes = bytes
  into.start = 0
  into.end = from.end - start
  into.ethernet = from.ethernet
  into.vlanTags = from.vlanTags
  into.etherType = from.etherType
  into.l3 = moved(from.l3, start)
  into.ipv4 = moved(from.ipv4, start)
  into.ipv6 = moved(from.ipv6, start)
  into.arp = moved(from.arp, start)
  into.ipHeaderLength = from.ipHeaderLength
  into.ipEnd = moved(from.ipEnd, start)
  into.protocol = from.protocol
  into.fragmentOffset = from.fragmentOffset
  into.moreFragments = from.moreFragments
  into.tcp = moved(from.tcp, start)
  into.udp = moved(from.udp, start)
  into.transport = moved(from.transport, start)
  into.icmp = moved(from.icmp, start)
  into.icmpv6 = moved(from.icmpv6, start)
}

function moved(at: number, by: number): number {
  return at === -1 ? -1 : at - by
}
