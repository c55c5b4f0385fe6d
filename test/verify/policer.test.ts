/** The policer is proved, its arithmetic included, and wrong arithmetic fails on some path. */
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
import { wrongPolicers } from '../wrong-builds/policer/builds.js'
import { writeSource } from '../wrong-builds/wrong-build.js'

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

for (const name of ['full-one-nanosecond-early', 'last-token-kept']) {
  test(`wrong arithmetic of a policer fails on some path: ${name}`, async (t) => {
    const wrong = wrongPolicers.find((each) => each.name === name)
    if (wrong === undefined) return t.fail('no such wrong build')
    const folder = mkdtempSync(join(tmpdir(), 'vigil-policer-'))
    try {
      const subject = await loadSubject('policer', { binary: writeSource(folder, 'policer', wrong) })
      t.regex(firstFailure(subject, proof.pairing) ?? 'nothing fails', /^verdict: the ports|^state: expiring_map\d+/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
