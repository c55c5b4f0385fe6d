/**
 * libvig/dchain.ts: two circular doubly linked lists over the same nodes, one of the indices in use, in order of time,
 * and one of the free ones. Node `capacity` heads the first, node `capacity + 1` the second.
 */
import type { Integer } from '../../../domains/symbolic/integer.js'
import { bitVecSort, type Term, type Terms } from '../../../smt/index.js'
import type { CellArray } from '../cells.js'
import { FiniteChain } from '../finite/chain.js'
import { howMany, picked } from '../finite/picking.js'
import type { HeapMemory, Region } from '../heap.js'
import { Naming } from '../naming.js'
import type { Shape } from '../shapes.js'
import { type Clause, clauses, type PartAddress, type Reading, type Representation, words } from './represented.js'

const HEADER_SIZE = 20
const SIZE = 12
const TIME = 8
const LINK = 8
const PREVIOUS = 0
const NEXT = 4
/** The time of an index that is free, and of the head. */
const FREE = -(1n << 63n)
const END_OF_TIME = 1n << 62n

export class ChainRepresentation implements Representation<FiniteChain> {
  readonly capacity: number
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #made: readonly number[]
  #cells: CellArray
  #links: CellArray

  /** `memory`: just after it was made. `hasOwnCells`: its cells hold nothing but times. */
  constructor(memory: HeapMemory, terms: Terms, handle: number, hasOwnCells = true) {
    this.#made = words(memory, handle, HEADER_SIZE / 4)
    const [cells = 0, stride = 0, capacity = 0, , links = 0] = this.#made
    const names = Naming.known(terms, capacity)
    this.#handle = handle
    this.#cells = { start: cells, stride, names }
    this.#links = { start: links, stride: LINK, names }
    this.capacity = capacity
    const cellsEnd = cells + (capacity + 1) * stride
    const linksEnd = links + (capacity + 2) * LINK
    this.regions = [
      { name: 'the header of the chain', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      ...(hasOwnCells ? [{ name: 'times', start: cells, end: cellsEnd, access: 'write' } as const] : []),
      { name: 'links', start: links, end: linksEnd, access: 'write' },
    ]
  }

  get cells(): CellArray {
    return this.#cells
  }

  makeArbitrary({ path, memory }: Reading, { used }: Shape): void {
    const { terms } = path
    const { capacity } = this
    const names = Naming.anyOrder(path, 'index', capacity)
    this.#cells = { ...this.#cells, names }
    this.#links = { ...this.#links, names }
    memory.name(this.#cells)
    memory.name(this.#links)
    // The chain counts what is in use, and its lists lead through all there is.
    memory.setNumber(this.#handle + SIZE, terms.bv(used, 32))
    for (const name of names.indices.keys()) {
      const time = name < used ? path.fresh(`time${name}`, bitVecSort(64)) : terms.bv(FREE, 64)
      memory.setNumberOf(this.#cells, name, 0, time)
    }
    const inUse = Array.from({ length: used }, (_, name) => name)
    const free = Array.from({ length: capacity - used }, (_, at) => used + at)
    for (const list of [
      [capacity, ...inUse],
      [capacity + 1, ...free],
    ]) {
      for (const [at, node] of list.entries()) {
        const next = list[(at + 1) % list.length] ?? node
        this.#setLink(memory, terms, node, NEXT, next)
        this.#setLink(memory, terms, next, PREVIOUS, node)
      }
    }
  }

  invariant(reading: Reading): readonly Clause[] {
    const { path, integers, memory } = reading
    const { terms } = path
    const { capacity } = this
    const nodes = Array.from({ length: capacity + 2 }, (_, node) => node)
    const previous = nodes.map((node) => this.#link(memory, node, PREVIOUS))
    const next = nodes.map((node) => this.#link(memory, node, NEXT))
    const used = this.#used(reading)
    const word = (value: number): Term => terms.bv(value, 32)
    const at = (values: readonly Term[], number: Term): Term =>
      picked(
        terms,
        values.map((value, node) => [this.#isNode(number, node), value] as const),
      )
    const isInUse = [...used, terms.true, terms.false].map((each) => terms.fromBool(each, 1))
    const times = nodes.map((node) => this.#time(memory, Math.min(node, capacity)))
    const all = (holds: (node: number) => Term): Term => terms.all(nodes.map(holds))
    const isSome = (number: Term): Term => terms.any(nodes.map((node) => this.#isNode(number, node)))
    const count = howMany(integers, used)
    return clauses({
      'the header of the chain is as it was made': this.#isHeaderKept(reading),
      'the time of the head is that of a free index': terms.eq(times[capacity] ?? word(0), terms.bv(FREE, 64)),
      'the chain counts the indices in use': terms.eq(memory.number(this.#handle + SIZE, 4), integers.bits(count, 32)),
      'links lead to nodes': all((node) => terms.and(isSome(previous[node] ?? word(0)), isSome(next[node] ?? word(0)))),
      'links lead back': all((node) =>
        terms.and(
          this.#isNode(at(previous, next[node] ?? word(0)), node),
          this.#isNode(at(next, previous[node] ?? word(0)), node),
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
        used.map((isUsed, name) => {
          const follower = next[name] ?? word(0)
          const isLast = this.#isNode(follower, capacity)
          const later = terms.sle(times[name] ?? word(0), at(times, follower))
          return terms.implies(terms.and(isUsed, terms.not(isLast)), later)
        }),
      ),
      'times are from 0 to 2^62 - 1': terms.all(
        used.map((isUsed, name) => {
          const time = times[name] ?? word(0)
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
      this.#cells.names,
      used.map((isUsed, name) => ({ used: isUsed, time: this.#time(reading.memory, name) })),
    )
  }

  holds(reading: Reading, state: FiniteChain): Term {
    return state.same(this.state(reading))
  }

  indices(): readonly Term[] {
    return this.#cells.names.indices
  }

  isEmpty(reading: Reading): Term {
    return reading.integers.eq(this.state(reading).count(), reading.integers.of(0n))
  }

  addresses(): readonly PartAddress[] {
    return []
  }

  /** By name: whether it is in use. */
  #used({ path, memory }: Reading): readonly Term[] {
    const { terms } = path
    return this.#cells.names.indices.map((_, name) => terms.not(terms.eq(this.#time(memory, name), terms.bv(FREE, 64))))
  }

  /** From the head on, as many steps lead back to it as there are to be, and one. */
  #isWhole({ path, integers }: Reading, next: readonly Term[], head: number, count: Integer): Term {
    const { terms } = path
    const headTerm = terms.bv(head, 32)
    const follow = (number: Term): Term =>
      picked(
        terms,
        next.map((value, node) => [this.#isNode(number, node), value] as const),
      )
    let number = next[head] ?? headTerm
    let steps = integers.of(0n)
    for (let step = 0; step < this.capacity; step++) {
      const isBack = this.#isNode(number, head)
      steps = integers.add(steps, integers.select(isBack, integers.of(0n), integers.of(1n)))
      number = terms.ite(isBack, headTerm, follow(number))
    }
    return terms.and(this.#isNode(number, head), integers.eq(steps, count))
  }

  #isHeaderKept({ path, memory }: Reading): Term {
    const { terms } = path
    const kept = this.#made.flatMap((value, at) => (4 * at === SIZE ? [] : [[4 * at, value] as const]))
    return terms.all(kept.map(([at, value]) => terms.eq(memory.number(this.#handle + at, 4), terms.bv(value, 32))))
  }

  /** Whether a number of 32 bits is that of a node: of a name, or of a head. */
  #isNode(number: Term, node: number): Term {
    const { names } = this.#links
    return node < this.capacity ? names.is(number, node) : names.isOther(number, node)
  }

  #link(memory: HeapMemory, node: number, part: number): Term {
    if (node < this.capacity) return memory.numberOf(this.#links, node, part, 4)
    return memory.number(this.#links.start + node * LINK + part, 4)
  }

  #setLink(memory: HeapMemory, terms: Terms, node: number, part: number, to: number): void {
    const value = to < this.capacity ? this.#links.names.index(to) : terms.bv(to, 32)
    if (node < this.capacity) memory.setNumberOf(this.#links, node, part, value)
    else memory.setNumber(this.#links.start + node * LINK + part, value)
  }

  #time(memory: HeapMemory, node: number): Term {
    if (node < this.capacity) return memory.numberOf(this.#cells, node, 0, TIME)
    return memory.number(this.#cells.start + node * this.#cells.stride, TIME)
  }
}
