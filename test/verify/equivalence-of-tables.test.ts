/**
 * When two network functions are the same that keep tables in several structures, or fill some in nf_init. All are one
 * binary: what is otherwise in it goes by a value of its configuration.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { Integers } from '../../src/domains/symbolic/integer.js'
import { compileLibvig } from '../../src/nf/build.js'
import { loadNf } from '../../src/nf/index.js'
import { Terms } from '../../src/smt/index.js'
import { expiringMap, macAddress, record } from '../../src/spec/index.js'
import { type Equivalence, equivalence } from '../../src/verify/equivalence.js'
import { explore } from '../../src/verify/exploration/explore.js'
import { jointStructures } from '../../src/verify/joint-structures.js'
import { runInit, type SymbolicNf, symbolicNf } from '../../src/verify/machine/index.js'
import type { Pairing } from '../../src/verify/pairing.js'
import { temporary } from '../temporary.js'
import { sharedSolver } from './shared-solver.js'

/** What may be otherwise than in the first, and the value of the configuration by which it is. */
const WAYS = [
  'nothing',
  'a cell of a vector begins with something else',
  'a free cell of the keys begins with something else',
  'a key of a map that is filled in nf_init is another one',
  'the value of a key of a map that is filled in nf_init is another one',
  'an entry is there from the start',
  'an index is given back to the other chain',
  'a key stays in the map when its index expires',
  'a key is put at another index',
  'what is behind a key decides',
  'the first byte of a free cell decides',
  'a number drawn in nf_init decides, by another one',
] as const
type Way = (typeof WAYS)[number]

/** Stations by their addresses: those that were seen before, or are new and there is room for, go out by a port that a vector says. */
const SOURCE = `
import {
  DROP, dchain_allocate, dchain_allocate_new_index, dchain_expire, dchain_free_index, dchain_is_index_allocated,
  dchain_rejuvenate_index, expire_items_single_map, map_allocate, map_get, map_put, random_u32, vector_allocate, vector_borrow, vector_return,
} from '../../libvig/api'

@external('config', 'way')
declare function way(): i32

const HANDLES: usize = memory.data(32)
const OUT: usize = memory.data(8)
const SEEN: usize = memory.data(8)
const DRAWN: usize = memory.data(8)
const KEY: usize = memory.data(8)

@inline function handle(number: i32): i32 { return load<i32>(HANDLES + 4 * number) }

@inline function is(which: i32): bool { return way() == which }

@inline function cellOf(vector: i32, index: i32): usize {
  vector_borrow(vector, index, <i32>OUT)
  return load<i32>(OUT)
}

@inline function fill(vector: i32, index: i32, byte: i32): void {
  store<u8>(cellOf(vector, index), byte)
  vector_return(vector, index)
}

export function nf_init(): i32 {
  if (!map_allocate(6, 1000, <i32>HANDLES)) return 0
  if (!vector_allocate(8, 1000, <i32>HANDLES + 4)) return 0
  if (!dchain_allocate(1000, <i32>HANDLES + 8)) return 0
  if (!vector_allocate(1, 2, <i32>HANDLES + 12)) return 0
  if (!dchain_allocate(8, <i32>HANDLES + 16)) return 0
  if (!map_allocate(1, 2, <i32>HANDLES + 20)) return 0
  fill(handle(3), 1, is(1) ? 0 : 1)
  fill(handle(1), 3, is(2) ? 9 : 0)
  store<u8>(KEY, is(3) ? 8 : 7)
  map_put(handle(5), <i32>KEY, is(4) ? 1 : 0)
  if (is(5)) dchain_allocate_new_index(handle(2), <i32>OUT, 0)
  if (is(11)) store<u32>(DRAWN, random_u32())
  return 1
}

export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  if (is(11) && load<u32>(DRAWN) != random_u32()) return DROP
  if (is(7)) dchain_expire(handle(2), now - 1000)
  else expire_items_single_map(handle(2), handle(1), handle(0), now - 1000)
  if (length < 14) return DROP
  if (map_get(handle(0), packet + 6, <i32>OUT)) {
    const index = load<i32>(OUT)
    dchain_rejuvenate_index(handle(2), index, now)
    if (is(9)) {
      const noise = load<u8>(cellOf(handle(1), index) + 7)
      vector_return(handle(1), index)
      if (noise == 1) return DROP
    }
  } else if (dchain_allocate_new_index(handle(2), <i32>OUT, now)) {
    const index = load<i32>(OUT)
    const cell = cellOf(handle(1), index)
    memory.copy(cell, packet + 6, 6)
    // What is behind it is not the same from packet to packet.
    store<u8>(cell + 7, load<u8>(SEEN))
    map_put(handle(0), packet + 6, is(8) ? index ^ 1 : index)
    vector_return(handle(1), index)
    if (is(6)) dchain_free_index(handle(4), index & 7)
  } else {
    return DROP
  }
  if (is(10) && !dchain_is_index_allocated(handle(2), 5)) {
    const free = load<u8>(cellOf(handle(1), 5))
    vector_return(handle(1), 5)
    if (free == 1) return DROP
  }
  store<u8>(SEEN, load<u8>(packet))
  const out = load<u8>(cellOf(handle(3), 1))
  vector_return(handle(3), 1)
  return out & 1
}
`

const MANIFEST = `
name: stations
source: nf.ts
ports: { count: 2, min: 2, max: 2 }
config:
  way: { type: u32, default: 0, doc: What is otherwise in it. }
`

let made: Promise<string> | undefined

/** Where the network function is. */
async function written(): Promise<string> {
  const folder = join(temporary('stations'), 'nfs/stations')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'nf.ts'), SOURCE)
  writeFileSync(join(folder, 'nf.yaml'), MANIFEST)
  return folder
}

async function machineOf(way: Way): Promise<SymbolicNf> {
  made ??= written()
  const { wasm, config, manifest } = await loadNf(await made, { config: [`way=${WAYS.indexOf(way)}`] })
  const { wasm: libvig } = await compileLibvig()
  return symbolicNf({ name: 'stations', wasm, libvig, config, memory: manifest.memory })
}

/** The stations in a map, a vector and a chain. */
async function pairingOf(nf: SymbolicNf): Promise<Pairing> {
  const terms = new Terms()
  const [init] = explore((path) => runInit(nf, path), { terms, solver: await sharedSolver() }).paths
  if (init?.end.kind !== 'ended') throw new Error('nf_init has no end')
  const [structure] = jointStructures(new Integers(terms), init.end.result.states)
  const declaration = expiringMap(record({ station: macAddress }), 1000)
  const station = { offset: 0, size: 6, order: 'big' } as const
  const keyLayout = { size: 6, fields: new Map([['station', station]]), padding: new Map<number, number>() }
  return [{ state: 'stations', declaration, structure, keyLayout }]
}

async function compared(first: Way, second: Way): Promise<Equivalence> {
  const one = await machineOf(first)
  const nfs = { first: one, second: await machineOf(second), portCount: 2 }
  const solver = await sharedSolver()
  return equivalence({ ...nfs, pairing: await pairingOf(one) }, { solver })
}

function said(found: Equivalence): string {
  return found.kind === 'equivalent' ? 'the same' : found.cause
}

test.serial('where keys in use, their indices and times are the same, other bytes of cells need not be', async (t) => {
  t.is(said(await compared('nothing', 'a free cell of the keys begins with something else')), 'the same')
})

const fails = (what: string) => `${what} (does not hold in a model)`
const inTable = (what: string) => fails(`state: map1_vector2_dchain3: ${what}`)

const begins: readonly (readonly [Way, string])[] = [
  ['a cell of a vector begins with something else', fails('nf_init: state: vector4: each cell')],
  ['a key of a map that is filled in nf_init is another one', fails('nf_init: state: map6: which keys there are')],
  [
    'the value of a key of a map that is filled in nf_init is another one',
    fails('nf_init: state: map6: the value of each key'),
  ],
  ['an entry is there from the start', 'nf_init: entries are left in dchain3, which is not followed'],
]

for (const [way, cause] of begins) {
  test.serial(`not the same: ${way}`, async (t) => {
    t.is(said(await compared('nothing', way)), cause)
  })
}

const packets: readonly (readonly [Way, string])[] = [
  ['a key stays in the map when its index expires', inTable('which keys there are')],
  ['a key is put at another index', inTable('the slot of each key')],
  ['an index is given back to the other chain', fails('state: dchain5: which indices are in use')],
]

for (const [way, cause] of packets) {
  test.serial(`not the same: ${way}`, async (t) => {
    t.is(said(await compared('nothing', way)), cause)
  })
}

/** These are not even known to be the same as themselves. */
const themselves: readonly (readonly [Way, string])[] = [
  [
    'a key stays in the map when its index expires',
    fails('state: stations: the index of every key is in use, and its cell begins with the key'),
  ],
  ['what is behind a key decides', fails('verdict: the ports that the packet leaves by')],
  ['the first byte of a free cell decides', fails('verdict: the ports that the packet leaves by')],
]

for (const [way, cause] of themselves) {
  test.serial(`nothing rests on what earlier packets need not have kept: ${way}`, async (t) => {
    t.is(said(await compared(way, way)), cause)
  })
}

test.serial('what nf_init draws is not what is drawn for a packet', async (t) => {
  const found = await compared('a number drawn in nf_init decides, by another one', 'nothing')
  t.not(found.kind, 'equivalent')
})
