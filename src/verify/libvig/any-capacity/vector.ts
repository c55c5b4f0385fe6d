/**
 * libvig/vector.ts at any capacity, any size of cells and any address: what its header says, where that lies, and the abstract
 * state that its bytes stand for. Contents are those of one byte of a cell, any: what holds of it holds of each.
 */
import type { VectorContractState } from '../../../contracts/index.js'
import { type Bytes, knownBytes, type SymbolicSorts } from '../../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../../domains/symbolic/integer.js'
import { Undecidable } from '../../../domains/symbolic/path.js'
import { bitVecSort, boolSort, type Term } from '../../../smt/index.js'
import { type Clause, clauses } from '../representation/represented.js'
import type { AnyCapacityMachine } from './machine.js'
import type { Extent, Write } from './memory.js'
import { wide } from './word-products.js'

const HEADER_SIZE = 12
const [CELLS, STRIDE, CAPACITY] = [0, 4, 8] as const
/** As the contract says. */
const MOST_CELLS = 1 << 24

/** Of 32 bits each. */
export interface Heap {
  readonly start: Term
  readonly end: Term
}

/** What is in a header, and where it lies. Of 32 bits each. */
export interface VectorLayout {
  readonly handle: Term
  readonly cells: Term
  readonly stride: Term
  readonly capacity: Term
}

export class AnyVector {
  readonly layout: VectorLayout
  /** Bytes that the caller has of a cell. */
  readonly elementSize: Term
  readonly #machine: AnyCapacityMachine

  constructor(machine: AnyCapacityMachine, layout: VectorLayout, elementSize: Term) {
    this.#machine = machine
    this.layout = layout
    this.elementSize = elementSize
  }

  /** That with this handle, by what is in memory. */
  static at(machine: AnyCapacityMachine, handle: Term, elementSize: Term): AnyVector {
    const { memory } = machine
    const word = (at: number): Term => memory.number(offset(machine, handle, at), 4)
    const layout = { handle, cells: word(CELLS), stride: word(STRIDE), capacity: word(CAPACITY) }
    return new AnyVector(machine, layout, elementSize)
  }

  /** Puts its header into memory. */
  write(): void {
    const { handle, cells, stride, capacity } = this.layout
    const { memory } = this.#machine
    memory.setNumber(offset(this.#machine, handle, CELLS), cells)
    memory.setNumber(offset(this.#machine, handle, STRIDE), stride)
    memory.setNumber(offset(this.#machine, handle, CAPACITY), capacity)
  }

  get extents(): readonly [header: Extent, cells: Extent] {
    const { terms } = this.#machine.path
    const { handle, cells } = this.layout
    // The caller writes to cells that it has borrowed, libVig to none.
    return [
      { name: 'the header of the vector', start: handle, size: terms.bv(HEADER_SIZE, 64), access: 'write' },
      { name: 'cells', start: cells, size: terms.extract(63, 0, this.#bytes()), access: 'read' },
    ]
  }

  /** What allocation establishes and every operation keeps. */
  invariant(heap: Heap): readonly Clause[] {
    const { terms } = this.#machine.path
    const { handle, cells, stride, capacity } = this.layout
    const [from, to] = [this.#wide(handle), this.#plus(this.#wide(handle), HEADER_SIZE)]
    const [first, end] = [this.#wide(cells), terms.add(this.#wide(cells), this.#bytes())]
    const isOnHeap = (low: Term, high: Term): Term =>
      terms.and(terms.ule(this.#wide(heap.start), low), terms.ule(high, this.#wide(heap.end)))
    return clauses({
      'the header has from 1 to 2^24 cells': terms.and(
        terms.ule(terms.bv(1, 32), capacity),
        terms.ule(capacity, terms.bv(MOST_CELLS, 32)),
      ),
      'a cell has room for what is in it': terms.ule(this.elementSize, stride),
      'the header lies on the heap': isOnHeap(from, to),
      'the cells lie on the heap': isOnHeap(first, end),
      'header and cells lie apart': terms.or(terms.ule(to, first), terms.ule(end, from)),
    })
  }

  /** What contracts promise of what is lent: for any two indices that cells lie in the memory of cells, and apart. */
  apartness(): readonly Clause[] {
    const { terms } = this.#machine.path
    const { cells } = this.layout
    const [one, other] = [this.anyIndex('one'), this.anyIndex('other')]
    const at = (index: Term): Term => this.#wide(this.addressOf(index))
    const after = (index: Term): Term => terms.add(at(index), this.#wide(this.elementSize))
    const end = terms.add(this.#wide(cells), this.#bytes())
    return clauses({
      'cells lie where the memory of cells is': terms.and(
        terms.ule(this.#wide(cells), at(one)),
        terms.ule(after(one), end),
      ),
      'cells lie apart from each other': terms.implies(terms.ult(one, other), terms.ule(after(one), at(other))),
    })
  }

  /** Of a cell, any. */
  anyIndex(name: string): Term {
    const { path } = this.#machine
    const index = path.fresh(name, bitVecSort(32))
    path.assume(path.terms.ult(index, this.layout.capacity))
    return index
  }

  /** Where in a cell a byte is that the caller has, any. */
  anyPart(): Term {
    const { path } = this.#machine
    const part = path.fresh('part', bitVecSort(32))
    path.assume(path.terms.ult(part, this.elementSize))
    return part
  }

  addressOf(index: Term): Term {
    const { path, products } = this.#machine
    const { cells, stride } = this.layout
    return path.terms.add(cells, path.terms.extract(31, 0, products.exactly(index, stride)))
  }

  /** A byte of a cell, as it is now or after the writes given. */
  byteOf(index: Term, part: Term, log?: readonly Write[]): Term {
    const { memory, path } = this.#machine
    return memory.byte(path.terms.add(this.addressOf(index), part), log)
  }

  #bytes(): Term {
    return this.#machine.products.exactly(this.layout.capacity, this.layout.stride)
  }

  #wide(word: Term): Term {
    return wide(this.#machine.path.terms, word)
  }

  #plus(value: Term, number: number): Term {
    const { terms } = this.#machine.path
    return terms.add(value, terms.bv(number, value.width))
  }
}

type Change =
  | { readonly kind: 'set'; readonly index: Integer; readonly byte: Term }
  | { readonly kind: 'lent'; readonly index: Integer; readonly isLent: boolean }

/** As the contract sees it: one byte of each cell, and which are lent. */
export class AnyVectorState implements VectorContractState<SymbolicSorts> {
  readonly capacity: Integer
  readonly #vector: AnyVector
  readonly #part: Term
  readonly #machine: AnyCapacityMachine
  readonly #integers: Integers
  readonly #log: readonly Write[]
  /** Oldest first. */
  readonly #changes: Change[] = []

  constructor(machine: AnyCapacityMachine, integers: Integers, vector: AnyVector, part: Term) {
    this.#machine = machine
    this.#integers = integers
    this.#vector = vector
    this.#part = part
    this.#log = machine.memory.log
    this.capacity = integers.unsigned(vector.layout.capacity)
  }

  /** What was in a lent cell before it was lent is not in memory any more, if the caller has written there. */
  get(index: Integer): Term {
    const { terms } = this.#machine.path
    const word = this.#integers.bits(index, 32)
    const before = terms.declareFunction('before', [bitVecSort(32)], bitVecSort(8))
    const inMemory = this.#vector.byteOf(word, this.#part, this.#log)
    const start = terms.ite(this.#wasLent(word), terms.apply(before, word), inMemory)
    return this.#changes.reduce(
      (byte, change) =>
        change.kind === 'set' ? terms.ite(this.#integers.eq(index, change.index), change.byte, byte) : byte,
      start,
    )
  }

  set(index: Integer, value: Bytes): void {
    this.#changes.push({ kind: 'set', index, byte: knownBytes(value, 'a byte of a cell') })
  }

  isLent(index: Integer): Term {
    const { terms } = this.#machine.path
    return this.#changes.reduce(
      (isLent, change) =>
        change.kind === 'lent'
          ? terms.ite(this.#integers.eq(index, change.index), terms.bool(change.isLent), isLent)
          : isLent,
      this.#wasLent(this.#integers.bits(index, 32)),
    )
  }

  anyLent(): Term {
    throw new Undecidable('whether any cell is lent')
  }

  lend(index: Integer): void {
    this.#changes.push({ kind: 'lent', index, isLent: true })
  }

  takeBack(index: Integer): void {
    this.#changes.push({ kind: 'lent', index, isLent: false })
  }

  #wasLent(index: Term): Term {
    const { terms } = this.#machine.path
    return terms.apply(terms.declareFunction('lent', [bitVecSort(32)], boolSort), index)
  }
}

function offset({ path: { terms } }: AnyCapacityMachine, handle: Term, at: number): Term {
  return terms.add(handle, terms.bv(at, 32))
}
