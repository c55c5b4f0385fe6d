/** Brings a new expiring map of a real libVig into the state that a model has before a packet. */
import type { SymbolicExpiringMap } from '../../domains/symbolic/expiring-map.js'
import { bytesOf, otherKeys, outOf, placeKey, type RealLibvig, Unrealisable } from './libvig.js'
import type { Values } from './slot-plan.js'
import { tablePlan } from './table-plan.js'

/** `map` as it is after the packet: its base is what is made, its log says what happens to it. */
export function realiseExpiringMap(libvig: RealLibvig, handle: number, map: SymbolicExpiringMap, values: Values): void {
  const { base } = map
  const { shape } = base
  const { plan, entries, chosen, keys } = tablePlan(map, values)
  const keySize = shape.keyBits / 8
  const spare = otherKeys(keySize, keys)
  // Every slot up to the last that matters once, so that each can be freed and taken again as it is wanted.
  const slots = [...plan.others.keys(), ...entries.keys(), ...chosen]
  const end = slots.reduce((most, slot) => Math.max(most, slot + 1), 0)
  // Whatever time those have that are freed again: as late as the one before they are soon put in.
  let time = 0n
  for (let slot = 0; slot < end; slot++) {
    time = plan.others.get(slot) ?? time
    insert(libvig, handle, spare.next().value, time, slot)
  }
  for (const [slot, { key, time, value }] of entries) {
    libvig.call('expiring_map_erase', handle, slot)
    insert(libvig, handle, bytesOf(key, keySize), time, slot)
    if (value === undefined) continue
    const at = Number(libvig.call('expiring_map_value', handle, slot)) >>> 0
    libvig.bytes.set(bytesOf(value, shape.valueBits / 8), at)
  }
  for (const slot of plan.freed) if (slot < end) libvig.call('expiring_map_erase', handle, slot)
  if (plan.youngest !== undefined) {
    libvig.call('expiring_map_refresh', handle, plan.youngest, entries.get(plan.youngest)?.time ?? 0n)
  }
}

function insert(libvig: RealLibvig, handle: number, key: Uint8Array, time: bigint, slot: number): void {
  const made = libvig.call('expiring_map_insert', handle, placeKey(libvig, key), time, libvig.scratch)
  if (made !== 1 || outOf(libvig) !== slot) throw new Unrealisable(`slot ${slot} could not be taken`)
}
