/**
 * libvig/dchain.ts: two circular doubly linked lists over the same nodes, one of the indices in use, in order of time,
 * and one of the free ones. Node `capacity` heads the first, node `capacity + 1` the second.
 */
import type { Integer } from '../../../domains/symbolic/integer.js'
import { bitVecSort, type Term } from '../../../smt/index.js'
import { FiniteChain } from '../finite/chain.js'
import { howMany } from '../finite/picking.js'
import type { HeapMemory, Region } from '../heap.js'
import { type Clause, clauses, type Reading, type Representation } from './represented.js'

const HEADER_SIZE = 20
const LINK = 8
/** The time of an index that is free, and of the head. */
const FREE = -(1n << 63n)
const END_OF_TIME = 1n << 62n

export class ChainRepresentation implements Representation<FiniteChain> {
  readonly capacity: number
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #cells: number
  readonly #stride: number
  readonly #links: number

  /** `memory`: just after it was made. `hasOwnCells`: its cells hold nothing but times. */
  constructor(memory: HeapMemory, handle: number, hasOwnCells = true) {
    const [cells, stride, capacity, , links] = words(memory, handle, HEADER_SIZE / 4)
    this.#handle = handle
    this.#cells = cells ?? 0
    this.#stride = stride ?? 0
    this.capacity = capacity ?? 0
    this.#links = links ?? 0
    const cellsEnd = this.#cells + (this.capacity + 1) * this.#stride
    const linksEnd = this.#links + (this.capacity + 2) * LINK
    this.regions = [
      { name: 'the header of the chain', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      ...(hasOwnCells ? [{ name: 'times', start: this.#cells, end: cellsEnd, access: 'write' } as const] : []),
      { name: 'links', start: this.#links, end: linksEnd, access: 'write' },
    ]
  }

  makeArbitrary({ path, memory }: Reading): void {
    const { terms } = path
    const nodes = this.capacity + 2
    const bits = Math.ceil(Math.log2(nodes))
    memory.setNumber(this.#handle + 12, path.fresh('size', bitVecSort(32)))
    for (let index = 0; index < this.capacity; index++) {
      memory.setNumber(this.#timeAddress(index), path.fresh(`time${index}`, bitVecSort(64)))
    }
    // The invariant keeps links below the number of nodes, so that the higher bits are 0.
    for (let node = 0; node < nodes; node++) {
      const address = this.#links + node * LINK
      memory.setNumber(address, terms.zeroExtendTo(32, path.fresh(`previous${node}`, bitVecSort(bits))))
      memory.setNumber(address + 4, terms.zeroExtendTo(32, path.fresh(`next${node}`, bitVecSort(bits))))
    }
  }

  invariant(reading: Reading): readonly Clause[] {
    const { path, integers, memory } = reading
    const { terms } = path
    const { capacity } = this
    const nodes = Array.from({ length: capacity + 2 }, (_, node) => node)
    const previous = nodes.map((node) => memory.number(this.#links + node * LINK, 4))
    const next = nodes.map((node) => memory.number(this.#links + node * LINK + 4, 4))
    const used = this.#used(reading)
    const word = (value: number): Term => terms.bv(value, 32)
    const at = (values: readonly Term[], node: Term): Term =>
      values
        .slice(0, -1)
        .reduceRight(
          (otherwise, value, index) => terms.ite(terms.eq(node, word(index)), value, otherwise),
          last(values),
        )
    const isInUse = [...used, terms.true, terms.false].map((each) => terms.fromBool(each, 1))
    const times = nodes.map((node) => this.#time(memory, Math.min(node, capacity)))
    const all = (holds: (node: number) => Term): Term => terms.all(nodes.map(holds))
    const count = howMany(integers, used)
    return clauses({
      'the header of the chain is as it was made': this.#isHeaderKept(reading),
      'the time of the head is that of a free index': terms.eq(times[capacity] ?? word(0), terms.bv(FREE, 64)),
      'the chain counts the indices in use': terms.eq(memory.number(this.#handle + 12, 4), integers.bits(count, 32)),
      'links lead to nodes': all((node) =>
        terms.and(
          terms.ult(previous[node] ?? word(0), word(nodes.length)),
          terms.ult(next[node] ?? word(0), word(nodes.length)),
        ),
      ),
      'links lead back': all((node) =>
        terms.and(
          terms.eq(at(previous, next[node] ?? word(0)), word(node)),
          terms.eq(at(next, previous[node] ?? word(0)), word(node)),
        ),
      ),
      'no link leads to the other list': all((node) =>
        terms.eq(at(isInUse, next[node] ?? word(0)), isInUse[node] ?? word(0)),
      ),
      'the list of indices in use has all of them': this.#isWhole(reading, next, capacity, count),
      'the list of free indices has all of them': this.#isWhole(
        reading,
        next,
        capacity + 1,
        integers.sub(integers.of(BigInt(capacity)), count),
      ),
      'times are in order': terms.all(
        used.map((isUsed, index) => {
          const follower = next[index] ?? word(0)
          const isLast = terms.eq(follower, word(capacity))
          const later = terms.sle(times[index] ?? word(0), at(times, follower))
          return terms.implies(terms.and(isUsed, terms.not(isLast)), later)
        }),
      ),
      'times are from 0 to 2^62 - 1': terms.all(
        used.map((isUsed, index) => {
          const time = times[index] ?? word(0)
          const isTime = terms.and(terms.sle(terms.bv(0, 64), time), terms.slt(time, terms.bv(END_OF_TIME, 64)))
          return terms.implies(isUsed, isTime)
        }),
      ),
    })
  }

  state(reading: Reading): FiniteChain {
    const used = this.#used(reading)
    return new FiniteChain(
      reading.integers,
      used.map((isUsed, index) => ({ used: isUsed, time: this.#time(reading.memory, index) })),
    )
  }

  holds(reading: Reading, state: FiniteChain): Term {
    return state.same(this.state(reading))
  }

  isEmpty(reading: Reading): Term {
    return reading.integers.eq(this.state(reading).count(), reading.integers.of(0n))
  }

  addresses(): readonly number[] {
    return []
  }

  /** By index: whether it is in use. */
  #used({ path, memory }: Reading): readonly Term[] {
    const { terms } = path
    return Array.from({ length: this.capacity }, (_, index) =>
      terms.not(terms.eq(this.#time(memory, index), terms.bv(FREE, 64))),
    )
  }

  /** From the head on, as many steps lead back to it as there are to be, and one. */
  #isWhole({ path, integers }: Reading, next: readonly Term[], head: number, count: Integer): Term {
    const { terms } = path
    const headTerm = terms.bv(head, 32)
    const follow = (node: Term): Term =>
      next
        .slice(0, -1)
        .reduceRight(
          (otherwise, value, index) => terms.ite(terms.eq(node, terms.bv(index, 32)), value, otherwise),
          last(next),
        )
    let node = next[head] ?? headTerm
    let steps = integers.of(0n)
    for (let step = 0; step < this.capacity; step++) {
      const isBack = terms.eq(node, headTerm)
      steps = integers.add(steps, integers.select(isBack, integers.of(0n), integers.of(1n)))
      node = terms.ite(isBack, headTerm, follow(node))
    }
    return terms.and(terms.eq(node, headTerm), integers.eq(steps, count))
  }

  #isHeaderKept({ path, memory }: Reading): Term {
    const { terms } = path
    const made = [
      [0, this.#cells],
      [4, this.#stride],
      [8, this.capacity],
      [16, this.#links],
    ] as const
    return terms.all(made.map(([at, value]) => terms.eq(memory.number(this.#handle + at, 4), terms.bv(value, 32))))
  }

  #time(memory: HeapMemory, index: number): Term {
    return memory.number(this.#timeAddress(index), 8)
  }

  #timeAddress(index: number): number {
    return this.#cells + index * this.#stride
  }
}

/** Words of a header as they were made. */
export function words(memory: HeapMemory, address: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => {
    const word = memory.number(address + 4 * at, 4)
    if (word.op !== 'bv') throw new TypeError('a header that is not known')
    return Number(word.value)
  })
}

function last<T>(values: readonly T[]): T {
  const value = values.at(-1)
  if (value === undefined) throw new RangeError('no values')
  return value
}
