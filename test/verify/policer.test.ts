/** The policer is proved, its arithmetic included, and wrong arithmetic fails on some path. */
import test from 'ava'

import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadSubject, type Proof, prove } from '../../src/verify/index.js'
import { temporary } from '../temporary.js'
import { wrongPolicers } from '../wrong-builds/policer/builds.js'
import { writeSource } from '../wrong-builds/wrong-build.js'
import { firstFailureUnder } from './paths-of.js'

let solver: SyncSolver
let proof: Proof

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-embedded'] })
  proof = prove(await loadSubject('policer'), { solver })
})

test.after.always(() => solver.close())

test('the policer is proved: an early exit in 64 bits is the minimum that its specification takes', (t) => {
  t.is(proof.verdict, 'proved', JSON.stringify(proof.causes))
  t.deepEqual(
    proof.pairing.map(({ structure }) => structure?.kind),
    ['expiring_map'],
  )
})

for (const name of ['full-one-nanosecond-early', 'last-token-kept']) {
  test(`wrong arithmetic of a policer fails on some path: ${name}`, async (t) => {
    const wrong = wrongPolicers.find((each) => each.name === name)
    if (wrong === undefined) return t.fail('no such wrong build')
    const subject = await loadSubject('policer', { binary: writeSource(temporary('policer'), 'policer', wrong) })
    t.regex(
      firstFailureUnder(proof.pairing, subject, solver) ?? 'nothing fails',
      /^verdict: the ports|^state: expiring_map\d+/,
    )
  })
}
