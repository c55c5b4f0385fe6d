/**
 * How even the Maglev table is, and how much it moves, for pairs of backends and height. For each:
 * the largest and smallest share of rows over the mean, with all backends live, with one gone and with half gone; and
 * when one goes, the share of rows moved beyond those it had (the table's promise is none), against what `hash mod
 * live` would move. `node build/bench/maglev.js`
 */
import { ConcreteMaglev } from '../src/domains/concrete/maglev.js'

const PAIRS = [
  [3, 97],
  [3, 65_537],
  [10, 1009],
  [10, 65_537],
  [50, 5003],
  [100, 10_007],
  [100, 65_537],
  [500, 50_021],
  [500, 65_537],
] as const

function picks(table: ConcreteMaglev, isLive: (backend: number) => boolean): Int32Array {
  return Int32Array.from({ length: table.height }, (_, row) => table.firstLive(row, isLive))
}

/** Largest and smallest share over the mean, as "1.02 / 0.98". */
function evenness(picked: Int32Array, live: readonly number[]): string {
  const shares = new Map(live.map((backend) => [backend, 0]))
  for (const backend of picked) shares.set(backend, (shares.get(backend) ?? 0) + 1)
  const mean = picked.length / live.length
  return `${(Math.max(...shares.values()) / mean).toFixed(3)} / ${(Math.min(...shares.values()) / mean).toFixed(3)}`
}

/** Rows that changed though their backend is still live, as a share of all rows, worst over the backend that goes. */
function needlesslyMoved(table: ConcreteMaglev, all: Int32Array): number {
  let worst = 0
  for (let gone = 0; gone < Math.min(table.backends, 20); gone++) {
    const after = picks(table, (backend) => backend !== gone)
    worst = Math.max(worst, after.filter((backend, row) => all[row] !== gone && all[row] !== backend).length)
  }
  return worst / table.height
}

const columns = [
  'backends',
  'rows',
  'all: max / min',
  'one gone',
  'half gone',
  'moved needlessly',
  'hash mod live',
  'fill ms',
]
const rows = PAIRS.map(([backends, height]) => {
  const began = performance.now()
  const table = new ConcreteMaglev(backends, height)
  const milliseconds = performance.now() - began
  const numbers = [...Array(backends).keys()]
  const all = picks(table, () => true)
  const half = (backend: number): boolean => backend % 2 === 0
  return [
    backends,
    height,
    evenness(all, numbers),
    evenness(
      picks(table, (backend) => backend !== 0),
      numbers.slice(1),
    ),
    evenness(picks(table, half), numbers.filter(half)),
    `${(100 * needlesslyMoved(table, all)).toFixed(2)} %`,
    `${(100 * (1 - 1 / backends)).toFixed(0)} %`,
    milliseconds.toFixed(0),
  ].map(String)
})
for (const row of [columns, ...rows]) {
  console.log(row.map((cell, i) => cell.padStart(Math.max(columns[i]?.length ?? 0, 13))).join('  '))
}
