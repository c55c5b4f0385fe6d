/**
 * Tables that a network function keeps in three structures, as Vigor's do: each map, vector and chain that fit. Whether
 * they are kept as one is proved; those that are not can only make a proof fail.
 */
import type { SymbolicState } from '../contracts/symbolic/index.js'
import type { Integers } from '../domains/symbolic/integer.js'
import type { Structure } from './machine/index.js'

/** `states`: as `nf_init` leaves them. */
export function jointStructures(integers: Integers, states: ReadonlyMap<Structure, SymbolicState>): Structure[] {
  const own = [...states.keys()].filter(({ origin }) => origin === 'nf_init')
  const ofKind = (kind: Structure['kind']) => own.filter((structure) => structure.kind === kind)
  return ofKind('map').flatMap((map) =>
    ofKind('vector').flatMap((vector) =>
      ofKind('dchain').flatMap((chain) => {
        const isEmpty = isEmptyMap(states.get(map))
        return isEmpty && areOfOneSize(integers, map, vector, chain) ? [joint(integers, map, vector, chain)] : []
      }),
    ),
  )
}

function areOfOneSize(integers: Integers, map: Structure, vector: Structure, chain: Structure): boolean {
  const [keySize, keys] = map.sizes
  const [cellSize, cells] = vector.sizes
  const [capacity] = chain.sizes
  if (keySize?.constant === undefined || cellSize?.constant === undefined) return false
  if (keys === undefined || cells === undefined || capacity === undefined) return false
  const isSame = (a: typeof keys, b: typeof keys): boolean => integers.eq(a, b) === integers.terms.true
  return keySize.constant <= cellSize.constant && isSame(keys, capacity) && isSame(cells, capacity)
}

function joint(integers: Integers, map: Structure, vector: Structure, chain: Structure): Structure {
  const [keySize] = map.sizes
  const [capacity] = chain.sizes
  if (keySize === undefined || capacity === undefined) throw new RangeError('a structure without sizes')
  const name = `${map.name}_${vector.name}_${chain.name}`
  return {
    name,
    kind: 'expiring_map',
    sizes: [keySize, integers.of(0n), capacity],
    origin: 'nf_init',
    parts: { map, vector, chain },
  }
}

function isEmptyMap(state: SymbolicState | undefined): boolean {
  return state?.structure === 'map' && state.state.count().constant === 0n
}
