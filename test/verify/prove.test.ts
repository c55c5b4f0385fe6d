import test from 'ava'

import { loadSubject, type Proof, prove } from '../../src/verify/index.js'
import { sharedSolver } from './shared-solver.js'

async function proofOf(nf: string, options: Parameters<typeof loadSubject>[1] = {}): Promise<Proof> {
  return prove(await loadSubject(nf, options), { solver: await sharedSolver() })
}

test('nop is proved, with two ports and with five', async (t) => {
  for (const portCount of [2, 5]) {
    const { verdict, causes, paths } = await proofOf('nop', { portCount })
    t.is(verdict, 'proved', JSON.stringify(causes))
    t.true(paths > 1)
  }
})

test('the firewall is proved: verdict, bytes and state, for every packet, time and state', async (t) => {
  const { verdict, causes, pairing } = await proofOf('firewall')
  t.is(verdict, 'proved', JSON.stringify(causes))
  const [flows] = pairing
  t.is(flows?.structure?.kind, 'expiring_map')
  t.deepEqual(flows?.keyLayout?.fields.get('version'), { offset: 37, size: 1, order: 'big' })
})
