/** libvig/vector.ts: cells one after the other. Which of them are lent is known to the caller only. */
import { bitVecSort, boolSort, type Term } from '../../../smt/index.js'
import { FiniteVector } from '../finite/vector.js'
import type { HeapMemory, Region } from '../heap.js'
import { type Clause, clauses, type PartAddress, type Reading, type Representation, words } from './represented.js'

const HEADER_SIZE = 12

export class VectorRepresentation implements Representation<FiniteVector> {
  readonly regions: readonly Region[]
  readonly #handle: number
  readonly #made: readonly number[]
  readonly #elementSize: number

  constructor(memory: HeapMemory, handle: number, elementSize: number) {
    this.#handle = handle
    this.#made = words(memory, handle, HEADER_SIZE / 4)
    this.#elementSize = elementSize
    const [cells = 0, stride = 0, capacity = 0] = this.#made
    // The caller writes to cells that it has borrowed, libVig to none.
    this.regions = [
      { name: 'the header of the vector', start: handle, end: handle + HEADER_SIZE, access: 'write' },
      { name: 'cells', start: cells, end: cells + capacity * stride, access: 'read' },
    ]
  }

  makeArbitrary({ path, memory }: Reading): void {
    for (const [index, address] of this.#addresses().entries()) {
      memory.setBytes(address, path.fresh(`cell${index}`, bitVecSort(8 * this.#elementSize)))
    }
  }

  invariant({ path, memory }: Reading): readonly Clause[] {
    const { terms } = path
    const isKept = this.#made.map((value, at) => terms.eq(memory.number(this.#handle + 4 * at, 4), terms.bv(value, 32)))
    return clauses({ 'the header of the vector is as it was made': terms.all(isKept) })
  }

  /** What was in a lent cell before it was lent is not in memory any more, if the caller has written there. */
  state({ path, integers, memory }: Reading): FiniteVector {
    const { terms } = path
    const size = this.#elementSize
    const cells = this.#addresses().map((address, index) => {
      const lent = path.fresh(`lent${index}`, boolSort)
      const before = path.fresh(`before${index}`, bitVecSort(8 * size))
      return { bytes: terms.ite(lent, before, memory.bytes(address, size)), lent }
    })
    return new FiniteVector(integers, cells)
  }

  /** What is in lent cells is the caller's. */
  holds({ path, integers, memory }: Reading, state: FiniteVector): Term {
    const { terms } = path
    return terms.all(
      this.#addresses().map((address, at) => {
        const index = integers.of(BigInt(at))
        const isSame = terms.eq(state.get(index), memory.bytes(address, this.#elementSize))
        return terms.or(state.isLent(index), isSame)
      }),
    )
  }

  isEmpty({ path, memory }: Reading): Term {
    const size = this.#elementSize
    const zero = path.terms.bv(0, 8 * size)
    return path.terms.all(this.#addresses().map((address) => path.terms.eq(memory.bytes(address, size), zero)))
  }

  addresses({ path: { terms } }: Reading): readonly PartAddress[] {
    return this.#addresses().map((address, index) => ({ index: terms.bv(index, 32), address: terms.bv(address, 32) }))
  }

  #addresses(): readonly number[] {
    const [cells = 0, stride = 0, capacity = 0] = this.#made
    return Array.from({ length: capacity }, (_, index) => cells + index * stride)
  }
}
