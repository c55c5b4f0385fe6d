import { readU16 } from '../packet/bytes.js'
import { etherTypes, isVlanTag, protocols } from '../packet/numbers.js'

/**
 * What filters see of a frame. Like tcpdump they go by EtherType and protocol number and judge no lengths; unlike
 * tcpdump they look behind VLAN tags without being told.
 */
export class FilterView {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  etherType = -1
  /** Offset after the EtherType. */
  l3 = 0
  /** VLAN identifier of the outermost tag, -1 without. */
  vlan = -1
  isIpv4 = false
  isIpv6 = false
  isArp = false
  /** IPv4 protocol or IPv6 next header, -1 without IP. */
  protocol = -1
  /** As `protocol`, but that behind an IPv6 fragment header directly after the IPv6 header. */
  innerProtocol = -1
  /** Offset of TCP, UDP or SCTP ports, -1 where there are none: another protocol, not the first fragment, cut off. */
  ports = -1

  read(bytes: Uint8Array, start: number, length: number): void {
    this.bytes = bytes
    this.start = start
    this.end = start + length
    this.vlan = -1
    this.protocol = -1
    this.innerProtocol = -1
    this.ports = -1
    this.etherType = length >= 14 ? readU16(bytes, start + 12) : -1
    this.l3 = start + 14
    while (isVlanTag(this.etherType) && this.l3 + 4 <= this.end) {
      if (this.vlan < 0) this.vlan = readU16(bytes, this.l3) & 0xfff
      this.etherType = readU16(bytes, this.l3 + 2)
      this.l3 += 4
    }
    const present = this.end - this.l3
    this.isIpv4 = this.etherType === etherTypes.ipv4
    this.isIpv6 = this.etherType === etherTypes.ipv6
    this.isArp = this.etherType === etherTypes.arp
    if (this.isIpv4 && present >= 20) this.#ipv4()
    else if (this.isIpv6 && present >= 40) this.#ipv6()
  }

  /** Whether the frame has `count` bytes after offset `at` of the network header. */
  has(at: number, count: number): boolean {
    return this.l3 + at + count <= this.end
  }

  #ipv4(): void {
    const { bytes, l3 } = this
    this.protocol = bytes[l3 + 9] ?? 0
    this.innerProtocol = this.protocol
    const isFirst = (readU16(bytes, l3 + 6) & 0x1fff) === 0
    if (isFirst) this.#portsAt(l3 + ((bytes[l3] ?? 0) & 15) * 4)
  }

  #ipv6(): void {
    const { bytes, l3 } = this
    this.protocol = bytes[l3 + 6] ?? 0
    const isFragment = this.protocol === ipv6Fragment && this.has(40, 1)
    this.innerProtocol = isFragment ? (bytes[l3 + 40] ?? 0) : this.protocol
    this.#portsAt(l3 + 40)
  }

  #portsAt(at: number): void {
    const { protocol } = this
    const hasPorts = protocol === protocols.tcp || protocol === protocols.udp || protocol === sctp
    if (hasPorts && at + 4 <= this.end) this.ports = at
  }
}

const sctp = 132
const ipv6Fragment = 44
