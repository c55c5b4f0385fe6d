/**
 * The clock that Z3's WebAssembly imports, which here also makes its thread wait. Around each query Z3 yields in a loop
 * until the thread of its timer has taken note, and all that emscripten's `sched_yield` does is to look at the clock: on
 * a busy machine a hundred thousand times, on the very processor that the other thread waits for.
 */

/** Milliseconds between two looks at the clock of one who does nothing else. */
const TIGHT = 0.005
/** So many of them in a row are a loop that waits. */
const LOOP = 32
/** Milliseconds that it then sleeps. */
const NAP = 0.1

const nobody = new Int32Array(new SharedArrayBuffer(4))

function sleep(): void {
  Atomics.wait(nobody, 0, 0, NAP)
}

/** `clock`, in milliseconds, for a thread that sleeps where it would only look at the clock again and again. */
export function restful(clock: () => number, nap: () => void = sleep): () => number {
  let last = Number.NEGATIVE_INFINITY
  let looks = 0
  return () => {
    const now = clock()
    looks = now - last < TIGHT ? looks + 1 : 0
    last = now
    if (looks < LOOP) return now
    looks = 0
    nap()
    return clock()
  }
}
