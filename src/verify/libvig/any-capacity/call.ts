/** One call of an operation from any state: what it was given, what memory was before and after, and how it ended. */
import type { Operation, Outcome, Parameters } from '../../../contracts/index.js'
import { SymbolicAlgebra, type SymbolicArguments } from '../../../contracts/symbolic/index.js'
import { Integers } from '../../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../../domains/symbolic/path.js'
import { LIBVIG_DATA_START, MOST_MEMORY, NF_DATA_START } from '../../../nf/memory-map.js'
import { bitVecSort, type Term } from '../../../smt/index.js'
import { bitsOf } from '../../machine/value.js'
import { exactlyOne, takenOn } from '../outcomes.js'
import type { AnyCapacityMachine } from './machine.js'
import { Broken, type Extent, type Write } from './memory.js'
import type { Heap } from './vector.js'
import { wide } from './word-products.js'

/** A call as it was made on a path, for whoever makes it again on the real binary. */
export interface Made {
  readonly machine: AnyCapacityMachine
  readonly arguments: readonly Term[]
  readonly heap: Heap
  readonly before: readonly Write[]
  /** Where the call returns. */
  readonly after: readonly Write[] | undefined
  readonly result: Term | undefined
}

export interface Followed {
  /** The contract's outcome that it took; undefined where the call does not return, or something may not hold. */
  readonly outcome: string | undefined
  readonly made: Made
}

const OUT_SIZE = 4
/** Allocations start on lines of so many bytes, as bits. */
const LINE_BITS = 6

/** What every proof of an operation has: a heap, an out somewhere in the caller's memory, and the contract. */
export class AnyCall {
  readonly machine: AnyCapacityMachine
  readonly path: Path
  readonly operation: Operation
  readonly integers: Integers
  readonly algebra: SymbolicAlgebra
  readonly heap: Heap
  /** Where the out is, and what it was. */
  readonly out: Term
  readonly outBefore: Term
  readonly #base: Term
  #made: Made | undefined

  constructor(machine: AnyCapacityMachine, operation: Operation) {
    const { path, memory } = machine
    const { terms } = path
    this.machine = machine
    this.path = path
    this.operation = operation
    this.integers = new Integers(terms)
    this.algebra = new SymbolicAlgebra(path, this.integers)
    this.#base = terms.bv(machine.known('libvig_heap_base', []), 32)
    const line = path.fresh('line', bitVecSort(31 - LINE_BITS))
    const start = terms.concat(terms.bv(0, 1), line, terms.bv(0, LINE_BITS))
    const room = path.fresh('room', bitVecSort(32))
    this.heap = { start, end: terms.add(start, room) }
    const end = terms.add(wide(terms, start), wide(terms, room))
    path.assume(terms.ule(this.#base, start))
    path.assume(terms.ule(end, terms.bv(MOST_MEMORY, end.width)))
    machine.call('libvig_reset', [this.heap.start, this.heap.end])
    this.out = path.fresh('outAt', bitVecSort(32))
    path.assume(terms.ule(terms.bv(NF_DATA_START, 32), this.out))
    path.assume(terms.ule(this.out, terms.bv(LIBVIG_DATA_START - OUT_SIZE, 32)))
    this.outBefore = path.fresh('out', bitVecSort(32))
    memory.setNumber(this.out, this.outBefore)
  }

  get room(): Term {
    return this.path.terms.sub(this.heap.end, this.heap.start)
  }

  /** How it went, up to what does not hold. */
  followed(run: () => Followed['outcome']): Followed {
    try {
      return this.#followed(run())
    } catch (error) {
      if (error instanceof Broken) return this.#followed(undefined)
      throw error
    }
  }

  #followed(outcome: Followed['outcome']): Followed {
    if (this.#made === undefined) throw new Undecidable('no call was made')
    return { outcome, made: this.#made }
  }

  /** The call, where it may access these regions, the out and libVig's static data. */
  made(passed: readonly Term[], extents: readonly Extent[]): Made {
    const { terms } = this.path
    const { memory } = this.machine
    const dataSize = terms.sub(this.#base, terms.bv(LIBVIG_DATA_START, 32))
    const before = memory.log
    memory.extents = [
      ...extents,
      { name: 'the out', start: this.out, size: terms.bv(OUT_SIZE, 64), access: 'write' },
      {
        name: "libVig's static data",
        start: terms.bv(LIBVIG_DATA_START, 32),
        size: terms.zeroExtendTo(64, dataSize),
        access: 'write',
      },
    ]
    const started = { machine: this.machine, arguments: passed, heap: this.heap, before }
    this.#made = { ...started, after: undefined, result: undefined }
    const end = this.machine.call(this.operation.name, passed)
    memory.extents = undefined
    if (end.kind === 'returned') this.#made = { ...started, after: memory.log, result: end.result }
    return this.#made
  }

  /** Where the preconditions hold, so does one condition, and no other. Gives the conditions. */
  conditions(values: SymbolicArguments): readonly Term[] {
    for (const { holds } of this.operation.requires) {
      this.path.assume(this.#evaluate(() => holds(this.algebra, values)))
    }
    const conditions = this.operation.outcomes.map(({ when }) => this.#evaluate(() => when(this.algebra, values)))
    this.oblige('exactly one outcome of the contract holds', exactlyOne(this.path.terms, conditions))
    return conditions
  }

  /** Which outcome it is. */
  taken(conditions: readonly Term[]): Outcome<Parameters> {
    return takenOn(this.path, this.operation, conditions)
  }

  outNow(): Term {
    return this.machine.memory.number(this.out, OUT_SIZE)
  }

  /** Numbers of libVig's own, of its heap, of time and of chance. */
  globals(): readonly Term[] {
    return this.machine.globals.map((value) => bitsOf(value, 'a global'))
  }

  /** What does not hold is all that is to be known of a path. */
  oblige(what: string, holds: Term): void {
    const isSure = this.path.proves(holds)
    this.path.oblige({ guarantee: 'state', what, place: undefined, holds })
    if (!isSure) throw new Broken()
  }

  #evaluate(clause: () => Term): Term {
    return this.algebra.evaluate('decide', clause)
  }
}
