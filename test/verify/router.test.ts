/** The router, in C, is proved for every table of routes, and wrong ones are refuted by packets. */

import test from 'ava'
import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadSubject, prove } from '../../src/verify/index.js'
import { withClang } from '../nf/c/with-clang.js'
import { temporary } from '../temporary.js'
import { wrongRouters } from '../wrong-builds/router/builds.js'
import { writeSource } from '../wrong-builds/wrong-build.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

test.after.always(() => solver.close())

withClang(
  'the router is proved for every table of routes and all addresses, each path one of the real binary',
  async (t) => {
    const { verdict, causes, explored, configuration } = prove(
      await loadSubject('router', { anyConfig: true, portCount: 2 }),
      { solver },
    )
    t.is(verdict, 'proved', JSON.stringify(causes))
    t.is(
      configuration,
      'every configuration: address, routes, deviceMac, nextHopMac symbolic; ports: 2; as configured: ipOptions = drop',
    )
    t.true(explored.confirmations?.every((each) => each?.kind === 'confirmed'))
  },
)

for (const name of ['ttl-1-forwarded', 'shortest-prefix-wins']) {
  withClang(`a wrong router is refuted by packets: ${name}`, async (t) => {
    const wrong = wrongRouters.find((each) => each.name === name)
    if (wrong === undefined) return t.fail('no such wrong build')
    const subject = await loadSubject('router', { binary: writeSource(temporary('router'), 'router', wrong) })
    const { verdict, causes, counterexample } = prove(subject, { solver, random: () => 0.5 })
    t.is(verdict, 'refuted', JSON.stringify(causes))
    t.not(counterexample, undefined)
  })
}
