/**
 * Packets that differ in one thing from one that leaves: one field a little or much different, or a length just right or just
 * wrong. What a network function does not compare shows in these: all else is as it should be.
 */
import { etherTypes, ipv4HeaderChecksum, type Layers, protocols, writeU16 } from '../packet/index.js'
import { edited, layersOf, writeIpv4Checksum, writeTransportChecksum } from '../verify/counterexample/shrinking/edit.js'
import { FIELDS, readField, withField } from './fields.js'
import type { Variant } from './malformed.js'

export function nearMisses(bytes: Uint8Array): readonly Variant[] {
  const layers = layersOf(bytes)
  const isPlain = layers.vlanTags === 0 && layers.transport !== -1
  const lengths = isPlain ? [...lengthsOf(bytes, layers), ...shortHeader(bytes, layers)] : []
  const other = otherTransport(bytes)
  return [
    ...fieldMisses(bytes),
    ...(other === undefined ? [] : [{ name: 'the other transport protocol', bytes: other }]),
    ...lengths,
    ...headersOf(bytes, layers),
    ...fragmentsOf(bytes, layers),
    ...bitsOfChecksum(bytes, layers),
    ...sameOverIpv6(bytes),
  ]
}

/** The same with the other transport protocol, the ports kept; undefined where there is none. */
export function otherTransport(bytes: Uint8Array): Uint8Array | undefined {
  const { transport, tcp, ipv4, ipv6, ipEnd } = layersOf(bytes)
  if (transport === -1) return undefined
  const header = tcp === -1 ? 20 : 8
  const old = tcp === -1 ? 8 : ((bytes[tcp + 12] ?? 0) >> 4) * 4
  const data = bytes.subarray(Math.min(transport + old, ipEnd), ipEnd)
  const made = new Uint8Array(Math.max(60, transport + header + data.length))
  made.set(bytes.subarray(0, transport + 4))
  made.set(data, transport + header)
  const length = header + data.length
  if (tcp === -1) made.set([5 << 4, 0x02], transport + 12)
  else writeU16(made, transport + 4, length)
  const protocol = tcp === -1 ? protocols.tcp : protocols.udp
  if (ipv4 !== -1) {
    made[ipv4 + 9] = protocol
    writeU16(made, ipv4 + 2, transport - ipv4 + length)
    writeIpv4Checksum(made)
  } else {
    made[ipv6 + 6] = protocol
    writeU16(made, ipv6 + 4, length)
  }
  writeTransportChecksum(made)
  return made
}

/** 96 bits, no two bytes the same. */
const PREFIX = [0x20, 0x01, 0x0d, 0xb8, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e, 0x6f, 0x70, 0x81]
/** Of RFC 8200 section 4.7: what follows says nothing. */
const NO_NEXT_HEADER = 59

export const LONGEST_FRAME = 1514

/** An IPv4 packet over IPv6, its addresses below one prefix; undefined where it is none, has VLAN tags, or gets too long. */
export function overIpv6(bytes: Uint8Array, prefix: readonly number[] = PREFIX): Uint8Array | undefined {
  const { ipv4, ipHeaderLength, transport, ipEnd, protocol, vlanTags } = layersOf(bytes)
  if (ipv4 === -1 || vlanTags > 0) return undefined
  const segment = bytes.subarray(ipv4 + ipHeaderLength, ipEnd)
  if (54 + segment.length > LONGEST_FRAME) return undefined
  const made = new Uint8Array(54 + segment.length)
  made.set(bytes.subarray(0, 12))
  writeU16(made, 12, etherTypes.ipv6)
  made[14] = 0x60
  writeU16(made, 18, segment.length)
  made.set([transport === -1 ? NO_NEXT_HEADER : protocol, bytes[ipv4 + 8] ?? 0], 20)
  for (const [at, from] of [
    [22, 12],
    [38, 16],
  ] as const) {
    made.set(prefix, at)
    made.set(bytes.subarray(ipv4 + from, ipv4 + from + 4), at + 12)
  }
  made.set(segment, 54)
  writeTransportChecksum(made)
  return made
}

/** A frame of another length, its datagram with it. */
export function sized(bytes: Uint8Array, length: number): Uint8Array {
  const made = new Uint8Array(length)
  made.set(bytes.subarray(0, length))
  const type = ((made[12] ?? 0) << 8) | (made[13] ?? 0)
  if (type === etherTypes.ipv4) writeU16(made, 16, length - 14)
  if (type === etherTypes.ipv6) writeU16(made, 18, length - 54)
  return made
}

/** Over IPv6 with the addresses as they are, behind zeros. */
export function sameOverIpv6(bytes: Uint8Array): readonly Variant[] {
  const { ipv4, ipHeaderLength } = layersOf(bytes)
  // What is as long as can be must have room for the longer header.
  const most = LONGEST_FRAME - 40 + ipHeaderLength
  const fitting = ipv4 !== -1 && bytes.length > most ? sized(bytes, most) : bytes
  const over = overIpv6(fitting, new Array(PREFIX.length).fill(0))
  return over === undefined ? [] : [{ name: 'the same addresses over IPv6', bytes: over }]
}

/** One field a little or much different. */
export function fieldMisses(bytes: Uint8Array): readonly Variant[] {
  return FIELDS.flatMap((field) => {
    const value = readField(bytes, field)
    if (value === undefined) return []
    const size = field.startsWith('transport') ? 2 : field.startsWith('ethernet') ? 6 : bytes[12] === 0x86 ? 16 : 4
    const others = [
      ['one less', value - 1n],
      ['one more', value + 1n],
      ...Array.from(
        { length: size },
        (_, at) => [`byte ${size - at} changed`, value ^ (0x80n << BigInt(8 * at))] as const,
      ),
      // An address of one station becomes one of a group, or the other way round (IEEE 802-2014 section 8.2.2).
      ...(field.startsWith('ethernet') ? [['group bit changed', value ^ (1n << 40n)] as const] : []),
    ] as const
    return others.flatMap(([how, other]) =>
      other < 0n ? [] : [{ name: `${field} ${how}`, bytes: withField(bytes, field, other) }],
    )
  })
}

/** The datagram cut to what its transport header needs, and lengths in the headers beside what is there. */
function lengthsOf(bytes: Uint8Array, { transport, tcp }: Layers): Variant[] {
  const least = tcp === -1 ? 8 : 20
  // The last one is longer than a byte can say.
  const sized = [least - 1, least, least + 1, least + 40, 300].map((size) => ({
    name: `${size} bytes of ${tcp === -1 ? 'UDP' : 'TCP'}`,
    bytes: withSegment(bytes, size),
  }))
  const room = withSegment(bytes, least + 40)
  const own =
    tcp === -1
      ? [0, 7, 8, least + 39, least + 40, least + 41, least + 296].map((length) => ({
          name: `UDP length ${length} of ${least + 40}`,
          bytes: edited(room, (copy) => {
            writeU16(copy, transport + 4, length)
            return copy
          }),
        }))
      : [0, 4, 5, 6, 14, 15].flatMap((words) =>
          [room, withSegment(bytes, 59)].map((whole, at) => ({
            name: `TCP header of ${words * 4} bytes in ${at === 0 ? 60 : 59}`,
            bytes: edited(whole, (copy) => {
              copy[transport + 12] = words << 4
              return copy
            }),
          })),
        )
  return [...sized, ...own, beyond(bytes, transport, tcp, least)]
}

/** A length that reaches beyond the datagram, but not beyond the frame. */
function beyond(bytes: Uint8Array, transport: number, tcp: number, least: number): Variant {
  const short = withSegment(bytes, least + 4)
  const longer = new Uint8Array(transport + least + 80)
  longer.set(short.subarray(0, Math.min(short.length, longer.length)))
  const made = edited(longer, (copy) => {
    if (tcp === -1) writeU16(copy, transport + 4, least + 20)
    else copy[transport + 12] = 10 << 4
    return copy
  })
  return { name: 'a length beyond the datagram, within the frame', bytes: made }
}

/** Header lengths with a total length that has room for just the header, and for one byte less. */
function headersOf(bytes: Uint8Array, { ipv4, vlanTags }: Layers): Variant[] {
  if (ipv4 === -1 || vlanTags > 0) return []
  const long = new Uint8Array(Math.max(bytes.length, 100))
  long.set(bytes)
  return [5, 6, 15].flatMap((words) =>
    [words * 4 - 1, words * 4].flatMap((total) => {
      const copy = long.slice()
      copy[ipv4] = 0x40 | words
      writeU16(copy, ipv4 + 2, total)
      writeU16(copy, ipv4 + 10, ipv4HeaderChecksum(copy, ipv4, words * 4))
      // No padding: what is taken for more than is there shows.
      return [
        { name: `IPv4 header of ${words * 4} bytes in ${total}`, bytes: copy },
        { name: `IPv4 header of ${words * 4} bytes in ${total}, unpadded`, bytes: copy.slice(0, ipv4 + total) },
      ]
    }),
  )
}

/** With a segment of so many bytes, and its frame as long as it has to be. */
export function withSegment(bytes: Uint8Array, size: number): Uint8Array {
  const { transport, ipv4, ipv6, udp } = layersOf(bytes)
  const made = new Uint8Array(Math.max(60, transport + size))
  made.set(bytes.subarray(0, Math.min(bytes.length, transport + size)))
  if (udp !== -1 && size >= 8) writeU16(made, udp + 4, size)
  if (udp === -1 && size >= 20) made[transport + 12] = 5 << 4
  if (ipv4 !== -1) {
    writeU16(made, ipv4 + 2, transport - ipv4 + size)
    writeU16(made, ipv4 + 10, ipv4HeaderChecksum(made, ipv4, transport - ipv4))
  } else writeU16(made, ipv6 + 4, size)
  writeTransportChecksum(made)
  return made
}

/** An IPv4 header that ends before the destination address, with a segment behind it that is as it should be. */
function shortHeader(bytes: Uint8Array, { ipv4, transport, ipEnd }: Layers): Variant[] {
  if (ipv4 === -1) return []
  const [words, size] = [4, 16]
  const segment = bytes.subarray(transport, ipEnd)
  const copy = new Uint8Array(Math.max(60, ipv4 + size + segment.length))
  copy.set(bytes.subarray(0, ipv4 + size))
  copy.set(segment, ipv4 + size)
  copy[ipv4] = 0x40 | words
  writeU16(copy, ipv4 + 2, size + segment.length)
  writeU16(copy, ipv4 + 10, ipv4HeaderChecksum(copy, ipv4, size))
  return [{ name: `IPv4 header of ${size} bytes, its segment behind it`, bytes: copy }]
}

/** UDP checksums that are not zero, but for one bit. */
function bitsOfChecksum(bytes: Uint8Array, { udp, vlanTags }: Layers): Variant[] {
  if (udp === -1 || vlanTags > 0) return []
  return [0x0001, 0x0080, 0x0100, 0x8000].map((checksum) => {
    const copy = bytes.slice()
    writeU16(copy, udp + 6, checksum)
    return { name: `UDP checksum 0x${checksum.toString(16).padStart(4, '0')}`, bytes: copy }
  })
}

/** Every bit of the word that holds flags and offset. */
function fragmentsOf(bytes: Uint8Array, { ipv4, transport }: Layers): Variant[] {
  if (ipv4 === -1 || transport === -1) return []
  return Array.from({ length: 16 }, (_, bit) => ({
    name: `bit ${bit} of flags and fragment offset`,
    bytes: edited(bytes, (copy) => {
      writeU16(copy, ipv4 + 6, 1 << bit)
      return copy
    }),
  }))
}
