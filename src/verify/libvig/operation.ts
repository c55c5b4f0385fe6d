/**
 * One operation of libVig, from any state of its structures that their invariants allow, with any arguments that meet
 * its preconditions: it does what its contract promises, leaves the invariants true, and touches nothing else.
 */
import type { Operation, Outcome, Parameters } from '../../contracts/index.js'
import { SymbolicAlgebra, type SymbolicArguments } from '../../contracts/symbolic/index.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import { HOST_SCRATCH } from '../../nf/memory-map.js'
import type { Term } from '../../smt/index.js'
import type { MachineValue } from '../machine/value.js'
import { Arguments, keyOf } from './arguments.js'
import type { CallEnd } from './calls.js'
import { CasewiseAlgebra } from './casewise.js'
import { areApart } from './geometry.js'
import type { Region } from './heap.js'
import type { LibvigMachine } from './machine.js'
import { exactlyOne, takenOn } from './outcomes.js'
import type { Product } from './products.js'
import { readingOf, staticData } from './reading.js'
import type { Reading } from './representation/represented.js'
import type { Scope } from './scopes.js'
import { combined, type Shape, shapesOf } from './shapes.js'
import type { Snapshot } from './snapshot.js'
import { type Placed, place } from './structures.js'

/** Where the handles of the structures are left while they are made. */
const HANDLES = HOST_SCRATCH
const HEAP_BYTES = 1 << 20

/** A call as it was made on a path, for whoever makes it again on the real binary. */
export interface Made {
  readonly machine: LibvigMachine
  /** What it may read and write. */
  readonly regions: readonly Region[]
  readonly arguments: readonly Term[]
  /** Memory before and, where the call returns, after it. */
  readonly before: Snapshot
  readonly after: Snapshot | undefined
  /** Globals likewise. */
  readonly globals: { readonly before: readonly MachineValue[]; readonly after: readonly MachineValue[] }
  readonly result: Term | undefined
  /** What has to hold besides for the hashes of a model to be libVig's. */
  readonly exact: readonly Product[]
  /** What is hashed: variables. */
  readonly hashed: readonly Term[]
  /** Where the heap starts and how much room there is, where that matters. */
  readonly heap?: { readonly start: number; readonly room: Term }
}

export interface Followed {
  /** The contract's outcome that it took, where the call returns. */
  readonly outcome: string | undefined
  readonly made: Made
}

/** Of each structure, by the parameter that is its handle. */
export type Shapes = Readonly<Record<string, Shape>>

/** Every case of a scope: between them, every state of its structures that their invariants allow. */
export function casesOf({ parameters }: Operation, { structures }: Scope): readonly Shapes[] {
  const hasKey = Object.values(parameters).some(({ kind }) => kind === 'key')
  return combined(
    Object.fromEntries(Object.entries(structures).map(([name, wanted]) => [name, shapesOf(wanted, hasKey)])),
  )
}

/** Follows one path of the operation, from states of these shapes. */
export function runOperation(machine: LibvigMachine, operation: Operation, scope: Scope, shapes: Shapes): Followed {
  const { path } = machine
  const structures = made(machine, scope)
  const key = keyOf(machine, operation, structures)
  const reading = readingOf(machine, key)
  for (const [name, structure] of structures) {
    const shape = shapes[name]
    if (shape === undefined) throw new RangeError(`${name} has no shape`)
    structure.makeArbitrary(reading, shape)
  }
  for (const structure of structures.values()) {
    for (const { holds } of structure.invariant(reading)) path.assume(holds)
  }
  const proof = new OperationProof(
    machine,
    operation,
    new Arguments(machine, operation, scope, structures, reading, key),
    structures,
    reading,
  )
  return proof.run()
}

function made(machine: LibvigMachine, scope: Scope): ReadonlyMap<string, Placed> {
  const { terms } = machine.path
  const start = Number(machine.known('libvig_heap_base', []))
  machine.call('libvig_reset', [terms.bv(start, 32), terms.bv(start + HEAP_BYTES, 32)])
  const placed = new Map(
    Object.entries(scope.structures).map(([name, wanted]) => [name, place(machine, wanted, HANDLES)] as const),
  )
  if (!areApart([...placed.values()].flatMap(({ regions }) => regions))) {
    throw new Undecidable('structures as they are allocated lie on each other')
  }
  return placed
}

class OperationProof {
  readonly #machine: LibvigMachine
  readonly #path: Path
  readonly #operation: Operation
  readonly #structures: ReadonlyMap<string, Placed>
  readonly #reading: Reading
  readonly #algebra: SymbolicAlgebra
  readonly #arguments: Arguments

  constructor(
    machine: LibvigMachine,
    operation: Operation,
    args: Arguments,
    structures: ReadonlyMap<string, Placed>,
    reading: Reading,
  ) {
    this.#machine = machine
    this.#path = machine.path
    this.#operation = operation
    this.#structures = structures
    this.#reading = reading
    this.#algebra = new SymbolicAlgebra(machine.path, reading.integers)
    this.#arguments = args
  }

  run(): Followed {
    const { outcomes, requires } = this.#operation
    const before = this.#arguments.call()
    for (const { holds } of requires) this.#path.assume(this.#evaluate(() => holds(this.#algebra, before.values)))
    const conditions = outcomes.map(({ when }) => this.#evaluate(() => when(this.#algebra, before.values)))
    // Where the preconditions hold, so does one condition, and no other.
    this.#oblige('precondition', 'exactly one outcome of the contract holds', exactlyOne(this.#path.terms, conditions))
    const memory = this.#machine.memory.snapshot()
    const { globals } = this.#machine
    const end = this.#called()
    const made = {
      machine: this.#machine,
      regions: this.#regions,
      arguments: this.#arguments.passed,
      before: memory,
      after: end.kind === 'returned' ? this.#machine.memory.snapshot() : undefined,
      globals: { before: globals, after: this.#machine.globals },
      result: end.kind === 'returned' ? end.result : undefined,
      exact: this.#machine.exactProducts,
      hashed: this.#machine.hashed,
    }
    if (end.kind !== 'returned') return { outcome: undefined, made }
    const outcome = takenOn(this.#path, this.#operation, conditions)
    this.#compare(outcome, end.result)
    return { outcome: outcome.name, made }
  }

  get #regions(): readonly Region[] {
    const own = [...this.#structures.values()].flatMap(({ regions }) => regions)
    return [...own, ...this.#arguments.regions, staticData(this.#machine)]
  }

  #called(): CallEnd {
    const { memory } = this.#machine
    memory.regions = this.#regions
    const end = this.#machine.call(this.#operation.name, this.#arguments.passed)
    memory.regions = undefined
    return end
  }

  #compare(outcome: Outcome<Parameters>, result: Term | undefined): void {
    const { terms } = this.#path
    const { integers } = this.#reading
    const { choice, loan } = outcome
    const call = this.#arguments.call()
    const out = this.#arguments.out()
    const seen = (choice ?? loan)?.seenIn === 'result' ? result : out
    const chosen = seen === undefined ? integers.of(0n) : integers.unsigned(seen)
    if (choice !== undefined) {
      const allowed = this.#evaluate(() => choice.allows(this.#algebra, call.values, chosen))
      this.#oblige('state', `the choice is ${choice.text}`, allowed)
    }
    if (loan !== undefined && seen !== undefined) {
      const index = loan.index(this.#algebra, call.values)
      const places = this.#structures.get(loan.from)?.addresses(this.#reading, loan.part) ?? []
      const isThere = places.map(({ index: here, address }) =>
        terms.and(integers.eq(index, integers.unsigned(here)), terms.eq(seen, address)),
      )
      this.#oblige('state', `the address is that of the ${loan.part} at the index`, terms.any(isThere))
    }
    this.#compareNumbers(outcome, call.values, result, out)
    outcome.update?.(this.#algebra, call.values, chosen)
    for (const [name, { isIn }] of call.expected) {
      this.#oblige('state', `${name} is as the contract says`, isIn(this.#reading))
    }
    for (const [name, structure] of this.#structures) {
      for (const { what, holds } of structure.invariant(this.#reading)) this.#oblige('state', `${name}: ${what}`, holds)
    }
  }

  #compareNumbers(
    outcome: Outcome<Parameters>,
    call: SymbolicArguments,
    result: Term | undefined,
    out: Term | undefined,
  ): void {
    const { terms } = this.#path
    const { integers } = this.#reading
    // Without structures there are few paths, and what is promised is arithmetic.
    const algebra = this.#structures.size > 0 ? this.#algebra : new CasewiseAlgebra(this.#path, integers)
    const promised = outcome.timeResult?.(algebra, call) ?? outcome.result?.(algebra, call)
    if (promised !== undefined) {
      if (result === undefined) throw new RangeError(`${this.#operation.name} gives no result`)
      this.#oblige('state', 'the result is as promised', terms.eq(result, integers.bits(promised, result.width)))
    }
    if (out === undefined) return
    const written = outcome.out?.(this.#algebra, call)
    if (written !== undefined) {
      this.#oblige('state', 'the out is as promised', terms.eq(out, integers.bits(written, out.width)))
    } else if ((outcome.choice ?? outcome.loan)?.seenIn !== 'out') {
      this.#oblige('state', 'the out is left alone', terms.eq(out, this.#arguments.outBefore))
    }
  }

  #evaluate(clause: () => Term): Term {
    return this.#algebra.evaluate('decide', clause)
  }

  #oblige(guarantee: 'state' | 'precondition', what: string, holds: Term): void {
    this.#path.oblige({ guarantee, what, place: undefined, holds })
  }
}
