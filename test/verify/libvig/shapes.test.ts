import test from 'ava'

import type { Path } from '../../../src/domains/symbolic/path.js'
import { compileLibvig } from '../../../src/nf/index.js'
import { bitVecSort, Evaluator, openSyncSolver, type SyncSolver, type Term, Terms } from '../../../src/smt/index.js'
import { explore } from '../../../src/verify/exploration/explore.js'
import { LibvigMachine } from '../../../src/verify/libvig/machine.js'
import { readingOf } from '../../../src/verify/libvig/reading.js'
import type { Wanted } from '../../../src/verify/libvig/scopes.js'
import { type Shape, shapesOf } from '../../../src/verify/libvig/shapes.js'
import { type Placed, place } from '../../../src/verify/libvig/structures.js'
import { decodeModule, type Module } from '../../../src/wasm/index.js'

const HANDLE = 0x1_0000
const ROOM = 1 << 16
const FREE = 1n << 63n

let solver: SyncSolver
let libvig: Module

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-embedded'] })
  libvig = decodeModule((await compileLibvig()).wasm)
})

test.after.always(async () => {
  await solver.close()
})

type Bytes = ReadonlyMap<number, Term>
/** How lists and buckets lie: some numbers of a structure's bytes. */
type Lie = (path: Path, placed: Placed, bytes: Bytes) => readonly Term[]

function numbers(path: Path, placed: Placed, bytes: Bytes, region: string, size: number): readonly Term[] {
  const { start, end } = placed.regions.find(({ name }) => name === region) ?? { start: 0, end: 0 }
  return Array.from({ length: Math.floor((end - start) / size) }, (_, at) =>
    path.terms.concat(
      ...Array.from(
        { length: size },
        (_, byte) => bytes.get(start + at * size + size - 1 - byte) ?? path.terms.bv(0, 8),
      ),
    ),
  )
}

const lieOfChain: Lie = (path, placed, bytes) => [
  ...numbers(path, placed, bytes, 'links', 4),
  ...numbers(path, placed, bytes, 'times', 8).map((time) =>
    path.terms.fromBool(path.terms.eq(time, path.terms.bv(FREE, 64)), 1),
  ),
]

/** Of a map of two keys: what is in buckets, and the list of free entries as far as it leads. */
const lieOfMap: Lie = (path, placed, bytes) => {
  const { terms } = path
  const held = numbers(path, placed, bytes, 'buckets', 4).map((each) => terms.bvand(each, terms.bv(3, 32)))
  const first = numbers(path, placed, bytes, 'the header of the map', 4).at(-1) ?? terms.bv(0, 32)
  const follow = numbers(path, placed, bytes, 'entries', 8).map((entry) => terms.extract(31, 0, entry))
  const free = follow.map((next, index) => {
    const isHeld = terms.any(held.map((each) => terms.eq(each, terms.bv(index + 1, 32))))
    return terms.ite(isHeld, terms.bv(0, 32), next)
  })
  return [...held, first, ...free]
}

/** Every way that the numbers can be where what a run assumes holds. */
function ways(run: (path: Path) => readonly Term[]): ReadonlySet<string> {
  const terms = new Terms()
  const { paths } = explore(run, { terms, solver })
  const found = new Set<string>()
  for (const { facts, end } of paths) {
    if (end.kind !== 'ended') throw new Error(`a run that does not end: ${end.kind}`)
    const session = solver.session()
    session.assert(...facts)
    for (let answer = session.check(); answer.status !== 'unsat'; answer = session.check()) {
      if (answer.status !== 'sat') throw new Error('no solver knows')
      const values = new Evaluator(answer.model)
      const lie = end.result.map((term) => [term, BigInt(String(values.value(term)))] as const)
      found.add(lie.map(([, value]) => value).join(' '))
      session.assert(terms.not(terms.all(lie.map(([term, value]) => terms.eq(term, terms.bv(value, term.width))))))
    }
  }
  return found
}

function made(path: Path, wanted: Wanted): { readonly machine: LibvigMachine; readonly placed: Placed } {
  const machine = new LibvigMachine(path, libvig)
  const start = Number(machine.known('libvig_heap_base', []))
  machine.call('libvig_reset', [path.terms.bv(start, 32), path.terms.bv(start + ROOM, 32)])
  return { machine, placed: place(machine, wanted, HANDLE) }
}

/** What the invariant allows, of bytes all of which are arbitrary. */
function allowed(wanted: Wanted, lie: Lie): ReadonlySet<string> {
  return ways((path) => {
    const { machine, placed } = made(path, wanted)
    for (const { name, start, end } of placed.regions) {
      machine.memory.setBytes(start, path.fresh(name, bitVecSort(8 * (end - start))))
    }
    for (const { holds } of placed.invariant(readingOf(machine))) path.assume(holds)
    return lie(path, placed, machine.memory.snapshot().bytes())
  })
}

/** What each shape leads to, wherever buckets are counted from; `isCounted`: from the first one on. */
function covered(wanted: Wanted, lie: Lie, isCounted: boolean): readonly ReadonlySet<string>[] {
  const ofShape = (shape: Shape): ReadonlySet<string> =>
    ways((path) => {
      const { machine, placed } = made(path, wanted)
      const reading = readingOf(machine)
      const firstBucket = (bits: number): Term => {
        const first = reading.firstBucket(bits)
        if (isCounted) path.assume(path.terms.eq(first, path.terms.bv(0, bits)))
        return first
      }
      placed.makeArbitrary({ ...reading, firstBucket }, shape)
      for (const { holds } of placed.invariant(reading)) path.assume(holds)
      return lie(path, placed, machine.memory.snapshot().bytes())
    })
  return shapesOf(wanted, isCounted).map(ofShape)
}

const structures: readonly (readonly [string, Wanted, Lie, boolean, number])[] = [
  ['a chain of 2', { kind: 'dchain', sizes: [2] }, lieOfChain, false, 6],
  ['a map of 2', { kind: 'map', sizes: [4, 2] }, lieOfMap, false, 22],
  ['a map of 2, counted from a bucket that is given,', { kind: 'map', sizes: [4, 2] }, lieOfMap, true, 22],
]
for (const [what, wanted, lie, isCounted, count] of structures) {
  test(`the shapes of ${what} are all that its invariant allows, and the first is needed`, (t) => {
    const states = allowed(wanted, lie)
    t.is(states.size, count)
    const shapes = covered(wanted, lie, isCounted)
    const together = (some: typeof shapes): readonly string[] => [...new Set(some.flatMap((each) => [...each]))].sort()
    t.deepEqual(together(shapes), [...states].sort())
    t.true(together(shapes.slice(1)).length < states.size)
  })
}

test('keys in the order of time may be in any buckets, so there are more shapes', (t) => {
  // Keys in four of eight buckets: in any order, and in one.
  const ofFour = ({ used }: Shape): boolean => used === 4
  t.is(shapesOf({ kind: 'expiring_map', sizes: [4, 8, 4] }, true).filter(ofFour).length, 8 * 7 * 6 * 5)
  t.is(shapesOf({ kind: 'map', sizes: [4, 4] }, true).filter(ofFour).length, 70)
  // Where the first bucket is that of the first name.
  t.is(shapesOf({ kind: 'expiring_map', sizes: [4, 8, 4] }, false).filter(ofFour).length, 7 * 6 * 5)
  t.is(shapesOf({ kind: 'map', sizes: [4, 4] }, false).filter(ofFour).length, 35)
})
