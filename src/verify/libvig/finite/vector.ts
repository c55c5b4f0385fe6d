import type { VectorContractState } from '../../../contracts/index.js'
import { type Bytes, knownBytes, type SymbolicSorts } from '../../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../../smt/index.js'
import { isIndex, picked } from './picking.js'

/** Of one index: its bytes, and whether they are lent. */
export interface Cell {
  readonly bytes: Term
  readonly lent: Term
}

/** A vector of few cells. */
export class FiniteVector implements VectorContractState<SymbolicSorts> {
  readonly capacity: Integer
  readonly #integers: Integers
  readonly #terms: Terms
  #cells: readonly Cell[]

  constructor(integers: Integers, cells: readonly Cell[]) {
    this.#integers = integers
    this.#terms = integers.terms
    this.capacity = integers.of(BigInt(cells.length))
    this.#cells = cells
  }

  copy(): FiniteVector {
    return new FiniteVector(this.#integers, this.#cells)
  }

  get(index: Integer): Term {
    return picked(
      this.#terms,
      this.#cells.map(({ bytes }, at) => [this.#isAt(index, at), bytes] as const),
    )
  }

  set(index: Integer, value: Bytes): void {
    const bytes = knownBytes(value, 'a cell')
    this.#update(index, ({ lent }) => ({ bytes, lent }))
  }

  isLent(index: Integer): Term {
    return this.#terms.any(this.#cells.map(({ lent }, at) => this.#terms.and(this.#isAt(index, at), lent)))
  }

  anyLent(): Term {
    return this.#terms.any(this.#cells.map(({ lent }) => lent))
  }

  lend(index: Integer): void {
    this.#update(index, ({ bytes }) => ({ bytes, lent: this.#terms.true }))
  }

  takeBack(index: Integer): void {
    this.#update(index, ({ bytes }) => ({ bytes, lent: this.#terms.false }))
  }

  #isAt(index: Integer, at: number): Term {
    return isIndex(this.#integers, index, at)
  }

  #update(index: Integer, change: (cell: Cell) => Cell): void {
    this.#cells = this.#cells.map((cell, at) => {
      const isHere = this.#isAt(index, at)
      const { bytes, lent } = change(cell)
      return { bytes: this.#terms.ite(isHere, bytes, cell.bytes), lent: this.#terms.ite(isHere, lent, cell.lent) }
    })
  }
}
