import type { MaglevContractState } from '../../../contracts/index.js'
import type { SymbolicSorts } from '../../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../../smt/index.js'
import { isIndex, picked } from './picking.js'

/** A Maglev table of few rows and backends; cells are 32 bits. */
export class FiniteMaglev implements MaglevContractState<SymbolicSorts> {
  readonly height: Integer
  readonly backends: Integer
  readonly #integers: Integers
  readonly #terms: Terms
  readonly #rows: readonly (readonly Term[])[]

  constructor(integers: Integers, rows: readonly (readonly Term[])[]) {
    this.#integers = integers
    this.#terms = integers.terms
    this.#rows = rows
    this.height = integers.of(BigInt(rows.length))
    this.backends = integers.of(BigInt(rows[0]?.length ?? 0))
  }

  copy(): FiniteMaglev {
    return this
  }

  at(row: Integer, rank: Integer): Integer {
    const ofRank = (cells: readonly Term[]) =>
      picked(
        this.#terms,
        cells.map((cell, at) => [isIndex(this.#integers, rank, at), cell] as const),
      )
    return this.#ofRow(row, ofRank)
  }

  rowOf(hash: Integer): Integer {
    return this.#integers.rem(hash, this.height)
  }

  firstLive(row: Integer, isLive: (backend: Integer) => Term): Integer {
    return this.#ofRow(row, (cells) =>
      picked(
        this.#terms,
        cells.map((cell) => [isLive(this.#integers.unsigned(cell)), cell] as const),
      ),
    )
  }

  same(other: FiniteMaglev): Term {
    const mine = this.#rows.flat()
    const theirs = other.#rows.flat()
    if (mine.length !== theirs.length) return this.#terms.false
    return this.#terms.all(mine.map((cell, at) => this.#terms.eq(cell, theirs[at] ?? cell)))
  }

  #ofRow(row: Integer, value: (cells: readonly Term[]) => Term): Integer {
    const cases = this.#rows.map((cells, at) => [isIndex(this.#integers, row, at), value(cells)] as const)
    return this.#integers.unsigned(picked(this.#terms, cases))
  }
}
