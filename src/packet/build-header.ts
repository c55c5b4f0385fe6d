/** One header out of values for its fields. */
import { InputError } from '../errors.js'
import { parseIpv4, parseIpv6, parseMac } from './address.js'
import { type Field, type FieldTable, writeField } from './field.js'

/** A value for a field: addresses may be text. */
export type FieldValue = number | bigint | string

/** Values for the fields of a table. */
export type HeaderValues<T extends FieldTable> = { readonly [K in keyof T]?: FieldValue }

/**
 * Writes values over the header at `at`; names that the table lacks are passed over.
 *
 * @throws InputError where text is not an address of its field's kind.
 */
export function writeHeader(bytes: Uint8Array, at: number, table: FieldTable, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    const field = table[name]
    if (field !== undefined && isFieldValue(value)) writeField(bytes, at, field, toNumber(field, value))
  }
}

/** `bytes` with zeros up to a multiple of `unit`. */
export function padded(bytes: Uint8Array, unit: number): Uint8Array {
  const result = new Uint8Array(Math.ceil(bytes.length / unit) * unit)
  result.set(bytes)
  return result
}

/** One array after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

function isFieldValue(value: unknown): value is FieldValue {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
}

function toNumber(field: Field, value: FieldValue): number | bigint {
  if (typeof value !== 'string') return value
  const address = parseAddress(field, value)
  if (address === undefined) throw new InputError(`'${value}' is not a value for ${field.name} (${field.doc})`)
  return address
}

function parseAddress(field: Field, text: string): number | bigint | undefined {
  if (field.kind === 'mac') return parseMac(text)
  if (field.kind === 'ipv4') return parseIpv4(text)
  return field.kind === 'ipv6' ? parseIpv6(text) : undefined
}
