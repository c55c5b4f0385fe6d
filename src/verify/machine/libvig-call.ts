/** A call of libVig, carried out by its contract. */
import { MAX_CAPACITY } from '../../contracts/allocation.js'
import type { Operation } from '../../contracts/index.js'
import {
  type CallChoices,
  type CallDone,
  carryOut,
  type SymbolicState,
  symbolicState,
} from '../../contracts/symbolic/index.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { LibvigArguments, OUT_SIZE } from './libvig-arguments.js'
import type { CallRecord, Machine } from './machine.js'
import type { Structure } from './structure.js'
import { type MachineValue, Pointer } from './value.js'

/** A loop over it has no end that is known. */
const ONE_BY_ONE = 'dchain_expire_one_index'
const MOST_ONE_BY_ONE = 4

/** One call by the NF. */
export class LibvigCall {
  readonly #machine: Machine
  readonly #operation: Operation
  readonly #arguments: LibvigArguments

  constructor(machine: Machine, operation: Operation, args: readonly MachineValue[]) {
    this.#machine = machine
    this.#operation = operation
    this.#checkWhen()
    this.#arguments = new LibvigArguments(machine, operation, args)
  }

  perform(): readonly MachineValue[] {
    const machine = this.#machine
    const context = {
      algebra: machine.algebra,
      checksums: machine.checksums,
      indices: () => touchedIndices(machine.states.values()),
      ...this.#choices(),
    }
    const done = carryOut(context, this.#operation, this.#arguments.taken, machine.place())
    this.#record(done)
    if (this.#operation.name === 'vector_return') this.#giveBack()
    return this.#answer(done)
  }

  /** Whether it may be called at all, here and so often. */
  #checkWhen(): void {
    const { mayAllocate, calls } = this.#machine
    const { outcomes, name: called } = this.#operation
    if (!mayAllocate && outcomes.some(({ creates }) => creates !== undefined)) {
      throw new Undecidable(`${called} after nf_init`, this.#machine.place())
    }
    if (called === ONE_BY_ONE && calls.filter(({ name }) => name === called).length >= MOST_ONE_BY_ONE) {
      throw new Undecidable(
        `${called} in a loop: expire_items_single_map and dchain_expire do the same at once`,
        this.#machine.place(),
      )
    }
  }

  #choices(): { readonly choices?: CallChoices } {
    const { choices } = this.#machine
    if (choices === undefined) return {}
    const structures = Object.values(this.#arguments.shown).filter((shown) => typeof shown === 'string')
    return { choices: choices(structures.join(' ')) }
  }

  #giveBack(): void {
    const [structure, index] = this.#arguments.vectorCell()
    this.#machine.loans.giveBack(structure, index)
  }

  #answer(done: CallDone): MachineValue[] {
    const { scope, memory, path } = this.#machine
    const { integers } = scope
    let made: Pointer | undefined
    if (done.creates !== undefined) made = this.#create(done.creates)
    else if (done.loan !== undefined) made = this.#lend(done.loan)
    const isInResult = done.loan?.seenIn === 'result'
    const out = made !== undefined && !isInResult ? made : done.out && integers.bits(done.out, 32)
    const address = this.#arguments.out
    if (address !== undefined && out !== undefined) memory.storeLow(address, 0, out, OUT_SIZE)
    const { result } = this.#operation
    if (result === 'none') return []
    if (result === 'address' && made !== undefined) return [made]
    if (done.result === undefined) throw new Error(`${this.#operation.name} gives no result`)
    if (result === 'boolean') path.assume(integers.le(done.result, integers.of(1n)))
    return [integers.bits(done.result, result === 'time' ? 64 : 32)]
  }

  #create({ structure: kind, sizes: given }: NonNullable<CallDone['creates']>): Pointer {
    const { states, scope, timeline, path } = this.#machine
    // Made, so the sizes are ones that libVig takes; only capacities may be terms.
    const sizes = given.map((size) =>
      size.constant === undefined ? scope.integers.within(size, 1n, BigInt(MAX_CAPACITY)) : size,
    )
    const structure: Structure = { name: `${kind}${states.size + 1}`, kind, sizes, origin: 'nf_init' }
    states.set(structure, symbolicState(kind, sizes, { scope, timeline, name: structure.name, start: 'empty' }))
    return new Pointer({ kind: 'handle', structure }, path.terms.bv(0, 32))
  }

  #lend({ from, part, access, index }: NonNullable<CallDone['loan']>): Pointer {
    const { loans, path } = this.#machine
    const parameter = this.#operation.parameters[from]
    if (parameter?.kind !== 'handle') throw new RangeError(`${this.#operation.name} lends from no structure`)
    const loan = loans.lend(this.#arguments.structure(from, parameter.structure), part, access, index)
    return new Pointer(loan, path.terms.bv(0, 32))
  }

  #record({ outcome, result, out, chosen }: CallDone): void {
    const record: CallRecord = {
      name: this.#operation.name,
      arguments: this.#arguments.shown,
      outcome,
      result,
      out,
      chosen,
      place: this.#machine.place(),
    }
    this.#machine.calls.push(record)
  }
}

/** The indices that the structures have been asked for. */
function* touchedIndices(states: Iterable<SymbolicState>): Iterable<Integer> {
  for (const { structure, state } of states) {
    if (structure !== 'dchain' && structure !== 'expiring_map') continue
    for (const index of [...state.base.touchedIndices]) yield state.base.slots.integer(index)
  }
}
