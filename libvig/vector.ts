/**
 * A fixed number of equal cells: Vigor's `vector`. A cell is borrowed (its address is lent) and returned; borrowing
 * the same index always lends the same address.
 */
import { affordable, MAX_CAPACITY, MAX_VALUE_SIZE, rounded, take, within } from './memory'

@unmanaged
class Vector {
  cells: u32
  stride: u32
  capacity: u32
}

const HEADER: i64 = 12

@inline
function strideOf(elementSize: i32): i64 {
  return elementSize >= 8 ? (<i64>elementSize + 7) & ~7 : (<i64>elementSize + 3) & ~3
}

/** Bytes that `vector_allocate` takes; -1 for arguments out of range (1..65,536 bytes, 1..16,777,216 cells). */
export function vector_cost(elementSize: i32, capacity: i32): i64 {
  if (!within(elementSize, MAX_VALUE_SIZE) || !within(capacity, MAX_CAPACITY)) return -1
  return rounded(HEADER) + rounded(<i64>capacity * strideOf(elementSize))
}

/** Stores the handle of a new vector of zeroed cells at `out`. 1, or 0 when out of range or memory is short. */
export function vector_allocate(elementSize: i32, capacity: i32, out: i32): i32 {
  if (!affordable(vector_cost(elementSize, capacity))) return 0
  const vector = changetype<Vector>(take(HEADER))
  const stride = strideOf(elementSize)
  vector.cells = take(<i64>capacity * stride)
  vector.stride = <u32>stride
  vector.capacity = <u32>capacity
  store<u32>(out, changetype<u32>(vector))
  return 1
}

/** Lends the cell at `index`: stores its address at `out`. Requires an index below the capacity; traps otherwise. */
export function vector_borrow(handle: i32, index: i32, out: i32): void {
  const vector = changetype<Vector>(handle)
  if (<u32>index >= vector.capacity) unreachable()
  store<u32>(out, vector.cells + <u32>index * vector.stride)
}

/** Gives a borrowed cell back. */
export function vector_return(handle: i32, index: i32): void {
  if (<u32>index >= changetype<Vector>(handle).capacity) unreachable()
}
