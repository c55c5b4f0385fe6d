import type { Algebra } from '../domains/algebra.js'
import type {
  ExpiringMapState,
  IndexAllocatorState,
  LpmState,
  MaglevState,
  MapState,
  VectorState,
} from '../domains/state.js'

/** What a reading of the contracts computes with: see Algebra for the first three; keys and values are byte strings. */
export interface Sorts {
  truth: unknown
  number: unknown
  wide: unknown
  key: unknown
  value: unknown
}

/**
 * The algebra that contracts need beyond the shared one. Quantifiers run over indices: a concrete reading tries all, a
 * symbolic one instantiates them at the indices that a packet touches and at fresh ones.
 */
export interface ContractAlgebra<D extends Sorts> extends Algebra<D['truth'], D['number'], D['wide']> {
  /** True where `holds` for every index from 0 up to `below`. */
  everyIndex(below: D['number'], holds: (index: D['number']) => D['truth']): D['truth']
  /** `yes` where the condition holds, else `no`. */
  select(condition: D['truth'], yes: D['number'], no: D['number']): D['number']
  /** Rounded down; requires a number of at least 0 and a divisor above 0. */
  quotient(value: D['number'], divisor: number): D['number']
  remainder(value: D['number'], divisor: number): D['number']
  isPrime(value: D['number']): D['truth']
  sameKey(a: D['key'], b: D['key']): D['truth']
  byteAt(bytes: D['value'], at: number): D['number']
  /**
   * The sum, as an exact integer, of the big-endian 16-bit words of `bytes` from `start` up to `end` (to the end of
   * `bytes`, where not given); an odd last byte is followed by a zero.
   */
  wordSum(bytes: D['value'], start?: number, end?: number): D['number']
}

export type Allocatable = 'map' | 'vector' | 'dchain' | 'expiring_map' | 'cht' | 'lpm'
export type Ambient = 'heap' | 'hash' | 'clock'

/** libVig's heap: memory is taken in `nf_init` and never given back. Units: bytes. */
export interface HeapState<D extends Sorts> {
  remaining(): D['number']
  take(bytes: D['number']): void
  /** What an allocation takes, as libVig itself says by `<structure>_cost`. */
  cost(structure: Allocatable, sizes: readonly D['number'][]): D['number']
}

export interface MapContractState<D extends Sorts> extends MapState<D['truth'], D['number'], D['key']> {
  /** The key that some bytes begin with. */
  keyIn(bytes: D['value']): D['key']
  /** Erases every entry for which `gone` holds. Requires that there are `howMany` of them. */
  eraseWhere(gone: (key: D['key'], value: D['number']) => D['truth'], howMany: D['number']): void
}

/** A vector, and which of its cells are lent to the NF. */
export interface VectorContractState<D extends Sorts> extends VectorState<D['number'], D['value']> {
  isLent(index: D['number']): D['truth']
  anyLent(): D['truth']
  lend(index: D['number']): void
  takeBack(index: D['number']): void
}

/** What a contract asks of structures that keep times, beyond the specification's interface. */
export interface Timed<D extends Sorts> {
  /** How many entries have a time below `threshold`: a number from 0 to `count`. */
  countBelow(threshold: D['wide']): D['number']
}

export interface ChainContractState<D extends Sorts>
  extends IndexAllocatorState<D['truth'], D['number'], D['wide']>,
    Timed<D> {}

export interface ExpiringMapContractState<D extends Sorts>
  extends ExpiringMapState<D['truth'], D['number'], D['wide'], D['key'], D['value']>,
    Timed<D> {
  /** The value of a new entry: all bytes zero. */
  zeroValue(): D['value']
}

export interface MaglevContractState<D extends Sorts> extends MaglevState<D['number']> {
  /** The row of a hash: the hash, unsigned, modulo the height. */
  rowOf(hash: D['number']): D['number']
  /** The first backend of `row` that is live; meaningful only where one is. */
  firstLive(row: D['number'], isLive: (backend: D['number']) => D['truth']): D['number']
}

/** IPv4 routes. A prefix is told by its first bits and its length; the bits beyond do not count. */
export interface LpmContractState<D extends Sorts> {
  readonly capacity: D['number']
  /** How many different prefixes are in. */
  count(): D['number']
  hasRule(prefix: D['number'], prefixLength: D['number']): D['truth']
  setRule(prefix: D['number'], prefixLength: D['number'], value: D['number']): void
  has: LpmState<D['truth'], D['number'], D['number']>['has']
  lookup: LpmState<D['truth'], D['number'], D['number']>['lookup']
}

/** A function of byte strings of which only that it is one is known. */
export interface FunctionState<D extends Sorts> {
  /** True where the value for these bytes is fixed: everywhere for an uninterpreted function, where seen for a table. */
  isKnown(bytes: D['value']): D['truth']
  /** Meaningful only where `isKnown(bytes)`. */
  valueOf(bytes: D['value']): D['number']
  learn(bytes: D['value'], value: D['number']): void
}

export interface ClockState<D extends Sorts> {
  /** The time of the packet at hand. */
  now(): D['wide']
}

/** The abstract state behind each kind of handle, and behind what a call uses without naming it. */
export interface StateOf<D extends Sorts> {
  map: MapContractState<D>
  vector: VectorContractState<D>
  dchain: ChainContractState<D>
  expiring_map: ExpiringMapContractState<D>
  cht: MaglevContractState<D>
  lpm: LpmContractState<D>
  heap: HeapState<D>
  hash: FunctionState<D>
  clock: ClockState<D>
}
