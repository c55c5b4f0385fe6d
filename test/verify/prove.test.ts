import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadSubject, type Proof, prove } from '../../src/verify/index.js'
import { wrongNops } from '../wrong-builds/nop/builds.js'
import { type Edit, writeSource } from '../wrong-builds/wrong-build.js'

async function withSolver<R>(use: (solver: SyncSolver) => Promise<R>): Promise<R> {
  const solver = await openSyncSolver({ backends: ['z3-embedded'] })
  try {
    return await use(solver)
  } finally {
    await solver.close()
  }
}

function proofOf(nf: string, options: Parameters<typeof loadSubject>[1] = {}): Promise<Proof> {
  return withSolver(async (solver) => prove(await loadSubject(nf, options), { solver }))
}

/** The proof of a wrong build in the place of the real one. */
async function proofOfWrong(nf: string, edit: Edit, options: Parameters<typeof loadSubject>[1] = {}): Promise<Proof> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-prove-'))
  try {
    return await proofOf(nf, { ...options, binary: writeSource(folder, nf, edit) })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('nop is proved, with two ports and with five', async (t) => {
  for (const portCount of [2, 5]) {
    const { verdict, causes, paths } = await proofOf('nop', { portCount })
    t.is(verdict, 'proved', JSON.stringify(causes))
    t.true(paths > 1)
  }
})

test('no wrong nop is proved, and each says what does not hold', async (t) => {
  for (const wrong of wrongNops) {
    const { verdict, causes } = await proofOfWrong('nop', wrong, { portCount: 5 })
    t.is(verdict, 'refuted', wrong.name)
    t.true(
      causes.some(({ what }) => /^verdict: .*does not hold in a model|^bytes: .*does not hold in a model/.test(what)),
      `${wrong.name}: ${JSON.stringify(causes)}`,
    )
  }
})

test('the firewall is proved: verdict, bytes and state, for every packet, time and state', async (t) => {
  const { verdict, causes, pairing } = await proofOf('firewall')
  t.is(verdict, 'proved', JSON.stringify(causes))
  const [flows] = pairing
  t.is(flows?.structure?.kind, 'expiring_map')
  t.deepEqual(flows?.keyLayout?.fields.get('version'), { offset: 37, size: 1, order: 'big' })
})
