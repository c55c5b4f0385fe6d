/** Datagrams on the edge between legal and malformed, for every network function that reads TCP and UDP. */
import type { FrameParts } from '../../src/packet/index.js'
import { cut, type End, type Protocol, packet, withByte } from './frames.js'

export interface Shape {
  readonly label: string
  readonly frame: Uint8Array
}

/** Builds the frames of a flow: a fixed pair of ends of one IP version. */
type Make = (protocol: Protocol, more?: FrameParts) => Uint8Array

function make(from: End, to: End): Make {
  return (protocol, more = {}) => packet(protocol, from, to, more)
}

const shape = (label: string, frame: Uint8Array): Shape => ({ label, frame })

/** Legal, however odd: these pass. */
export function oddIpv4(from: End, to: End): Shape[] {
  const of = make(from, to)
  return [
    shape('TCP', of('tcp')),
    shape('UDP', of('udp')),
    shape('TCP without payload', of('tcp', { payload: '' })),
    shape('UDP without payload', of('udp', { payload: '' })),
    shape('TCP with options and no payload', of('tcp', { tcp: { options: new Uint8Array(8) }, payload: '' })),
    shape('bytes after the datagram', of('udp', { trailer: new Uint8Array(9) })),
    shape('UDP shorter than its datagram', of('udp', { udp: { length: 10 } })),
    shape('UDP without checksum', of('udp', { udp: { checksum: 0 } })),
    shape('may not be fragmented', of('tcp', { ipv4: { flags: 2 } })),
    shape('first fragment', of('tcp', { ipv4: { flags: 1 } })),
    shape('IP options', of('udp', { ipv4: { options: new Uint8Array([1, 1, 1, 1, 1, 1, 1, 0]) } })),
    shape('IP options and TCP', of('tcp', { ipv4: { options: new Uint8Array([1, 1, 1, 0]) }, payload: '' })),
  ]
}

/** Malformed, or without ports: these are dropped. */
export function badIpv4(from: End, to: End): Shape[] {
  const of = make(from, to)
  const tcp = of('tcp')
  return [
    shape('frame of 13 bytes', cut(tcp, 13)),
    shape('IPv4 under another EtherType', of('tcp', { ethernet: { type: 0x88b5 } })),
    shape('IP version 5', of('tcp', { ipv4: { version: 5 } })),
    // The words that stand where 16 bytes of header end would pass for a UDP header: source port 80, length 9.
    shape('IPv4 header of 16 bytes', shortHeader(to)),
    shape('total length beyond the frame', of('udp', { ipv4: { totalLength: 34 } })),
    shape('TCP header beyond the total length', of('tcp', { ipv4: { totalLength: 30 } })),
    shape('UDP beyond its datagram', of('udp', { udp: { length: 14 }, trailer: new Uint8Array(9) })),
    shape('later fragment', of('tcp', { ipv4: { fragmentOffset: 1 } })),
    shape('last fragment, far behind', of('tcp', { ipv4: { fragmentOffset: 0x1000 } })),
    shape('TCP header of 16 bytes', of('tcp', { tcp: { dataOffset: 4 } })),
    shape('TCP header beyond the segment', of('tcp', { tcp: { dataOffset: 7 } })),
    shape('UDP of 7 bytes', of('udp', { udp: { length: 7 } })),
    shape('UDP-Lite', withByte(of('udp'), 14 + 9, 136)),
    shape('ICMP', withByte(of('udp'), 14 + 9, 1)),
  ]
}

/** An IPv4 header that claims 16 bytes, so that its destination address lies where a UDP header would be. */
function shortHeader(to: End): Uint8Array {
  const from = { address: '10.0.0.11', port: 5000 }
  // The UDP header would be the destination address (ports), then the real source port as the length: 9.
  return packet('udp', { ...from, port: 9 }, { address: to.address, port: 80 }, { ipv4: { ihl: 4 } })
}

/** Legal over IPv6: these pass. */
export function oddIpv6(from: End, to: End): Shape[] {
  const of = make(from, to)
  return [
    shape('TCP over IPv6', of('tcp')),
    shape('UDP over IPv6', of('udp')),
    shape('UDP over IPv6 without payload', of('udp', { payload: '' })),
    shape('TCP over IPv6 without payload', of('tcp', { payload: '' })),
    shape('bytes after the IPv6 datagram', of('tcp', { trailer: new Uint8Array(7) })),
  ]
}

/** Malformed over IPv6, or without ports: these are dropped. */
export function badIpv6(from: End, to: End): Shape[] {
  const of = make(from, to)
  const extension = { protocol: 60, bytes: new Uint8Array(8) }
  return [
    shape('IPv6 under another EtherType', of('udp', { ethernet: { type: 0x88b5 } })),
    shape('IPv6 with version 4', of('tcp', { ipv6: { version: 4 } })),
    shape('payload length beyond the frame', of('udp', { ipv6: { payloadLength: 14 } })),
    shape('TCP header beyond the payload length', of('tcp', { ipv6: { payloadLength: 10 } })),
    shape('UDP over IPv6 without a checksum', of('udp', { udp: { checksum: 0 } })),
    shape('IPv6 with an extension header', of('udp', { ipv6: { extensions: [extension] } })),
    shape('UDP over IPv6 beyond its payload', of('udp', { udp: { length: 14 }, trailer: new Uint8Array(9) })),
  ]
}
