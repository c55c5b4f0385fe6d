import type { LoadedNf, NfInstance } from '../../src/nf/index.js'

/**
 * Fresh instances, of which only the newest is used: each takes the memory of the one before. New ones of 128 MiB would keep
 * the collector busy for half of the time.
 */
export function oneAtATime(nf: LoadedNf): () => NfInstance {
  let last: NfInstance | undefined
  return () => {
    last = nf.instantiate(last === undefined ? {} : { after: last })
    return last
  }
}
