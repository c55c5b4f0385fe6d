/** The policer in every configuration with one of the rates and one way of counting, and wrong ones in all of these. */
import test from 'ava'

import { openSyncSolver, type SyncSolver } from '../../../src/smt/index.js'
import { configurations, loadSubject, type Proof, prove } from '../../../src/verify/index.js'
import { firstFailure, lockBeside } from './path-by-path.js'

let solver: SyncSolver
let proof: Proof

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
  // The other rate is the default one, of which policer.test.ts has a proof.
  const config = ['count=frame+fcs', 'rate=1 Gbit/s']
  const subject = await loadSubject('policer', { anyConfig: true, config })
  const lock = lockBeside(subject)
  proof = prove(subject, { solver, ...(lock && { lock }) })
})

test.after.always(() => solver.close())

test.serial('the policer is proved in every configuration with a rate and a way of counting', (t) => {
  t.is(proof.verdict, 'proved', JSON.stringify(proof.causes))
  t.is(
    proof.configuration,
    'every configuration: wan, capacity, expiration, deviceMac, nextHopMac symbolic; ports: 2; ' +
      'as configured: rate = 1 Gbit/s; burst = 1250000 B; count = frame+fcs',
  )
})

test.serial('where rate and way of counting are not given, every one of them is a case', async (t) => {
  const subject = await loadSubject('policer', { anyConfig: true })
  const rates = ['10 Mbit/s', '1 Gbit/s']
  const counts = ['ip-length', 'frame', 'frame+fcs', 'line']
  t.deepEqual(
    configurations(subject).map(({ configuration }) => configuration.name),
    rates.flatMap((rate) => counts.map((count) => `rate = ${rate}, count = ${count}`)),
  )
  t.regex(subject.configuration.text, /; split over rate \(10 Mbit\/s, 1 Gbit\/s\) and count \(ip-length, frame, /)
})

for (const [name, find, replace, config, fails] of [
  [
    'default-rate',
    'rate = <u64>configRate()',
    'rate = 125000000',
    [],
    /^rate = 10 Mbit\/s, count = ip-length: state: /,
  ],
  ['default-way-of-counting', 'count = configCount()', 'count = 0', ['count=frame'], /^rate = 10 Mbit\/s: state: /],
  ['default-expiration', 'expiration = configExpiration()', 'expiration = 60000000000', [], /: state: /],
] as const) {
  test.serial(`a policer that is right as configured fails on some path: ${name}`, async (t) => {
    const { pairing } = proof
    t.regex(
      (await firstFailure('policer', { name, find, replace }, { config }, { pairing, solver })) ?? 'nothing',
      fails,
    )
  })
}
