/** libvig/expiring-map.ts: entries { time, value, key } of a chain, their keys found by an index table. */
import type { Loan, Parameters } from '../../../contracts/index.js'
import { bitVecSort, type Term, type Terms } from '../../../smt/index.js'
import { FiniteExpiringMap } from '../finite/expiring-map.js'
import type { HeapMemory, Region } from '../heap.js'
import type { Shape } from '../shapes.js'
import { ChainRepresentation } from './chain.js'
import { INDEX_TABLE_SIZE, IndexTable, type Keys } from './index-table.js'
import { type Clause, clauses, type PartAddress, type Reading, type Representation, words } from './represented.js'

const HEADER_SIZE = INDEX_TABLE_SIZE + 12
/** Where the header says where keys are. */
const KEYS = 12
const TIME = 8

export class ExpiringMapRepresentation implements Representation<FiniteExpiringMap> {
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #valueSize: number
  readonly #chain: ChainRepresentation
  readonly #table: IndexTable
  readonly #made: readonly number[]
  /** In an entry. */
  readonly #valueAt: number
  readonly #keyAt: number

  constructor(memory: HeapMemory, terms: Terms, handle: number, capacity: number) {
    this.#made = words(memory, handle + INDEX_TABLE_SIZE, 3)
    const [chain = 0, values = 0, valueSize = 0] = this.#made
    const [keys = 0] = words(memory, handle + KEYS, 1)
    const [cells = 0, stride = 0] = words(memory, chain, 2)
    this.#handle = handle
    this.#valueSize = valueSize
    this.#chain = new ChainRepresentation(memory, terms, chain, false)
    this.#table = new IndexTable(memory, terms, handle)
    this.#valueAt = values - cells
    this.#keyAt = keys - cells
    const end = cells + (capacity + 1) * stride
    this.regions = [
      { name: 'the header of the map', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      { name: 'entries', start: cells, end, access: 'write' },
      this.#table.region,
      ...this.#chain.regions,
    ]
  }

  get #keys(): Keys {
    return { cells: this.#chain.cells, at: this.#keyAt }
  }

  makeArbitrary(reading: Reading, shape: Shape): void {
    const { path, memory } = reading
    this.#chain.makeArbitrary(reading, shape)
    const { cells } = this.#chain
    for (const name of cells.names.indices.keys()) {
      const rest = path.fresh(`entry${name}`, bitVecSort(8 * (cells.stride - TIME)))
      memory.setBytesOf(cells, name, TIME, rest)
    }
    this.#table.makeArbitrary(reading, this.#keys, shape)
  }

  invariant(reading: Reading): readonly Clause[] {
    const { path, memory } = reading
    const { terms } = path
    const state = this.#chain.state(reading)
    const isKept = this.#made.map((value, at) =>
      terms.eq(memory.number(this.#handle + INDEX_TABLE_SIZE + 4 * at, 4), terms.bv(value, 32)),
    )
    const present = this.#table.present(reading, this.#keys)
    const isUsed = state.entries.map(({ used }) => used)
    return [
      ...clauses({ 'the header of the map is as it was made': terms.all(isKept) }),
      ...this.#chain.invariant(reading),
      ...this.#table.invariant(reading, this.#keys),
      ...clauses({
        'the table has the keys of the slots in use': terms.all(
          present.map((isPresent, name) => terms.iff(isPresent, isUsed[name] ?? terms.false)),
        ),
      }),
    ]
  }

  state(reading: Reading): FiniteExpiringMap {
    const { integers, memory } = reading
    const { cells } = this.#chain
    const size = this.#valueSize
    const entries = this.#chain.state(reading).entries.map(({ used, time }, name) => ({
      used,
      time,
      key: this.#table.key(reading, this.#keys, name),
      value: size === 0 ? undefined : memory.bytesOf(cells, name, this.#valueAt, size),
    }))
    return new FiniteExpiringMap(integers, cells.names, entries)
  }

  holds(reading: Reading, state: FiniteExpiringMap): Term {
    return state.same(this.state(reading))
  }

  indices(): readonly Term[] {
    return this.#chain.cells.names.indices
  }

  isEmpty(reading: Reading): Term {
    return reading.integers.eq(this.state(reading).count(), reading.integers.of(0n))
  }

  addresses({ memory }: Reading, part: Loan<Parameters>['part']): readonly PartAddress[] {
    const { cells } = this.#chain
    const at = part === 'key' ? this.#keyAt : this.#valueAt
    return cells.names.indices.map((index, name) => ({ index, address: memory.addressOf(cells, name, at) }))
  }
}
