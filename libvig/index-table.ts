/**
 * Where a key is: open addressing with linear probing over 8-byte buckets { tag, index }, at most two thirds full. The
 * keys themselves lie with the caller, key i at `keys + i * stride`. A tag is the key's hash with its top bit set, so
 * zero means empty; tags are compared before keys. Deletion shifts back what follows, so there are no tombstones and
 * searches do not slow down with churn. Shared by map, expiring map and lpm.
 *
 * Invariant: a key's bucket lies at or after its home (tag & mask), and no bucket between is empty.
 */
import { bytesEqual } from './bytes'
import { hashBytes } from './hash'
import { rounded, take } from './memory'

@unmanaged
export class IndexTable {
  buckets: u32
  mask: u32
  keys: u32
  stride: u32
  keySize: u32
}

export const INDEX_TABLE_SIZE: i64 = 20

/** Buckets for `capacity` keys: the power of two that keeps them at most two thirds full. */
function bucketCount(capacity: i32): u32 {
  const least = <u32>capacity + (<u32>capacity >> 1) + 1
  return <u32>1 << (32 - clz<u32>(least - 1))
}

/** Bytes of the buckets. */
export function bucketBytes(capacity: i32): i64 {
  return rounded(<i64>bucketCount(capacity) * 8)
}

/** Makes `table` empty, with fresh buckets for `capacity` keys of `keySize` bytes lying at `keys + i * stride`. */
export function tableInit(table: IndexTable, keySize: i32, capacity: i32, keys: u32, stride: u32): void {
  table.buckets = take(bucketBytes(capacity))
  table.mask = bucketCount(capacity) - 1
  table.keys = keys
  table.stride = stride
  table.keySize = <u32>keySize
}

/** The tag of a key: never zero. */
@inline
export function tagOf(key: u32, keySize: u32): u32 {
  return hashBytes(key, keySize) | 0x80000000
}

/** Address of the bucket that holds `key`, or 0. */
@inline
export function tableFind(table: IndexTable, key: u32, tag: u32): u32 {
  const mask = table.mask
  let at = tag & mask
  while (true) {
    const bucket = table.buckets + at * 8
    const found = load<u32>(bucket)
    if (found == 0) return 0
    if (found == tag && bytesEqual(table.keys + load<u32>(bucket, 4) * table.stride, key, table.keySize)) return bucket
    at = (at + 1) & mask
  }
}

/** Adds an absent key. */
@inline
export function tableAdd(table: IndexTable, tag: u32, index: u32): void {
  const mask = table.mask
  let at = tag & mask
  while (load<u32>(table.buckets + at * 8) != 0) at = (at + 1) & mask
  const bucket = table.buckets + at * 8
  store<u32>(bucket, tag)
  store<u32>(bucket, index, 4)
}

/** Address of the bucket of a present index whose key has `tag`: found by index, without comparing keys. */
export function tableFindIndex(table: IndexTable, tag: u32, index: u32): u32 {
  const mask = table.mask
  let at = tag & mask
  while (load<u32>(table.buckets + at * 8) != tag || load<u32>(table.buckets + at * 8, 4) != index) at = (at + 1) & mask
  return table.buckets + at * 8
}

/** Empties `bucket` and moves later ones back over the hole as far as their homes allow (Knuth vol. 3, 6.4 R). */
export function tableRemove(table: IndexTable, bucket: u32): void {
  const mask = table.mask
  const buckets = table.buckets
  let hole = (bucket - buckets) >> 3
  let at = hole
  while (true) {
    at = (at + 1) & mask
    const tag = load<u32>(buckets + at * 8)
    if (tag == 0) break
    // An entry may fill the hole unless its home lies cyclically in (hole, at].
    if (((at - tag) & mask) < ((at - hole) & mask)) continue
    store<u64>(buckets + hole * 8, load<u64>(buckets + at * 8))
    hole = at
  }
  store<u64>(buckets + hole * 8, 0)
}
