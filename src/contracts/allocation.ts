import type { Call, Parameters, Promised } from './operation.js'
import type { Allocatable, ContractAlgebra, HeapState, Sorts } from './sorts.js'

/** What an allocator's contract needs from its call. */
export interface Allocation<D extends Sorts> {
  readonly heap: HeapState<D>
  readonly sizes: readonly D['number'][]
  /** Whether the sizes are ones that libVig takes. */
  readonly accepted: D['truth']
}

export const MAX_CAPACITY = 1 << 24
export const MAX_KEY_SIZE = 4096
export const MAX_VALUE_SIZE = 65_536

/**
 * The promise of `<structure>_allocate`: 1 and the handle of an empty structure where the sizes are accepted and the
 * heap has room for what `<structure>_cost` says; else 0, and nothing is done.
 */
export function allocation<P extends Parameters>(
  structure: Allocatable,
  view: <D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>) => Allocation<D>,
): Promised<P> {
  const fits = <D extends Sorts>(a: ContractAlgebra<D>, { heap, sizes }: Allocation<D>): D['truth'] =>
    a.le(heap.cost(structure, sizes), heap.remaining())
  return {
    source: 'libVig: memory is taken once, in nf_init; every allocator states its cost in bytes',
    result: 'boolean',
    requires: [],
    outcomes: [
      {
        name: 'made',
        when: (a, call) => a.and(view(a, call).accepted, fits(a, view(a, call))),
        result: (a) => a.number(1),
        creates: { structure, sizes: (a, call) => view(a, call).sizes },
        update: (a, call) => {
          const { heap, sizes } = view(a, call)
          heap.take(heap.cost(structure, sizes))
        },
      },
      {
        name: 'out of memory',
        when: (a, call) => a.and(view(a, call).accepted, a.not(fits(a, view(a, call)))),
        result: (a) => a.number(0),
      },
      {
        name: 'refused',
        when: (a, call) => a.not(view(a, call).accepted),
        result: (a) => a.number(0),
      },
    ],
  }
}

/** `least <= value <= most`. */
export function within<D extends Sorts>(
  a: ContractAlgebra<D>,
  value: D['number'],
  least: number,
  most: number,
): D['truth'] {
  return a.and(a.le(a.number(least), value), a.le(value, a.number(most)))
}
