/** Linear forms over the integers: what a bit vector is, but for a multiple of 2^width. */
import type { Term } from '../term.js'
import type { Terms } from '../terms.js'

/** An integer term that lies between bounds, both included. */
export interface Atom {
  readonly term: Term
  readonly lo: bigint
  readonly hi: bigint
}

interface Piece {
  readonly atom: Atom
  readonly factor: bigint
}

/** A sum of factors times atoms, and a constant. Immutable. */
export class Form {
  readonly #pieces: ReadonlyMap<Term, Piece>
  readonly #constant: bigint
  /** Bounds, both included. */
  readonly lo: bigint
  readonly hi: bigint

  private constructor(pieces: ReadonlyMap<Term, Piece>, constant: bigint) {
    let [lo, hi] = [constant, constant]
    for (const { atom, factor } of pieces.values()) {
      lo += factor * (factor > 0n ? atom.lo : atom.hi)
      hi += factor * (factor > 0n ? atom.hi : atom.lo)
    }
    this.#pieces = pieces
    this.#constant = constant
    this.lo = lo
    this.hi = hi
  }

  static of(atom: Atom): Form {
    return new Form(new Map([[atom.term, { atom, factor: 1n }]]), 0n)
  }

  static constant(value: bigint): Form {
    return new Form(new Map(), value)
  }

  static sum(forms: readonly Form[]): Form {
    const pieces = new Map<Term, Piece>()
    let constant = 0n
    for (const form of forms) {
      constant += form.#constant
      for (const [term, { atom, factor }] of form.#pieces) {
        const sum = factor + (pieces.get(term)?.factor ?? 0n)
        if (sum === 0n) pieces.delete(term)
        else pieces.set(term, { atom, factor: sum })
      }
    }
    return new Form(pieces, constant)
  }

  plus(other: Form): Form {
    return Form.sum([this, other])
  }

  times(by: bigint): Form {
    if (by === 0n) return Form.constant(0n)
    const pieces = [...this.#pieces].map(([term, { atom, factor }]) => [term, { atom, factor: factor * by }] as const)
    return new Form(new Map(pieces), this.#constant * by)
  }

  isWithin(lo: bigint, hi: bigint): boolean {
    return lo <= this.lo && this.hi <= hi
  }

  build(terms: Terms): Term {
    const sum = [...this.#pieces.values()].map(({ atom, factor }) =>
      factor === 1n ? atom.term : terms.intMul(factor, atom.term),
    )
    if (this.#constant !== 0n) sum.push(terms.int(this.#constant))
    return terms.intSum(sum)
  }
}
