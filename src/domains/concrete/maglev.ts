import type { MaglevState } from '../state.js'

/**
 * The reference Maglev table (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016,
 * section 3.4), continued from one backend for each row to a ranking of all of them.
 *
 * Backend b visits the rows in the order `(offset + n * skip) mod height`, n = 0, 1, ..., with `offset = h1(b) mod
 * height` and `skip = h2(b) mod (height - 1) + 1`; height is prime, so it visits every row once. Rank 0 is the paper's
 * table: in turns, each backend takes the next row of its order that nobody has. The other ranks of a row go to the
 * backends that do not have it, in the order in which they come by: by n, then by number.
 *
 * So with all backends live each has height / backends rows, give or take one, and when one goes only its rows change.
 */
export class ConcreteMaglev implements MaglevState<number> {
  readonly height: number
  readonly backends: number
  readonly #table: Uint32Array

  /** Throws RangeError unless `height` is a prime above `backends`, which is at least 1. */
  constructor(backends: number, height: number) {
    if (!Number.isInteger(backends) || backends < 1 || height <= backends || !isPrime(height)) {
      throw new RangeError(`maglev: height ${height} must be a prime above the number of backends, ${backends}`)
    }
    this.backends = backends
    this.height = height
    this.#table = fill(backends, height)
  }

  at(row: number, rank: number): number {
    return this.#table[row * this.backends + rank] ?? -1
  }

  /** The first backend of `row` that is live, or -1. */
  firstLive(row: number, isLive: (backend: number) => boolean): number {
    for (let rank = 0; rank < this.backends; rank++) {
      const backend = this.at(row, rank)
      if (isLive(backend)) return backend
    }
    return -1
  }
}

/** Row n of the order in which a backend visits the rows is `(offset + n * skip) mod height`. */
export function visitingOrder(backend: number, height: number): { readonly offset: number; readonly skip: number } {
  return { offset: mix(2 * backend + 1) % height, skip: (mix(2 * backend + 2) % (height - 1)) + 1 }
}

export function isPrime(value: number): boolean {
  if (!Number.isInteger(value) || value < 2) return false
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false
  return true
}

function fill(backends: number, height: number): Uint32Array {
  const offsets = new Uint32Array(backends)
  const skips = new Uint32Array(backends)
  for (let backend = 0; backend < backends; backend++) {
    const { offset, skip } = visitingOrder(backend, height)
    offsets[backend] = offset
    skips[backend] = skip
  }
  const first = firstRank(offsets, skips, height)
  return otherRanks(first, offsets, skips)
}

function following(row: number, skip: number, height: number): number {
  const next = row + skip
  return next >= height ? next - height : next
}

/** The paper's own loop: in turns, each backend takes its next row that nobody has, until all rows are taken. */
function firstRank(offsets: Uint32Array, skips: Uint32Array, height: number): Int32Array {
  const first = new Int32Array(height).fill(-1)
  const rows = offsets.slice()
  for (let taken = 0; taken < height; taken++) {
    const backend = taken % rows.length
    let row = rows[backend] ?? 0
    while (first[row] !== -1) row = following(row, skips[backend] ?? 0, height)
    first[row] = backend
    rows[backend] = row
  }
  return first
}

/** The whole table, by row and rank: all backends visit their rows in step, and take the ranks after the first. */
function otherRanks(first: Int32Array, offsets: Uint32Array, skips: Uint32Array): Uint32Array {
  const height = first.length
  const backends = offsets.length
  const table = new Uint32Array(backends * height)
  for (let row = 0; row < height; row++) table[row * backends] = first[row] ?? 0
  const ranked = new Uint32Array(height).fill(1)
  const rows = offsets.slice()
  for (let n = 0; n < height; n++) {
    for (let backend = 0; backend < backends; backend++) {
      const row = rows[backend] ?? 0
      rows[backend] = following(row, skips[backend] ?? 0, height)
      if (first[row] === backend) continue
      const rank = ranked[row] ?? 0
      ranked[row] = rank + 1
      table[row * backends + rank] = backend
    }
  }
  return table
}

/** Every bit of the result depends on every bit of `value` (the finalizer of MurmurHash3, 32 bits). */
function mix(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
