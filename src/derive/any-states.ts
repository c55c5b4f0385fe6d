/** The states of a specification of which nothing is known but the types of what is stored. */

import { SymbolicExpiringMap } from '../domains/symbolic/expiring-map.js'
import { ExpiringMapBase } from '../domains/symbolic/expiring-map-base.js'
import { SymbolicIndexAllocator } from '../domains/symbolic/index-allocator.js'
import { IndexAllocatorBase } from '../domains/symbolic/index-allocator-base.js'
import { SymbolicMaglev } from '../domains/symbolic/maglev.js'
import type { Run } from '../domains/symbolic/run.js'
import type { Scope } from '../domains/symbolic/scope.js'
import { recordCodec, type StateBinding } from '../domains/symbolic/state-binding.js'
import { bitVecSort, type Term } from '../smt/index.js'
import type { StateDeclaration, StateDeclarations } from '../spec/state.js'
import type { Candidate, EntryFields } from './invariant.js'

/** The time of the packet before, in nanoseconds: states are those that it has left, or earlier ones. */
export const MOST_TIME = (1n << 62n) - 1n

/** What holds of every entry besides. */
export interface Invariant {
  readonly fields: EntryFields
  readonly candidates: readonly Candidate[]
}

/** One for each declaration. `before`: a run at the time of the packet before. */
export function anyStates(
  scope: Scope,
  before: Run,
  declarations: StateDeclarations,
  invariant: Invariant,
): ReadonlyMap<string, StateBinding> {
  return new Map(
    Object.entries(declarations).map(([name, declaration]) => [
      name,
      anyState(scope, before, name, declaration, invariant),
    ]),
  )
}

function anyState(
  scope: Scope,
  before: Run,
  name: string,
  declaration: StateDeclaration,
  { fields, candidates }: Invariant,
): StateBinding {
  const { integers, path } = scope
  const sized = (size: number) => integers.of(BigInt(size))
  switch (declaration.kind) {
    case 'expiringMap': {
      const key = recordCodec(`a key of ${name}`, declaration.key)
      const value = declaration.value && recordCodec(`a value of ${name}`, declaration.value)
      const shape = {
        name,
        capacity: sized(declaration.capacity),
        keyBits: key.bits,
        valueBits: value?.bits ?? 0,
        refinements: (entry: { readonly key: Term; readonly value: Term | undefined }) => [
          ...key.facts(before, entry.key),
          ...(value === undefined || entry.value === undefined ? [] : value.facts(before, entry.value)),
          ...candidates.flatMap((candidate) => {
            const bytes = candidate.part === 'key' ? entry.key : entry.value
            return candidate.table === name && bytes !== undefined ? [fields.holds(path, candidate, bytes)] : []
          }),
        ],
      }
      return { kind: 'expiringMap', state: new SymbolicExpiringMap(new ExpiringMapBase(scope, shape, 'arbitrary')) }
    }
    case 'indexSet': {
      const base = new IndexAllocatorBase(scope, { name, capacity: sized(declaration.capacity) }, 'arbitrary')
      return { kind: 'indexSet', state: new SymbolicIndexAllocator(base) }
    }
    case 'maglev': {
      const { height, backends } = declaration
      const ring = new SymbolicMaglev(scope, { name, height: sized(height), backends: sized(backends) })
      const rowOf = (key: Term) => {
        const { terms } = path
        const hash = terms.declareFunction(`${name}.hash`, [key.sort], bitVecSort(32))
        return ring.rowOf(integers.unsigned(terms.apply(hash, key)))
      }
      return { kind: 'maglev', state: { ring, rowOf } }
    }
    case 'chosenBy':
      return { kind: 'chosenBy' }
  }
}
