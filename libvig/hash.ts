/**
 * The hash of a key: multiply and fold in 64-bit steps (the construction of MurmurHash2/64 and its kin), finished so
 * that every bit of the result depends on every byte. Not keyed: an attacker who knows it can make keys collide.
 */

const STEP: u64 = 0x9e3779b97f4a7c15
const FINISH: u64 = 0xd6e8feb86659fd93

@inline
function step(state: u64, word: u64): u64 {
  const mixed = (state ^ word) * STEP
  return mixed ^ (mixed >> 32)
}

@inline
export function hashBytes(key: u32, length: u32): u32 {
  let state: u64 = <u64>length * FINISH
  if (length >= 8) {
    const last = length - 8
    for (let at: u32 = 0; at < last; at += 8) state = step(state, load<u64>(key + at))
    state = step(state, load<u64>(key + last))
  } else if (length >= 4) {
    state = step(state, (<u64>load<u32>(key) << 32) | <u64>load<u32>(key + length - 4))
  } else {
    for (let at: u32 = 0; at < length; at++) state = step(state, load<u8>(key + at))
  }
  state *= FINISH
  return <u32>(state >> 32) ^ <u32>state
}

/** A well-mixed 32-bit function of `length` bytes at `pointer`; the same in every run. */
export function hash(pointer: i32, length: i32): i32 {
  return <i32>hashBytes(<u32>pointer, <u32>length)
}
