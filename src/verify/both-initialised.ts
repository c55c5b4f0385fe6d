/**
 * `nf_init` of two network functions, one after the other on one path: that both leave the same in the structures that
 * they make, so that packets may begin in the same state.
 */
import type { SymbolicState } from '../contracts/symbolic/index.js'
import { Integers } from '../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../domains/symbolic/path.js'
import { jointStructures } from './joint-structures.js'
import { runInit, type Start, type Structure, type SymbolicNf } from './machine/index.js'
import { obligeSameState } from './obligations/sameness.js'
import { jointsIn, type Pairing } from './pairing.js'

export interface BothInitialised {
  readonly first: Start
  readonly second: Start
  /** Tables that the pairing has in several structures. */
  readonly joints: readonly Structure[]
}

interface Two {
  readonly first: SymbolicNf
  readonly second: SymbolicNf
  readonly pairing?: Pairing
}

/** Their obligations are those of the path. @throws Undecidable */
export function bothInitialised({ first, second, pairing = [] }: Two, path: Path): BothInitialised {
  const integers = new Integers(path.terms)
  const [one, other] = [initialised(first, path), initialised(second, path)]
  if (!haveSameStructures(one.start, other.start)) throw new Undecidable('other structures are made')
  // As made here: their sizes are terms of this path.
  const names = new Set(jointsIn(pairing).map(({ name }) => name))
  const joints = jointStructures(integers, one.states).filter(({ name }) => names.has(name))
  const keys = new Set(joints.map(({ parts }) => parts?.vector.name))
  const states = [...other.states.values()]
  for (const [at, [structure, state]] of [...one.states].entries()) {
    const same = states[at]
    // No key is in use in a table that begins empty, and what else is in its cells is taken to be anything.
    if (structure.origin === 'configuration' || keys.has(structure.name) || same === undefined) continue
    for (const each of [state, same]) checkEntries(structure, each)
    obligeSameState(path, integers, state, same)
  }
  return { first: one.start, second: other.start, joints }
}

function initialised(nf: SymbolicNf, path: Path): ReturnType<typeof runInit> {
  const run = runInit(nf, path)
  const { end } = run
  if (end.kind !== 'returned') throw new Undecidable(`${end.kind}: ${end.what}`, end.place)
  return run
}

/** What is taken for granted of every entry is asked of those that packets leave, not of any that are there from the start. */
function checkEntries({ name }: Structure, state: SymbolicState): void {
  const hasEntries =
    (state.structure === 'expiring_map' || state.structure === 'dchain') && state.state.updates.length > 0
  if (hasEntries) throw new Undecidable(`entries are left in ${name}, which is not followed`)
}

/** The same structures of the same known sizes, in one order. */
function haveSameStructures(first: Start, second: Start): boolean {
  const isSame = (a: Structure, b: Structure | undefined): boolean =>
    b?.name === a.name &&
    b.kind === a.kind &&
    b.origin === a.origin &&
    b.sizes.length === a.sizes.length &&
    a.sizes.every(({ constant }, at) => constant !== undefined && constant === b.sizes[at]?.constant)
  return (
    first.structures.length === second.structures.length &&
    first.structures.every((structure, at) => isSame(structure, second.structures[at]))
  )
}
