/** The policer in every configuration, rates and ways of counting gone through. */
import test from 'ava'

import { openSyncSolver, type SyncSolver } from '../../../src/smt/index.js'
import { loadSubject, prove } from '../../../src/verify/index.js'
import { firstFailure } from './path-by-path.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

test.after.always(() => solver.close())

test.serial('the policer is proved in every configuration, and what it is split over is said', async (t) => {
  const subject = await loadSubject('policer', { anyConfig: true, config: ['count=frame+fcs'] })
  const { verdict, causes, configuration } = prove(subject, { solver })
  t.is(verdict, 'proved', JSON.stringify(causes))
  t.is(
    configuration,
    'every configuration: wan, capacity, expiration, deviceMac, nextHopMac symbolic; ' +
      'split over rate (10 Mbit/s, 1 Gbit/s); ports: 2; as configured: burst = 1250000 B; count = frame+fcs',
  )
})

for (const [name, find, replace, fails] of [
  ['default-rate', 'rate = <u64>configRate()', 'rate = 125000000', /^rate = 10 Mbit\/s, count = ip-length: /],
  ['default-way-of-counting', 'count = configCount()', 'count = 0', /^rate = 10 Mbit\/s, count = frame: /],
  ['default-expiration', 'expiration = configExpiration()', 'expiration = 60000000000', /: state: /],
] as const) {
  test.serial(`a policer that is right as configured fails on some path: ${name}`, async (t) => {
    t.regex((await firstFailure('policer', { name, find, replace }, {}, solver)) ?? 'nothing', fails)
  })
}
