/** Brings a table that is kept in a map, a vector and a chain of a real libVig into the state that a model has before a packet. */
import type { JointState } from '../symbolic/index.js'
import { bytesOf, otherKeys, outOf, placeKey, type RealLibvig, Unrealisable } from './libvig.js'
import type { Values } from './slot-plan.js'
import { realiseVector } from './structures.js'
import { tablePlan } from './table-plan.js'

export interface JointHandles {
  readonly map: number
  readonly vector: number
  readonly chain: number
}

/** `table` as it is after the packet. Throws Unrealisable where libVig cannot be brought there. */
export function realiseJoint(libvig: RealLibvig, handles: JointHandles, table: JointState, values: Values): void {
  const { plan, entries, chosen, keys } = tablePlan(table, values)
  const keySize = table.base.shape.keyBits / 8
  const spare = otherKeys(keySize, keys)
  // What is freed last is given out first.
  for (const index of [...plan.freed, ...[...chosen].reverse()]) {
    if (entries.has(index)) continue
    claim(libvig, handles, index, 0n)
    libvig.call('dchain_free_index', handles.chain, index)
  }
  // Cells that are looked at, whatever is in them.
  realiseVector(libvig, handles.vector, table.vector, values)
  const put = (index: number, key: Uint8Array, time: bigint): void => {
    claim(libvig, handles, index, time)
    libvig.call('vector_borrow', handles.vector, index, libvig.scratch)
    libvig.bytes.set(key, outOf(libvig))
    libvig.call('vector_return', handles.vector, index)
    libvig.call('map_put', handles.map, placeKey(libvig, key), index)
  }
  for (const [index, time] of plan.others) put(index, spare.next().value, time)
  for (const [index, { key, time }] of entries) put(index, bytesOf(key, keySize), time)
  if (plan.youngest !== undefined) {
    const time = entries.get(plan.youngest)?.time ?? 0n
    libvig.call('dchain_rejuvenate_index', handles.chain, plan.youngest, time)
  }
}

function claim(libvig: RealLibvig, { chain }: JointHandles, index: number, time: bigint): void {
  if (libvig.call('dchain_claim_index', chain, index, time) !== 1) throw new Unrealisable(`index ${index} is taken`)
}
