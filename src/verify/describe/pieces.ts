/**
 * A bit vector as pieces from left to right: constants, and runs of bits of something else. Bytes that follow each other
 * in the packet, or in a key, are one piece, however a binary has loaded them.
 */
import type { Term } from '../../smt/index.js'

/** What the bits of a slice are of: the packet from some place on, or any other term. */
export type Base =
  | { readonly kind: 'packet'; readonly key: string; readonly from: readonly Term[] }
  | { readonly kind: 'term'; readonly key: string; readonly term: Term }

export interface Slice {
  readonly kind: 'slice'
  readonly base: Base
  /** Of the first bit: 0 is the highest one of a term, or that of the first byte. */
  readonly bit: number
  readonly width: number
}

export interface Constant {
  readonly kind: 'constant'
  readonly value: bigint
  readonly width: number
}

export type Piece = Slice | Constant

/** `resolve` may put something simpler in the place of a term, where more is known. */
export function piecesOf(term: Term, resolve: (term: Term) => Term): Piece[] {
  const known = resolve(term)
  switch (known.op) {
    case 'bv':
      return [{ kind: 'constant', value: known.value, width: known.width }]
    case 'concat':
      return joined(known.args.flatMap((arg) => piecesOf(arg, resolve)))
    case 'extract': {
      const [arg] = known.args
      return arg === undefined ? [] : cut(piecesOf(arg, resolve), arg.width - 1 - known.hi, known.width)
    }
    case 'zero_extend': {
      const [arg] = known.args
      const zeros: Piece = { kind: 'constant', value: 0n, width: known.hi }
      return arg === undefined ? [] : joined([zeros, ...piecesOf(arg, resolve)])
    }
    default:
      return [packetByte(known, resolve) ?? whole(known)]
  }
}

function whole(term: Term): Slice {
  return { kind: 'slice', base: { kind: 'term', key: `t${term.id}`, term }, bit: 0, width: term.width }
}

function packetByte(term: Term, resolve: (term: Term) => Term): Slice | undefined {
  const [offset] = term.args
  if (term.op !== 'apply' || term.symbol?.name !== 'packet.byte' || offset === undefined) return undefined
  const { from, constant } = sumOf(offset, resolve)
  const key = `packet ${from.map(({ id }) => id).join(' ')}`
  return { kind: 'slice', base: { kind: 'packet', key, from }, bit: 8 * Number(constant), width: 8 }
}

/** A sum as its constant part and the rest. */
export function sumOf(
  term: Term,
  resolve: (term: Term) => Term,
): { readonly from: readonly Term[]; readonly constant: bigint } {
  const known = resolve(term)
  if (known.op === 'bv') return { from: [], constant: known.value }
  if (known.op !== 'bvadd') return { from: [known], constant: 0n }
  const parts = known.args.map((arg) => sumOf(arg, resolve))
  const constant = parts.reduce((sum, part) => sum + part.constant, 0n)
  return { from: parts.flatMap(({ from }) => from), constant: signed(constant, known.width) }
}

/** A value of the upper half as the negative number that it stands for in a sum. */
export function signed(value: bigint, width: number): bigint {
  const modulus = 1n << BigInt(width)
  const wrapped = ((value % modulus) + modulus) % modulus
  return width > 1 && wrapped >= modulus / 2n ? wrapped - modulus : wrapped
}

/** `width` bits from the one at `from` on. */
export function cut(pieces: readonly Piece[], from: number, width: number): Piece[] {
  const found: Piece[] = []
  let at = 0
  for (const piece of pieces) {
    const first = Math.max(from, at)
    const end = Math.min(from + width, at + piece.width)
    if (first < end) found.push(part(piece, first - at, end - first))
    at += piece.width
  }
  return joined(found)
}

function part(piece: Piece, from: number, width: number): Piece {
  if (piece.kind === 'slice') return { ...piece, bit: piece.bit + from, width }
  const value = (piece.value >> BigInt(piece.width - from - width)) & ((1n << BigInt(width)) - 1n)
  return { kind: 'constant', value, width }
}

/** Pieces that continue each other as one. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = []
  for (const piece of pieces) {
    const last = found.at(-1)
    const both = last === undefined ? undefined : together(last, piece)
    if (both === undefined) found.push(piece)
    else found[found.length - 1] = both
  }
  return found
}

/** The two as one piece, if the second continues the first. */
export function together(a: Piece, b: Piece): Piece | undefined {
  if (a.kind === 'constant' && b.kind === 'constant') {
    return { kind: 'constant', value: (a.value << BigInt(b.width)) | b.value, width: a.width + b.width }
  }
  if (a.kind !== 'slice' || b.kind !== 'slice') return undefined
  if (a.base.key !== b.base.key || a.bit + a.width !== b.bit) return undefined
  return { ...a, width: a.width + b.width }
}

export function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { width }) => sum + width, 0)
}
