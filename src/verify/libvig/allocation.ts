/**
 * An allocator of libVig, for given sizes and any room left on the heap: what it makes is empty and satisfies its
 * invariant, whatever was in those bytes before, and takes as many of them as `<structure>_cost` says; where there is no
 * room, or the sizes are not accepted, it answers 0 and changes nothing.
 */
import type { Allocatable, Operation } from '../../contracts/index.js'
import { SymbolicAlgebra, type SymbolicArguments } from '../../contracts/symbolic/index.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import { HOST_SCRATCH } from '../../nf/memory-map.js'
import { bitVecSort, type Term } from '../../smt/index.js'
import { areApart, isOfSizes } from './geometry.js'
import type { Region } from './heap.js'
import type { LibvigMachine } from './machine.js'
import type { Followed } from './operation.js'
import { takenOn } from './outcomes.js'
import { readingOf, staticData } from './reading.js'
import type { Reading } from './representation/represented.js'
import type { Allocated } from './scopes.js'
import { placedAt } from './structures.js'

const OUT = HOST_SCRATCH
const LINE = 64
/** Room that is left at most: far more than small structures take. */
const MOST_ROOM = 1 << 20

/** Follows one path of the allocator. */
export function runAllocation(machine: LibvigMachine, operation: Operation, allocated: Allocated): Followed {
  return new AllocationProof(machine, operation, allocated).run()
}

class AllocationProof {
  readonly #machine: LibvigMachine
  readonly #path: Path
  readonly #reading: Reading
  readonly #algebra: SymbolicAlgebra
  readonly #operation: Operation
  readonly #allocated: Allocated
  /** Of the heap. */
  readonly #start: number
  readonly #room: Term

  constructor(machine: LibvigMachine, operation: Operation, allocated: Allocated) {
    const { path } = machine
    this.#machine = machine
    this.#path = path
    this.#reading = readingOf(this.#machine)
    this.#algebra = new SymbolicAlgebra(path, this.#reading.integers)
    this.#operation = operation
    this.#allocated = allocated
    this.#start = Math.ceil(Number(this.#machine.known('libvig_heap_base', [])) / LINE) * LINE
    this.#room = path.fresh('room', bitVecSort(32))
    path.assume(path.terms.ule(this.#room, path.terms.bv(MOST_ROOM, 32)))
  }

  run(): Followed {
    const { terms } = this.#path
    const { memory } = this.#machine
    const start = terms.bv(this.#start, 32)
    this.#machine.call('libvig_reset', [start, terms.add(start, this.#room)])
    const sizes = this.#sizes()
    const call = this.#call(sizes)
    const conditions = this.#operation.outcomes.map(({ when }) => this.#evaluate(() => when(this.#algebra, call)))
    if (this.#allocated.sizes === undefined) {
      const refused = this.#operation.outcomes.findIndex(({ name }) => name === 'refused')
      this.#path.assume(conditions[refused] ?? terms.false)
    }
    const outBefore = this.#path.fresh('out', bitVecSort(32))
    memory.setNumber(OUT, outBefore)
    const cost = this.#cost()
    this.#fillWithAnything(cost)
    const before = memory.snapshot()
    const regions: readonly Region[] = [
      { name: 'the heap', start: this.#start, end: this.#start + cost, access: 'write' },
      { name: 'the out', start: OUT, end: OUT + 4, access: 'write' },
      staticData(this.#machine),
    ]
    memory.regions = regions
    const passed = [...sizes, terms.bv(OUT, 32)]
    const { globals } = this.#machine
    const end = this.#machine.call(this.#operation.name, passed)
    memory.regions = undefined
    const returned = end.kind === 'returned' ? end.result : undefined
    const made = {
      machine: this.#machine,
      regions,
      arguments: passed,
      before,
      globals: { before: globals, after: this.#machine.globals },
      after: end.kind === 'returned' ? memory.snapshot() : undefined,
      result: returned,
      exact: this.#machine.exactProducts,
      hashed: this.#machine.hashed,
      heap: { start: this.#start, room: this.#room },
    }
    if (returned === undefined) return { outcome: undefined, made }
    const outcome = takenOn(this.#path, this.#operation, conditions)
    const answer = outcome.name === 'made' ? 1 : 0
    const isPromised = terms.eq(returned, terms.bv(answer, 32))
    this.#oblige('the result is as promised', isPromised)
    // Nothing was made that could be looked at.
    if (isPromised === terms.false) return { outcome: outcome.name, made }
    if (answer === 1) this.#requireMade(cost)
    else this.#requireNothing(before.bytes(), outBefore)
    return { outcome: outcome.name, made }
  }

  #sizes(): readonly Term[] {
    const { terms } = this.#path
    const count = Object.values(this.#operation.parameters).filter(({ kind }) => kind === 'u32').length
    const { sizes } = this.#allocated
    if (sizes !== undefined) return sizes.map((size) => terms.bv(size, 32))
    return Array.from({ length: count }, (_, at) => this.#path.fresh(`size${at}`, bitVecSort(32)))
  }

  /** As the contract sees it. */
  #call(sizes: readonly Term[]): SymbolicArguments {
    const { integers } = this.#reading
    const values: SymbolicArguments = {}
    let next = 0
    for (const [name, { kind }] of Object.entries(this.#operation.parameters)) {
      const size = sizes[next]
      if (kind === 'u32' && size !== undefined) {
        values[name] = integers.unsigned(size)
        next += 1
      }
      if (kind === 'ambient') values[name] = this.#heap()
    }
    return values
  }

  #heap() {
    const { integers } = this.#reading
    return {
      remaining: (): Integer => integers.unsigned(this.#room),
      take: (): void => {},
      cost: (structure: Allocatable, sizes: readonly Integer[]): Integer => {
        const words = sizes.map((size) => integers.bits(size, 32))
        const end = this.#machine.call(`${structure}_cost`, words)
        if (end.kind !== 'returned' || end.result === undefined)
          throw new Undecidable(`${structure}_cost gives nothing`)
        return integers.signed(end.result)
      },
    }
  }

  /** Bytes that it takes; none where the sizes are not accepted. */
  #cost(): number {
    const { sizes, kind } = this.#allocated
    if (sizes === undefined) return 0
    const words = sizes.map((size) => this.#path.terms.bv(size, 32))
    return Math.max(0, Number(this.#machine.known(`${kind}_cost`, words)))
  }

  #fillWithAnything(cost: number): void {
    for (let at = 0; at < cost; at += LINE) {
      const bytes = this.#path.fresh(`line${at}`, bitVecSort(8 * LINE))
      this.#machine.memory.setBytes(this.#start + at, bytes)
    }
  }

  #requireMade(cost: number): void {
    const { terms } = this.#path
    const { kind, sizes = [] } = this.#allocated
    const handle = this.#machine.memory.number(OUT, 4)
    if (handle.op !== 'bv' || kind === 'lpm') throw new Undecidable('where it lies is not known')
    const at = Number(handle.value)
    const isAsked = isOfSizes(this.#machine.memory, { kind, sizes }, at)
    this.#oblige('it is of the sizes asked for', terms.bool(isAsked))
    if (!isAsked) return
    const structure = placedAt(this.#machine, { kind, sizes }, at)
    for (const { what, holds } of structure.invariant(this.#reading)) this.#oblige(what, holds)
    this.#oblige('what is made is empty', structure.isEmpty(this.#reading))
    const used = this.#machine.known('libvig_heap_used', [])
    this.#oblige('it takes as much as its cost says', terms.bool(used === BigInt(cost)))
    const isOnHeap = structure.regions.every(({ start, end }) => start >= this.#start && end <= this.#start + cost)
    this.#oblige('its parts lie on the heap', terms.bool(isOnHeap))
    this.#oblige('its parts lie apart from each other', terms.bool(areApart(structure.regions)))
  }

  #requireNothing(before: ReadonlyMap<number, Term>, outBefore: Term): void {
    const { terms } = this.#path
    const { memory } = this.#machine
    this.#oblige('the out is left alone', terms.eq(memory.number(OUT, 4), outBefore))
    const kept = [...before].map(([address, byte]) => terms.eq(byte, memory.number(address, 1)))
    this.#oblige('the heap is left alone', terms.all(kept))
    const used = this.#machine.known('libvig_heap_used', [])
    this.#oblige('nothing is taken', terms.bool(used === 0n))
  }

  #evaluate(clause: () => Term): Term {
    return this.#algebra.evaluate('decide', clause)
  }

  #oblige(what: string, holds: Term): void {
    this.#path.oblige({ guarantee: 'state', what, place: undefined, holds })
  }
}
