/** libvig/expiring-map.ts: entries { time, value, key } of a chain, their keys found by an index table. */
import type { Loan, Parameters } from '../../../contracts/index.js'
import { bitVecSort, type Term } from '../../../smt/index.js'
import { FiniteExpiringMap } from '../finite/expiring-map.js'
import type { HeapMemory, Region } from '../heap.js'
import { ChainRepresentation, words } from './chain.js'
import { INDEX_TABLE_SIZE, IndexTable } from './index-table.js'
import { type Clause, clauses, type Reading, type Representation } from './represented.js'

const HEADER_SIZE = INDEX_TABLE_SIZE + 12
const TIME = 8

export class ExpiringMapRepresentation implements Representation<FiniteExpiringMap> {
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #capacity: number
  readonly #valueSize: number
  readonly #chain: ChainRepresentation
  readonly #table: IndexTable
  readonly #made: readonly number[]
  readonly #cells: number
  readonly #stride: number

  constructor(memory: HeapMemory, handle: number, capacity: number) {
    this.#made = words(memory, handle + INDEX_TABLE_SIZE, 3)
    const [chain = 0, , valueSize = 0] = this.#made
    const [cells = 0, stride = 0] = words(memory, chain, 2)
    this.#handle = handle
    this.#capacity = capacity
    this.#valueSize = valueSize
    this.#chain = new ChainRepresentation(memory, chain, false)
    this.#table = new IndexTable(memory, handle, capacity)
    this.#cells = cells
    this.#stride = stride
    const end = cells + (capacity + 1) * stride
    this.regions = [
      { name: 'the header of the map', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      { name: 'entries', start: cells, end, access: 'write' },
      this.#table.region,
      ...this.#chain.regions,
    ]
  }

  makeArbitrary(reading: Reading): void {
    const { path, memory } = reading
    const rest = 8 * (this.#stride - TIME)
    for (let index = 0; index < this.#capacity; index++) {
      memory.setBytes(this.#cells + index * this.#stride + TIME, path.fresh(`entry${index}`, bitVecSort(rest)))
    }
    this.#chain.makeArbitrary(reading)
    this.#table.makeArbitrary(reading)
  }

  invariant(reading: Reading): readonly Clause[] {
    const { path, memory } = reading
    const { terms } = path
    const state = this.#chain.state(reading)
    const isKept = this.#made.map((value, at) =>
      terms.eq(memory.number(this.#handle + INDEX_TABLE_SIZE + 4 * at, 4), terms.bv(value, 32)),
    )
    const present = this.#table.present(reading)
    const isUsed = present.map((_, index) => state.used(reading.integers.of(BigInt(index))))
    return [
      ...clauses({ 'the header of the map is as it was made': terms.all(isKept) }),
      ...this.#chain.invariant(reading),
      ...this.#table.invariant(reading),
      ...clauses({
        'the table has the keys of the slots in use': terms.all(
          present.map((isPresent, index) => terms.iff(isPresent, isUsed[index] ?? terms.false)),
        ),
      }),
    ]
  }

  state(reading: Reading): FiniteExpiringMap {
    const { integers, memory } = reading
    const chain = this.#chain.state(reading)
    const [values = 0] = this.addresses('value')
    const entries = Array.from({ length: this.#capacity }, (_, index) => {
      const slot = integers.of(BigInt(index))
      const size = this.#valueSize
      return {
        used: chain.used(slot),
        time: integers.bits(chain.timeAt(slot), 64),
        key: this.#table.key(reading, index),
        value: size === 0 ? undefined : memory.bytes(values + index * this.#stride, size),
      }
    })
    return new FiniteExpiringMap(integers, entries)
  }

  holds(reading: Reading, state: FiniteExpiringMap): Term {
    return state.same(this.state(reading))
  }

  isEmpty(reading: Reading): Term {
    return reading.integers.eq(this.state(reading).count(), reading.integers.of(0n))
  }

  addresses(part: Loan<Parameters>['part']): readonly number[] {
    return Array.from({ length: this.#capacity }, (_, index) =>
      part === 'key' ? this.#table.keyAddress(index) : (this.#made[1] ?? 0) + index * this.#stride,
    )
  }
}
