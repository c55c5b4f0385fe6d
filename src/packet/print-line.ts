/** A packet in one line, in the manner of `tcpdump -e`. Any bytes will do; nothing throws. */
import { formatIpv4, formatIpv6, formatMac } from './address.js'
import { ArpView } from './arp.js'
import { dissect, type LayerName, type Section } from './dissect.js'
import { EthernetView } from './ethernet.js'
import { fragmentFields } from './extension.js'
import { formatField, readNumber } from './field.js'
import { IcmpView, icmpFields } from './icmp.js'
import { Icmpv6View, icmpv6Fields } from './icmpv6.js'
import { Ipv4View } from './ipv4.js'
import { Ipv6View } from './ipv6.js'
import { judgeChecksum } from './judge.js'
import { LlcView, SnapView } from './llc.js'
import { protocolNames } from './numbers.js'
import { TcpView, tcpFields } from './tcp.js'
import { UdpView } from './udp.js'
import { VlanView } from './vlan.js'

/** `02:.. > 02:.., 66 bytes, 10.0.0.1:4000 > 10.0.0.2:80, TCP SYN, seq 1, win 64240, length 0`. */
export function printLine(frame: Uint8Array): string {
  const sections = dissect(frame).filter((section) => !section.isInner)
  const parts: string[] = []
  for (const section of sections) {
    const text = describe[section.layer]?.(frame, section, sections)
    if (text !== undefined) parts.push(text)
  }
  for (const section of sections) {
    if (judgeChecksum(frame, section)?.state === 'wrong') parts.push(`${section.layer} checksum wrong`)
  }
  return parts.length === 0 ? 'empty frame' : parts.join(', ')
}

type Describe = (frame: Uint8Array, section: Section, all: readonly Section[]) => string

const describe: Readonly<Partial<Record<LayerName, Describe>>> = {
  ethernet: describeEthernet,
  vlan: (frame, { at, length }) => (length < 4 ? 'VLAN tag cut short' : `VLAN ${new VlanView(frame, at).id}`),
  llc: describeLlc,
  snap: (frame, { at }) => `SNAP ${hex(new SnapView(frame, at).type, 4)}`,
  arp: describeArp,
  ipv4: describeIpv4,
  ipv6: describeIpv6,
  fragment: describeFragment,
  tcp: describeTcp,
  udp: describeUdp,
  icmp: (frame, { at, length }) => describeIcmp('ICMP', new IcmpView(frame, at), length),
  icmpv6: describeIcmpv6,
  trailer: (_frame, { length }) => `trailer ${length}`,
}

function describeEthernet(frame: Uint8Array, { length }: Section, all: readonly Section[]): string {
  if (length < 14) return `frame cut short, ${frame.length} bytes`
  const { dst, src } = new EthernetView(frame, 0)
  const text = `${formatMac(src)} > ${formatMac(dst)}, ${frame.length} bytes`
  const type = lastEtherType(frame, all)
  return type === undefined ? text : `${text}, type ${hex(type, 4)}`
}

/** The EtherType where nothing else in the line tells it. */
function lastEtherType(frame: Uint8Array, all: readonly Section[]): number | undefined {
  const known = all.some(({ layer }) => layer === 'arp' || layer === 'ipv4' || layer === 'ipv6' || layer === 'llc')
  if (known) return undefined
  const last = all.findLast(({ layer }) => layer === 'vlan')
  return last === undefined ? new EthernetView(frame, 0).type : new VlanView(frame, last.at).type
}

function describeLlc(frame: Uint8Array, { at, length }: Section): string {
  const { dsap, ssap, control } = new LlcView(frame, at)
  return length < 3 ? 'LLC cut short' : `LLC ${hex(dsap, 2)} > ${hex(ssap, 2)} control ${hex(control, 2)}`
}

function describeArp(frame: Uint8Array, { at, length }: Section): string {
  if (length < 28) return 'ARP cut short'
  const arp = new ArpView(frame, at)
  const sender = formatIpv4(arp.senderIp)
  const target = formatIpv4(arp.targetIp)
  if (arp.operation === 1) return `ARP who has ${target}, tell ${sender}`
  if (arp.operation === 2) return `ARP ${sender} is at ${formatMac(arp.senderMac)}`
  return `ARP operation ${arp.operation}, ${sender} to ${target}`
}

function describeIpv4(frame: Uint8Array, { at, length }: Section, all: readonly Section[]): string {
  if (length < 20) return 'IPv4 cut short'
  const ip = new Ipv4View(frame, at)
  const text = endpoints(frame, formatIpv4(ip.src), formatIpv4(ip.dst), all)
  const isFragment = ip.fragmentOffset > 0 || (ip.flags & 1) === 1
  const fragment = isFragment ? `, fragment ${ip.fragmentOffset * 8}${(ip.flags & 1) === 1 ? '+' : ''}` : ''
  const odd = ip.version === 4 ? '' : `, version ${ip.version}`
  return (
    text + odd + fragment + upperName(ip.protocol, all) + oddLength('total length', ip.totalLength, frame.length - at)
  )
}

function describeIpv6(frame: Uint8Array, { at, length }: Section, all: readonly Section[]): string {
  if (length < 40) return 'IPv6 cut short'
  const ip = new Ipv6View(frame, at)
  const odd = ip.version === 6 ? '' : `, version ${ip.version}`
  return (
    endpoints(frame, formatIpv6(ip.src), formatIpv6(ip.dst), all) +
    odd +
    upperName(lastProtocol(frame, ip.nextHeader, all), all)
  )
}

/** Says where a length field claims more than there is, or less than the least header. */
function oddLength(name: string, claimed: number, present: number, least = 20): string {
  return claimed > present || claimed < least ? `, ${name} ${claimed} but ${present} bytes present` : ''
}

/** The protocol after the extension headers. */
function lastProtocol(frame: Uint8Array, nextHeader: number, all: readonly Section[]): number {
  const last = all.findLast(({ layer }) => layer === 'extension' || layer === 'fragment')
  return last === undefined ? nextHeader : (frame[last.at] ?? 0)
}

function describeFragment(frame: Uint8Array, { at, length }: Section): string {
  if (length < 8) return 'fragment header cut short'
  const offset = readNumber(frame, at, fragmentFields.fragmentOffset) * 8
  return `fragment ${offset}${readNumber(frame, at, fragmentFields.moreFragments) === 1 ? '+' : ''}`
}

/** `a > b`, with ports where there is a transport header. */
function endpoints(frame: Uint8Array, src: string, dst: string, all: readonly Section[]): string {
  const transport = all.find(({ layer, length }) => (layer === 'tcp' || layer === 'udp') && length >= 4)
  if (transport === undefined) return `${src} > ${dst}`
  const { srcPort, dstPort } = new UdpView(frame, transport.at)
  const join = (address: string, port: number) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  return `${join(src, srcPort)} > ${join(dst, dstPort)}`
}

/** The protocol's name where no section of the line will say it. */
function upperName(protocol: number, all: readonly Section[]): string {
  const told = all.some(({ layer }) => ['tcp', 'udp', 'icmp', 'icmpv6'].includes(layer))
  return told ? '' : `, ${protocolNames[protocol] ?? `protocol ${protocol}`}`
}

function describeTcp(frame: Uint8Array, { at, length, end }: Section): string {
  if (length < 20) return 'TCP cut short'
  const tcp = new TcpView(frame, at)
  const ack = (tcp.flags & 16) === 0 ? '' : `, ack ${tcp.acknowledgement}`
  const flags = formatField(tcpFields.flags, tcp.flags)
  return `TCP ${flags}, seq ${tcp.sequence}${ack}, win ${tcp.window}, length ${end - at - length}`
}

function describeUdp(frame: Uint8Array, { at, length, end }: Section): string {
  if (length < 8) return 'UDP cut short'
  return `UDP, length ${end - at - 8}${oddLength('UDP length', new UdpView(frame, at).length, end - at, 8)}`
}

function describeIcmp(name: string, icmp: IcmpView, length: number): string {
  if (length < 8) return `${name} cut short`
  const { type, code } = icmp
  const isEcho = name === 'ICMP' ? type === 0 || type === 8 : type === 128 || type === 129
  const names = name === 'ICMP' ? icmpFields.type.names : icmpv6Fields.type.names
  const kind = names?.[type] ?? `type ${type}`
  return isEcho ? `${name} ${kind}, id ${icmp.identifier}, seq ${icmp.sequence}` : `${name} ${kind}, code ${code}`
}

function describeIcmpv6(frame: Uint8Array, { at, length }: Section): string {
  const icmp = new Icmpv6View(frame, at)
  const text = describeIcmp('ICMPv6', icmp, length)
  return length >= 24 && (icmp.type === 135 || icmp.type === 136) ? `${text}, ${formatIpv6(icmp.target)}` : text
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}
