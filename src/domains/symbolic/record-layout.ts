/** How a record of the specification lies in the bytes of a key or value: the network function's layout, or our own. */
import type { RecordLayout } from '../../spec/record.js'
import type { FieldType } from '../../spec/types.js'

export type AnyFieldType = FieldType<number> | FieldType<bigint>

/** Fields by name, in the order of declaration. */
export type Fields = ReadonlyMap<string, AnyFieldType>

export interface FieldPlace {
  /** Of its first byte. */
  readonly offset: number
  /** Bytes; zeros above the field's own bits where there are more. */
  readonly size: number
  readonly order: 'big' | 'little'
}

export interface ByteLayout {
  /** Bytes in all. */
  readonly size: number
  readonly fields: ReadonlyMap<string, FieldPlace>
  /** The value of each byte that no field has, by its offset. */
  readonly padding: ReadonlyMap<number, number>
}

/** The fields of a record type. */
export function fieldsOf(record: Pick<RecordLayout<unknown>, 'fields' | 'fieldNames'>): Fields {
  return new Map(
    record.fieldNames.flatMap((name) => {
      const type = record.fields[name]
      return type === undefined ? [] : [[name, type] as const]
    }),
  )
}

/** Bytes that a field needs. */
export function bytesOf({ bits }: AnyFieldType): number {
  return Math.ceil(bits / 8)
}

/** Bytes that hold every value of a field: fewer than its type has where a bound lets them. */
export function leastBytes(type: AnyFieldType): number {
  if (type.bound === undefined) return bytesOf(type)
  const most = type.kind === 'slotOf' ? BigInt(type.bound) - 1n : BigInt(type.bound)
  return Math.min(bytesOf(type), Math.max(1, Math.ceil(most.toString(2).length / 8)))
}

/** The layout where no network function is involved: fields in the order of declaration, whole bytes, big-endian. */
export function canonicalLayout(fields: Fields): ByteLayout {
  let size = 0
  const places = new Map<string, FieldPlace>()
  for (const [name, type] of fields) {
    places.set(name, { offset: size, size: bytesOf(type), order: 'big' })
    size += bytesOf(type)
  }
  return { size, fields: places, padding: new Map() }
}

/** What is wrong with a layout for a record of these fields, or undefined. */
export function faultOf(layout: ByteLayout, fields: Fields): string | undefined {
  const taken = new Set<number>(layout.padding.keys())
  let count = layout.padding.size
  for (const [name, type] of fields) {
    const place = layout.fields.get(name)
    if (place === undefined) return `the field ${name} has no place`
    if (place.size < leastBytes(type)) return `the field ${name} does not fit into ${place.size} bytes`
    for (let i = 0; i < place.size; i++) taken.add(place.offset + i)
    count += place.size
  }
  if (layout.fields.size !== fields.size) return 'it has places for fields that the record has not'
  if (count !== taken.size) return 'two fields lie in the same byte'
  for (let at = 0; at < layout.size; at++) if (!taken.has(at)) return `byte ${at} belongs to nothing`
  return taken.size === layout.size ? undefined : `it reaches beyond its ${layout.size} bytes`
}
