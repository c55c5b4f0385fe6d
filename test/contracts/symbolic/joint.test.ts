/** One table in a map, a vector and a chain: what keeps the three in agreement, and what does not. */
import test from 'ava'

import { contracts } from '../../../src/contracts/index.js'
import {
  Checksums,
  carryOut,
  JointState,
  SymbolicAlgebra,
  type SymbolicArguments,
  Timeline,
} from '../../../src/contracts/symbolic/index.js'
import { expiringMapsEqual } from '../../../src/domains/symbolic/equality.js'
import type { SymbolicExpiringMap } from '../../../src/domains/symbolic/expiring-map.js'
import { ExpiringMapBase } from '../../../src/domains/symbolic/expiring-map-base.js'
import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import type { Path } from '../../../src/domains/symbolic/path.js'
import { bitVecSort, type Term, Terms } from '../../../src/smt/index.js'
import { explore } from '../../../src/verify/exploration/explore.js'
import { sharedSolver } from '../../verify/shared-solver.js'

const CAPACITY = 60_000n
const [KEY, CELL] = [24, 32]

/** A table of which nothing is known but that its three structures agree, and one that is kept as one beside it. */
class Table {
  readonly #path: Path
  readonly integers: Integers
  readonly now: Integer
  readonly joint: JointState
  readonly whole: SymbolicExpiringMap
  readonly #context: Parameters<typeof carryOut>[0]

  constructor(path: Path) {
    this.#path = path
    const integers = new Integers(path.terms)
    const last = integers.unsigned(path.fresh('last', bitVecSort(62)))
    this.integers = integers
    this.now = integers.unsigned(path.fresh('now', bitVecSort(62)))
    path.assume(integers.le(last, this.now))
    const shape = { name: 'table', capacity: integers.of(CAPACITY), keyBits: KEY, valueBits: 0 }
    const entries = new ExpiringMapBase({ path, integers, last }, shape, 'arbitrary')
    const names = { map: 'map', vector: 'vector', chain: 'chain', cellBits: CELL }
    this.joint = JointState.before(entries, names, new Timeline())
    this.whole = this.joint.over()
    const algebra = new SymbolicAlgebra(path, integers)
    this.#context = { algebra, checksums: new Checksums(path), indices: () => [] }
  }

  call(name: string, given: SymbolicArguments) {
    const { map, vector, chain } = this.joint
    const contract = contracts.get(name)
    if (contract === undefined) throw new Error(`no contract for ${name}`)
    return carryOut(this.#context, contract, { map, vector, chain, ...given }, undefined)
  }

  bytes(name: string, bits: number): Term {
    return this.#path.fresh(name, bitVecSort(bits))
  }

  /** Takes an index for a new key; undefined where all are in use, or the key is there. */
  taken(key: Term): Integer | undefined {
    if (this.#path.decide(this.joint.map.has(key))) return undefined
    return this.call('dchain_allocate_new_index', { time: this.now }).chosen
  }
}

type Packet = (table: Table) => void

/** What fails, of preconditions, agreement of the three, and equality with the table that is kept as one. */
async function failing(packet: Packet): Promise<string[]> {
  const terms = new Terms()
  const solver = await sharedSolver()
  const { paths } = explore(
    (path) => {
      const table = new Table(path)
      packet(table)
      const { joint, whole, integers } = table
      const count = { what: 'how many there are', holds: integers.eq(joint.count(), whole.count()) }
      const agreements = [...joint.coherence(), ...expiringMapsEqual(joint, whole, integers.of(0n)), count]
      for (const { what, holds } of agreements) {
        path.oblige({ guarantee: 'state', what, place: undefined, holds })
      }
    },
    { terms, solver, mostPaths: 20 },
  )
  const failed = paths.flatMap(({ end, obligations }) => [
    ...(end.kind === 'ended' ? [] : [`a path ${end.kind}`]),
    ...obligations.flatMap(({ obligation, answer }) => (answer.kind === 'holds' ? [] : [obligation.what])),
  ])
  return [...new Set(failed)]
}

/** A key of three bytes in a cell of four. */
function insert(
  table: Table,
  wrong: { readonly cell?: false; readonly put?: false; readonly off?: bigint } = {},
): void {
  const { joint, whole, integers, now } = table
  const cell = table.bytes('cell', CELL)
  const key = joint.map.keyIn(cell)
  const index = table.taken(key)
  if (index === undefined) return
  if (wrong.cell !== false) joint.vector.set(index, cell)
  const value = integers.add(index, integers.of(wrong.off ?? 0n))
  if (wrong.put !== false) table.call('map_put', { key, value })
  whole.insert(index, key, now, undefined)
}

const kept: readonly (readonly [what: string, packet: Packet])[] = [
  ['nothing', () => {}],
  ['a new key in all three', (table) => insert(table)],
  [
    'a new time for a key that is there',
    (table) => {
      const { joint, whole, now } = table
      const key = table.bytes('key', KEY)
      if (table.call('map_get', { key }).outcome === 'absent') return
      const index = joint.map.get(key)
      table.call('dchain_rejuvenate_index', { index, time: now })
      whole.refresh(index, now)
    },
  ],
  [
    'an expiry of all three, and a new key after it',
    (table) => {
      const threshold = table.integers.sub(table.now, table.integers.of(1000n))
      table.call('expire_items_single_map', { threshold })
      table.whole.expire(threshold)
      insert(table)
    },
  ],
]
for (const [what, packet] of kept) {
  test(`${what} keeps map, vector and chain one table`, async (t) => {
    t.deepEqual(await failing(packet), [])
  })
}

const IN_USE = 'the index of every key is in use, and its cell begins with the key'
const IN_MAP = 'the map has what the cell of every index in use begins with, at that index'

const broken: readonly (readonly [what: string, packet: Packet, fails: string])[] = [
  ['a key that is not put into the map', (table) => insert(table, { put: false }), IN_MAP],
  ['a key that is not written to its cell', (table) => insert(table, { cell: false }), IN_USE],
  ['a key that is put with the next index', (table) => insert(table, { off: 1n }), IN_USE],
  [
    'an index that is freed alone',
    (table) => {
      const index = table.joint.map.get(table.bytes('key', KEY))
      table.call('dchain_free_index', { index })
    },
    IN_USE,
  ],
  ['an expiry of the chain alone', (table) => table.call('dchain_expire', { threshold: table.now }), IN_USE],
  [
    'a cell that is written over',
    (table) => table.joint.vector.set(table.integers.of(7n), table.bytes('cell', CELL)),
    IN_USE,
  ],
]
for (const [what, packet, fails] of broken) {
  test(`${what} leaves map, vector and chain apart`, async (t) => {
    const failed = await failing(packet)
    t.true(failed.includes(fails), failed.join('\n'))
  })
}

test('bytes of a cell behind the key, and cells of free indices, may be anything', async (t) => {
  const failed = await failing(({ joint, integers }) => {
    const index = integers.of(7n)
    const cell = joint.vector.get(index)
    if (cell === undefined) return
    const { terms } = joint.base.scope.path
    const key = joint.map.keyIn(cell)
    joint.vector.set(index, terms.concat(key, terms.bv(9, CELL - KEY)))
  })
  t.deepEqual(failed, [])
})
