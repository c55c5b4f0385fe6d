/** Accesses through what libVig lends: cells until they are given back, keys and values of entries in use. */

import type { SymbolicState } from '../../contracts/symbolic/index.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import type { Term, Terms } from '../../smt/index.js'
import { Trap } from '../../wasm/index.js'
import type { Watch } from './domain.js'
import { possibleValues } from './possible-values.js'
import type { Structure } from './structure.js'
import type { Loan } from './value.js'

const MOST_OFFSETS = 64

export class Loans {
  readonly #path: Path
  readonly #terms: Terms
  readonly #watch: Watch
  readonly #states: ReadonlyMap<Structure, SymbolicState>
  readonly #cells: Loan[] = []

  constructor(path: Path, watch: Watch, states: ReadonlyMap<Structure, SymbolicState>) {
    this.#path = path
    this.#terms = path.terms
    this.#watch = watch
    this.#states = states
  }

  lend(from: Structure, part: Loan['part'], access: Loan['access'], index: Integer): Loan {
    const state = this.#states.get(from)
    const cell = part === 'cell' && state?.structure === 'vector' ? state.state.get(index) : undefined
    const loan: Loan = { kind: 'loan', from, part, access, index, cell, isOpen: true }
    if (part === 'cell') this.#cells.push(loan)
    return loan
  }

  /** The bytes now in a cell that is about to be given back; undefined where none is lent. */
  cellOf(from: Structure, index: Integer): Term | undefined {
    return this.#open(from, index)?.cell
  }

  giveBack(from: Structure, index: Integer): void {
    const loan = this.#open(from, index)
    if (loan !== undefined) loan.isOpen = false
  }

  read(loan: Loan, offset: Term, immediate: number, size: number): Term {
    const [bytes, places] = this.#place(loan, offset, immediate, size)
    const total = bytes.width / 8
    const at = (place: number) => this.#terms.extract(8 * (total - place) - 1, 8 * (total - place - size), bytes)
    const [first = 0, ...more] = places
    return more.reduce(
      (found, place) => this.#terms.ite(this.#isAt(offset, immediate, place), at(place), found),
      at(first),
    )
  }

  write(loan: Loan, offset: Term, immediate: number, content: Term): void {
    const size = content.width / 8
    if (loan.access === 'read') this.#refuse(`a write to a ${loan.part} of ${loan.from.name}, which is lent to be read`)
    const [bytes, places] = this.#place(loan, offset, immediate, size)
    const [first = 0, ...more] = places
    const written = more.reduce(
      (found, place) =>
        this.#terms.ite(this.#isAt(offset, immediate, place), this.#replaced(bytes, place, content), found),
      this.#replaced(bytes, first, content),
    )
    if (loan.part === 'cell') loan.cell = written
    else {
      const state = this.#states.get(loan.from)
      if (state?.structure === 'expiring_map') state.state.setValue(loan.index, written)
    }
  }

  /** The bytes lent, and where in them the access can be; obliges that it may be there. */
  #place(loan: Loan, offset: Term, immediate: number, size: number): readonly [Term, readonly number[]] {
    const terms = this.#terms
    const name = `a ${loan.part} of ${loan.from.name}`
    if (!loan.isOpen) this.#refuse(`an access to ${name} that was given back`)
    const bytes = this.#bytes(loan)
    if (bytes === undefined) return this.#refuse(`an access to ${name}, which has no bytes`)
    const values = possibleValues(terms, offset, MOST_OFFSETS)
    if (values === undefined)
      throw new Undecidable(`an access to ${name} at a place that is not known`, this.#watch.place())
    const total = bytes.width / 8
    // Addresses near the end of the memory are none of a lent cell: what wraps is outside.
    const isInside = (place: number) => place >= 0 && place + size <= total
    const places = values.map((value) => Number(value) + immediate)
    const outside = places.filter((place) => !isInside(place))
    const what = `an access of ${size} bytes stays in ${name}`
    this.#oblige(what, terms.all(outside.map((place) => terms.not(this.#isAt(offset, immediate, place)))))
    const inside = places.filter(isInside)
    if (inside.length === 0) throw new Trap('out of bounds memory access')
    return [bytes, inside]
  }

  #bytes({ from, part, index, cell }: Loan): Term | undefined {
    if (part === 'cell') return cell
    const state = this.#states.get(from)
    if (state?.structure !== 'expiring_map') return undefined
    this.#oblige(`the slot whose ${part} of ${from.name} is accessed is in use`, state.state.used(index))
    return part === 'key' ? state.state.keyAt(index) : state.state.valueAt(index)
  }

  #isAt(offset: Term, immediate: number, place: number): Term {
    return this.#terms.eq(offset, this.#terms.bv(place - immediate, 32))
  }

  #replaced(bytes: Term, place: number, content: Term): Term {
    const terms = this.#terms
    const total = bytes.width
    const high = total - 8 * place
    const low = high - content.width
    const parts = [content]
    if (high < total) parts.unshift(terms.extract(total - 1, high, bytes))
    if (low > 0) parts.push(terms.extract(low - 1, 0, bytes))
    return terms.concat(...parts)
  }

  /** The loan of this cell, if it is known which. */
  #open(from: Structure, index: Integer): Loan | undefined {
    const open = this.#cells.filter((loan) => loan.isOpen && loan.from === from)
    const state = this.#states.get(from)
    if (state?.structure !== 'vector' || open.length === 0) return undefined
    const { integers } = state.state.base.scope
    const found = open.find((loan) => this.#path.proves(integers.eq(loan.index, index)))
    // With one loan only, it is that one or none, and that it is lent is the caller's obligation.
    if (found !== undefined || open.length === 1) return found ?? open[0]
    throw new Undecidable(`which of the lent cells of ${from.name} is meant`, this.#watch.place())
  }

  #oblige(what: string, holds: Term): void {
    this.#path.oblige({ guarantee: 'memory', what, place: this.#watch.place(), holds })
  }

  #refuse(what: string): never {
    this.#oblige(what, this.#terms.false)
    throw new Trap('out of bounds memory access')
  }
}
