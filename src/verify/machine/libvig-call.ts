/** A call of libVig, carried out by its contract: pointers become byte strings, handles states. */
import { MAX_CAPACITY } from '../../contracts/allocation.js'
import type { Operation, Parameter } from '../../contracts/index.js'
import {
  type Bytes,
  type CallChoices,
  type CallDone,
  carryOut,
  Extent,
  type SymbolicArguments,
  type SymbolicState,
  symbolicState,
} from '../../contracts/symbolic/index.js'
import { exactSigned, exactUnsigned } from '../../domains/symbolic/exact.js'
import { Integer } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { resolved } from '../../domains/symbolic/resolved.js'
import { Term } from '../../smt/index.js'
import { Trap } from '../../wasm/index.js'
import type { CallRecord, Machine } from './machine.js'
import type { Structure } from './structure.js'
import { bitsOf, type MachineValue, nameOf, Pointer } from './value.js'

const OUT_SIZE = 4
/** A loop over it has no end that is known. */
const ONE_BY_ONE = 'dchain_expire_one_index'
const MOST_ONE_BY_ONE = 4

/** One call by the NF. */
export class LibvigCall {
  readonly #machine: Machine
  readonly #operation: Operation
  readonly #passed: ReadonlyMap<string, MachineValue>
  readonly #call: SymbolicArguments = {}
  readonly #shown: Record<string, Integer | Bytes | string> = {}

  constructor(machine: Machine, operation: Operation, args: readonly MachineValue[]) {
    this.#machine = machine
    this.#operation = operation
    const passed = Object.entries(operation.parameters).filter(([, { kind }]) => kind !== 'ambient' && kind !== 'lent')
    this.#passed = new Map(passed.flatMap(([name], at) => ofOne(name, args[at])))
  }

  perform(): readonly MachineValue[] {
    const machine = this.#machine
    const { parameters, outcomes, name: called } = this.#operation
    if (!machine.mayAllocate && outcomes.some(({ creates }) => creates !== undefined)) {
      throw new Undecidable(`${called} after nf_init`, machine.place())
    }
    if (called === ONE_BY_ONE && machine.calls.filter(({ name }) => name === called).length >= MOST_ONE_BY_ONE) {
      throw new Undecidable(
        `${called} in a loop: expire_items_single_map and dchain_expire do the same at once`,
        machine.place(),
      )
    }
    // Numbers first: how many bytes there are may be one of them.
    const entries = Object.entries(parameters)
    const isNumber = ({ kind }: Parameter) => kind === 'u32' || kind === 'i32' || kind === 'time'
    for (const [name, parameter] of entries) if (isNumber(parameter)) this.#take(name, parameter)
    for (const [name, parameter] of entries) if (!isNumber(parameter)) this.#take(name, parameter)
    this.#checkOut()
    const context = {
      algebra: machine.algebra,
      checksums: machine.checksums,
      indices: () => touchedIndices(machine.states.values()),
      ...this.#choices(),
    }
    const done = carryOut(context, this.#operation, this.#call, machine.place())
    this.#record(done)
    if (this.#operation.name === 'vector_return') this.#giveBack()
    return this.#answer(done)
  }

  #choices(): { readonly choices?: CallChoices } {
    const { choices } = this.#machine
    if (choices === undefined) return {}
    const structures = Object.values(this.#shown).filter((shown) => typeof shown === 'string')
    return { choices: choices(structures.join(' ')) }
  }

  #take(name: string, parameter: Parameter): void {
    const { algebra, scope } = this.#machine
    switch (parameter.kind) {
      case 'handle': {
        const structure = this.#structure(name, parameter.structure)
        this.#call[name] = this.#stateOf(structure)
        this.#shown[name] = structure.name
        return
      }
      case 'ambient':
        this.#call[name] = this.#machine[parameter.structure]
        return
      case 'u32':
        this.#number(name, exactUnsigned(scope.integers, this.#bits(name)))
        return
      case 'i32':
      case 'time':
        this.#number(name, exactSigned(scope.integers, this.#bits(name)))
        return
      case 'key':
        this.#bytes(name, this.#key(name))
        return
      case 'bytes':
        this.#bytes(name, this.#readBytes(name, parameter.length))
        return
      case 'ipHeader': {
        const version = algebra.quotient(algebra.byteAt(this.#read(name, 1), 0), 16)
        const isVersion4 = algebra.path.decide(algebra.eq(version, algebra.number(4)), this.#machine.place())
        this.#bytes(name, this.#read(name, isVersion4 ? 20 : 40))
        return
      }
      case 'lent':
        this.#call[name] = this.#lentCell()
        return
      case 'out':
    }
  }

  #number(name: string, value: Integer): void {
    this.#note(value.term)
    this.#call[name] = value
    this.#shown[name] = value
  }

  #bytes(name: string, bytes: Bytes): void {
    if (bytes instanceof Term) this.#note(bytes)
    this.#call[name] = bytes
    this.#shown[name] = bytes
  }

  #note(argument: Term): void {
    this.#machine.leftovers.note(`an argument of ${this.#operation.name}`, argument, this.#machine.place())
  }

  #given(name: string): MachineValue {
    const value = this.#passed.get(name)
    if (value === undefined) throw new RangeError(`${this.#operation.name} has no argument ${name}`)
    return value
  }

  #bits(name: string): Term {
    return bitsOf(this.#given(name), `${name} of ${this.#operation.name}`)
  }

  /** `size` bytes at the pointer that is passed; undefined for none. */
  #read(name: string, size: number): Term | undefined {
    if (size === 0) return undefined
    const content = this.#machine.memory.read(this.#given(name), 0, size)
    if (content instanceof Pointer) throw new Undecidable(`${name} of ${this.#operation.name} holds ${nameOf(content)}`)
    return content
  }

  #key(name: string): Bytes {
    const { path } = this.#machine
    const bytes = this.#read(name, this.#keySize())
    return bytes && resolved(path, bytes, this.#machine.place())
  }

  #readBytes(name: string, length: string | number): Bytes {
    const size = typeof length === 'number' ? BigInt(length) : this.#lengthOf(length)
    if (typeof size === 'bigint') return this.#read(name, Number(size))
    const pointer = this.#given(name)
    const { packet, scope } = this.#machine
    if (!(pointer instanceof Pointer) || pointer.base.kind !== 'packet' || packet.frame === undefined) {
      throw new Undecidable(
        `${name} of ${this.#operation.name}: a number of bytes that is not known, outside the packet`,
      )
    }
    const bits = scope.integers.bits(size, 32)
    packet.obligeExtent(pointer.offset, bits, `${name} of ${this.#operation.name}`)
    return new Extent(packet.frame.copy(), pointer.offset, bits)
  }

  #lengthOf(parameter: string): Integer | bigint {
    const length = this.#call[parameter]
    if (!(length instanceof Integer)) throw new RangeError(`${this.#operation.name} has no length ${parameter}`)
    return length.constant ?? length
  }

  /** The structure whose handle is passed. */
  #structure(name: string, kind: Structure['kind']): Structure {
    const value = this.#given(name)
    if (value instanceof Pointer && value.base.kind === 'handle' && value.isStart) {
      const { structure } = value.base
      if (structure.kind === kind) return this.#checkWritable(structure)
    }
    const isKnown = value instanceof Pointer || value.op === 'bv'
    if (!isKnown)
      throw new Undecidable(`the handle ${name} of ${this.#operation.name} is not known`, this.#machine.place())
    this.#refuse(`${name} is a handle of a ${kind} that libVig gave`)
  }

  /** Tables of the configuration are filled by the host, and stay as they are. */
  #checkWritable(structure: Structure): Structure {
    const writes = this.#operation.outcomes.some(({ update, loan }) => update !== undefined || loan?.access === 'write')
    if (structure.origin === 'configuration' && writes)
      this.#refuse(`${structure.name} is not a table of the configuration`)
    return structure
  }

  #stateOf(structure: Structure): SymbolicState['state'] {
    const found = this.#machine.states.get(structure)
    if (found === undefined) throw new Error(`${structure.name} has no state in this run`)
    return found.state
  }

  #keySize(): number {
    for (const [name, parameter] of Object.entries(this.#operation.parameters)) {
      if (parameter.kind !== 'handle') continue
      const found = this.#machine.states.get(this.#structure(name, parameter.structure))
      if (found !== undefined && 'keySize' in found) return found.keySize
    }
    throw new RangeError(`${this.#operation.name} takes a key but has no table`)
  }

  /** The cell that is about to be given back; where none is lent, the call breaks its precondition. */
  #lentCell(): Term | undefined {
    const { loans, states } = this.#machine
    const [structure, index] = this.#vectorCell()
    const found = states.get(structure)
    return loans.cellOf(structure, index) ?? (found?.structure === 'vector' ? found.state.get(index) : undefined)
  }

  #giveBack(): void {
    const [structure, index] = this.#vectorCell()
    this.#machine.loans.giveBack(structure, index)
  }

  #vectorCell(): readonly [Structure, Integer] {
    const index = this.#call.index
    if (!(index instanceof Integer)) throw new RangeError(`${this.#operation.name} has no index`)
    return [this.#structure('vector', 'vector'), index]
  }

  /** The out lies in the NF's own memory, and is not a part of what is read. */
  #checkOut(): void {
    const out = this.#passed.get('out')
    if (out === undefined) return
    if (out instanceof Pointer) this.#refuse("the out lies in the NF's own memory")
    for (const [name, { kind }] of Object.entries(this.#operation.parameters)) {
      const bytes = this.#call[name]
      if ((kind !== 'key' && kind !== 'bytes') || !(bytes instanceof Term)) continue
      const from = this.#given(name)
      if (from instanceof Pointer) continue
      const { terms } = this.#machine.path
      const size = terms.bv(bytes.width / 8, 32)
      const isBefore = terms.ule(terms.add(out, terms.bv(OUT_SIZE, 32)), from)
      const isPast = terms.ule(terms.add(from, size), out)
      this.#oblige(`the out is not a part of ${name}`, terms.or(isBefore, isPast))
    }
  }

  #answer(done: CallDone): MachineValue[] {
    const { scope, memory, path } = this.#machine
    const { integers } = scope
    let made: Pointer | undefined
    if (done.creates !== undefined) made = this.#create(done.creates)
    else if (done.loan !== undefined) made = this.#lend(done.loan)
    const isInResult = done.loan?.seenIn === 'result'
    const out = made !== undefined && !isInResult ? made : done.out && integers.bits(done.out, 32)
    const address = this.#passed.get('out')
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
    const loan = loans.lend(this.#structure(from, parameter.structure), part, access, index)
    return new Pointer(loan, path.terms.bv(0, 32))
  }

  #record({ outcome, result, out, chosen }: CallDone): void {
    const record: CallRecord = {
      name: this.#operation.name,
      arguments: this.#shown,
      outcome,
      result,
      out,
      chosen,
      place: this.#machine.place(),
    }
    this.#machine.calls.push(record)
  }

  #oblige(what: string, holds: Term): void {
    const { path } = this.#machine
    path.oblige({
      guarantee: 'precondition',
      what: `${this.#operation.name}: ${what}`,
      place: this.#machine.place(),
      holds,
    })
  }

  #refuse(what: string): never {
    this.#oblige(what, this.#machine.path.terms.false)
    throw new Trap('unreachable')
  }
}

function ofOne(name: string, value: MachineValue | undefined): [string, MachineValue][] {
  return value === undefined ? [] : [[name, value]]
}

/** The indices that the structures have been asked for. */
function* touchedIndices(states: Iterable<SymbolicState>): Iterable<Integer> {
  for (const { structure, state } of states) {
    if (structure !== 'dchain' && structure !== 'expiring_map') continue
    for (const index of [...state.base.touchedIndices]) yield state.base.slots.integer(index)
  }
}
