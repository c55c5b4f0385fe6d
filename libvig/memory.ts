/**
 * The heap: a cursor between two bounds that the host sets once (`libvig_reset`). What is allocated lives as long as
 * the instance, is zeroed and starts on a cache line; nothing is allocated per packet.
 */

/** Allocations start at multiples of this. */
const LINE: i64 = 64

let start: u32 = 0
let cursor: u32 = 0
let end: u32 = 0

/** Gives libVig its heap, [heapStart, heapEnd), and forgets every structure allocated before. */
export function libvig_reset(heapStart: i32, heapEnd: i32): void {
  start = <u32>rounded(<i64>(<u32>heapStart))
  cursor = start
  end = <u32>heapEnd
}

/** First byte after libVig's own data: where a heap may start. */
export function libvig_heap_base(): i32 {
  return <i32>__heap_base
}

/** Bytes allocated since `libvig_reset`. */
export function libvig_heap_used(): i32 {
  return <i32>(cursor - start)
}

/** Size of an allocation of `bytes`, as charged by the cost functions. */
export function rounded(bytes: i64): i64 {
  return (bytes + (LINE - 1)) & -LINE
}

/** Whether `bytes` (a rounded sum; -1 for arguments out of range) can be allocated. */
export function affordable(bytes: i64): bool {
  return bytes >= 0 && <i64>cursor + bytes <= <i64>end
}

/** `bytes` zeroed bytes. The caller has asked `affordable` for the sum of all its allocations. */
export function take(bytes: i64): u32 {
  const at = cursor
  cursor += <u32>rounded(bytes)
  memory.fill(at, 0, <usize>bytes)
  return at
}

/** Whether `value` is from 1 to `most`. */
@inline
export function within(value: i32, most: i32): bool {
  return <u32>(value - 1) < <u32>most
}

/** Largest capacity of any structure. */
export const MAX_CAPACITY: i32 = 1 << 24
/** Longest key, bytes. */
export const MAX_KEY_SIZE: i32 = 4096
/** Longest vector element or attached value, bytes. */
export const MAX_VALUE_SIZE: i32 = 65536
