/**
 * Where a key is: open addressing with linear probing over 4-byte buckets, at most two thirds full. The keys themselves
 * lie with the caller, key i at `keys + i * stride`. A bucket is i + 1 in its low bits, so that zero means empty, and
 * above them the high bits of the key's hash, which are compared before the key is. Deletion shifts back what follows,
 * so there are no tombstones and searches do not slow down with churn. Shared by map, expiring map and lpm.
 *
 * Invariant: a key's bucket lies at or after its home (hash & mask), and no bucket between is empty.
 */
import { bytesEqual } from './bytes'
import { hashBytes } from './hash'
import { rounded, take } from './memory'

@unmanaged
export class IndexTable {
  buckets: u32
  mask: u32
  /** The low bits of a bucket. */
  indices: u32
  keys: u32
  stride: u32
  keySize: u32
}

export const INDEX_TABLE_SIZE: i64 = 24
const BUCKET: u32 = 4

/** Buckets for `capacity` keys: the power of two that keeps them at most two thirds full. */
function bucketCount(capacity: i32): u32 {
  const least = <u32>capacity + (<u32>capacity >> 1) + 1
  return <u32>1 << (32 - clz<u32>(least - 1))
}

/** Bytes of the buckets. */
export function bucketBytes(capacity: i32): i64 {
  return rounded(<i64>bucketCount(capacity) * BUCKET)
}

/** Makes `table` empty, with fresh buckets for `capacity` keys of `keySize` bytes lying at `keys + i * stride`. */
export function tableInit(table: IndexTable, keySize: i32, capacity: i32, keys: u32, stride: u32): void {
  table.buckets = take(bucketBytes(capacity))
  table.mask = bucketCount(capacity) - 1
  table.indices = (<u32>1 << (32 - clz<u32>(capacity))) - 1
  table.keys = keys
  table.stride = stride
  table.keySize = <u32>keySize
}

@inline
function bucketAt(table: IndexTable, at: u32): u32 {
  return table.buckets + at * BUCKET
}

/** The index in a bucket that is not empty. */
@inline
export function indexIn(table: IndexTable, bucket: u32): u32 {
  return (load<u32>(bucket) & table.indices) - 1
}

/** Address of the bucket that holds `key`, whose hash is given, or 0. */
@inline
export function tableFind(table: IndexTable, key: u32, hash: u32): u32 {
  const mask = table.mask
  const indices = table.indices
  let at = hash & mask
  while (true) {
    const bucket = bucketAt(table, at)
    const found = load<u32>(bucket)
    if (found == 0) return 0
    const isLike = ((found ^ hash) & ~indices) == 0
    if (isLike && bytesEqual(table.keys + ((found & indices) - 1) * table.stride, key, table.keySize)) return bucket
    at = (at + 1) & mask
  }
}

/** Adds an absent key by its hash. */
@inline
export function tableAdd(table: IndexTable, hash: u32, index: u32): void {
  const mask = table.mask
  let at = hash & mask
  while (load<u32>(bucketAt(table, at)) != 0) at = (at + 1) & mask
  store<u32>(bucketAt(table, at), (hash & ~table.indices) | (index + 1))
}

@inline
function homeOf(table: IndexTable, index: u32): u32 {
  return hashBytes(table.keys + index * table.stride, table.keySize) & table.mask
}

/** Address of the bucket of a present index: found by index, without comparing keys. */
export function tableFindIndex(table: IndexTable, index: u32): u32 {
  let at = homeOf(table, index)
  while (indexIn(table, bucketAt(table, at)) != index) at = (at + 1) & table.mask
  return bucketAt(table, at)
}

/** Empties `bucket` and moves later ones back over the hole as far as their homes allow (Knuth vol. 3, 6.4 R). */
export function tableRemove(table: IndexTable, bucket: u32): void {
  const mask = table.mask
  let hole = (bucket - table.buckets) / BUCKET
  for (let at = (hole + 1) & mask; load<u32>(bucketAt(table, at)) != 0; at = (at + 1) & mask) {
    // A bucket may fill the hole unless its home lies cyclically in (hole, at].
    const home = homeOf(table, indexIn(table, bucketAt(table, at)))
    if (((at - home) & mask) < ((at - hole) & mask)) continue
    store<u32>(bucketAt(table, hole), load<u32>(bucketAt(table, at)))
    hole = at
  }
  store<u32>(bucketAt(table, hole), 0)
}
