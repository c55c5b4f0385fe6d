/** libvig/cht.ts: the ranks of all backends row by row, as the allocator has filled them in once and for all. */
import { ConcreteMaglev } from '../../../domains/concrete/maglev.js'
import type { Term } from '../../../smt/index.js'
import { FiniteMaglev } from '../finite/maglev.js'
import type { HeapMemory, Region } from '../heap.js'
import { type Clause, clauses, type PartAddress, type Reading, type Representation, words } from './represented.js'

const HEADER_SIZE = 12
const RANK = 4

export class MaglevRepresentation implements Representation<FiniteMaglev> {
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #made: readonly number[]
  readonly #reference: ConcreteMaglev

  constructor(memory: HeapMemory, handle: number, height: number, backends: number) {
    this.#handle = handle
    this.#made = words(memory, handle, HEADER_SIZE / 4)
    this.#reference = new ConcreteMaglev(backends, height)
    const [ranks = 0] = this.#made
    this.regions = [
      { name: 'the header of the table', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      { name: 'ranks', start: ranks, end: ranks + height * backends * RANK, access: 'write' },
    ]
  }

  /** There is nothing that an operation changes. */
  makeArbitrary(): void {}

  invariant({ path, memory }: Reading): readonly Clause[] {
    const { terms } = path
    const { height, backends } = this.#reference
    const isKept = [this.#made[0] ?? 0, height, backends].map((value, at) =>
      terms.eq(memory.number(this.#handle + 4 * at, 4), terms.bv(value, 32)),
    )
    const isReference = this.#cells().map(({ row, rank, address }) =>
      terms.eq(memory.number(address, RANK), terms.bv(this.#reference.at(row, rank), 32)),
    )
    return clauses({
      'the header of the table is as it was made': terms.all(isKept),
      "the ranks are those of Maglev's table": terms.all(isReference),
    })
  }

  state({ integers, memory }: Reading): FiniteMaglev {
    const rows = Array.from({ length: this.#reference.height }, (_, wanted) =>
      this.#cells()
        .filter(({ row }) => row === wanted)
        .map(({ address }) => memory.number(address, RANK)),
    )
    return new FiniteMaglev(integers, rows)
  }

  holds(reading: Reading, state: FiniteMaglev): Term {
    return state.same(this.state(reading))
  }

  /** It never holds anything else. */
  isEmpty({ path }: Reading): Term {
    return path.terms.true
  }

  addresses(): readonly PartAddress[] {
    return []
  }

  #cells(): readonly { readonly row: number; readonly rank: number; readonly address: number }[] {
    const { height, backends } = this.#reference
    const [ranks = 0] = this.#made
    return Array.from({ length: height * backends }, (_, at) => ({
      row: Math.floor(at / backends),
      rank: at % backends,
      address: ranks + at * RANK,
    }))
  }
}
