/** Frames for the tests of network functions: right unless a field is given otherwise, so that each may be wrong. */

export interface Tag {
  readonly tpid?: number
  readonly priority?: number
  readonly id: number
}

export interface EthernetFields {
  readonly dst: number
  readonly src: number
  readonly type?: number
  readonly tags?: readonly Tag[]
  readonly payload?: readonly number[]
}

/** An Ethernet frame; `type` is that after the tags. */
export function ethernet({ dst, src, type = 0x88b5, tags = [], payload = [] }: EthernetFields): Uint8Array {
  const tagBytes = tags.flatMap(({ tpid = 0x8100, priority = 0, id }) => [...u16(tpid), ...u16((priority << 13) | id)])
  return Uint8Array.from([...u48(dst), ...u48(src), ...tagBytes, ...u16(type), ...payload])
}

export interface Ipv4Fields {
  readonly src: number
  readonly dst: number
  readonly protocol: number
  readonly payload: readonly number[]
  readonly version?: number
  readonly options?: readonly number[]
  readonly headerWords?: number
  readonly totalLength?: number
  /** Flags and fragment offset. */
  readonly fragment?: number
}

export function ipv4(fields: Ipv4Fields): number[] {
  const { src, dst, protocol, payload, version = 4, options = [], fragment = 0 } = fields
  const { headerWords = 5 + options.length / 4, totalLength = 20 + options.length + payload.length } = fields
  const start = [(version << 4) | headerWords, 0, ...u16(totalLength), 0, 0, ...u16(fragment), 64, protocol, 0, 0]
  return [...start, ...u32(src), ...u32(dst), ...options, ...payload]
}

export interface Ipv6Fields {
  readonly src: bigint
  readonly dst: bigint
  readonly nextHeader: number
  readonly payload: readonly number[]
  readonly version?: number
  readonly payloadLength?: number
}

export function ipv6(fields: Ipv6Fields): number[] {
  const { src, dst, nextHeader, payload, version = 6, payloadLength = payload.length } = fields
  return [version << 4, 0, 0, 0, ...u16(payloadLength), nextHeader, 64, ...u128(src), ...u128(dst), ...payload]
}

export interface UdpFields {
  readonly srcPort: number
  readonly dstPort: number
  readonly length?: number
  readonly checksum?: number
  readonly data?: readonly number[]
}

export function udp({ srcPort, dstPort, data = [], length = 8 + data.length, checksum = 0xbeef }: UdpFields): number[] {
  return [...u16(srcPort), ...u16(dstPort), ...u16(length), ...u16(checksum), ...data]
}

export interface TcpFields {
  readonly srcPort: number
  readonly dstPort: number
  readonly dataOffset?: number
  readonly flags?: number
}

export function tcp({ srcPort, dstPort, dataOffset = 5, flags = 0x10 }: TcpFields): number[] {
  const numbers = [0, 0, 0, 1, 0, 0, 0, 2]
  return [...u16(srcPort), ...u16(dstPort), ...numbers, dataOffset << 4, flags, 1, 0, 0xca, 0xfe, 0, 0]
}

/** `frame` with some bytes replaced, then cut or filled up with zeros to `length`. */
export function mutated(
  frame: Uint8Array,
  changes: readonly (readonly [at: number, value: number])[],
  length = frame.length,
): Uint8Array {
  const changed = new Uint8Array(length)
  changed.set(frame.subarray(0, length))
  for (const [at, value] of changes) if (at < length) changed[at] = value
  return changed
}

function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255]
}

function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value)]
}

function u48(value: number): number[] {
  return [...u16(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)]
}

function u128(value: bigint): number[] {
  return Array.from({ length: 16 }, (_, i) => Number((value >> BigInt(8 * (15 - i))) & 255n))
}
