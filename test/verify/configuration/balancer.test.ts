/** The balancer in every configuration with its number of backends and its ring. */
import test from 'ava'

import { openSyncSolver, type SyncSolver } from '../../../src/smt/index.js'
import { loadSubject, type Subject } from '../../../src/verify/index.js'
import { allHold, type Explored, everyPath, firstFailure, lockBeside } from './path-by-path.js'

let solver: SyncSolver
let subject: Subject
let right: Explored

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
  subject = await loadSubject('balancer', { anyConfig: true })
  right = everyPath(subject, solver, lockBeside(subject))
})

test.after.always(() => solver.close())

test.serial('the balancer meets its specification in every configuration with three backends', (t) => {
  t.is(
    subject.configuration.text,
    'every configuration: wan, capacity, expiration, backendMac (3 of them), backendPort (3 of them), heartbeatPort, ' +
      'heartbeatTimeout, deviceMac, nextHopMac symbolic; ports: 4; as configured: height = 10007',
  )
  allHold(t, right)
  t.true(right.paths.length > 50)
})

for (const [name, find, replace, fails] of [
  ['default-port-of-heartbeats', 'heartbeatPort = configHeartbeatPort()', 'heartbeatPort = 3781', /^state|^verdict/],
  [
    'default-timeout',
    'heartbeatTimeout = configHeartbeatTimeout()',
    'heartbeatTimeout = 3000000000',
    /^state|^verdict/,
  ],
  ['default-port-of-clients', 'wan = configWan()', 'wan = 0', /^state|^verdict/],
  ['default-ports-of-backends', 'const egress = configBackendPort(backend)', 'const egress = backend + 1', /^verdict/],
] as const) {
  test.serial(`a balancer that is right as configured fails on some path: ${name}`, async (t) => {
    const { pairing } = right
    t.regex((await firstFailure('balancer', { name, find, replace }, {}, { pairing, solver })) ?? 'nothing', fails)
  })
}
