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
  'the router is proved for every table of routes, all addresses and options of IP forwarded or dropped, each path one of the real binary',
  async (t) => {
    const { verdict, causes, explored, configuration } = prove(
      await loadSubject('router', { anyConfig: true, portCount: 2 }),
      { solver },
    )
    t.is(verdict, 'proved', JSON.stringify(causes))
    t.is(
      configuration,
      'every configuration: address, routes, deviceMac, nextHopMac symbolic; split over ipOptions (drop, forward); ports: 2',
    )
    t.true(explored.confirmations?.every((each) => each?.kind === 'confirmed'))
  },
)

withClang('a router that sums 20 bytes of headers with options is refuted where it forwards them', async (t) => {
  const wrong = {
    name: 'sum-of-20-bytes',
    why: 'packets with options are dropped, or damaged ones go on',
    find: 'ipv4_header_checksum_ok(ip, ipv4_header_length(ip))',
    replace: 'ipv4_header_checksum_ok(ip, (int32_t)sizeof *ip)',
  }
  const binary = writeSource(temporary('router'), 'router', wrong)
  const subject = await loadSubject('router', { binary, config: ['ipOptions=forward'] })
  const { verdict, causes, counterexample } = prove(subject, { solver, random: () => 0.5 })
  t.is(verdict, 'refuted', JSON.stringify(causes))
  t.not(counterexample, undefined)
})

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
