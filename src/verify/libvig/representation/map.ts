/** libvig/map.ts: entries { value, key }, found by an index table; free ones form a list through their values. */
import { bitVecSort, type Term, type Terms } from '../../../smt/index.js'
import type { CellArray } from '../cells.js'
import { FiniteMap } from '../finite/map.js'
import { howMany, picked } from '../finite/picking.js'
import type { HeapMemory, Region } from '../heap.js'
import { Naming } from '../naming.js'
import type { Shape } from '../shapes.js'
import { INDEX_TABLE_SIZE, IndexTable, type Keys } from './index-table.js'
import { type Clause, clauses, type PartAddress, type Reading, type Representation, words } from './represented.js'

const HEADER_SIZE = INDEX_TABLE_SIZE + 16
const SIZE = INDEX_TABLE_SIZE + 8
const FIRST_FREE = INDEX_TABLE_SIZE + 12
const NONE = 0xffff_ffff
const VALUE = 4
/** Where the key is in an entry. */
const KEY = 4

export class MapRepresentation implements Representation<FiniteMap> {
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #capacity: number
  readonly #table: IndexTable
  #entries: CellArray

  constructor(memory: HeapMemory, terms: Terms, handle: number) {
    const [entries = 0, capacity = 0] = words(memory, handle + INDEX_TABLE_SIZE, 2)
    const [stride = 0] = words(memory, handle + 16, 1)
    this.#handle = handle
    this.#capacity = capacity
    this.#entries = { start: entries, stride, names: Naming.known(terms, capacity) }
    this.#table = new IndexTable(memory, terms, handle)
    this.regions = [
      { name: 'the header of the map', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      { name: 'entries', start: entries, end: entries + capacity * stride, access: 'write' },
      this.#table.region,
    ]
  }

  get #keys(): Keys {
    return { cells: this.#entries, at: KEY }
  }

  makeArbitrary(reading: Reading, shape: Shape): void {
    const { path, memory } = reading
    const { terms } = path
    const names = Naming.anyOrder(path, 'entry', this.#capacity)
    this.#entries = { ...this.#entries, names }
    memory.name(this.#entries)
    // The map counts its keys, and the list of free entries leads through those that have none.
    const free = (name: number): Term => (name < this.#capacity ? names.index(name) : terms.bv(NONE, 32))
    memory.setNumber(this.#handle + SIZE, terms.bv(shape.used, 32))
    memory.setNumber(this.#handle + FIRST_FREE, free(shape.used))
    for (const name of names.indices.keys()) {
      memory.setBytesOf(this.#entries, name, 0, path.fresh(`entry${name}`, bitVecSort(8 * this.#entries.stride)))
      if (name >= shape.used) memory.setNumberOf(this.#entries, name, 0, free(name + 1))
    }
    this.#table.makeArbitrary(reading, this.#keys, shape)
  }

  invariant(reading: Reading): readonly Clause[] {
    const { path, integers, memory } = reading
    const { terms } = path
    const present = this.#table.present(reading, this.#keys)
    const size = integers.bits(howMany(integers, present), 32)
    const made = [this.#entries.start, this.#capacity].map((value, at) =>
      terms.eq(memory.number(this.#handle + INDEX_TABLE_SIZE + 4 * at, 4), terms.bv(value, 32)),
    )
    return [
      ...clauses({
        'the header of the map is as it was made': terms.all(made),
        'the map counts its keys': terms.eq(memory.number(this.#handle + SIZE, 4), size),
        'the list of free entries has all of them': this.#isFreeListWhole(reading, present),
      }),
      ...this.#table.invariant(reading, this.#keys),
    ]
  }

  state(reading: Reading): FiniteMap {
    const pairs = this.#table.present(reading, this.#keys).map((present, name) => ({
      present,
      key: this.#table.key(reading, this.#keys, name),
      value: this.#value(reading.memory, name),
    }))
    return new FiniteMap(reading.integers, this.#capacity, pairs)
  }

  holds(reading: Reading, state: FiniteMap): Term {
    return state.same(this.state(reading))
  }

  isEmpty(reading: Reading): Term {
    return reading.integers.eq(this.state(reading).count(), reading.integers.of(0n))
  }

  addresses(): readonly PartAddress[] {
    return []
  }

  /** From the first on it leads through free entries, and after as many as are free to its end. */
  #isFreeListWhole({ path, integers, memory }: Reading, present: readonly Term[]): Term {
    const { terms } = path
    const { names } = this.#entries
    const none = terms.bv(NONE, 32)
    const follow = names.indices.map((_, name) => this.#value(memory, name))
    let entry = memory.number(this.#handle + FIRST_FREE, 4)
    let steps = integers.of(0n)
    const isFree: Term[] = []
    for (let step = 0; step < this.#capacity; step++) {
      const isEnd = names.isOther(entry, NONE)
      const here = names.indices.map((_, name) => names.is(entry, name))
      const free = here.map((isHere, name) => terms.and(isHere, terms.not(present[name] ?? terms.true)))
      isFree.push(terms.or(isEnd, ...free))
      steps = integers.add(steps, integers.select(isEnd, integers.of(0n), integers.of(1n)))
      const next = picked(
        terms,
        here.map((isHere, name) => [isHere, follow[name] ?? none] as const),
      )
      entry = terms.ite(isEnd, none, next)
    }
    const count = howMany(
      integers,
      present.map((each) => terms.not(each)),
    )
    return terms.and(...isFree, names.isOther(entry, NONE), integers.eq(steps, count))
  }

  #value(memory: HeapMemory, name: number): Term {
    return memory.numberOf(this.#entries, name, 0, VALUE)
  }
}
