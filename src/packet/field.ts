/**
 * Header fields as data. Each protocol file exports a frozen table of them; views, the printer, the difference of two
 * packets and every other reading of a header go by these tables. Tables cover every bit of their header once.
 */
import { formatIpv4, formatIpv6, formatMac } from './address.js'
import {
  readU16,
  readU32,
  readU48,
  readU64,
  readU128,
  writeU16,
  writeU32,
  writeU48,
  writeU64,
  writeU128,
} from './bytes.js'

/** How a value is meant, and so printed. */
export type FieldKind = 'uint' | 'hex' | 'mac' | 'ipv4' | 'ipv6' | 'flags' | 'checksum'

export interface Field {
  readonly name: string
  /** Offset of the first (most significant) bit from the start of the header. */
  readonly bit: number
  /** Bits, 1 to 128; a field of more than 53 bits starts and ends on a byte. */
  readonly width: number
  readonly kind: FieldKind
  /** Meaning, unit and source, in a line. */
  readonly doc: string
  /** Names of values, for printing. */
  readonly names?: Readonly<Record<number, string>>
  /** Names of the bits of `flags`, least significant first. */
  readonly flags?: readonly string[]
}

/** The fields of one header by name, in the order of the header. */
export type FieldTable = Readonly<Record<string, Field>>

type Shape = Omit<Field, 'name' | 'bit'>

/**
 * Makes a table out of fields listed in header order: names and bit offsets follow from the list, whose widths must
 * add up to the length of the header.
 */
export function fieldTable<const T extends Readonly<Record<string, Shape>>>(
  headerLength: number,
  shapes: T,
): Readonly<Record<keyof T & string, Field>> {
  const table: Record<string, Field> = {}
  let bit = 0
  for (const [name, shape] of Object.entries(shapes)) {
    table[name] = Object.freeze({ ...shape, name, bit })
    bit += shape.width
  }
  if (bit !== headerLength * 8 || !hasAll(table, shapes)) {
    throw new RangeError(`fields of ${bit} bits in a header of ${headerLength} bytes`)
  }
  return Object.freeze(table)
}

function hasAll<T extends object>(
  table: Readonly<Record<string, Field>>,
  shapes: T,
): table is Readonly<Record<keyof T & string, Field>> {
  return Object.keys(shapes).every((name) => Object.hasOwn(table, name))
}

/** The value of a field: a number up to 53 bits, else a bigint. Bytes past the end read as 0. */
export function readField(bytes: Uint8Array, headerStart: number, field: Field): number | bigint {
  return field.width > 53 ? readWide(bytes, headerStart, field) : readNumber(bytes, headerStart, field)
}

/** The value of a field of up to 53 bits. */
export function readNumber(bytes: Uint8Array, headerStart: number, field: Field): number {
  const at = headerStart + (field.bit >> 3)
  if ((field.bit & 7) === 0) {
    if (field.width === 8) return bytes[at] ?? 0
    if (field.width === 16) return readU16(bytes, at)
    if (field.width === 32) return readU32(bytes, at)
    if (field.width === 48) return readU48(bytes, at)
  }
  return readBits(bytes, at, field.bit & 7, field.width)
}

/** The value of a field of 64 or 128 bits. */
export function readWide(bytes: Uint8Array, headerStart: number, field: Field): bigint {
  const at = headerStart + (field.bit >> 3)
  if (field.width === 128) return readU128(bytes, at)
  if (field.width === 64) return readU64(bytes, at)
  return BigInt(readNumber(bytes, headerStart, field))
}

/** Writes a field, cut to its width; the bits around it stay. */
export function writeField(bytes: Uint8Array, headerStart: number, field: Field, value: number | bigint): void {
  const at = headerStart + (field.bit >> 3)
  if (field.width === 128) writeU128(bytes, at, BigInt(value))
  else if (field.width === 64) writeU64(bytes, at, BigInt(value))
  else writeNumber(bytes, at, field, Number(value))
}

function writeNumber(bytes: Uint8Array, at: number, field: Field, value: number): void {
  if ((field.bit & 7) !== 0) writeBits(bytes, at, field.bit & 7, field.width, value)
  else if (field.width === 8) bytes[at] = value
  else if (field.width === 16) writeU16(bytes, at, value)
  else if (field.width === 32) writeU32(bytes, at, value)
  else if (field.width === 48) writeU48(bytes, at, value)
  else writeBits(bytes, at, field.bit & 7, field.width, value)
}

/** Numbers, not shifts: a field may straddle up to seven bytes, more than 32 bits. */
function readBits(bytes: Uint8Array, at: number, skip: number, width: number): number {
  let value = (bytes[at] ?? 0) & (0xff >> skip)
  let taken = 8 - skip
  for (let i = at + 1; taken < width; i++) {
    const step = Math.min(8, width - taken)
    value = value * 2 ** step + ((bytes[i] ?? 0) >> (8 - step))
    taken += step
  }
  return taken > width ? value >> (taken - width) : value
}

function writeBits(bytes: Uint8Array, at: number, skip: number, width: number, value: number): void {
  for (let i = 0; i < width; i++) {
    const bit = skip + i
    const mask = 0x80 >> (bit & 7)
    const index = at + (bit >> 3)
    const isSet = Math.floor(value / 2 ** (width - 1 - i)) % 2 === 1
    const old = bytes[index] ?? 0
    bytes[index] = isSet ? old | mask : old & ~mask
  }
}

/** A value as people write it: `10.0.0.1`, `0x1c46`, `SYN|ACK`, `6 (tcp)`. */
export function formatField(field: Field, value: number | bigint): string {
  const number = Number(value)
  switch (field.kind) {
    case 'mac':
      return formatMac(number)
    case 'ipv4':
      return formatIpv4(number)
    case 'ipv6':
      return formatIpv6(BigInt(value))
    case 'flags':
      return formatFlags(field, number)
    case 'checksum':
    case 'hex':
      return named(field, number, `0x${value.toString(16).padStart(Math.ceil(field.width / 4), '0')}`)
    case 'uint':
      return named(field, number, value.toString())
  }
}

function named(field: Field, value: number, text: string): string {
  const name = field.names?.[value]
  return name === undefined ? text : `${text} (${name})`
}

function formatFlags(field: Field, value: number): string {
  const names: string[] = []
  for (let i = 0; i < field.width; i++) {
    if (Math.floor(value / 2 ** i) % 2 === 1) names.push(field.flags?.[i] ?? `bit ${i}`)
  }
  return names.length === 0 ? 'none' : names.join('|')
}
