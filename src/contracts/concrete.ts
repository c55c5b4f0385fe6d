/** The concrete reading of the contracts: plain numbers, byte strings, and the structures of src/domains/concrete. */
import { concreteAlgebra } from '../domains/concrete/algebra.js'
import { ConcreteExpiringMap } from '../domains/concrete/expiring-map.js'
import { ConcreteIndexAllocator } from '../domains/concrete/index-allocator.js'
import type { KeyOps } from '../domains/concrete/key-index.js'
import { ConcreteLpm } from '../domains/concrete/lpm.js'
import { ConcreteMaglev, isPrime } from '../domains/concrete/maglev.js'
import { ConcreteMap } from '../domains/concrete/map.js'
import { ConcreteVector } from '../domains/concrete/vector.js'
import type {
  Allocatable,
  ContractAlgebra,
  ExpiringMapContractState,
  LpmContractState,
  MaglevContractState,
  MapContractState,
  VectorContractState,
} from './sorts.js'

/** Byte strings are never changed once made. */
export interface ConcreteSorts {
  truth: boolean
  number: number
  wide: bigint
  key: Uint8Array
  value: Uint8Array
}

/** FNV-1a, 32 bits. */
function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

export const byteKeys: KeyOps<Uint8Array> = { hash: hashBytes, equals: sameBytes }

export const concreteContractAlgebra: ContractAlgebra<ConcreteSorts> = {
  ...concreteAlgebra,
  everyIndex(below, holds) {
    for (let index = 0; index < below; index++) if (!holds(index)) return false
    return true
  },
  select: (condition, yes, no) => (condition ? yes : no),
  quotient: (value, divisor) => Math.floor(value / divisor),
  remainder: (value, divisor) => value % divisor,
  isPrime,
  sameKey: sameBytes,
  byteAt: (bytes, at) => bytes[at] ?? 0,
  wordSum(bytes, start = 0, end = bytes.length) {
    let sum = 0
    for (let at = start; at < end; at++) sum += (bytes[at] ?? 0) * ((at - start) % 2 === 0 ? 256 : 1)
    return sum
  },
}

class MapState extends ConcreteMap<Uint8Array> implements MapContractState<ConcreteSorts> {
  readonly #keySize: number

  constructor(capacity: number, keySize: number) {
    super(capacity, byteKeys)
    this.#keySize = keySize
  }

  keyIn(bytes: Uint8Array): Uint8Array {
    return bytes.subarray(0, this.#keySize)
  }

  eraseWhere(gone: (key: Uint8Array, value: number) => boolean): void {
    const erased = [...this.entries()].filter(([key, value]) => gone(key, value))
    for (const [key] of erased) this.erase(key)
  }
}

class VectorState extends ConcreteVector<Uint8Array> implements VectorContractState<ConcreteSorts> {
  readonly #lent = new Set<number>()
  readonly #zero: Uint8Array

  constructor(capacity: number, zero: Uint8Array) {
    super(capacity, zero)
    this.#zero = zero
  }

  /** Contracts may ask out of range where the answer does not matter. */
  override get(index: number): Uint8Array {
    return index >= 0 && index < this.capacity ? super.get(index) : this.#zero
  }

  isLent(index: number): boolean {
    return this.#lent.has(index)
  }

  anyLent(): boolean {
    return this.#lent.size > 0
  }

  lend(index: number): void {
    this.#lent.add(index)
  }

  takeBack(index: number): void {
    this.#lent.delete(index)
  }
}

class ExpiringMapState
  extends ConcreteExpiringMap<Uint8Array, Uint8Array>
  implements ExpiringMapContractState<ConcreteSorts>
{
  readonly #zero: Uint8Array

  constructor(capacity: number, zero: Uint8Array) {
    super(capacity, byteKeys)
    this.#zero = zero
  }

  zeroValue(): Uint8Array {
    return this.#zero
  }
}

class MaglevState extends ConcreteMaglev implements MaglevContractState<ConcreteSorts> {
  rowOf(hash: number): number {
    return hash % this.height
  }
}

class LpmState implements LpmContractState<ConcreteSorts> {
  readonly capacity: number
  readonly #table = ConcreteLpm.ofNumbers(32)
  /** The rules by their number of first bits, times 64, plus the length. */
  readonly #rules = new Set<number>()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  count(): number {
    return this.#rules.size
  }

  hasRule(prefix: number, prefixLength: number): boolean {
    return this.#rules.has(ruleNumber(prefix, prefixLength))
  }

  setRule(prefix: number, prefixLength: number, value: number): void {
    this.#rules.add(ruleNumber(prefix, prefixLength))
    this.#table.insert(prefix, prefixLength, value)
  }

  has(address: number): boolean {
    return this.#table.has(address)
  }

  lookup(address: number): number {
    return this.#table.lookup(address)
  }
}

function ruleNumber(prefix: number, prefixLength: number): number {
  return Math.floor(prefix / 2 ** (32 - prefixLength)) * 64 + prefixLength
}

/** The concrete state of a handle. */
export type ConcreteState =
  | { readonly structure: 'map'; readonly keySize: number; readonly state: MapState }
  | { readonly structure: 'vector'; readonly elementSize: number; readonly state: VectorState }
  | { readonly structure: 'dchain'; readonly state: ConcreteIndexAllocator }
  | {
      readonly structure: 'expiring_map'
      readonly keySize: number
      readonly valueSize: number
      readonly state: ExpiringMapState
    }
  | { readonly structure: 'cht'; readonly state: MaglevState }
  | { readonly structure: 'lpm'; readonly state: LpmState }

/** The state of a structure just allocated; `sizes` in the order of the allocator's parameters. */
export function freshState(structure: Allocatable, sizes: readonly number[]): ConcreteState {
  const [first = 0, second = 0, third = 0] = sizes
  switch (structure) {
    case 'map':
      return { structure, keySize: first, state: new MapState(second, first) }
    case 'vector':
      return { structure, elementSize: first, state: new VectorState(second, new Uint8Array(first)) }
    case 'dchain':
      return { structure, state: new ConcreteIndexAllocator(first) }
    case 'expiring_map':
      return {
        structure,
        keySize: first,
        valueSize: second,
        state: new ExpiringMapState(third, new Uint8Array(second)),
      }
    case 'cht':
      return { structure, state: new MaglevState(second, first) }
    case 'lpm':
      return { structure, state: new LpmState(first) }
  }
}
