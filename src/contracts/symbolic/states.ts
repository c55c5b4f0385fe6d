/** The abstract states behind handles, symbolically, with what contracts ask of them beyond the shared interface. */

import { SymbolicExpiringMap } from '../../domains/symbolic/expiring-map.js'
import { type EntryFacts, ExpiringMapBase } from '../../domains/symbolic/expiring-map-base.js'
import { SymbolicIndexAllocator } from '../../domains/symbolic/index-allocator.js'
import { IndexAllocatorBase, type IndexAllocatorShape } from '../../domains/symbolic/index-allocator-base.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import { LpmBase, SymbolicLpm } from '../../domains/symbolic/lpm.js'
import { SymbolicMaglev } from '../../domains/symbolic/maglev.js'
import { MapBase, type MapShape, SymbolicMap } from '../../domains/symbolic/map.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import type { Scope } from '../../domains/symbolic/scope.js'
import { SymbolicVector, VectorBase, type VectorShape } from '../../domains/symbolic/vector.js'
import { maxWidth, type Term } from '../../smt/index.js'
import type {
  Allocatable,
  ChainContractState,
  ExpiringMapContractState,
  LpmContractState,
  MaglevContractState,
  MapContractState,
  VectorContractState,
} from '../sorts.js'
import { knownBytes, type SymbolicSorts } from './sorts.js'
import type { Timeline } from './timeline.js'

export class MapState extends SymbolicMap implements MapContractState<SymbolicSorts> {
  readonly #timeline: Timeline

  constructor(base: MapBase, timeline: Timeline) {
    super(base)
    this.#timeline = timeline
  }

  keyIn(bytes: SymbolicSorts['value']): Term {
    const known = knownBytes(bytes, 'a key')
    const { keyBits } = this.base.shape
    if (known.width < keyBits) throw new Undecidable(`a key of ${keyBits / 8} bytes in ${known.width / 8}`)
    return this.base.scope.path.terms.extract(known.width - 1, known.width - keyBits, known)
  }

  override eraseWhere(gone: (key: Term, value: Integer) => Term, howMany: Integer): void {
    super.eraseWhere(this.#timeline.frozen(gone), howMany)
  }
}

export class VectorState extends SymbolicVector implements VectorContractState<SymbolicSorts> {
  readonly #lent: Integer[] = []

  isLent(index: Integer): Term {
    const { path, integers } = this.base.scope
    return path.terms.any(this.#lent.map((lent) => integers.eq(lent, index)))
  }

  anyLent(): Term {
    return this.base.scope.path.terms.bool(this.#lent.length > 0)
  }

  lend(index: Integer): void {
    this.#lent.push(index)
  }

  takeBack(index: Integer): void {
    const { path, integers } = this.base.scope
    const at = this.#lent.findIndex((lent) => path.proves(integers.eq(lent, index)))
    if (at === -1) throw new Undecidable('which of the lent cells is given back')
    this.#lent.splice(at, 1)
  }
}

export class ExpiringMapState extends SymbolicExpiringMap implements ExpiringMapContractState<SymbolicSorts> {
  zeroValue(): Term | undefined {
    const { valueBits } = this.base.shape
    return valueBits === 0 ? undefined : this.base.scope.path.terms.bv(0n, valueBits)
  }
}

export class ChainState extends SymbolicIndexAllocator implements ChainContractState<SymbolicSorts> {}
class MaglevState extends SymbolicMaglev implements MaglevContractState<SymbolicSorts> {}
class LpmState extends SymbolicLpm implements LpmContractState<SymbolicSorts> {}

/** The symbolic state of a handle; sizes in bytes. */
export type SymbolicState =
  | { readonly structure: 'map'; readonly keySize: number; readonly state: MapState }
  | { readonly structure: 'vector'; readonly elementSize: number; readonly state: VectorState }
  | { readonly structure: 'dchain'; readonly state: ChainState }
  | {
      readonly structure: 'expiring_map'
      readonly keySize: number
      readonly valueSize: number
      readonly state: ExpiringMapState
    }
  | { readonly structure: 'cht'; readonly state: MaglevState }
  | { readonly structure: 'lpm'; readonly state: LpmState }

/** What is known of every entry of a structure beyond its invariant; each where it fits. */
export interface Refinements {
  readonly expiringMap?: EntryFacts
  readonly map?: MapShape['refinements']
  readonly vector?: VectorShape['refinements']
  readonly chain?: IndexAllocatorShape['refinements']
  readonly lpm?: (value: Integer) => readonly Term[]
}

export interface StateOptions {
  readonly scope: Scope
  readonly timeline: Timeline
  /** Its functions are named after it. */
  readonly name: string
  readonly start: 'arbitrary' | 'empty'
  readonly refinements?: Refinements
}

/** The state of a structure; `sizes` in the order of the allocator's parameters. */
export function symbolicState(structure: Allocatable, sizes: readonly Integer[], options: StateOptions): SymbolicState {
  const { scope, timeline, name, start, refinements = {} } = options
  const [first, second, third] = sizes
  if (first === undefined) throw new RangeError(`a ${structure} without sizes`)
  const made = make()
  if (made.structure !== 'cht') timeline.add(made.state)
  return made

  function make(): SymbolicState {
    switch (structure) {
      case 'map': {
        const keySize = bytesOf(first, 'a key')
        const shape = { name, capacity: given(second), keyBits: 8 * keySize, ...only({ refinements: refinements.map }) }
        return { structure, keySize, state: new MapState(new MapBase(scope, shape, start), timeline) }
      }
      case 'vector': {
        const elementSize = bytesOf(first, 'a cell')
        const capacity = given(second)
        const shape = { name, capacity, valueBits: 8 * elementSize, ...only({ refinements: refinements.vector }) }
        return { structure, elementSize, state: new VectorState(new VectorBase(scope, shape, start)) }
      }
      case 'dchain': {
        const shape = { name, capacity: given(first), ...only({ refinements: refinements.chain }) }
        return { structure, state: new ChainState(new IndexAllocatorBase(scope, shape, start)) }
      }
      case 'expiring_map': {
        const keySize = bytesOf(first, 'a key')
        const valueSize = bytesOf(second, 'a value')
        const sizesInBits = { keyBits: 8 * keySize, valueBits: 8 * valueSize }
        const shape = {
          name,
          capacity: given(third),
          ...sizesInBits,
          ...only({ refinements: refinements.expiringMap }),
        }
        return { structure, keySize, valueSize, state: new ExpiringMapState(new ExpiringMapBase(scope, shape, start)) }
      }
      case 'cht':
        return { structure, state: new MaglevState(scope, { name, height: given(first), backends: given(second) }) }
      case 'lpm': {
        const shape = { name, capacity: given(first), ...only({ refinements: refinements.lpm }) }
        return { structure, state: new LpmState(new LpmBase(scope, shape, start)) }
      }
    }
  }

  function given(size: Integer | undefined): Integer {
    if (size === undefined) throw new RangeError(`a ${structure} with too few sizes`)
    return size
  }
}

/**
 * Another state over the same base, without updates: the same structure in a second run on the same path.
 */
export function stateOver(found: SymbolicState, timeline: Timeline): SymbolicState {
  const made = over(found, timeline)
  if (made.structure !== 'cht') timeline.add(made.state)
  return made
}

function over(found: SymbolicState, timeline: Timeline): SymbolicState {
  switch (found.structure) {
    case 'map':
      return { ...found, state: new MapState(found.state.base, timeline) }
    case 'vector':
      return { ...found, state: new VectorState(found.state.base) }
    case 'dchain':
      return { ...found, state: new ChainState(found.state.base) }
    case 'expiring_map':
      return { ...found, state: new ExpiringMapState(found.state.base) }
    case 'lpm':
      return { ...found, state: new LpmState(found.state.base) }
    case 'cht':
      // It never changes.
      return found
  }
}

/** A property that is absent rather than undefined. */
function only<T>({ refinements }: { readonly refinements: T | undefined }): { readonly refinements?: T } {
  return refinements === undefined ? {} : { refinements }
}

function bytesOf(size: Integer | undefined, what: string): number {
  if (size?.constant === undefined) throw new Undecidable(`${what} of a size that is not known`)
  if (size.constant * 8n > BigInt(maxWidth)) throw new Undecidable(`${what} of more than ${maxWidth / 8} bytes`)
  return Number(size.constant)
}
