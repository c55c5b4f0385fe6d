import test, { type ExecutionContext } from 'ava'

import { buildFrame } from '../../src/packet/index.js'
import { loadSubject } from '../../src/verify/index.js'
import { RealMemory } from '../../src/verify/real-memory.js'
import type { RealNf } from '../../src/verify/real-nf.js'
import { deviceOf } from './device-of.js'

const PAGE = 65_536
const I64_STORE = { opcode: 0x37, name: 'i64.store', type: 'i64', bytes: 8, isSigned: false } as const

test('memory is brought back to what was kept, wherever it was written, and is zero after that', (t) => {
  const memory = new RealMemory({ least: 8, most: 8 })
  memory.bytes.fill(7, 0, 3 * PAGE + 100)
  const kept = memory.keep(3 * PAGE + 100)
  const before = memory.bytes.slice()
  for (const at of [0, PAGE - 4, 3 * PAGE + 96, 6 * PAGE, 8 * PAGE - 8]) memory.store(I64_STORE, at, 0, 9n)
  memory.fill(4 * PAGE, 1, 2 * PAGE)
  memory.copy(2 * PAGE - 10, 4 * PAGE, 20)
  memory.bytes.set([1, 2, 3], 2 * PAGE - 1)
  memory.touch(2 * PAGE - 1, 3)
  t.not(Buffer.compare(memory.bytes, before), 0)
  memory.restore(kept)
  t.is(Buffer.compare(memory.bytes, before), 0)
  t.is(memory.top, kept.length)
})

const packet = buildFrame({
  ethernet: { src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' },
  ipv4: { src: '10.0.0.1', dst: '192.0.2.1' },
  udp: { srcPort: 40000, dstPort: 53 },
  payload: 'x'.repeat(1000),
})

async function restarted(t: ExecutionContext, nf: string, use: (real: RealNf) => void): Promise<void> {
  const { real } = deviceOf(await loadSubject(nf))
  const { bytes } = real.libvig
  const before = bytes.slice()
  for (const _ of [1, 2]) {
    use(real)
    t.not(Buffer.compare(bytes, before), 0, nf)
    real.restart()
    t.is(Buffer.compare(bytes, before), 0, nf)
  }
}

test('after a restart nothing is left of packets and flows', async (t) => {
  for (const nf of ['nop', 'firewall']) {
    const seen: unknown[] = []
    await restarted(t, nf, (real) => {
      const { outcome, calls } = real.process(packet, 0, 1n)
      t.is(outcome.kind, 'returned')
      seen.push(calls.map(({ name, results }) => [name, ...results]))
    })
    t.deepEqual(seen[0], seen[1])
  }
})

test('after a restart nothing is left of what the host has filled in', async (t) => {
  await restarted(t, 'firewall', ({ libvig, handles }) => {
    const [map = 0] = handles.values()
    libvig.bytes.set([1, 2, 3, 4], libvig.scratch + 16)
    t.is(libvig.call('expiring_map_insert', map, libvig.scratch + 16, 5n, libvig.scratch), 1)
  })
})
