/** Sums as linear combinations: bit vectors modulo 2^width, and integers. */
import type { TermBuilder } from '../build.js'
import type { Term } from '../term.js'
import { byId, isZero } from './shape.js'

/** Sums with more pieces are left alone: a long one that grows term by term would cost its square. */
const maxPieces = 64

/** One or more pieces are added; `atom` undefined stands for 1. */
interface Piece {
  readonly factor: bigint
  readonly atom: Term | undefined
}

/** A sum of factors times atoms plus a constant; factors and constant are from 0 up to the modulus, where there is one. */
export class Linear {
  readonly factors = new Map<Term, bigint>()
  constant = 0n
  readonly #width: number

  /** `width` 0 stands for integers. */
  constructor(width: number) {
    this.#width = width
  }

  add({ factor, atom }: Piece): void {
    if (atom === undefined) this.constant = this.#wrap(this.constant + factor)
    else this.factors.set(atom, this.#wrap((this.factors.get(atom) ?? 0n) + factor))
  }

  addTerm(term: Term, factor: bigint): void {
    for (const piece of piecesOf(term)) this.add({ factor: piece.factor * factor, atom: piece.atom })
  }

  #wrap(value: bigint): bigint {
    return this.#width === 0 ? value : BigInt.asUintN(this.#width, value)
  }

  /** Whether the factor is above half of the modulus, or below zero: better said with the opposite sign. */
  isNegative(factor: bigint): boolean {
    return this.#width === 0 ? factor < 0n : factor > 1n << BigInt(this.#width - 1)
  }

  /** Atoms with factors other than zero, in order of creation. */
  atoms(): (readonly [Term, bigint])[] {
    return [...this.factors].filter(([, factor]) => factor !== 0n).sort(([a], [b]) => byId(a, b))
  }

  /** The sum as a term. */
  build(t: TermBuilder): Term {
    const atoms = this.atoms()
    if (this.#width === 0) {
      const terms = atoms.map(([atom, factor]) => (factor === 1n ? atom : t.intMul(factor, atom)))
      if (this.constant !== 0n) terms.push(t.int(this.constant))
      return t.intSum(terms)
    }
    const [only] = atoms
    const width = this.#width
    const minusOne = BigInt.asUintN(width, -1n)
    // -x - 1 is how `bvnot x` looks from here.
    if (atoms.length === 1 && only !== undefined && only[1] === minusOne && this.constant === minusOne && width > 1) {
      return t.bvnot(only[0])
    }
    const terms = atoms.map(([atom, factor]) => scaled(t, atom, factor))
    if (this.constant !== 0n || terms.length === 0) terms.push(t.bv(this.constant, width))
    return t.nary('bvadd', terms)
  }
}

function scaled(t: TermBuilder, atom: Term, factor: bigint): Term {
  if (factor === 1n) return atom
  return factor === BigInt.asUintN(atom.width, -1n) ? t.neg(atom) : t.mul(t.bv(factor, atom.width), atom)
}

/** A term as a sum, as far as it is one on the outside; `bvnot x` is -x - 1. */
function piecesOf(term: Term): readonly Piece[] {
  const isSum = term.op === 'bvadd' || term.op === 'int.add'
  if (isSum && term.args.length <= maxPieces) return term.args.flatMap((arg) => summandsOf(arg))
  return summandsOf(term)
}

function summandsOf(term: Term): readonly Piece[] {
  const [a] = term.args
  if (term.op !== 'bvnot' || a === undefined) return [summandOf(term)]
  return [
    { factor: -1n, atom: a },
    { factor: -1n, atom: undefined },
  ]
}

/** One summand that is no `bvnot`: a constant, an atom, or an atom times a constant. */
function summandOf(term: Term): Piece {
  const { op } = term
  if (op === 'bv' || op === 'int') return { factor: term.value, atom: undefined }
  const [a, b] = term.args
  if (op === 'bvneg' && a !== undefined) return { factor: -1n, atom: a }
  if ((op === 'bvmul' || op === 'int.mul') && term.args.length === 2 && isNumber(a) && b !== undefined) {
    return { factor: a.value, atom: b }
  }
  return shiftedLeft(term) ?? { factor: 1n, atom: term }
}

function isNumber(term: Term | undefined): term is Term {
  return term?.op === 'bv' || term?.op === 'int'
}

/** What `piecesOf` looks into, for rules about sums. */
export function isSummand(term: Term): boolean {
  const { op, args } = term
  if (op === 'bvadd' || op === 'int.add') return args.length <= maxPieces
  if (op === 'bvneg' || op === 'bvnot') return true
  if (op === 'bvmul' || op === 'int.mul') return args.length === 2 && isNumber(args[0])
  // The extract within the concat is looked into as well; seeing other extracts only makes a theorem more special.
  return op === 'extract' || shiftedLeft(term) !== undefined
}

/** `concat(extract(w - k - 1, 0, x), 0...0)` with k zeros, for an x of the same width, is 2^k x. */
function shiftedLeft(term: Term): Piece | undefined {
  const [top, rest] = term.args
  if (term.op !== 'concat' || term.args.length !== 2 || !isZero(rest)) return undefined
  const atom = top?.op === 'extract' && top.lo === 0 ? top.args[0] : undefined
  if (atom === undefined || rest === undefined || atom.width !== term.width) return undefined
  return { factor: 1n << BigInt(rest.width), atom }
}

/**
 * Whether a sum has its normal form: no nested sum, one summand per atom, in order of creation, the constant last; and
 * not so long that it is left alone.
 */
export function isNormalSum({ args }: Term): boolean {
  if (args.length > maxPieces) return true
  let last = -1
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (arg === undefined || arg.op === 'bvnot') return false
    if ((arg.op === 'bvadd' || arg.op === 'int.add') && arg.args.length <= maxPieces) return false
    const { factor, atom } = summandOf(arg)
    if (factor === 0n) return false
    if (atom === undefined ? i < args.length - 1 : atom.id <= last) return false
    last = atom?.id ?? last
  }
  return true
}
