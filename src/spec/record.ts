/**
 * Records: the keys and values of a specification's tables. A record is immutable and compared by its fields, through
 * the table that holds it, never by `===`.
 *
 * Hashing and comparison run for every packet, so each record type gets a class and two functions of its own, written
 * for its fields. They are generated once, from field names that are checked to be plain identifiers.
 */
import { SpecError } from './error.js'
import type { FieldType } from './types.js'

export type FieldTypes = Readonly<Record<string, FieldType<number> | FieldType<bigint>>>

type ValueOf<F> = F extends FieldType<infer T> ? T : never

/** The values of a record type's fields. */
export type RecordOf<F extends FieldTypes> = { readonly [Name in keyof F]: ValueOf<F[Name]> }

/** What a record type is made of, and how its records are told apart. */
export interface RecordLayout<R> {
  readonly fields: FieldTypes
  readonly fieldNames: readonly string[]
  /** Mixes the fields numerically to 32 bits; equal records give equal hashes. */
  hash(this: void, record: R): number
  equals(this: void, a: R, b: R): boolean
  /** A record as 32-bit words: records are equal if and only if all their words are. */
  readonly packing: Packing<R>
}

/** How a record is written into words, so that a table can compare it without following the object. */
export interface Packing<R> {
  readonly words: number
  /** Writes `words` words from `into[at]` on. */
  write(this: void, record: R, into: Int32Array, at: number): void
  /** The record whose words begin at `from[at]`. */
  read(this: void, from: Int32Array, at: number): R
  /** 32 bits mixed from all the words that begin at `from[at]`. */
  hash(this: void, from: Int32Array, at: number): number
}

/** A record type: call it with the fields to make a record. */
export interface RecordType<R> extends RecordLayout<R> {
  (fields: R): R
}

/** The record type behind a value of type `RecordType`. */
export type RecordIn<T> = T extends RecordType<infer R> ? R : never

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Declares a record type. Field order is the order of declaration. */
export function record<const F extends FieldTypes>(fields: F): RecordType<RecordOf<F>> {
  const names = Object.keys(fields)
  if (names.length === 0) throw new SpecError('a record needs at least one field')
  for (const name of names) {
    if (!IDENTIFIER.test(name)) throw new SpecError(`"${name}" is not a name that a record field can have`)
  }
  const { places, words } = layOut(fields, names)
  const { make, read } = generated<Making<RecordOf<F>>>('f', makeBody(places), unpackWide)
  const hash: (record: RecordOf<F>) => number = generated('r', hashBody(fields, names), wideHash)
  const equals: (a: RecordOf<F>, b: RecordOf<F>) => boolean = generated('a, b', equalsBody(names))
  const write: Packing<RecordOf<F>>['write'] = generated('r, into, at', packBody(places, words), packWide)
  return Object.freeze(
    Object.assign(make, {
      fields: Object.freeze({ ...fields }),
      fieldNames: names,
      hash,
      equals,
      packing: { words, write, read, hash: generated<Packing<RecordOf<F>>['hash']>('w, at', packedHashBody(words)) },
    }),
  )
}

/** Compiles `body` with `parameters`; `wide` is what it does with bigints. */
function generated<T>(parameters: string, body: string, wide?: WideHash | WidePack | WideUnpack): T {
  return new Function('wide', 'unfit', `'use strict'; ${body.replace('$parameters', parameters)}`)(wide, unfit)
}

function unfit(name: string, value: number): never {
  throw new SpecError(`${value} does not fit into the field ${name} of a record`)
}

/** Bits of a field in a word of the packed record: `width` bits of the value, from bit `from` on, at bit `shift`. */
interface Piece {
  readonly word: number
  readonly shift: number
  readonly from: number
  readonly width: number
}

/** Where a field is: wide ones in whole words of their own, others in one piece or two. */
interface Place {
  readonly name: string
  readonly wide: boolean
  readonly pieces: readonly Piece[]
}

/** Fields of up to 16 bits, and the upper bits of MAC addresses, share words: a smaller table is a faster one. */
function layOut(
  fields: FieldTypes,
  names: readonly string[],
): { readonly places: readonly Place[]; readonly words: number } {
  let words = 0
  let shared = { word: -1, used: 32 }
  const share = (from: number, width: number): Piece => {
    if (shared.used + width > 32) shared = { word: words++, used: 0 }
    const piece = { word: shared.word, shift: shared.used, from, width }
    shared = { word: shared.word, used: shared.used + width }
    return piece
  }
  const place = (bits: number, from: number): Piece[] => {
    if (bits <= 16) return [share(from, bits)]
    const piece = { word: words++, shift: 0, from, width: Math.min(bits, 32) }
    return bits <= 32 ? [piece] : [piece, ...place(bits - 32, from + 32)]
  }
  const places = names.map((name) => {
    const { bits, wide } = fields[name] ?? { bits: 0, wide: false }
    if (!wide) return { name, wide, pieces: place(bits, 0) }
    const size = bits <= 64 ? 2 : 4
    const pieces = Array.from({ length: size }, (_, i) => ({ word: words + i, shift: 0, from: 32 * i, width: 32 }))
    words += size
    return { name, wide, pieces }
  })
  return { places, words }
}

/** Records made by an author and records read back are of one class, so that code that uses them is compiled once. */
function makeBody(places: readonly Place[]): string {
  const values = places.map((_, i) => `v${i}`)
  const assignments = places.map(({ name }, i) => `this.${name} = v${i}`).join('; ')
  const given = places.map(({ name }) => `f.${name}`)
  return (
    `class Rec { constructor(${values.join(', ')}) { ${assignments} } } ` +
    `return { make($parameters) { return new Rec(${given.join(', ')}) }, ` +
    `read(w, at) { return new Rec(${places.map(unpacked).join(', ')}) } }`
  )
}

interface Making<R> {
  make(this: void, values: R): R
  read(this: void, from: Int32Array, at: number): R
}

function unpacked({ wide, pieces }: Place): string {
  if (wide) return `wide(w, at + ${pieces[0]?.word}, ${pieces.length})`
  return pieces.map((piece) => (piece.from === 0 ? bitsOf(piece) : `${bitsOf(piece)} * ${2 ** piece.from}`)).join(' + ')
}

/** Fewer than 32 bits are taken as they are, and stay small integers to the engine. */
function bitsOf({ word, shift, width }: Piece): string {
  const value = `w[at + ${word}]`
  if (width === 32) return `(${value} >>> 0)`
  const shifted = shift === 0 ? value : `(${value} >>> ${shift})`
  return shift + width === 32 ? shifted : `(${shifted} & ${2 ** width - 1})`
}

function hashBody(fields: FieldTypes, names: readonly string[]): string {
  const steps = names.map((name) => {
    const type = fields[name]
    if (type === undefined) return ''
    if (type.wide) return mix(`wide(r.${name})`)
    if (type.bits <= 32) return mix(`r.${name}`)
    return mix(`r.${name}`) + mix(`(r.${name} / 4294967296)`)
  })
  return `return function ($parameters) { let h = 0x9e3779b9 | 0; ${steps.join(' ')} ${avalanche} }`
}

/** So that tables may take the low bits. */
const avalanche = 'h ^= h >>> 16; h = Math.imul(h, 0x85ebca6b); h ^= h >>> 13; return h >>> 0'

function mix(value: string, into = 'h'): string {
  return `${into} = Math.imul(${into} ^ ${value}, 0xcc9e2d51); ${into} = (${into} << 15) | (${into} >>> 17);`
}

/** Two sums side by side, of the even and of the odd words: neither step waits for the one before it. */
function packedHashBody(words: number): string {
  const steps = Array.from({ length: words }, (_, i) => mix(`w[at + ${i}]`, i % 2 === 0 ? 'h' : 'k')).join(' ')
  return (
    `return function ($parameters) { let h = 0x9e3779b9 | 0; let k = 0x7f4a7c15 | 0; ${steps} ` +
    `h ^= Math.imul(k ^ (k >>> 15), 0x2c1b3c6d); ${avalanche} }`
  )
}

function equalsBody(names: readonly string[]): string {
  return `return function ($parameters) { return ${names.map((name) => `a.${name} === b.${name}`).join(' && ')} }`
}

function packBody(places: readonly Place[], words: number): string {
  const checks: string[] = []
  const parts: string[][] = Array.from({ length: words }, () => [])
  const wides: string[] = []
  for (const { name, wide, pieces } of places) {
    if (wide) wides.push(`wide(r.${name}, into, at + ${pieces[0]?.word}, ${pieces.length});`)
    else
      for (const piece of pieces) {
        const value = piece.from === 0 ? `r.${name}` : `(r.${name} / ${2 ** piece.from})`
        // What shares a word must not spill over into its neighbour.
        if (piece.width < 32) checks.push(`if (${value} >>> ${piece.width} !== 0) unfit('${name}', r.${name});`)
        parts[piece.word]?.push(piece.shift === 0 ? value : `(${value} << ${piece.shift})`)
      }
  }
  const stores = parts.flatMap((pieces, word) =>
    pieces.length === 0 ? [] : [`into[at + ${word}] = ${pieces.join(' | ')};`],
  )
  return `return function ($parameters) { ${[...checks, ...stores, ...wides].join(' ')} }`
}

type WideHash = (value: bigint) => number
type WideUnpack = (from: Int32Array, at: number, size: number) => bigint
type WidePack = (value: bigint, into: Int32Array, at: number, size: number) => void

const longs = new BigUint64Array(2)
const halves = new Uint32Array(longs.buffer)

/** Bigints up to this are compared without a call by the engine, IPv4 addresses among them. */
const LARGEST_SIGNED = 0x7fffffffffffffffn

/** Writes the 64 or 128 bits of a bigint. */
function packWide(value: bigint, into: Int32Array, at: number, size: number): void {
  longs[0] = value
  into[at] = halves[0] ?? 0
  into[at + 1] = halves[1] ?? 0
  if (size === 2) return
  // IPv4 addresses are far more frequent than what needs all bits, and shifting a bigint is slow.
  if (value <= LARGEST_SIGNED) {
    into[at + 2] = 0
    into[at + 3] = 0
    return
  }
  longs[1] = value >> 64n
  into[at + 2] = halves[2] ?? 0
  into[at + 3] = halves[3] ?? 0
}

function unpackWide(from: Int32Array, at: number, size: number): bigint {
  halves[0] = from[at] ?? 0
  halves[1] = from[at + 1] ?? 0
  const low = longs[0] ?? 0n
  if (size === 2) return low
  halves[2] = from[at + 2] ?? 0
  halves[3] = from[at + 3] ?? 0
  if (halves[2] === 0 && halves[3] === 0) return low
  return ((longs[1] ?? 0n) << 64n) | low
}

/** 32 bits of a bigint of at most 128 bits, each bit of it counting. */
function wideHash(value: bigint): number {
  longs[0] = value
  let mixed = Math.imul((halves[0] ?? 0) ^ Math.imul(halves[1] ?? 0, 0x1b873593), 0x85ebca6b)
  if (value > 0xffffffffffffffffn) {
    longs[1] = value >> 64n
    mixed =
      Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) ^
      Math.imul((halves[2] ?? 0) ^ Math.imul(halves[3] ?? 0, 0x1b873593), 0x27d4eb2f)
  }
  return mixed
}
