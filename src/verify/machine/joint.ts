/** A table in several structures, in one run: the states of these, and the one state that they are together. */
import { JointState, type Refinements, type SymbolicState } from '../../contracts/symbolic/index.js'
import { ExpiringMapBase } from '../../domains/symbolic/expiring-map-base.js'
import type { Machine } from './machine.js'
import type { JointParts, Structure } from './structure.js'

export class Joint {
  readonly #structure: Structure
  readonly #parts: JointParts
  readonly #whole: SymbolicState
  readonly #states: ReadonlyMap<string, SymbolicState>

  constructor(structure: Structure, { scope, timeline }: Machine, refinements: Refinements | undefined) {
    const { name, parts, sizes } = structure
    const [keySize, , capacity] = sizes
    const cellSize = parts?.vector.sizes[0]
    if (parts === undefined || capacity === undefined || keySize?.constant === undefined) {
      throw new RangeError(`${name} is not kept in several structures`)
    }
    const [key, cell] = [Number(keySize.constant), Number(cellSize?.constant ?? 0n)]
    const facts = refinements?.expiringMap
    const shape = { name, capacity, keyBits: 8 * key, valueBits: 0, ...(facts && { refinements: facts }) }
    const names = { map: parts.map.name, vector: parts.vector.name, chain: parts.chain.name }
    const state = JointState.before(
      new ExpiringMapBase(scope, shape, 'arbitrary'),
      { ...names, cellBits: 8 * cell },
      timeline,
    )
    this.#structure = structure
    this.#parts = parts
    this.#whole = { structure: 'expiring_map', keySize: key, valueSize: 0, state }
    this.#states = new Map<string, SymbolicState>([
      [names.map, { structure: 'map', keySize: key, state: state.map }],
      [names.vector, { structure: 'vector', elementSize: cell, state: state.vector }],
      [names.chain, { structure: 'dchain', state: state.chain }],
    ])
  }

  /** The state of a structure that is a part of it. */
  partState({ name }: Structure): SymbolicState | undefined {
    return this.#states.get(name)
  }

  inPlaceOfParts(states: ReadonlyMap<Structure, SymbolicState>): ReadonlyMap<Structure, SymbolicState> {
    const others = [...states].filter(([{ name }]) => Object.values(this.#parts).every((part) => part.name !== name))
    return new Map([...others, [this.#structure, this.#whole]])
  }
}
