/** libvig/map.ts: entries { value, key }, found by an index table; free ones form a list through their values. */
import { bitVecSort, boolSort, type Term } from '../../../smt/index.js'
import { FiniteMap } from '../finite/map.js'
import { howMany, picked } from '../finite/picking.js'
import type { HeapMemory, Region } from '../heap.js'
import { words } from './chain.js'
import { INDEX_TABLE_SIZE, IndexTable } from './index-table.js'
import { type Clause, clauses, type Reading, type Representation } from './represented.js'

const HEADER_SIZE = INDEX_TABLE_SIZE + 16
const SIZE = INDEX_TABLE_SIZE + 8
const FIRST_FREE = INDEX_TABLE_SIZE + 12
const NONE = 0xffff_ffff
const VALUE = 4

export class MapRepresentation implements Representation<FiniteMap> {
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #capacity: number
  readonly #entries: number
  readonly #stride: number
  readonly #table: IndexTable

  constructor(memory: HeapMemory, handle: number) {
    const [entries = 0, capacity = 0] = words(memory, handle + INDEX_TABLE_SIZE, 2)
    const [stride = 0] = words(memory, handle + 16, 1)
    this.#handle = handle
    this.#capacity = capacity
    this.#entries = entries
    this.#stride = stride
    this.#table = new IndexTable(memory, handle, capacity)
    this.regions = [
      { name: 'the header of the map', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      { name: 'entries', start: entries, end: entries + capacity * stride, access: 'write' },
      this.#table.region,
    ]
  }

  makeArbitrary(reading: Reading): void {
    const { path, memory } = reading
    memory.setNumber(this.#handle + SIZE, path.fresh('size', bitVecSort(32)))
    memory.setNumber(this.#handle + FIRST_FREE, this.#someFree(reading))
    for (let index = 0; index < this.#capacity; index++) {
      memory.setBytes(this.#entry(index), path.fresh(`entry${index}`, bitVecSort(8 * this.#stride)))
    }
    this.#table.makeArbitrary(reading)
  }

  invariant(reading: Reading): readonly Clause[] {
    const { path, integers, memory } = reading
    const { terms } = path
    const present = this.#table.present(reading)
    const size = integers.bits(howMany(integers, present), 32)
    const made = [this.#entries, this.#capacity].map((value, at) =>
      terms.eq(memory.number(this.#handle + INDEX_TABLE_SIZE + 4 * at, 4), terms.bv(value, 32)),
    )
    return [
      ...clauses({
        'the header of the map is as it was made': terms.all(made),
        'the map counts its keys': terms.eq(memory.number(this.#handle + SIZE, 4), size),
        'the list of free entries has all of them': this.#isFreeListWhole(reading, present),
      }),
      ...this.#table.invariant(reading),
    ]
  }

  state(reading: Reading): FiniteMap {
    const pairs = this.#table.present(reading).map((present, index) => ({
      present,
      key: this.#table.key(reading, index),
      value: this.#value(reading.memory, index),
    }))
    return new FiniteMap(reading.integers, this.#capacity, pairs)
  }

  holds(reading: Reading, state: FiniteMap): Term {
    return state.same(this.state(reading))
  }

  isEmpty(reading: Reading): Term {
    return reading.integers.eq(this.state(reading).count(), reading.integers.of(0n))
  }

  addresses(): readonly number[] {
    return []
  }

  /** From the first on it leads through free entries, and after as many as are free to its end. */
  #isFreeListWhole({ path, integers, memory }: Reading, present: readonly Term[]): Term {
    const { terms } = path
    const word = (value: number): Term => terms.bv(value, 32)
    const none = word(NONE)
    const follow = this.#all((index) => this.#value(memory, index))
    let entry = memory.number(this.#handle + FIRST_FREE, 4)
    let steps = integers.of(0n)
    const isFree: Term[] = []
    for (let step = 0; step < this.#capacity; step++) {
      const isEnd = terms.eq(entry, none)
      const here = this.#all((index) => terms.eq(entry, word(index)))
      const free = here.map((isHere, index) => terms.and(isHere, terms.not(present[index] ?? terms.true)))
      isFree.push(terms.or(isEnd, ...free))
      steps = integers.add(steps, integers.select(isEnd, integers.of(0n), integers.of(1n)))
      const next = picked(
        terms,
        here.map((isHere, index) => [isHere, follow[index] ?? none] as const),
      )
      entry = terms.ite(isEnd, none, next)
    }
    const count = howMany(
      integers,
      present.map((each) => terms.not(each)),
    )
    return terms.and(...isFree, terms.eq(entry, none), integers.eq(steps, count))
  }

  /** None, or one of few: the list leads through entries, by the invariant. */
  #someFree({ path }: Reading): Term {
    const { terms } = path
    const bits = Math.max(1, Math.ceil(Math.log2(this.#capacity)))
    const some = terms.zeroExtendTo(32, path.fresh('free', bitVecSort(bits)))
    return terms.ite(path.fresh('isNoneFree', boolSort), terms.bv(NONE, 32), some)
  }

  #entry(index: number): number {
    return this.#entries + index * this.#stride
  }

  #value(memory: HeapMemory, index: number): Term {
    return memory.number(this.#entry(index), VALUE)
  }

  #all<T>(make: (index: number) => T): readonly T[] {
    return Array.from({ length: this.#capacity }, (_, index) => make(index))
  }
}
