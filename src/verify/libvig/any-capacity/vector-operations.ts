/** The operations on vectors, each from any state that the invariant allows, with any capacity and any size of cells. */
import type { Allocatable, Operation } from '../../../contracts/index.js'
import type { SymbolicArguments } from '../../../contracts/symbolic/index.js'
import type { Integer } from '../../../domains/symbolic/integer.js'
import { Undecidable } from '../../../domains/symbolic/path.js'
import { bitVecSort, type Term } from '../../../smt/index.js'
import { AnyCall, type Followed } from './call.js'
import type { AnyCapacityMachine } from './machine.js'
import { AnyVector, AnyVectorState } from './vector.js'

/** Bits that hold each size of an element, and each capacity, that is accepted. */
const SIZE_BITS = 17
const CAPACITY_BITS = 25

/** Follows one path of an operation. */
export function runVectorOperation(machine: AnyCapacityMachine, operation: Operation): Followed {
  const call = new AnyCall(machine, operation)
  return call.followed(() => (operation.name === 'vector_allocate' ? runAllocation(call) : runAccess(call)))
}

/** Any sizes that are accepted; those that are not, a small scope has already: all of them. */
function runAllocation(call: AnyCall): Followed['outcome'] {
  const { machine, path, heap } = call
  const { terms } = path
  const { memory } = machine
  const elementSize = terms.zeroExtendTo(32, path.fresh('elementSize', bitVecSort(SIZE_BITS)))
  const capacity = terms.zeroExtendTo(32, path.fresh('capacity', bitVecSort(CAPACITY_BITS)))
  const values = allocationArguments(call, [elementSize, capacity])
  const [isMade, isShort, isRefused] = call.conditions(values)
  if (isMade === undefined || isShort === undefined || isRefused === undefined) throw new RangeError('no allocator')
  path.assume(terms.not(isRefused))
  const cost = costOf(machine, [elementSize, capacity])
  const heapExtent = { name: 'the heap', start: heap.start, size: cost, access: 'write' } as const
  const made = call.made([elementSize, capacity, call.out], [heapExtent])
  if (made.result === undefined) return undefined
  const outcome = call.taken([isMade, isShort, isRefused])
  const isAllocated = outcome.name === 'made'
  call.oblige('the result is as promised', terms.eq(made.result, terms.bv(isAllocated ? 1 : 0, 32)))
  const used = machine.call('libvig_heap_used', [])
  if (used.kind !== 'returned' || used.result === undefined) throw new Undecidable('libvig_heap_used gives nothing')
  if (!isAllocated) {
    const anywhere = path.fresh('anywhere', bitVecSort(32))
    call.oblige('nothing is taken', terms.eq(used.result, terms.bv(0, 32)))
    call.oblige('the out is left alone', terms.eq(call.outNow(), call.outBefore))
    call.oblige('memory is left alone', terms.eq(memory.byte(anywhere), memory.byte(anywhere, made.before)))
    return outcome.name
  }
  const vector = AnyVector.at(machine, call.outNow(), elementSize)
  call.oblige('it takes as much as its cost says', terms.eq(terms.zeroExtendTo(64, used.result), cost))
  call.oblige('it is of the sizes asked for', terms.eq(vector.layout.capacity, capacity))
  const taken = { start: heap.start, end: terms.add(heap.start, terms.extract(31, 0, cost)) }
  for (const { what, holds } of [...vector.invariant(taken), ...vector.apartness()]) call.oblige(what, holds)
  const [index, part] = [vector.anyIndex('index'), vector.anyPart()]
  call.oblige('what is made is empty', terms.eq(vector.byteOf(index, part), terms.bv(0, 8)))
  return outcome.name
}

function allocationArguments(
  { integers, room, machine }: AnyCall,
  [elementSize, capacity]: readonly [Term, Term],
): SymbolicArguments {
  return {
    elementSize: integers.unsigned(elementSize),
    capacity: integers.unsigned(capacity),
    heap: {
      remaining: (): Integer => integers.unsigned(room),
      take: (): void => {},
      cost: (_: Allocatable, sizes: readonly Integer[]): Integer =>
        integers.signed(
          costOf(
            machine,
            sizes.map((size) => integers.bits(size, 32)),
          ),
        ),
    },
  }
}

function costOf(machine: AnyCapacityMachine, sizes: readonly Term[]): Term {
  const end = machine.call('vector_cost', sizes)
  if (end.kind !== 'returned' || end.result === undefined) throw new Undecidable('vector_cost gives nothing')
  return end.result
}

/** vector_borrow and vector_return. */
function runAccess(call: AnyCall): Followed['outcome'] {
  const { machine, path, integers, heap, operation } = call
  const { terms } = path
  const word = (name: string): Term => path.fresh(name, bitVecSort(32))
  const layout = { handle: word('handle'), cells: word('cells'), stride: word('stride'), capacity: word('capacity') }
  const vector = new AnyVector(machine, layout, word('elementSize'))
  vector.write()
  for (const { holds } of vector.invariant(heap)) path.assume(holds)
  const part = vector.anyPart()
  const index = word('index')
  const state = (): AnyVectorState => new AnyVectorState(machine, integers, vector, part)
  const [before, after] = [state(), state()]
  const hasOut = 'out' in operation.parameters
  const values = (vectorNow: AnyVectorState): SymbolicArguments => ({
    vector: vectorNow,
    index: integers.unsigned(index),
    ...('cell' in operation.parameters ? { cell: given } : {}),
  })
  const given = vector.byteOf(index, part)
  const conditions = call.conditions(values(before))
  const globals = call.globals()
  const made = call.made([layout.handle, index, ...(hasOut ? [call.out] : [])], vector.extents)
  if (made.after === undefined) return undefined
  const outcome = call.taken(conditions)
  const { loan } = outcome
  if (loan === undefined) call.oblige('the out is left alone', terms.eq(call.outNow(), call.outBefore))
  else {
    const lent = integers.bits(loan.index(call.algebra, values(before)), 32)
    call.oblige('the address is that of the cell at the index', terms.eq(call.outNow(), vector.addressOf(lent)))
  }
  outcome.update?.(call.algebra, values(after), integers.of(0n))
  const found = AnyVector.at(machine, layout.handle, vector.elementSize).layout
  const isKept = [
    terms.eq(found.cells, layout.cells),
    terms.eq(found.stride, layout.stride),
    terms.eq(found.capacity, layout.capacity),
  ]
  call.oblige('the header of the vector is as it was made', terms.all(isKept))
  for (const { what, holds } of vector.apartness()) call.oblige(what, holds)
  // Of any cell but those that are lent: what is in these is the caller's.
  const any = vector.anyIndex('any')
  const isSame = terms.eq(vector.byteOf(any, part), after.get(integers.unsigned(any)))
  call.oblige('the cells are as the contract says', terms.or(after.isLent(integers.unsigned(any)), isSame))
  const now = call.globals()
  const areKept = globals.map((value, at) => terms.eq(value, now[at] ?? value))
  call.oblige("libVig's own numbers are left alone", terms.all(areKept))
  return outcome.name
}
