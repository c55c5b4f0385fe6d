/** Header fields in which a device's choice can show, and in which a later packet can carry it. */
import type { Layers } from '../packet/index.js'
import { edited, layersOf } from '../verify/counterexample/shrinking/edit.js'

export const FIELDS = [
  'ethernet.src',
  'ethernet.dst',
  'ip.src',
  'ip.dst',
  'transport.srcPort',
  'transport.dstPort',
] as const
export type FieldName = (typeof FIELDS)[number]

/** A field that is filled in as a case runs: with what a field of an earlier output is, plus a number. */
export interface Fill {
  readonly field: FieldName
  /** Which packet's output, 1 for the first of the case. */
  readonly output: number
  readonly of: FieldName
  readonly plus: number
}

interface Place {
  readonly at: number
  readonly size: number
}

/** Undefined where a frame does not have the field. */
export function readField(bytes: Uint8Array, field: FieldName): bigint | undefined {
  const place = placeOf(layersOf(bytes), field)
  if (place === undefined) return undefined
  let value = 0n
  for (let i = 0; i < place.size; i++) value = (value << 8n) | BigInt(bytes[place.at + i] ?? 0)
  return value
}

/** A copy with another value there; checksums that were right stay right. */
export function withField(bytes: Uint8Array, field: FieldName, value: bigint): Uint8Array {
  return edited(bytes, (copy, layers) => {
    const place = placeOf(layers, field)
    if (place === undefined) return undefined
    for (let i = 0; i < place.size; i++) {
      copy[place.at + i] = Number((value >> BigInt(8 * (place.size - 1 - i))) & 0xffn)
    }
    return copy
  })
}

/** Of one kind: what one shows, the other can carry. */
export function isAlike(a: FieldName, b: FieldName): boolean {
  return a.split('.')[0] === b.split('.')[0]
}

/** The packet with its fields filled in from what was seen to leave; what was not seen leaves them as they are. */
export function filled(
  bytes: Uint8Array,
  fills: readonly Fill[],
  outputs: readonly (Uint8Array | undefined)[],
): Uint8Array {
  return fills.reduce((filledIn, { field, output, of, plus }) => {
    const seen = outputs[output - 1]
    const value = seen && readField(seen, of)
    return value === undefined ? filledIn : withField(filledIn, field, value + BigInt(plus))
  }, bytes)
}

function placeOf(layers: Layers, field: FieldName): Place | undefined {
  const { start, ethernet, ipv4, ipv6, transport } = layers
  switch (field) {
    case 'ethernet.dst':
      return ethernet ? { at: start, size: 6 } : undefined
    case 'ethernet.src':
      return ethernet ? { at: start + 6, size: 6 } : undefined
    case 'ip.src':
    case 'ip.dst': {
      const isDst = field === 'ip.dst'
      if (ipv4 !== -1) return { at: ipv4 + (isDst ? 16 : 12), size: 4 }
      return ipv6 === -1 ? undefined : { at: ipv6 + (isDst ? 24 : 8), size: 16 }
    }
    case 'transport.srcPort':
      return transport === -1 ? undefined : { at: transport, size: 2 }
    case 'transport.dstPort':
      return transport === -1 ? undefined : { at: transport + 2, size: 2 }
  }
}
