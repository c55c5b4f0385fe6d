/** The bridge with VLANs in every configuration of two ports; without static entries, which double its paths. */
import test from 'ava'

import { openSyncSolver, type SyncSolver } from '../../../src/smt/index.js'
import { loadSubject, type Subject } from '../../../src/verify/index.js'
import { allHold, type Explored, everyPath, firstFailure } from './path-by-path.js'

const options = { portCount: 2, config: ['vlanAware=true', 'staticEntries='] }

let solver: SyncSolver
let subject: Subject
let right: Explored

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
  subject = await loadSubject('bridge', { ...options, anyConfig: true })
  right = everyPath(subject, solver)
})

test.after.always(() => solver.close())

test.serial('with VLANs the bridge meets its specification in every configuration', (t) => {
  const open = ['capacity', 'ageingTime', 'pvid', 'trunks', 'trunkFrom', 'trunkTo']
  t.deepEqual([...(subject.configuration.open?.names ?? [])], open)
  allHold(t, right)
  // What the binary has decided the specification need not decide again.
  t.true(right.paths.length < 140, `${right.paths.length} paths`)
})

for (const [name, find, replace, fails] of [
  ['default-vlan-of-a-port', 'const pvid = configPvid(port)', 'const pvid = 1', /^verdict|^state/],
  ['no-port-a-trunk', 'trunks = configTrunks()', 'trunks = 0', /^verdict|^state/],
  ['default-ageing-time', 'ageingTime = configAgeingTime()', 'ageingTime = 300000000000', /^state/],
  ['vlan-of-the-first-port-for-all', 'configPvid(port) == vid', 'configPvid(0) == vid', /^verdict/],
] as const) {
  test.serial(`a bridge that is right as configured fails on some path: ${name}`, async (t) => {
    const { pairing } = right
    t.regex((await firstFailure('bridge', { name, find, replace }, options, { pairing, solver })) ?? 'nothing', fails)
  })
}
