/** Time and chance as a network function sees them; both are set by the host, so that every run can be repeated. */

let now: i64 = 0
let state: u64 = 0

/** Sets what `time` returns: the `now` of the packet about to be processed. */
export function libvig_set_time(time: i64): void {
  now = time
}

/** Exactly the `now` of the present packet, nanoseconds. */
export function time(): i64 {
  return now
}

/** Starts the sequence of `random_u32`. */
export function libvig_seed(seed: i64): void {
  state = <u64>seed
}

/** The next of a sequence of 32-bit numbers fixed by the seed (SplitMix64, Steele et al., OOPSLA 2014). */
export function random_u32(): i32 {
  state += 0x9e3779b97f4a7c15
  let mixed = state
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb
  return <i32>((mixed ^ (mixed >> 31)) >> 32)
}
