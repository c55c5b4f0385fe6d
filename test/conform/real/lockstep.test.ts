import { setTimeout } from 'node:timers/promises'

import test from 'ava'

import { Lockstep } from '../../../src/conform/real/lockstep.js'
import { Histogram } from '../../../src/histogram.js'
import { loadNf } from '../../../src/nf/index.js'
import { loadSpec, Oracle } from '../../../src/oracle/index.js'
import { frame, MS } from './cases.js'

/** A case of two packets through a device that forwards at once, the second meant 2 ms after the first. */
async function caseOfTwo(): Promise<Lockstep> {
  const nf = await loadNf('nop')
  const spec = await loadSpec(nf.manifest.spec ?? '')
  const bench = {
    portCount: 2,
    addressed: (_port: number, bytes: Uint8Array) => bytes,
    send: (_port: number, bytes: Uint8Array) => void sent.push(bytes),
    isPast: () => true,
    answering: [],
    chatters: false,
    silence: 10,
    patience: 1000,
    granularity: 0,
    removesTrailers: false,
    isKnown: () => false,
    roundTrips: new Histogram(),
  }
  const sent: Uint8Array[] = []
  const oracle = new Oracle({ nf: 'nop', instance: 'dut', spec, config: nf.config, hasMacs: true })
  const packets = [0n, 2n * MS].map((now, at) => ({ bytes: frame(at, 9), port: 0, now, fills: [] }))
  return new Lockstep(bench, oracle, 'two', packets)
}

test('by how much a packet was sent too late is told, seen from the one before it', async (t) => {
  const lockstep = await caseOfTwo()
  const step = () => lockstep.step(process.hrtime.bigint())
  const begun = process.hrtime.bigint()
  step()
  // Nothing was to be sent at a time of its own yet.
  t.is(lockstep.seen.lateness, 0n)
  lockstep.came(1, process.hrtime.bigint(), frame(0, 9), false)
  step()
  await setTimeout(50)
  while (lockstep.seen.sent < 2) step()
  const { lateness } = lockstep.seen
  t.true(lateness > 40n * MS && lateness < process.hrtime.bigint() - begun, `${lateness}`)
})
