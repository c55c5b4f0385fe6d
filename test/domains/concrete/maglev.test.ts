import test from 'ava'
import fc from 'fast-check'
import { ConcreteMaglev, isPrime, visitingOrder } from '../../../src/domains/concrete/maglev.js'

const PRIMES = [2, 3, 5, 7, 11, 13, 53, 101, 251, 509].filter(isPrime)

const sizes = fc
  .tuple(fc.constantFrom(...PRIMES), fc.nat(40))
  .map(([height, n]) => ({ height, backends: 1 + (n % (height - 1)) }))

function rows(table: ConcreteMaglev): number[][] {
  return Array.from({ length: table.height }, (_, row) =>
    Array.from({ length: table.backends }, (_, rank) => table.at(row, rank)),
  )
}

/** Pseudocode 1 of the Maglev paper, as printed there. */
function paperTable(backends: number, height: number): number[] {
  const entry: number[] = Array(height).fill(-1)
  const next: number[] = Array(backends).fill(0)
  for (let n = 0; ; ) {
    for (let i = 0; i < backends; i++) {
      const { offset, skip } = visitingOrder(i, height)
      const permutation = (j: number): number => (offset + j * skip) % height
      let c = permutation(next[i] ?? 0)
      while ((entry[c] ?? 0) >= 0) {
        next[i] = (next[i] ?? 0) + 1
        c = permutation(next[i] ?? 0)
      }
      entry[c] = i
      next[i] = (next[i] ?? 0) + 1
      n++
      if (n === height) return entry
    }
  }
}

test('the first rank is the table of the paper', (t) => {
  fc.assert(
    fc.property(sizes, ({ backends, height }) => {
      const expected = paperTable(backends, height)
      return rows(new ConcreteMaglev(backends, height)).every((row, n) => row[0] === expected[n])
    }),
  )
  t.pass()
})

test('every row is a permutation of the backends', (t) => {
  fc.assert(
    fc.property(sizes, ({ backends, height }) =>
      rows(new ConcreteMaglev(backends, height)).every(
        (row) => new Set(row).size === backends && Math.max(...row) < backends,
      ),
    ),
  )
  t.pass()
})

test('with all backends live their shares differ by at most one row', (t) => {
  fc.assert(
    fc.property(sizes, ({ backends, height }) => {
      const share: number[] = Array(backends).fill(0)
      for (const [first] of rows(new ConcreteMaglev(backends, height))) share[first ?? 0] = (share[first ?? 0] ?? 0) + 1
      return Math.max(...share) - Math.min(...share) <= 1
    }),
  )
  t.pass()
})

test('when a backend goes, only its rows change; when it is back, all is as before', (t) => {
  const table = new ConcreteMaglev(7, 101)
  for (let gone = 0; gone < 7; gone++) {
    for (let row = 0; row < 101; row++) {
      const before = table.firstLive(row, () => true)
      const after = table.firstLive(row, (backend) => backend !== gone)
      if (before === gone) t.not(after, gone)
      else t.is(after, before)
    }
  }
})

test('no backend is found where none is live', (t) => {
  t.is(
    new ConcreteMaglev(3, 5).firstLive(4, () => false),
    -1,
  )
})

test('a height that is no prime above the number of backends is refused', (t) => {
  for (const [backends, height] of [
    [3, 9],
    [5, 5],
    [0, 7],
    [7, 5],
    [1, 1],
  ] as const) {
    t.throws(() => new ConcreteMaglev(backends, height), { instanceOf: RangeError })
  }
})
