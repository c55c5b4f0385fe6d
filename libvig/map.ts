/**
 * Map from keys (byte ranges, copied) to i32 values: Vigor's `map`, with sizes in place of function pointers. Entries
 * { value, key } lie in an array and are found by an index table; free entries form a list through their value field.
 */
import { bytesCopy } from './bytes'
import { hashBytes } from './hash'
import {
  bucketBytes,
  indexIn,
  IndexTable,
  INDEX_TABLE_SIZE,
  tableAdd,
  tableFind,
  tableInit,
  tableRemove,
} from './index-table'
import { affordable, MAX_CAPACITY, MAX_KEY_SIZE, rounded, take, within } from './memory'

@unmanaged
class Map extends IndexTable {
  entries: u32
  capacity: u32
  size: u32
  /** First free entry, or NONE. */
  free: u32
}

const HEADER: i64 = INDEX_TABLE_SIZE + 16
const NONE: u32 = 0xffffffff
/** The key follows the value. */
const KEY: u32 = 4

@inline
function strideOf(keySize: i32): i64 {
  return (<i64>keySize + KEY + 3) & ~3
}

/** Bytes that `map_allocate` takes; -1 for arguments out of range (key 1..4,096 bytes, capacity 1..16,777,216). */
export function map_cost(keySize: i32, capacity: i32): i64 {
  if (!within(keySize, MAX_KEY_SIZE) || !within(capacity, MAX_CAPACITY)) return -1
  return rounded(HEADER) + rounded(<i64>capacity * strideOf(keySize)) + bucketBytes(capacity)
}

/** Stores the handle of a new, empty map at `out`. 1, or 0 when arguments are out of range or memory is short. */
export function map_allocate(keySize: i32, capacity: i32, out: i32): i32 {
  if (!affordable(map_cost(keySize, capacity))) return 0
  const map = changetype<Map>(take(HEADER))
  const stride = strideOf(keySize)
  map.entries = take(<i64>capacity * stride)
  map.capacity = <u32>capacity
  map.size = 0
  map.free = 0
  tableInit(map, keySize, capacity, map.entries + KEY, <u32>stride)
  for (let i: u32 = 0; i < <u32>capacity; i++) {
    store<u32>(map.entries + i * map.stride, i + 1 == <u32>capacity ? NONE : i + 1)
  }
  store<u32>(out, changetype<u32>(map))
  return 1
}

/** 1 and the value at `out`; 0 when absent, `out` unchanged. */
export function map_get(handle: i32, key: i32, out: i32): i32 {
  const map = changetype<Map>(handle)
  const bucket = tableFind(map, <u32>key, hashBytes(<u32>key, map.keySize))
  if (bucket == 0) return 0
  store<u32>(out, load<u32>(map.entries + indexIn(map, bucket) * map.stride))
  return 1
}

/** Maps `key` to `value`, replacing what it had. Requires room: when absent and full, nothing is done. */
export function map_put(handle: i32, key: i32, value: i32): void {
  const map = changetype<Map>(handle)
  const hash = hashBytes(<u32>key, map.keySize)
  const bucket = tableFind(map, <u32>key, hash)
  if (bucket != 0) {
    store<i32>(map.entries + indexIn(map, bucket) * map.stride, value)
    return
  }
  const index = map.free
  if (index == NONE) return
  const entry = map.entries + index * map.stride
  map.free = load<u32>(entry)
  store<i32>(entry, value)
  bytesCopy(entry + KEY, <u32>key, map.keySize)
  tableAdd(map, hash, index)
  map.size++
}

/** Forgets `key`; nothing is done when it is absent. */
export function map_erase(handle: i32, key: i32): void {
  const map = changetype<Map>(handle)
  const bucket = tableFind(map, <u32>key, hashBytes(<u32>key, map.keySize))
  if (bucket == 0) return
  const index = indexIn(map, bucket)
  tableRemove(map, bucket)
  store<u32>(map.entries + index * map.stride, map.free)
  map.free = index
  map.size--
}

/** How many keys there are. */
export function map_size(handle: i32): i32 {
  return <i32>changetype<Map>(handle).size
}
