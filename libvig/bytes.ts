/** Keys as byte ranges: compared, copied and hashed by the widest loads that fit, the last one overlapping. */

/** Whether `length` bytes at `a` and `b` are equal. */
@inline
export function bytesEqual(a: u32, b: u32, length: u32): bool {
  if (length >= 8) {
    const last = length - 8
    for (let at: u32 = 0; at < last; at += 8) {
      if (load<u64>(a + at) != load<u64>(b + at)) return false
    }
    return load<u64>(a + last) == load<u64>(b + last)
  }
  if (length >= 4) {
    return load<u32>(a) == load<u32>(b) && load<u32>(a + length - 4) == load<u32>(b + length - 4)
  }
  for (let at: u32 = 0; at < length; at++) {
    if (load<u8>(a + at) != load<u8>(b + at)) return false
  }
  return true
}

/** Copies `length` bytes; the ranges do not overlap. */
@inline
export function bytesCopy(to: u32, from: u32, length: u32): void {
  if (length >= 8 && length <= 64) {
    const last = length - 8
    for (let at: u32 = 0; at < last; at += 8) store<u64>(to + at, load<u64>(from + at))
    store<u64>(to + last, load<u64>(from + last))
    return
  }
  memory.copy(to, from, length)
}
