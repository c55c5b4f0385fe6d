/** What only Node runs, and our stepper never: it may use SIMD. */

/** Pages of the operating system; what was never written has none of its own, and gets none by being read. */
const BLOCK: usize = 4096
const STEP: usize = 128

/** Clears the whole memory, for the next instance that is to use it: only what is not clear is written. */
export function empty(): void {
  const end = <usize>memory.size() << 16
  for (let block: usize = 0; block < end; block += BLOCK) {
    if (!isClear(block)) memory.fill(block, 0, BLOCK)
  }
}

@inline
function isClear(block: usize): bool {
  const end = block + BLOCK
  for (let at = block; at < end; at += STEP) {
    if (v128.any_true(v128.or(lines(at), lines(at + STEP / 2)))) return false
  }
  return true
}

/** 64 bytes, one upon the other. */
@inline
function lines(at: usize): v128 {
  return v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48)))
}
