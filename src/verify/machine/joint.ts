/** A table in several structures, in one run: the states of these, and the one state that they are together. */
import { JointState, type Refinements, type SymbolicState } from '../../contracts/symbolic/index.js'
import { ExpiringMapBase } from '../../domains/symbolic/expiring-map-base.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import type { Machine } from './machine.js'
import type { JointParts, Structure } from './structure.js'

export class Joint {
  readonly #structure: Structure
  readonly #parts: JointParts
  readonly #whole: SymbolicState
  readonly #states: ReadonlyMap<string, SymbolicState>

  constructor(structure: Structure, state: JointState) {
    const { parts, key, cell } = shapeOf(structure)
    this.#structure = structure
    this.#parts = parts
    this.#whole = { structure: 'expiring_map', keySize: key, valueSize: 0, state }
    this.#states = new Map<string, SymbolicState>([
      [parts.map.name, { structure: 'map', keySize: key, state: state.map }],
      [parts.vector.name, { structure: 'vector', elementSize: cell, state: state.vector }],
      [parts.chain.name, { structure: 'dchain', state: state.chain }],
    ])
  }

  /** In any state in which its structures agree. */
  static arbitrary(structure: Structure, { scope, timeline }: Machine, refinements: Refinements | undefined): Joint {
    const { parts, capacity, key, cell } = shapeOf(structure)
    const facts = refinements?.expiringMap
    const shape = {
      name: structure.name,
      capacity,
      keyBits: 8 * key,
      valueBits: 0,
      ...(facts && { refinements: facts }),
    }
    const names = { map: parts.map.name, vector: parts.vector.name, chain: parts.chain.name }
    const entries = new ExpiringMapBase(scope, shape, 'arbitrary')
    return new Joint(structure, JointState.before(entries, { ...names, cellBits: 8 * cell }, timeline))
  }

  /** In the state in which it was found by another run on the same path. */
  static beside(structure: Structure, found: SymbolicState, { timeline }: Machine): Joint {
    if (!(found.state instanceof JointState)) {
      throw new RangeError(`${structure.name} is not kept in several structures by the other run`)
    }
    return new Joint(structure, JointState.beside(found.state, timeline))
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

/** Sizes of a key and of a cell in bytes. */
interface Shape {
  readonly parts: JointParts
  readonly capacity: Integer
  readonly key: number
  readonly cell: number
}

function shapeOf({ name, parts, sizes }: Structure): Shape {
  const [keySize, , capacity] = sizes
  const cellSize = parts?.vector.sizes[0]
  if (parts === undefined || capacity === undefined || keySize?.constant === undefined) {
    throw new RangeError(`${name} is not kept in several structures`)
  }
  return { parts, capacity, key: Number(keySize.constant), cell: Number(cellSize?.constant ?? 0n) }
}
