/**
 * The Maglev table, symbolically: of its rows only that each is a permutation of the backends. A row that
 * is asked for gets a function from ranks to backends and its inverse. Which row a hash has is a function of the hash, of
 * which only the bound is said: it is a remainder, but by what it is divided neither side of a proof looks at, and solvers
 * do badly with divisions.
 */
import { type BitVecSort, bitVecSort, type FunctionSymbol, type Term } from '../../smt/index.js'
import type { MaglevState } from '../state.js'
import { type Integer, widthOf } from './integer.js'
import { Undecidable } from './path.js'
import type { Scope } from './scope.js'

export interface MaglevShape {
  /** Its functions are named after it. */
  readonly name: string
  readonly height: Integer
  readonly backends: Integer
}

const HASH_BITS = 32
/** Ranks are enumerated, so there must not be many. */
const MOST_BACKENDS = 64

/** Never changes: one table serves both sides of a proof. */
export class SymbolicMaglev implements MaglevState<Integer> {
  readonly height: Integer
  readonly backends: Integer
  readonly #scope: Scope
  readonly #backendSort: BitVecSort
  readonly #rowSort: BitVecSort
  readonly #row: FunctionSymbol
  readonly #at: FunctionSymbol
  readonly #rank: FunctionSymbol
  readonly #rows = new Set<Term>()

  constructor(scope: Scope, { name, height, backends }: MaglevShape) {
    const { terms } = scope.path
    this.#scope = scope
    this.height = height
    this.backends = backends
    this.#backendSort = bitVecSort(widthOf(0n, backends.hi))
    this.#rowSort = bitVecSort(widthOf(0n, height.hi))
    this.#row = terms.declareFunction(`${name}.row`, [bitVecSort(HASH_BITS)], this.#rowSort)
    this.#at = terms.declareFunction(`${name}.at`, [this.#rowSort, this.#backendSort], this.#backendSort)
    this.#rank = terms.declareFunction(`${name}.rank`, [this.#rowSort, this.#backendSort], this.#backendSort)
  }

  at(row: Integer, rank: Integer): Integer {
    const { integers, path } = this.#scope
    const bits = integers.bits(row, this.#rowSort.width)
    this.#touch(bits)
    return integers.unsigned(path.terms.apply(this.#at, bits, integers.bits(rank, this.#backendSort.width)))
  }

  /** The first backend of `row` that is live; meaningful only where one is. */
  firstLive(row: Integer, isLive: (backend: Integer) => Term): Integer {
    const { integers, path } = this.#scope
    const { terms } = path
    const last = this.#count() - 1
    let found = this.at(row, integers.of(BigInt(last)))
    for (let rank = last - 1; rank >= 0; rank--) {
      const backend = this.at(row, integers.of(BigInt(rank)))
      found = integers.select(isLive(backend), backend, found)
    }
    // That it lives follows from the row being a permutation, but by many cases.
    const all = Array.from({ length: last + 1 }, (_, backend) => integers.of(BigInt(backend)))
    const isAny = terms.any(all.map(isLive))
    for (const backend of all) {
      path.assume(terms.implies(terms.and(isAny, integers.eq(found, backend)), isLive(backend)))
    }
    return found
  }

  /** The row of a hash of 32 bits without sign, which is the hash modulo the height: some function, below the height. */
  rowOf(hash: Integer): Integer {
    const { integers, path } = this.#scope
    const row = integers.unsigned(path.terms.apply(this.#row, integers.bits(hash, HASH_BITS)))
    path.assume(integers.lt(row, this.height))
    return integers.within(row, 0n, this.height.hi - 1n)
  }

  /** Instantiates that the row is a permutation: rank and at undo each other. */
  #touch(row: Term): void {
    if (this.#rows.has(row)) return
    this.#rows.add(row)
    const { path, integers } = this.#scope
    const { terms } = path
    const most = BigInt(this.#count())
    const below = (value: Term) => integers.lt(integers.unsigned(value), integers.of(most))
    for (let number = 0n; number < most; number++) {
      const bits = terms.bv(number, this.#backendSort.width)
      const backend = terms.apply(this.#at, row, bits)
      const rank = terms.apply(this.#rank, row, bits)
      path.assume(terms.and(below(backend), terms.eq(terms.apply(this.#rank, row, backend), bits)))
      path.assume(terms.and(below(rank), terms.eq(terms.apply(this.#at, row, rank), bits)))
    }
  }

  #count(): number {
    const { constant } = this.backends
    if (constant === undefined) throw new Undecidable('a Maglev table of a number of backends that is not known')
    if (constant > MOST_BACKENDS) throw new Undecidable(`a Maglev table of more than ${MOST_BACKENDS} backends`)
    return Number(constant)
  }
}
