import type { LoadedNf, NfInstance } from '../../src/nf/index.js'

/** Whichever network function it is of. */
let last: NfInstance | undefined

/**
 * Fresh instances, of which only the newest is used, until the caller waits for anything: each takes the memory of the one
 * before. New ones of 128 MiB would keep the collector busy for half of the time, and to read one for the first time, which
 * emptying it does, takes a quarter of a second.
 */
export function oneAtATime(nf: LoadedNf): () => NfInstance {
  return () => {
    last = nf.instantiate(last === undefined ? {} : { after: last })
    return last
  }
}
