/**
 * Slices of bit vectors. They are looked for in what a term is put together of: a slice of a slice, of parts of a concat,
 * of both sides of an `ite`. What is left is taken apart once, at every place where some slice of it begins or ends.
 */
import type { Term } from '../term.js'
import { Form } from './form.js'
import type { Unknowns } from './unknowns.js'

/** What slices ask of the reading that they are part of. */
export interface Values {
  readonly unknowns: Unknowns
  unsigned(term: Term): Form
  /** The lowest bits of a sum, without a sign. */
  lowest(sum: Term, bits: number): Form
  truth(term: Term): Term
}

/** Deeper ones are not looked into. */
const MOST_NESTED = 100

interface Slice {
  readonly of: Term
  readonly hi: number
  readonly lo: number
}

interface Piece {
  readonly lo: number
  readonly form: Form
}

export class Slices {
  readonly #values: Values
  readonly #nesting = new Map<Term, number>()
  readonly #cuts = new Map<Term, Set<number>>()
  /** How many of the lowest bits are asked for of sums. */
  readonly #low = new Map<Term, Set<number>>()
  readonly #pieces = new Map<Term, readonly Piece[]>()
  readonly #made = new Map<Term, Map<string, Form>>()

  /** All terms of the query, arguments before what is built from them. */
  constructor(all: readonly Term[], values: Values) {
    this.#values = values
    const seen = new Map<Term, Set<string>>()
    for (const term of all) {
      const { op, args, hi, lo } = term
      if (op === 'ite' || op === 'concat' || op === 'extract') {
        this.#nesting.set(term, 1 + Math.max(...args.map((arg) => this.#nesting.get(arg) ?? 0)))
      }
      const [of] = args
      if (op === 'extract' && of !== undefined) this.#note({ of, hi, lo }, seen)
    }
    // What is taken apart anyhow has its low bits among its pieces: told once, they need not be found to be the same.
    for (const [of, widths] of this.#low) {
      const cuts = this.#cuts.get(of)
      if (cuts !== undefined) for (const width of widths) cuts.add(width)
    }
  }

  /** Bits `hi` to `lo` without a sign, for an `extract` of the query. */
  form(of: Term, hi: number, lo: number): Form {
    const known = this.#made.get(of) ?? new Map<string, Form>()
    this.#made.set(of, known)
    const key = `${hi} ${lo}`
    const form = known.get(key) ?? this.#form({ of, hi, lo })
    known.set(key, form)
    return form
  }

  #form(slice: Slice): Form {
    const { of, hi, lo } = slice
    if (isWhole(slice)) return this.#values.unsigned(of)
    if (of.op === 'bv') return Form.constant(BigInt.asUintN(hi - lo + 1, of.value >> BigInt(lo)))
    const inner = this.#within(slice)
    if (inner === undefined) {
      return isLowOfSum(slice) && !this.#cuts.has(of) ? this.#values.lowest(of, hi + 1) : this.#put(slice)
    }
    if (of.op !== 'ite') {
      return Form.sum(inner.map((each) => this.form(each.of, each.hi, each.lo).times(1n << BigInt(each.at))))
    }
    const [condition] = of.args
    const [yes, no] = inner.map((each) => this.form(each.of, each.hi, each.lo))
    if (condition === undefined || yes === undefined || no === undefined)
      throw new TypeError('an ite of less than three')
    return this.#values.unknowns.choice(this.#values.truth(condition), yes, no)
  }

  /** The slices that this one consists of, or chooses between; undefined where it is not looked into. */
  #within({ of, hi, lo }: Slice): readonly (Slice & { readonly at: number })[] | undefined {
    if ((this.#nesting.get(of) ?? 0) > MOST_NESTED) return undefined
    if (of.op === 'ite') return of.args.slice(1).map((side) => ({ of: side, hi, lo, at: 0 }))
    if (of.op === 'extract') return of.args.map((arg) => ({ of: arg, hi: hi + of.lo, lo: lo + of.lo, at: 0 }))
    if (of.op !== 'concat') return undefined
    let bottom = of.width
    return of.args.flatMap((part) => {
      bottom -= part.width
      const [high, low] = [Math.min(hi, bottom + part.width - 1), Math.max(lo, bottom)]
      return high < low ? [] : [{ of: part, hi: high - bottom, lo: low - bottom, at: low - lo }]
    })
  }

  /** Remembers where the terms that have to be taken apart for this slice are cut. */
  #note(slice: Slice, seen: Map<Term, Set<string>>): void {
    const { of, hi, lo } = slice
    const known = seen.get(of) ?? new Set<string>()
    seen.set(of, known)
    const key = `${hi} ${lo}`
    if (known.has(key) || of.op === 'bv' || isWhole(slice)) return
    known.add(key)
    const inner = this.#within(slice)
    if (inner !== undefined) for (const each of inner) this.#note(each, seen)
    else if (isLowOfSum(slice)) this.#low.set(of, (this.#low.get(of) ?? new Set()).add(hi + 1))
    else this.#cuts.set(of, (this.#cuts.get(of) ?? new Set([0, of.width])).add(lo).add(hi + 1))
  }

  #put({ of, hi, lo }: Slice): Form {
    const cuts = this.#cuts.get(of)
    if (cuts?.has(lo) !== true || !cuts.has(hi + 1)) throw new RangeError('a slice that was not foreseen')
    const inside = this.#piecesOf(of, cuts).filter((piece) => piece.lo >= lo && piece.lo <= hi)
    return Form.sum(inside.map((piece) => piece.form.times(1n << BigInt(piece.lo - lo))))
  }

  /** Pieces are functions of the value, so that pieces of equal values are equal. */
  #piecesOf(of: Term, at: ReadonlySet<number>): readonly Piece[] {
    const made = this.#pieces.get(of)
    if (made !== undefined) return made
    const { unknowns } = this.#values
    const whole = this.#values.unsigned(of)
    const value = whole.build(unknowns.terms)
    const cuts = [...at].sort((a, b) => a - b)
    const pieces = cuts.slice(0, -1).map((lo, i): Piece => {
      const bits = (cuts[i + 1] ?? lo) - lo
      const [widest, most] = [(1n << BigInt(bits)) - 1n, whole.hi >> BigInt(lo)]
      return { lo, form: unknowns.function(`slice.${lo}.${bits}`, [value], 0n, most < widest ? most : widest) }
    })
    const sum = Form.sum(pieces.map(({ lo, form }) => form.times(1n << BigInt(lo))))
    unknowns.facts.push(unknowns.terms.eq(value, sum.build(unknowns.terms)))
    this.#pieces.set(of, pieces)
    return pieces
  }
}

function isWhole({ of, hi, lo }: Slice): boolean {
  return lo === 0 && hi === of.width - 1
}

/** The lowest bits of a sum are a sum: nothing has to be taken apart. */
function isLowOfSum({ of: { op }, lo }: Slice): boolean {
  return lo === 0 && (op === 'bvadd' || op === 'bvsub' || op === 'bvneg' || op === 'bvmul' || op === 'bvnot')
}
