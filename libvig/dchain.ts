/**
 * Index allocator with expiry: Vigor's `dchain` (double chain). Two doubly linked lists: indices in use in order of
 * time, oldest first (equal times in order of use), and free ones. A free index has the time FREE. Times need not rise:
 * an index given an older time is put where it belongs.
 *
 * Times may be the first bytes of larger entries (the expiring map's), at a stride of their own. Links { previous, next }
 * lie by themselves: moving an index to the end touches those of its neighbours, and the fewer bytes all of them have,
 * the more of them are in the cache. Link `capacity` heads the list in use, link `capacity + 1` the free list, so there
 * are no special cases.
 */
import { affordable, MAX_CAPACITY, rounded, take, within } from './memory'

@unmanaged
export class Dchain {
  cells: u32
  stride: u32
  capacity: u32
  size: u32
  links: u32
}

export const DCHAIN_SIZE: i64 = 20
/** Bytes of a cell: a time. */
export const CELL: i64 = 8
const LINK: i64 = 8
const PREVIOUS: usize = 0
const NEXT: usize = 4
const FREE: i64 = i64.MIN_VALUE

/** Bytes of the cells of a chain, or of the entries that start with them, and of its links. */
export function dchainCellBytes(capacity: i32, stride: i64): i64 {
  return cellBytes(capacity, stride) + linkBytes(capacity)
}

/** The head of the list in use has a cell too. */
function cellBytes(capacity: i32, stride: i64): i64 {
  return rounded((<i64>capacity + 1) * stride)
}

function linkBytes(capacity: i32): i64 {
  return rounded((<i64>capacity + 2) * LINK)
}

@inline
function cellOf(chain: Dchain, index: u32): u32 {
  return chain.cells + index * chain.stride
}

@inline
function linkOf(chain: Dchain, index: u32): u32 {
  return chain.links + index * <u32>LINK
}

@inline
function unlink(chain: Dchain, index: u32): void {
  const link = linkOf(chain, index)
  const previous = load<u32>(link, PREVIOUS)
  const next = load<u32>(link, NEXT)
  store<u32>(linkOf(chain, previous), next, NEXT)
  store<u32>(linkOf(chain, next), previous, PREVIOUS)
}

/** Links `index` in after the cell `previous`. */
@inline
function linkAfter(chain: Dchain, previous: u32, index: u32): void {
  const before = linkOf(chain, previous)
  const link = linkOf(chain, index)
  const next = load<u32>(before, NEXT)
  store<u32>(link, previous, PREVIOUS)
  store<u32>(link, next, NEXT)
  store<u32>(before, index, NEXT)
  store<u32>(linkOf(chain, next), index, PREVIOUS)
}

/** Links `index` into the list in use by its time: at the end, unless it is given a time older than the newest. */
@inline
function linkByTime(chain: Dchain, index: u32, time: i64): void {
  const head = chain.capacity
  let previous = load<u32>(linkOf(chain, head), PREVIOUS)
  // The head's own time is FREE, the least, so the walk ends there.
  while (load<i64>(cellOf(chain, previous)) > time) previous = load<u32>(linkOf(chain, previous), PREVIOUS)
  linkAfter(chain, previous, index)
  store<i64>(cellOf(chain, index), time)
}

/** Makes `chain` one of `capacity` free indices, 0 first. */
export function dchainInit(chain: Dchain, capacity: i32, stride: i64): void {
  chain.cells = take(cellBytes(capacity, stride))
  chain.links = take(linkBytes(capacity))
  chain.stride = <u32>stride
  chain.capacity = <u32>capacity
  chain.size = 0
  for (let list = chain.capacity; list < chain.capacity + 2; list++) {
    store<u32>(linkOf(chain, list), list, PREVIOUS)
    store<u32>(linkOf(chain, list), list, NEXT)
  }
  store<i64>(cellOf(chain, chain.capacity), FREE)
  for (let index: u32 = chain.capacity; index > 0; index--) {
    store<i64>(cellOf(chain, index - 1), FREE)
    linkAfter(chain, chain.capacity + 1, index - 1)
  }
}

/** Whether `index` (unsigned, any) is in use. */
@inline
export function dchainUsed(chain: Dchain, index: u32): bool {
  return index < chain.capacity && load<i64>(cellOf(chain, index)) != FREE
}

/** A free index taken into use at `time`, or `capacity` when there is none. */
@inline
export function dchainTake(chain: Dchain, time: i64): u32 {
  const index = load<u32>(linkOf(chain, chain.capacity + 1), NEXT)
  if (index > chain.capacity) return chain.capacity
  unlink(chain, index)
  linkByTime(chain, index, time)
  chain.size++
  return index
}

/** Gives an index in use a new time. */
@inline
export function dchainRefresh(chain: Dchain, index: u32, time: i64): void {
  const cell = cellOf(chain, index)
  // Packets of one flow often follow each other: the newest index keeps its place.
  if (load<u32>(linkOf(chain, index), NEXT) == chain.capacity && load<i64>(cell) <= time) {
    store<i64>(cell, time)
    return
  }
  unlink(chain, index)
  linkByTime(chain, index, time)
}

/** Frees an index in use. */
@inline
export function dchainFree(chain: Dchain, index: u32): void {
  unlink(chain, index)
  store<i64>(cellOf(chain, index), FREE)
  linkAfter(chain, chain.capacity + 1, index)
  chain.size--
}

/** The index with the oldest time if that is below `threshold`, else `capacity`. */
@inline
export function dchainOldestBelow(chain: Dchain, threshold: i64): u32 {
  const index = load<u32>(linkOf(chain, chain.capacity), NEXT)
  if (index == chain.capacity || load<i64>(cellOf(chain, index)) >= threshold) return chain.capacity
  return index
}

/** Bytes that `dchain_allocate` takes; -1 for a capacity outside 1..16,777,216. */
export function dchain_cost(capacity: i32): i64 {
  if (!within(capacity, MAX_CAPACITY)) return -1
  return rounded(DCHAIN_SIZE) + dchainCellBytes(capacity, CELL)
}

/** Stores the handle of a new chain with every index free at `out`. 1, or 0 when out of range or memory is short. */
export function dchain_allocate(capacity: i32, out: i32): i32 {
  if (!affordable(dchain_cost(capacity))) return 0
  const chain = changetype<Dchain>(take(DCHAIN_SIZE))
  dchainInit(chain, capacity, CELL)
  store<u32>(out, changetype<u32>(chain))
  return 1
}

/** Takes some free index into use: 1 and the index at `out`; 0 when all are in use, `out` unchanged. */
export function dchain_allocate_new_index(handle: i32, out: i32, time: i64): i32 {
  const chain = changetype<Dchain>(handle)
  const index = dchainTake(chain, time)
  if (index == chain.capacity) return 0
  store<u32>(out, index)
  return 1
}

/** Takes this free index into use: 1; 0 when it is in use or out of range. */
export function dchain_claim_index(handle: i32, index: i32, time: i64): i32 {
  const chain = changetype<Dchain>(handle)
  if (<u32>index >= chain.capacity || dchainUsed(chain, <u32>index)) return 0
  unlink(chain, <u32>index)
  linkByTime(chain, <u32>index, time)
  chain.size++
  return 1
}

/** Gives an index in use a new time: 1; 0 when it is free or out of range. */
export function dchain_rejuvenate_index(handle: i32, index: i32, time: i64): i32 {
  const chain = changetype<Dchain>(handle)
  if (!dchainUsed(chain, <u32>index)) return 0
  dchainRefresh(chain, <u32>index, time)
  return 1
}

/** Frees the oldest index if its time is below `threshold`: 1 and the index at `out`; else 0, `out` unchanged. */
export function dchain_expire_one_index(handle: i32, out: i32, threshold: i64): i32 {
  const chain = changetype<Dchain>(handle)
  const index = dchainOldestBelow(chain, threshold)
  if (index == chain.capacity) return 0
  dchainFree(chain, index)
  store<u32>(out, index)
  return 1
}

/** Frees every index whose time is below `threshold`; how many those were. */
export function dchain_expire(handle: i32, threshold: i64): i32 {
  const chain = changetype<Dchain>(handle)
  const before = chain.size
  for (let index = dchainOldestBelow(chain, threshold); index != chain.capacity; ) {
    dchainFree(chain, index)
    index = dchainOldestBelow(chain, threshold)
  }
  return <i32>(before - chain.size)
}

/** 1 when `index` is in use, else 0 (also out of range, compared unsigned). */
export function dchain_is_index_allocated(handle: i32, index: i32): i32 {
  return <i32>dchainUsed(changetype<Dchain>(handle), <u32>index)
}

/** Frees an index in use: 1; 0 when it is free or out of range. */
export function dchain_free_index(handle: i32, index: i32): i32 {
  const chain = changetype<Dchain>(handle)
  if (!dchainUsed(chain, <u32>index)) return 0
  dchainFree(chain, <u32>index)
  return 1
}
