/** What a network function passes to an operation of libVig, as its contract takes it: pointers become byte strings, handles states. */
import type { Operation, Parameter } from '../../contracts/index.js'
import { type Bytes, Extent, type SymbolicArguments, type SymbolicState } from '../../contracts/symbolic/index.js'
import { exactSigned, exactUnsigned } from '../../domains/symbolic/exact.js'
import { Integer } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { resolved } from '../../domains/symbolic/resolved.js'
import { Term } from '../../smt/index.js'
import { Trap } from '../../wasm/index.js'
import type { Machine } from './machine.js'
import type { Structure } from './structure.js'
import { bitsOf, type MachineValue, nameOf, Pointer } from './value.js'

/** Bytes that an operation writes where `out` points. */
export const OUT_SIZE = 4
/** Bytes of an IPv4 header without options (RFC 791 section 3.1). */
const IPV4_LEAST = 20n

export class LibvigArguments {
  readonly #machine: Machine
  readonly #operation: Operation
  readonly #passed: ReadonlyMap<string, MachineValue>
  /** For the contract. */
  readonly taken: SymbolicArguments = {}
  /** For those who read of the call. */
  readonly shown: Record<string, Integer | Bytes | string> = {}

  /** Takes them all; what breaks a precondition becomes an obligation. */
  constructor(machine: Machine, operation: Operation, args: readonly MachineValue[]) {
    this.#machine = machine
    this.#operation = operation
    const passed = Object.entries(operation.parameters).filter(([, { kind }]) => kind !== 'ambient' && kind !== 'lent')
    this.#passed = new Map(passed.flatMap(([name], at) => ofOne(name, args[at])))
    // Numbers first: how many bytes there are may be one of them.
    const entries = Object.entries(operation.parameters)
    const isNumber = ({ kind }: Parameter) => kind === 'u32' || kind === 'i32' || kind === 'time'
    for (const [name, parameter] of entries) if (isNumber(parameter)) this.#take(name, parameter)
    for (const [name, parameter] of entries) if (!isNumber(parameter)) this.#take(name, parameter)
    this.#checkOut()
  }

  /** Where the result is to be written, if anywhere. */
  get out(): MachineValue | undefined {
    return this.#passed.get('out')
  }

  /** The structure whose handle is passed. */
  structure(name: string, kind: Structure['kind']): Structure {
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

  /** The vector and the index that are passed. */
  vectorCell(): readonly [Structure, Integer] {
    const index = this.taken.index
    if (!(index instanceof Integer)) throw new RangeError(`${this.#operation.name} has no index`)
    return [this.structure('vector', 'vector'), index]
  }

  #take(name: string, parameter: Parameter): void {
    const { algebra, scope } = this.#machine
    switch (parameter.kind) {
      case 'handle': {
        const structure = this.structure(name, parameter.structure)
        this.taken[name] = this.#stateOf(structure)
        this.shown[name] = structure.name
        return
      }
      case 'ambient':
        this.taken[name] = this.#machine[parameter.structure]
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
        this.taken[name] = this.#lentCell()
        return
      case 'out':
    }
  }

  #number(name: string, value: Integer): void {
    this.#note(value.term)
    this.taken[name] = value
    this.shown[name] = value
  }

  #bytes(name: string, bytes: Bytes): void {
    if (bytes instanceof Term) this.#note(bytes)
    this.taken[name] = bytes
    this.shown[name] = bytes
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
    const length = this.taken[parameter]
    if (!(length instanceof Integer)) throw new RangeError(`${this.#operation.name} has no length ${parameter}`)
    return length.constant ?? (this.#isHeaderWithoutOptions(length) ? IPV4_LEAST : length)
  }

  /** As the specification's side adds the bytes of such a header too (`checksum-facts.ts`). */
  #isHeaderWithoutOptions(length: Integer): boolean {
    const { path, integers } = this.#machine.scope
    return (
      this.#operation.name === 'ipv4_header_checksum_ok' && path.proves(integers.eq(length, integers.of(IPV4_LEAST)))
    )
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
      const found = this.#machine.states.get(this.structure(name, parameter.structure))
      if (found !== undefined && 'keySize' in found) return found.keySize
    }
    throw new RangeError(`${this.#operation.name} takes a key but has no table`)
  }

  /** The cell that is about to be given back; where none is lent, the call breaks its precondition. */
  #lentCell(): Term | undefined {
    const { loans, states } = this.#machine
    const [structure, index] = this.vectorCell()
    const found = states.get(structure)
    return loans.cellOf(structure, index) ?? (found?.structure === 'vector' ? found.state.get(index) : undefined)
  }

  /** The out lies in the NF's own memory, and is not a part of what is read. */
  #checkOut(): void {
    const { out } = this
    if (out === undefined) return
    if (out instanceof Pointer) this.#refuse("the out lies in the NF's own memory")
    for (const [name, { kind }] of Object.entries(this.#operation.parameters)) {
      const bytes = this.taken[name]
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
