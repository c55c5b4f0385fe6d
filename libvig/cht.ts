/**
 * Consistent hashing: Vigor's `cht`, filled as Maglev does (Eisenbud et al., NSDI 2016, section 3.4). Each of `height`
 * rows ranks all backends; a hash picks its row, and the row's first live backend is the pick. The table is filled once
 * for the whole capacity, so that a backend that leaves or joins moves only the hashes that it served or will serve.
 *
 * Rank 0 is Maglev's table for all backends together, even to one row. The other ranks are the remaining backends in
 * the order in which their own permutations visit the row.
 */
import { Dchain, dchainUsed } from './dchain'
import { affordable, rounded, take, within } from './memory'

@unmanaged
class Cht {
  ranks: u32
  height: u32
  backends: u32
}

const HEADER: i64 = 12
const MAX_HEIGHT: i32 = 1 << 24
const MAX_BACKENDS: i32 = 4096
const NOBODY: u32 = 0xffffffff

function isPrime(value: u32): bool {
  if (value < 2) return false
  for (let divisor: u32 = 2; divisor * divisor <= value; divisor++) {
    if (value % divisor == 0) return false
  }
  return true
}

/** The finisher of MurmurHash3/32: spreads consecutive numbers. */
function spread(value: u32): u32 {
  value = (value ^ (value >> 16)) * 0x85ebca6b
  value = (value ^ (value >> 13)) * 0xc2b2ae35
  return value ^ (value >> 16)
}

// A backend's permutation of the rows: first + j * skip (mod height); height is prime, so it visits each row once.
function firstRow(backend: u32, height: u32): u32 {
  return spread(2 * backend + 1) % height
}

function skipOf(backend: u32, height: u32): u32 {
  return 1 + (spread(2 * backend + 2) % (height - 1))
}

function nextRow(row: u32, backend: u32, height: u32): u32 {
  return (row + skipOf(backend, height)) % height
}

/** Bytes that `cht_allocate` takes; -1 unless height is a prime below 2^24 and exceeds 1..4,096 backends. */
export function cht_cost(height: i32, backends: i32): i64 {
  if (!within(height, MAX_HEIGHT) || !within(backends, MAX_BACKENDS) || height <= backends) return -1
  if (!isPrime(<u32>height)) return -1
  const perRow = rounded(<i64>height * 4)
  return rounded(HEADER) + rounded(<i64>height * <i64>backends * 4) + perRow + rounded(<i64>backends * 4)
}

/** Stores the handle of a filled table at `out`. 1, or 0 when arguments are out of range or memory is short. */
export function cht_allocate(height: i32, backends: i32, out: i32): i32 {
  if (!affordable(cht_cost(height, backends))) return 0
  const table = changetype<Cht>(take(HEADER))
  table.height = <u32>height
  table.backends = <u32>backends
  table.ranks = take(<i64>height * <i64>backends * 4)
  const filled = take(<i64>height * 4)
  const position = take(<i64>backends * 4)
  fillFirstRank(table, position)
  fillOtherRanks(table, filled, position)
  store<u32>(out, changetype<u32>(table))
  return 1
}

@inline
function cellOf(table: Cht, row: u32, rank: u32): u32 {
  return table.ranks + (row * table.backends + rank) * 4
}

/** Backends take turns; each takes the next row of its permutation that nobody has. */
function fillFirstRank(table: Cht, position: u32): void {
  const height = table.height
  const backends = table.backends
  for (let row: u32 = 0; row < height; row++) store<u32>(cellOf(table, row, 0), NOBODY)
  for (let backend: u32 = 0; backend < backends; backend++) store<u32>(position + backend * 4, firstRow(backend, height))
  for (let taken: u32 = 0; taken < height; taken++) {
    const backend = taken % backends
    let row = load<u32>(position + backend * 4)
    while (load<u32>(cellOf(table, row, 0)) != NOBODY) row = nextRow(row, backend, height)
    store<u32>(cellOf(table, row, 0), backend)
    store<u32>(position + backend * 4, row)
  }
}

/** In rounds, each backend visits the next row of its permutation and takes the lowest rank left, unless it is first. */
function fillOtherRanks(table: Cht, filled: u32, position: u32): void {
  const height = table.height
  const backends = table.backends
  for (let row: u32 = 0; row < height; row++) store<u32>(filled + row * 4, 1)
  for (let backend: u32 = 0; backend < backends; backend++) store<u32>(position + backend * 4, firstRow(backend, height))
  for (let round: u32 = 0; round < height; round++) {
    for (let backend: u32 = 0; backend < backends; backend++) {
      const row = load<u32>(position + backend * 4)
      store<u32>(position + backend * 4, nextRow(row, backend, height))
      if (load<u32>(cellOf(table, row, 0)) == backend) continue
      const rank = load<u32>(filled + row * 4)
      store<u32>(filled + row * 4, rank + 1)
      store<u32>(cellOf(table, row, rank), backend)
    }
  }
}

/**
 * The first backend of the row of `hash` (hash mod height, unsigned) whose index is in use in `chain`: 1 and the
 * backend at `out`; 0 when none is, `out` unchanged.
 */
export function cht_find_preferred_available_backend(hash: i32, handle: i32, chain: i32, out: i32): i32 {
  const table = changetype<Cht>(handle)
  const row = cellOf(table, <u32>hash % table.height, 0)
  const end = row + table.backends * 4
  for (let cell = row; cell < end; cell += 4) {
    const backend = load<u32>(cell)
    if (!dchainUsed(changetype<Dchain>(chain), backend)) continue
    store<u32>(out, backend)
    return 1
  }
  return 0
}
