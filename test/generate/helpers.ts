import { type GeneratedPacket, generate, profile, type TraceOptions } from '../../src/generate/index.js'
import { Layers, parseLayers, readU16, readU32 } from '../../src/packet/index.js'

/** The packets of a trace, with bytes of their own. */
export function packetsOf(options: TraceOptions): readonly GeneratedPacket[] {
  return Array.from(generate(options), (packet) => ({ ...packet, bytes: packet.bytes.slice() }))
}

export function layersOf({ bytes }: Pick<GeneratedPacket, 'bytes'>): Layers {
  const layers = new Layers()
  parseLayers(layers, bytes, 0, bytes.length, false)
  return layers
}

/** Only conversations: nothing that is malformed, strange or probing. */
export const plain: TraceOptions = {
  ...profile('nop'),
  nearMisses: 0,
  malformed: 0,
  other: 0,
}

/** Addresses and ports of a packet with a transport header, as text. */
export function tupleOf(packet: GeneratedPacket): { readonly from: string; readonly to: string } {
  const { bytes, ipv4, ipv6, transport, protocol } = layersOf(packet)
  const width = ipv4 !== -1 ? 4 : 16
  const at = ipv4 !== -1 ? ipv4 + 12 : ipv6 + 8
  const hex = (from: number) => Buffer.from(bytes.subarray(from, from + width)).toString('hex')
  return {
    from: `${protocol} ${hex(at)} ${readU16(bytes, transport)}`,
    to: `${protocol} ${hex(at + width)} ${readU16(bytes, transport + 2)}`,
  }
}

export interface TcpFacts {
  readonly sequence: number
  readonly acknowledgement: number
  readonly flags: number
  readonly payload: number
}

export function tcpOf(packet: GeneratedPacket): TcpFacts | undefined {
  const { bytes, tcp, ipEnd } = layersOf(packet)
  if (tcp === -1) return undefined
  return {
    sequence: readU32(bytes, tcp + 4),
    acknowledgement: readU32(bytes, tcp + 8),
    flags: bytes[tcp + 13] ?? 0,
    payload: ipEnd - tcp - ((bytes[tcp + 12] ?? 0) >>> 4) * 4,
  }
}
