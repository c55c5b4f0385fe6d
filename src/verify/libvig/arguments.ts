/** The arguments of a call as WebAssembly passes them, and as the contract sees them: nothing is known of either. */
import type { Operation, Parameter } from '../../contracts/index.js'
import { type SymbolicArguments, SymbolicClock } from '../../contracts/symbolic/index.js'
import { Integer } from '../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import { HOST_SCRATCH } from '../../nf/memory-map.js'
import { bitVecSort, boolSort, type Term } from '../../smt/index.js'
import { picked } from './finite/picking.js'
import type { Region } from './heap.js'
import type { LibvigMachine } from './machine.js'
import type { Reading } from './representation/represented.js'
import type { Scope } from './scopes.js'
import type { Expected, Placed } from './structures.js'

const OUT = HOST_SCRATCH + 0x100
/** Where bytes lie that are passed by address, one argument after the other. */
const BYTES = HOST_SCRATCH + 0x200
const KEY = HOST_SCRATCH + 0x400
/** Between them, more than any call reads too far. */
const APART = 0x100
/** Bits of an index into the structures of small scopes. */
const INDEX_BITS = 3

export interface Call {
  readonly values: SymbolicArguments
  /** By parameter: what the call works on. */
  readonly expected: readonly (readonly [string, Expected])[]
}

/** A key that is passed; it lies in memory before structures are made. */
export interface PassedKey {
  readonly address: number
  readonly size: number
  readonly bytes: Term
}

/** Any key, of the size that those of the one structure have that has some. */
export function keyOf(
  { path, memory }: LibvigMachine,
  { parameters }: Operation,
  structures: ReadonlyMap<string, Placed>,
): PassedKey | undefined {
  if (!Object.values(parameters).some(({ kind }) => kind === 'key')) return undefined
  const keyed = [...structures.values()].find(({ kind }) => kind === 'map' || kind === 'expiring_map')
  if (keyed === undefined) throw new Undecidable('a key without a structure that has keys')
  const [size = 0] = keyed.sizes
  const bytes = path.fresh('key', bitVecSort(8 * size))
  memory.setBytes(KEY, bytes)
  return { address: KEY, size, bytes }
}

/** Makes the arguments, in memory where they are passed by address. */
export class Arguments {
  readonly passed: Term[] = []
  readonly regions: Region[] = []
  readonly outBefore: Term
  readonly #machine: LibvigMachine
  readonly #path: Path
  readonly #reading: Reading
  readonly #scope: Scope
  readonly #structures: ReadonlyMap<string, Placed>
  readonly #states: ReadonlyMap<string, () => Expected>
  readonly #values: SymbolicArguments = {}
  readonly #key: PassedKey | undefined
  #nextBytes = BYTES
  #hasOut = false

  constructor(
    machine: LibvigMachine,
    operation: Operation,
    scope: Scope,
    structures: ReadonlyMap<string, Placed>,
    reading: Reading,
    key: PassedKey | undefined,
  ) {
    this.#key = key
    this.#machine = machine
    this.#path = machine.path
    this.#reading = reading
    this.#scope = scope
    this.#structures = structures
    this.#states = new Map([...structures].map(([name, structure]) => [name, structure.state(reading)]))
    this.outBefore = machine.path.fresh('out', bitVecSort(32))
    for (const [name, parameter] of Object.entries(operation.parameters)) this.#add(name, parameter)
  }

  /** For the contract, with states of its own to work on: those that were in memory at first. */
  call(): Call {
    const expected = [...this.#states].map(([name, copy]) => [name, copy()] as const)
    const states = Object.fromEntries(expected.map(([name, { state }]) => [name, state]))
    return { values: { ...this.#values, ...states }, expected }
  }

  /** What the out holds now. */
  out(): Term | undefined {
    return this.#hasOut ? this.#reading.memory.number(OUT, 4) : undefined
  }

  #add(name: string, parameter: Parameter): void {
    const { terms } = this.#path
    const { integers, memory } = this.#reading
    switch (parameter.kind) {
      case 'handle':
        this.passed.push(terms.bv(this.#structures.get(name)?.handle ?? 0, 32))
        return
      case 'u32': {
        const word = name === 'length' ? terms.bv(this.#length(), 32) : this.#anyWord(name)
        this.passed.push(word)
        this.#values[name] = integers.unsigned(word)
        return
      }
      case 'i32': {
        const word = this.#path.fresh(name, bitVecSort(32))
        this.passed.push(word)
        this.#values[name] = integers.signed(word)
        return
      }
      case 'time': {
        const time = this.#path.fresh(name, bitVecSort(64))
        this.passed.push(time)
        this.#values[name] = integers.signed(time)
        return
      }
      case 'key':
        this.#values[name] = this.#passedKey(name)
        return
      case 'bytes':
        this.#values[name] = this.#bytes(name, typeof parameter.length === 'number' ? parameter.length : this.#length())
        return
      case 'ipHeader':
        this.#values[name] = this.#ipHeader(name)
        return
      case 'out':
        this.#hasOut = true
        memory.setNumber(OUT, this.outBefore)
        this.passed.push(terms.bv(OUT, 32))
        this.regions.push({ name: 'the out', start: OUT, end: OUT + 4, access: 'write' })
        return
      case 'lent':
        this.#values[name] = this.#lent()
        return
      case 'ambient':
        this.#addAmbient(name, parameter.structure)
    }
  }

  #addAmbient(name: string, structure: 'heap' | 'hash' | 'clock'): void {
    if (structure === 'heap') throw new Undecidable('an allocation')
    if (structure === 'hash') {
      // Nothing was hashed before: that it is a function of the bytes follows from what it reads.
      const { integers } = this.#reading
      const { terms } = this.#path
      this.#values[name] = { isKnown: () => terms.false, valueOf: () => integers.of(0n), learn: () => {} }
      return
    }
    const now = this.#path.fresh('now', bitVecSort(64))
    this.#machine.call('libvig_set_time', [now])
    this.#values[name] = new SymbolicClock(this.#reading.integers.signed(now))
  }

  /** Bytes at an address that is passed. */
  #bytes(name: string, size: number): Term | undefined {
    const start = this.#nextBytes
    this.#nextBytes += size + APART
    this.passed.push(this.#path.terms.bv(start, 32))
    this.regions.push({ name, start, end: start + size, access: 'read' })
    if (size === 0) return undefined
    const bytes = this.#path.fresh(name, bitVecSort(8 * size))
    this.#reading.memory.setBytes(start, bytes)
    return bytes
  }

  /** As long as its version says. */
  #ipHeader(name: string): Term | undefined {
    const { terms } = this.#path
    const version = this.#path.fresh(`${name}.version`, bitVecSort(4))
    const size = this.#path.decide(terms.eq(version, terms.bv(4, 4))) ? 20 : 40
    const bytes = this.#bytes(name, size)
    if (bytes !== undefined) {
      this.#path.assume(terms.eq(terms.extract(bytes.width - 1, bytes.width - 4, bytes), version))
    }
    return bytes
  }

  #length(): number {
    if (this.#scope.length === undefined) throw new Undecidable('a length that is not known')
    return this.#scope.length
  }

  #passedKey(name: string): Term {
    if (this.#key === undefined) throw new Undecidable('a key without a structure that has keys')
    const { address, size, bytes } = this.#key
    this.passed.push(this.#path.terms.bv(address, 32))
    this.regions.push({ name, start: address, end: address + size, access: 'read' })
    return bytes
  }

  /** Any word: the index of a name; or, so that addresses made of it are few, one that is small, and any other. */
  #anyWord(name: string): Term {
    const { terms } = this.#path
    if (this.#structures.size === 0) return this.#path.fresh(name, bitVecSort(32))
    const indices = name === 'index' || name === 'slot' ? this.#indices() : []
    for (const [at, index] of indices.entries()) {
      if (this.#path.decide(this.#path.fresh(`${name}Is${at}`, boolSort))) return index
    }
    const isNamed = indices.length > 0
    if (!isNamed && this.#path.decide(this.#path.fresh(`${name}IsSmall`, boolSort))) {
      return terms.zeroExtendTo(32, this.#path.fresh(name, bitVecSort(INDEX_BITS)))
    }
    const word = this.#path.fresh(name, bitVecSort(32))
    this.#path.assume(terms.ule(terms.bv(isNamed ? indices.length : 1 << INDEX_BITS, 32), word))
    return word
  }

  /** Of the one structure whose cells are known by name: all there are. */
  #indices(): readonly Term[] {
    const [only, ...others] = [...this.#structures.values()]
    return only === undefined || others.length > 0 ? [] : only.indices()
  }

  /** What is in the cell that is given back. */
  #lent(): Term {
    const { memory, integers } = this.#reading
    const [vector] = this.#structures.values()
    const { index } = this.#values
    const [size = 0] = vector?.sizes ?? []
    if (!(index instanceof Integer)) throw new Undecidable('a cell without its index')
    const { terms } = this.#path
    const cells = (vector?.addresses(this.#reading, 'cell') ?? []).map(({ index: here, address }) => {
      if (address.op !== 'bv') throw new Undecidable('a cell at an address that is not known')
      const bytes = memory.bytes(Number(address.value), size)
      return [integers.eq(index, integers.unsigned(here)), bytes] as const
    })
    return picked(terms, cells)
  }
}
