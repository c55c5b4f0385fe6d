/** Network functions for Vigor's API: a map, a vector and a chain are proved to be the one table of a specification. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Integers } from '../../src/domains/symbolic/integer.js'
import type { FieldPlace } from '../../src/domains/symbolic/record-layout.js'
import { packageRoot } from '../../src/package-root.js'
import { type SyncSolver, Terms } from '../../src/smt/index.js'
import { PathConfirmer } from '../../src/verify/confirm-paths.js'
import { explore } from '../../src/verify/exploration/explore.js'
import { loadSubject, type Subject } from '../../src/verify/index.js'
import { jointStructures } from '../../src/verify/joint-structures.js'
import { runInit } from '../../src/verify/machine/index.js'
import { type Pairing, pairings } from '../../src/verify/pairing.js'
import { withClang } from '../nf/c/with-clang.js'
import { temporary } from '../temporary.js'
import { firstFailureOn, type Next, pathsOf } from './paths-of.js'
import { sharedSolver } from './shared-solver.js'

/** As struct FlowId has them. */
const FIELDS: readonly (readonly [name: string, offset: number, size: number])[] = [
  ['srcPort', 0, 2],
  ['peerPort', 2, 2],
  ['src', 4, 4],
  ['peer', 8, 4],
  ['port', 12, 1],
  ['protocol', 14, 1],
]

function flowLayout() {
  const place = (offset: number, size: number): FieldPlace => ({ offset, size, order: 'big' })
  const fields = new Map(FIELDS.map(([name, offset, size]) => [name, place(offset, size)] as const))
  return { size: 15, fields, padding: new Map([[13, 0]]) }
}

/** Paths of packets, from any state in which the three structures agree. */
function packetsOf(subject: Subject, terms: Terms, solver: SyncSolver, next?: Next) {
  const [init] = explore((path) => runInit(subject.machine, path), { terms, solver }).paths
  if (init?.end.kind !== 'ended') throw new Error('nf_init has no end')
  const { start, states } = init.end.result
  const integers = new Integers(terms)
  const found = pairings(integers, subject.reading.declarationsIn(terms), jointStructures(integers, states))
  const pairing: Pairing = (found[0] ?? []).map((pair) => ({
    ...pair,
    keyLayout: flowLayout(),
    candidates: [{ kind: 'never', part: 'key', field: 'port', value: 1n }],
  }))
  const left = { bytes: new Set<number>(), globals: new Set<number>() }
  return { found, paths: pathsOf({ subject, start, pairing, left, longest: 1514 }, terms, solver, next) }
}

withClang('on a sample of its paths nat-c meets the specification of nat, and so does the real binary', async (t) => {
  const solver = await sharedSolver()
  const terms = new Terms()
  const subject = await loadSubject('nat-c')
  const { found, paths } = packetsOf(subject, terms, solver)
  t.deepEqual(
    found.map((pairing) => pairing.map(({ state, structure }) => `${state}: ${structure?.name}`)),
    [['flows: map1_vector2_dchain3']],
  )
  const confirmer = new PathConfirmer(subject, terms, solver)
  const called = new Set<string>()
  let confirmed = 0
  for (const path of paths) {
    t.is(firstFailureOn([path]), undefined)
    if (path.end.kind !== 'ended') {
      t.not(path.end.kind, 'undecided')
      continue
    }
    for (const { name } of path.end.result.nf.calls) called.add(name)
    const said = confirmer.confirm(path)
    t.not(said?.kind, 'different', JSON.stringify(said))
    if (said?.kind === 'confirmed') confirmed += 1
    if (called.has('map_put') && confirmed >= 6) break
  }
  t.true(confirmed >= 6)
})

withClang('a flow that is put into the map at another index than its own is found wrong', async (t) => {
  const nfs = join(temporary('vigor'), 'nfs')
  for (const nf of ['nat', 'nat-c']) cpSync(join(packageRoot, 'nfs', nf), join(nfs, nf), { recursive: true })
  const file = join(nfs, 'nat-c/nat_flowmanager.c')
  const source = readFileSync(file, 'utf8')
  const wrong = source.replace('map_put(manager->state->fm, key, index)', 'map_put(manager->state->fm, key, index + 1)')
  t.not(wrong, source)
  writeFileSync(file, wrong)
  const solver = await sharedSolver()
  const { paths } = packetsOf(await loadSubject(join(nfs, 'nat-c')), new Terms(), solver, 'first')
  t.is(firstFailureOn(paths), 'state: map1_vector2_dchain3: the slot of each key')
})
