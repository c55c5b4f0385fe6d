/** Structures as libVig's own allocators make them, put into any state that their invariant allows. */
import type { Allocatable, Loan, Parameters, StateOf } from '../../contracts/index.js'
import type { SymbolicSorts } from '../../contracts/symbolic/index.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import type { Term } from '../../smt/index.js'
import { isOfSizes } from './geometry.js'
import type { Region } from './heap.js'
import type { LibvigMachine } from './machine.js'
import { ChainRepresentation } from './representation/chain.js'
import { ExpiringMapRepresentation } from './representation/expiring-map.js'
import { MaglevRepresentation } from './representation/maglev.js'
import { MapRepresentation } from './representation/map.js'
import type { AbstractState, Clause, PartAddress, Reading, Representation } from './representation/represented.js'
import { VectorRepresentation } from './representation/vector.js'
import type { Wanted } from './scopes.js'
import type { Shape } from './shapes.js'

/** A state that an operation of the contract is carried out on, to be compared with what is in memory. */
export interface Expected {
  readonly state: StateOf<SymbolicSorts>[Allocatable]
  isIn(reading: Reading): Term
}

export interface Placed extends Wanted {
  readonly handle: number
  readonly regions: readonly Region[]
  makeArbitrary(reading: Reading, shape: Shape): void
  invariant(reading: Reading): readonly Clause[]
  /** The state that is in memory now; each call gives a copy of its own. */
  state(reading: Reading): () => Expected
  isEmpty(reading: Reading): Term
  /** Of the names by which its cells are known; none where they are known by index. */
  indices(): readonly Term[]
  addresses(reading: Reading, part: Loan<Parameters>['part']): readonly PartAddress[]
}

/** What libVig's allocator makes of it; `out` is where its handle is left. */
export function place(machine: LibvigMachine, { kind, sizes }: Wanted, out: number): Placed {
  const { terms } = machine.path
  const args = [...sizes, out].map((value) => terms.bv(value, 32))
  if (machine.known(`${kind}_allocate`, args) !== 1n) throw new Undecidable(`${kind}_allocate refuses its sizes`)
  const handle = machine.memory.number(out, 4)
  if (handle.op !== 'bv') throw new Undecidable(`${kind}_allocate gives no handle`)
  const at = Number(handle.value)
  if (!isOfSizes(machine.memory, { kind, sizes }, at)) throw new Undecidable(`${kind}_allocate makes it of other sizes`)
  return placedAt(machine, { kind, sizes }, at)
}

/** The structure whose handle its allocator has just given. */
export function placedAt({ memory, path: { terms } }: LibvigMachine, wanted: Wanted, handle: number): Placed {
  const [first = 0, second = 0, third = 0] = wanted.sizes
  switch (wanted.kind) {
    case 'dchain':
      return placed(wanted, handle, new ChainRepresentation(memory, terms, handle))
    case 'vector':
      return placed(wanted, handle, new VectorRepresentation(memory, handle, first))
    case 'map':
      return placed(wanted, handle, new MapRepresentation(memory, terms, handle))
    case 'expiring_map':
      return placed(wanted, handle, new ExpiringMapRepresentation(memory, terms, handle, third))
    case 'cht':
      return placed(wanted, handle, new MaglevRepresentation(memory, handle, first, second))
  }
}

type Structures = StateOf<SymbolicSorts>[Wanted['kind']]

function placed<S extends AbstractState<S> & Structures>(
  wanted: Wanted,
  handle: number,
  representation: Representation<S>,
): Placed {
  return {
    ...wanted,
    handle,
    regions: representation.regions,
    makeArbitrary: (reading, shape) => representation.makeArbitrary(reading, shape),
    invariant: (reading) => representation.invariant(reading),
    state: (reading) => {
      const found = representation.state(reading)
      return () => {
        const state = found.copy()
        return { state, isIn: (later) => representation.holds(later, state) }
      }
    },
    indices: () => representation.indices?.() ?? [],
    isEmpty: (reading) => representation.isEmpty(reading),
    addresses: (reading, part) => representation.addresses(reading, part),
  }
}
