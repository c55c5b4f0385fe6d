/**
 * The composite that most network functions use: keys, each at a slot with a time and an attached value. An index
 * table finds the slot of a key, and a double chain gives slots out and keeps them in order of time. The times of the
 * chain are the first bytes of the entries { time, value, key }, so that what a packet needs of an entry lies together,
 * in one cache line where it fits.
 */
import { bytesCopy } from './bytes'
import {
  CELL,
  Dchain,
  DCHAIN_SIZE,
  dchainCellBytes,
  dchainFree,
  dchainInit,
  dchainOldestBelow,
  dchainRefresh,
  dchainTake,
  dchainUsed,
} from './dchain'
import { hashBytes } from './hash'
import {
  bucketBytes,
  indexIn,
  IndexTable,
  INDEX_TABLE_SIZE,
  tableAdd,
  tableFind,
  tableFindIndex,
  tableInit,
  tableRemove,
} from './index-table'
import { affordable, MAX_CAPACITY, MAX_KEY_SIZE, MAX_VALUE_SIZE, rounded, take, within } from './memory'

@unmanaged
class ExpiringMap extends IndexTable {
  chain: Dchain
  /** Address of the value of slot 0. */
  values: u32
  valueSize: u32
}

const HEADER: i64 = INDEX_TABLE_SIZE + 12

/** Of the key in its entry. Values are 8-byte aligned. */
@inline
function keyOffset(valueSize: i32): i64 {
  return CELL + ((<i64>valueSize + 7) & ~7)
}

/** Entries of up to 64 bytes do not straddle cache lines. */
function strideOf(keySize: i32, valueSize: i32): i64 {
  const size = keyOffset(valueSize) + <i64>keySize
  if (size <= 64) return size <= 32 ? 32 : 64
  return (size + 7) & ~7
}

/** Bytes that `expiring_map_allocate` takes; -1 for arguments out of range (key 1..4,096, value 0..65,536 bytes). */
export function expiring_map_cost(keySize: i32, valueSize: i32, capacity: i32): i64 {
  if (!within(keySize, MAX_KEY_SIZE) || !within(capacity, MAX_CAPACITY)) return -1
  if (<u32>valueSize > <u32>MAX_VALUE_SIZE) return -1
  const entries = dchainCellBytes(capacity, strideOf(keySize, valueSize))
  return rounded(HEADER) + rounded(DCHAIN_SIZE) + entries + bucketBytes(capacity)
}

/** Stores the handle of a new, empty map at `out`. 1, or 0 when arguments are out of range or memory is short. */
export function expiring_map_allocate(keySize: i32, valueSize: i32, capacity: i32, out: i32): i32 {
  if (!affordable(expiring_map_cost(keySize, valueSize, capacity))) return 0
  const map = changetype<ExpiringMap>(take(HEADER))
  const stride = strideOf(keySize, valueSize)
  const chain = changetype<Dchain>(take(DCHAIN_SIZE))
  dchainInit(chain, capacity, stride)
  map.chain = chain
  map.values = chain.cells + <u32>CELL
  map.valueSize = <u32>valueSize
  tableInit(map, keySize, capacity, chain.cells + <u32>keyOffset(valueSize), <u32>stride)
  store<u32>(out, changetype<u32>(map))
  return 1
}

@inline
function keyAt(map: ExpiringMap, slot: u32): u32 {
  return map.keys + slot * map.stride
}

function eraseSlot(map: ExpiringMap, slot: u32): void {
  tableRemove(map, tableFindIndex(map, slot))
  dchainFree(map.chain, slot)
}

/** Erases every entry whose time is below `threshold`; how many those were. */
export function expiring_map_expire(handle: i32, threshold: i64): i32 {
  const map = changetype<ExpiringMap>(handle)
  const chain = map.chain
  let count = 0
  for (let slot = dchainOldestBelow(chain, threshold); slot != chain.capacity; count++) {
    eraseSlot(map, slot)
    slot = dchainOldestBelow(chain, threshold)
  }
  return count
}

/** 1 and the slot of `key` at `out`; 0 when absent, `out` unchanged. */
export function expiring_map_get(handle: i32, key: i32, out: i32): i32 {
  const map = changetype<ExpiringMap>(handle)
  const bucket = tableFind(map, <u32>key, hashBytes(<u32>key, map.keySize))
  if (bucket == 0) return 0
  store<u32>(out, indexIn(map, bucket))
  return 1
}

/** As `expiring_map_get`, and a present key's time becomes `now`. */
export function expiring_map_touch(handle: i32, key: i32, now: i64, out: i32): i32 {
  const map = changetype<ExpiringMap>(handle)
  const bucket = tableFind(map, <u32>key, hashBytes(<u32>key, map.keySize))
  if (bucket == 0) return 0
  const slot = indexIn(map, bucket)
  dchainRefresh(map.chain, slot, now)
  store<u32>(out, slot)
  return 1
}

/**
 * Puts an absent key at some free slot, with time `now` and a zeroed value: 1 and the slot at `out`; 0 when full, `out`
 * unchanged. Requires that the key is absent.
 */
export function expiring_map_insert(handle: i32, key: i32, now: i64, out: i32): i32 {
  const map = changetype<ExpiringMap>(handle)
  const slot = dchainTake(map.chain, now)
  if (slot == map.chain.capacity) return 0
  bytesCopy(keyAt(map, slot), <u32>key, map.keySize)
  const valueSize = map.valueSize
  if (valueSize != 0) memory.fill(map.values + slot * map.stride, 0, valueSize)
  tableAdd(map, hashBytes(<u32>key, map.keySize), slot)
  store<u32>(out, slot)
  return 1
}

/** Gives a used slot the time `now`. Traps when the slot is not used. */
export function expiring_map_refresh(handle: i32, slot: i32, now: i64): void {
  const chain = changetype<ExpiringMap>(handle).chain
  if (!dchainUsed(chain, <u32>slot)) unreachable()
  dchainRefresh(chain, <u32>slot, now)
}

/** 1 when `slot` is used, else 0 (also out of range, compared unsigned). */
export function expiring_map_used(handle: i32, slot: i32): i32 {
  return <i32>dchainUsed(changetype<ExpiringMap>(handle).chain, <u32>slot)
}

/** Address of the key of a used slot, to read only. Traps when the slot is not used. */
export function expiring_map_key(handle: i32, slot: i32): i32 {
  const map = changetype<ExpiringMap>(handle)
  if (!dchainUsed(map.chain, <u32>slot)) unreachable()
  return <i32>keyAt(map, <u32>slot)
}

/** Address of the value of a used slot, 8-byte aligned. Traps when the slot is not used. */
export function expiring_map_value(handle: i32, slot: i32): i32 {
  const map = changetype<ExpiringMap>(handle)
  if (!dchainUsed(map.chain, <u32>slot)) unreachable()
  return <i32>(map.values + <u32>slot * map.stride)
}

/** Erases the entry of a used slot. Traps when the slot is not used. */
export function expiring_map_erase(handle: i32, slot: i32): void {
  const map = changetype<ExpiringMap>(handle)
  if (!dchainUsed(map.chain, <u32>slot)) unreachable()
  eraseSlot(map, <u32>slot)
}

/** How many entries there are. */
export function expiring_map_size(handle: i32): i32 {
  return <i32>changetype<ExpiringMap>(handle).chain.size
}
