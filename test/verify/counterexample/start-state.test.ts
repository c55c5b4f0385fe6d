/** What packets have left, as terms: each lookup gives what libVig would find. */
import test from 'ava'

import { Integer } from '../../../src/domains/symbolic/integer.js'
import { bitVecSort, boolSort, type Sort, type Term, Terms } from '../../../src/smt/index.js'
import { entriesLeft, SlotTimes } from '../../../src/verify/counterexample/start-state.js'
import type { Structure } from '../../../src/verify/machine/index.js'

const terms = new Terms()
const integer = (value: bigint): Integer => new Integer(terms.bv(value, 32), value, value)
const structure = (name: string): Structure => ({
  name,
  kind: 'expiring_map',
  sizes: [integer(2n), integer(1n), integer(16n)],
  origin: 'nf_init',
})
const left = entriesLeft(
  terms,
  [structure('expiring_map1'), structure('expiring_map2')],
  new Map([
    [
      'expiring_map1',
      [
        { slot: 3, key: Uint8Array.of(1, 2), time: 50n, value: Uint8Array.of(7) },
        { slot: 5, key: Uint8Array.of(1, 3), time: 90n, value: Uint8Array.of(9) },
      ],
    ],
  ]),
)

function asked(name: string, range: Sort, ...args: Term[]): bigint | boolean | undefined {
  const sorts = args.map(({ sort }) => sort)
  const { symbol } =
    args.length === 0 ? terms.variable(name, range) : terms.apply(terms.declareFunction(name, sorts, range), ...args)
  if (symbol === undefined) throw new TypeError(`${name} has no symbol`)
  const found = left(symbol, args)
  if (found === undefined) return undefined
  return found.sort.kind === 'bool' ? found === terms.true : found.value
}

const key = (value: number): Term => terms.bv(value, 16)
const slot = (value: number): Term => terms.bv(value, 8)

test('keys and slots that are there lead to each other, and others to nothing', (t) => {
  t.is(asked('expiring_map1.has', boolSort, key(0x0102)), true)
  t.is(asked('expiring_map1.has', boolSort, key(0x0201)), false)
  t.is(asked('expiring_map1.slot', bitVecSort(8), key(0x0103)), 5n)
  t.is(asked('expiring_map1.used', boolSort, slot(5)), true)
  t.is(asked('expiring_map1.used', boolSort, slot(4)), false)
  t.is(asked('expiring_map1.key', bitVecSort(16), slot(3)), 0x0102n)
})

test('times, values and their number are those of the entries', (t) => {
  t.is(asked('expiring_map1.time', bitVecSort(62), slot(3)), 50n)
  t.is(asked('expiring_map1.value', bitVecSort(8), slot(5)), 9n)
  t.is(asked('expiring_map1.count', bitVecSort(8)), 2n)
})

test('an expiry keeps what is at its threshold or after, and all where that is below zero', (t) => {
  const kept = (threshold: bigint) => asked('expiring_map1.kept.0', bitVecSort(8), terms.bv(threshold, 64))
  t.is(kept(-1n), 2n)
  t.is(kept(50n), 2n)
  t.is(kept(51n), 1n)
  t.is(kept(91n), 0n)
})

test('a map of which nothing is known to be left is empty', (t) => {
  t.is(asked('expiring_map2.used', boolSort, slot(3)), false)
  t.is(asked('expiring_map2.count', bitVecSort(8)), 0n)
})

test('the time of a slot is the one that libVig was last given for it', (t) => {
  const times = new SlotTimes()
  const call = { bytes: [], offset: 0 }
  times.note({ ...call, name: 'expiring_map_insert', args: [64, 0, 10n, 0], results: [1], out: 3 })
  times.note({ ...call, name: 'expiring_map_touch', args: [64, 0, 20n, 0], results: [1], out: 3 })
  times.note({ ...call, name: 'expiring_map_touch', args: [64, 0, 30n, 0], results: [0], out: 3 })
  times.note({ ...call, name: 'expiring_map_insert', args: [64, 0, 20n, 0], results: [1], out: 4 })
  times.note({ ...call, name: 'expiring_map_refresh', args: [64, 4, 40n], results: [], out: 0 })
  t.deepEqual(
    [...times.of(64)],
    [
      [3, 20n],
      [4, 40n],
    ],
  )
  t.is(times.of(65).size, 0)
})
