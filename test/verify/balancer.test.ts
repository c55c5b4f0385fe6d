/** The balancer is proved, and the first path on which a wrong one goes wrong is found under the same pairing. */
import test from 'ava'

import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadSubject, type Proof, prove } from '../../src/verify/index.js'
import { temporary } from '../temporary.js'
import { wrongBalancers } from '../wrong-builds/balancer/builds.js'
import { writeSource } from '../wrong-builds/wrong-build.js'
import { firstFailureUnder } from './paths-of.js'

let solver: SyncSolver
let proof: Proof

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-embedded'] })
  proof = prove(await loadSubject('balancer'), { solver })
})

test.after.always(() => solver.close())

test('the balancer is proved: heartbeats, connections and the pick of the ring', (t) => {
  const { verdict, causes, pairing } = proof
  t.is(verdict, 'proved', JSON.stringify(causes))
  t.deepEqual(
    pairing.map(({ structure }) => structure?.kind),
    ['dchain', 'cht', 'expiring_map'],
  )
})

for (const [name, what] of [
  ['dead-backend-used', /^verdict: the ports/],
  ['backend-not-remembered', /^state: expiring_map\d+: the value/],
  ['ring-turns-with-time', /^verdict: the ports/],
  ['requests-keep-a-backend-live', /^state: dchain\d+/],
] as const) {
  test(`a wrong balancer fails on some path: ${name}`, async (t) => {
    const wrong = wrongBalancers.find((each) => each.name === name)
    if (wrong === undefined) return t.fail('no such wrong build')
    const subject = await loadSubject('balancer', { binary: writeSource(temporary('balancer'), 'balancer', wrong) })
    t.regex(firstFailureUnder(proof.pairing, subject, solver) ?? 'nothing fails', what)
  })
}
