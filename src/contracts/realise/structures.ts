/** Brings the structures of a real libVig into the state that a model has before a packet. */
import type { SymbolicIndexAllocator } from '../../domains/symbolic/index-allocator.js'
import type { SymbolicMap } from '../../domains/symbolic/map.js'
import type { SymbolicVector } from '../../domains/symbolic/vector.js'
import type { SymbolicState } from '../symbolic/index.js'
import { realiseExpiringMap } from './expiring-map.js'
import { bytesOf, otherKeys, outOf, placeKey, type RealLibvig, Unrealisable } from './libvig.js'
import { bitsOf, numberOf, planSlots, type Values } from './slot-plan.js'

/**
 * Fills the new, empty structure behind `handle`. `state` is the symbolic one after the packet. Throws Unrealisable
 * where libVig cannot be brought there.
 */
export function realise(libvig: RealLibvig, handle: number, state: SymbolicState, values: Values): void {
  switch (state.structure) {
    case 'expiring_map':
      realiseExpiringMap(libvig, handle, state.state, values)
      return
    case 'dchain':
      realiseChain(libvig, handle, state.state, values)
      return
    case 'map':
      realiseMap(libvig, handle, state.state, values)
      return
    case 'vector':
      realiseVector(libvig, handle, state.state, values)
      return
    case 'cht':
      // Made by its allocator; what a model says of it has to be what it is.
      return
    case 'lpm':
      throw new Unrealisable("routes of the NF's own")
  }
}

function realiseChain(libvig: RealLibvig, handle: number, chain: SymbolicIndexAllocator, values: Values): void {
  const { base } = chain
  const capacity = Number(numberOf(values, base.shape.capacity))
  const used = new Map<number, bigint>()
  const free = new Set<number>()
  for (const term of [...base.touchedIndices]) {
    const index = Number(bitsOf(values, term))
    if (index >= capacity) continue
    if (values.value(base.used(term)) === true) used.set(index, numberOf(values, base.time(term)))
    else free.add(index)
  }
  const [first] = chain.updates
  const plan = planSlots({
    capacity,
    count: Number(numberOf(values, base.count)),
    used,
    free,
    expiry:
      first?.kind === 'expire'
        ? {
            threshold: numberOf(values, first.threshold),
            kept: Number(numberOf(values, base.kept(0, first.threshold))),
          }
        : undefined,
    // An index that is claimed is not chosen, so any order of the free ones will do for it.
    chosen: [],
    last: numberOf(values, base.scope.last),
  })
  const allocated = chain.updates.flatMap((update) =>
    update.kind === 'allocate' ? [Number(bitsOf(values, update.index))] : [],
  )
  for (const index of [...plan.freed, ...allocated.reverse()]) {
    if (used.has(index)) continue
    libvig.call('dchain_claim_index', handle, index, 0n)
    libvig.call('dchain_free_index', handle, index)
  }
  for (const [index, time] of [...plan.others, ...used]) {
    if (libvig.call('dchain_claim_index', handle, index, time) !== 1) throw new Unrealisable(`index ${index} is taken`)
  }
}

function realiseMap(libvig: RealLibvig, handle: number, { base }: SymbolicMap, values: Values): void {
  const keySize = base.shape.keyBits / 8
  const keys = new Set([...base.touchedKeys].map((key) => bitsOf(values, key)))
  const there = new Map<bigint, bigint>()
  for (const key of [...base.touchedKeys]) {
    if (values.value(base.has(key)) === true) there.set(bitsOf(values, key), numberOf(values, base.get(key)))
  }
  const put = (key: Uint8Array, value: bigint) =>
    libvig.call('map_put', handle, placeKey(libvig, key), Number(BigInt.asIntN(32, value)))
  for (const [key, value] of there) put(bytesOf(key, keySize), value)
  const more = Number(numberOf(values, base.count)) - there.size
  if (more < 0) throw new Unrealisable(`${there.size} keys, but a count of ${there.size + more}`)
  const spare = otherKeys(keySize, keys)
  for (let number = 0; number < more; number++) put(spare.next().value, 0n)
}

export function realiseVector(libvig: RealLibvig, handle: number, { base }: SymbolicVector, values: Values): void {
  const capacity = Number(numberOf(values, base.shape.capacity))
  for (const term of [...base.touchedIndices]) {
    const index = Number(bitsOf(values, term))
    if (index >= capacity) continue
    libvig.call('vector_borrow', handle, index, libvig.scratch)
    libvig.bytes.set(bytesOf(bitsOf(values, base.value(term)), base.shape.valueBits / 8), outOf(libvig))
    libvig.call('vector_return', handle, index)
  }
}
