/** The balancer is proved, and the first path on which a wrong one goes wrong is found under the same pairing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { openSyncSolver, type SyncSolver, Terms } from '../../src/smt/index.js'
import { explore, explorePath, type Fork } from '../../src/verify/explore.js'
import { loadSubject, type Proof, prove, type Subject } from '../../src/verify/index.js'
import { runInit } from '../../src/verify/machine/index.js'
import { provePacket } from '../../src/verify/packet-proof.js'
import type { Pairing } from '../../src/verify/pairing.js'
import { wrongBalancers } from '../wrong-builds/balancer/builds.js'
import { writeSource } from '../wrong-builds/wrong-build.js'

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

/** What the first obligation that fails says of a packet, path after path; undefined where all hold. */
function firstFailure(subject: Subject, found: Pairing): string | undefined {
  const terms = new Terms()
  const [init] = explore((path) => runInit(subject.machine, path), { terms, solver }).paths
  if (init?.end.kind !== 'ended') throw new Error('nf_init has no end')
  const { start } = init.end.result
  const pairing = found.map((pair) => ({
    ...pair,
    structure: start.structures.find(({ name }) => name === pair.structure?.name),
  }))
  const left = { bytes: new Set<number>(), globals: new Set<number>() }
  const waiting: Fork[] = [{ steps: [] }]
  for (let fork = waiting.pop(); fork !== undefined; fork = waiting.pop()) {
    const packet = { subject, start, pairing, left, longest: 1514 }
    const { report, forks } = explorePath((path) => provePacket(packet, path), fork, { terms, solver })
    const failed = report.obligations.find(({ answer }) => answer.kind === 'fails')
    if (failed !== undefined) return `${failed.obligation.guarantee}: ${failed.obligation.what}`
    waiting.push(...forks)
  }
  return undefined
}

for (const [name, what] of [
  ['dead-backend-used', /^verdict: the ports/],
  ['backend-not-remembered', /^state: expiring_map\d+: the value/],
  ['ring-turns-with-time', /^verdict: the ports/],
  ['requests-keep-a-backend-live', /^state: dchain\d+/],
] as const) {
  test(`a wrong balancer fails on some path: ${name}`, async (t) => {
    const wrong = wrongBalancers.find((each) => each.name === name)
    if (wrong === undefined) return t.fail('no such wrong build')
    const folder = mkdtempSync(join(tmpdir(), 'vigil-balancer-'))
    try {
      const subject = await loadSubject('balancer', { binary: writeSource(folder, 'balancer', wrong) })
      t.regex(firstFailure(subject, proof.pairing) ?? 'nothing fails', what)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
