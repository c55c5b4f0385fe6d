/**
 * Which bytes of a network function's key are which field of the specification's record: found by matching the terms of
 * both at the same insertion. A layout is only believed if it is the only one that explains every insertion seen; what
 * uses it is proved in any case, so that a wrong one could only make a proof fail.
 */
import type { Term } from '../../smt/index.js'
import type { Integer, Integers } from './integer.js'
import { type AnyFieldType, type ByteLayout, type FieldPlace, type Fields, leastBytes } from './record-layout.js'

/** One insertion: the fields of the record, and the key's bytes as the network function gave them, 8 bits each. */
export interface Insertion {
  readonly fields: ReadonlyMap<string, Integer>
  readonly bytes: readonly Term[]
}

export type Inferred =
  | { readonly kind: 'found'; readonly layout: ByteLayout }
  /** More insertions, of other shape, may tell these apart. */
  | { readonly kind: 'ambiguous'; readonly layouts: readonly ByteLayout[] }
  | { readonly kind: 'none'; readonly reason: string }

export interface Inference {
  readonly integers: Integers
  /** Whether two bytes are the same; as terms by default, and a caller may ask a solver. */
  readonly isSame?: (a: Term, b: Term) => boolean
  /** Layouts to look for; more than one is ambiguous in any case. */
  readonly most?: number
}

type Places = ReadonlyMap<string, readonly FieldPlace[]>

/** The layout of a record with these fields, by what was inserted. */
export function inferLayout(fields: Fields, insertions: readonly Insertion[], inference: Inference): Inferred {
  const size = insertions[0]?.bytes.length
  if (size === undefined) return { kind: 'none', reason: 'nothing was inserted' }
  if (insertions.some(({ bytes }) => bytes.length !== size)) return { kind: 'none', reason: 'keys differ in size' }
  const tight = inferWith(leastBytes, fields, insertions, size, inference)
  if (tight.kind !== 'none') return tight
  // Machine words: the bytes above a field's own need not look like constants.
  const words = inferWith((type) => 2 ** Math.ceil(Math.log2(leastBytes(type))), fields, insertions, size, inference)
  return words.kind === 'none' ? tight : words
}

function inferWith(
  lengthOf: (type: AnyFieldType) => number,
  fields: Fields,
  insertions: readonly Insertion[],
  size: number,
  inference: Inference,
): Inferred {
  const places = new Map<string, readonly FieldPlace[]>()
  for (const [name, type] of fields) {
    const found = placesOf(name, lengthOf(type), insertions, size, inference)
    if (found.length === 0) return { kind: 'none', reason: `no bytes of the key are the field ${name}` }
    places.set(name, found)
  }
  const layouts = arrangements(places, insertions, size, inference.most ?? 8)
  const [layout] = layouts
  if (layout === undefined) return { kind: 'none', reason: 'the bytes that no field has are not always the same' }
  return layouts.length === 1 ? { kind: 'found', layout } : { kind: 'ambiguous', layouts }
}

/** Where a field may lie: every place whose bytes are the field's, at every insertion. */
function placesOf(
  name: string,
  length: number,
  insertions: readonly Insertion[],
  size: number,
  inference: Inference,
): FieldPlace[] {
  const orders = length === 1 ? (['big'] as const) : (['big', 'little'] as const)
  const found: FieldPlace[] = []
  for (let offset = 0; offset + length <= size; offset++) {
    for (const order of orders) {
      const place = { offset, size: length, order }
      if (insertions.every((insertion) => matches(name, place, insertion, inference))) found.push(place)
    }
  }
  return found
}

function matches(name: string, place: FieldPlace, { fields, bytes }: Insertion, inference: Inference): boolean {
  const value = fields.get(name)
  if (value === undefined) return false
  const { integers, isSame = (a, b) => a === b } = inference
  const bits = integers.bits(value, 8 * place.size)
  for (let i = 0; i < place.size; i++) {
    const byte = integers.terms.byte(place.order === 'big' ? place.size - 1 - i : i, bits)
    const stored = bytes[place.offset + i]
    if (stored === undefined || !isSame(byte, stored)) return false
  }
  return true
}

/** The ways to give each field a place of its own, such that what is left is padding. */
function arrangements(places: Places, insertions: readonly Insertion[], size: number, most: number): ByteLayout[] {
  // Fields with the fewest places first: they leave the least to try.
  const order = [...places].sort(([, a], [, b]) => a.length - b.length)
  const found: ByteLayout[] = []
  const taken = new Set<number>()
  const chosen = new Map<string, FieldPlace>()
  const place = (index: number): void => {
    if (found.length >= most) return
    const next = order[index]
    if (next === undefined) {
      const padding = paddingOf(taken, insertions, size)
      const fields = new Map([...places.keys()].flatMap((name) => withPlace(name, chosen.get(name))))
      if (padding !== undefined) found.push({ size, fields, padding })
      return
    }
    const [name, candidates] = next
    for (const candidate of candidates) {
      const bytes = Array.from({ length: candidate.size }, (_, i) => candidate.offset + i)
      if (bytes.some((at) => taken.has(at))) continue
      for (const at of bytes) taken.add(at)
      chosen.set(name, candidate)
      place(index + 1)
      for (const at of bytes) taken.delete(at)
    }
  }
  place(0)
  return found
}

function withPlace(name: string, place: FieldPlace | undefined): (readonly [string, FieldPlace])[] {
  return place === undefined ? [] : [[name, place]]
}

/** Bytes that no field has are the same constant at every insertion, or this is no layout. */
function paddingOf(
  taken: ReadonlySet<number>,
  insertions: readonly Insertion[],
  size: number,
): ReadonlyMap<number, number> | undefined {
  const padding = new Map<number, number>()
  for (let at = 0; at < size; at++) {
    if (taken.has(at)) continue
    const values = new Set(insertions.map(({ bytes }) => bytes[at]))
    const [value] = values
    if (values.size !== 1 || value === undefined || value.op !== 'bv') return undefined
    padding.set(at, Number(value.value))
  }
  return padding
}
