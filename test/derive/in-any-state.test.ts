import { join } from 'node:path'

import test from 'ava'

import { InAnyState } from '../../src/derive/in-any-state.js'
import { SymbolicReading } from '../../src/domains/symbolic/reading.js'
import { generate, profile } from '../../src/generate/index.js'
import { findNf, readManifest, resolveConfig } from '../../src/nf/index.js'
import { type Answer, openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadInstrumentedSpec } from '../../src/spec/load/index.js'
import { mine, specOf } from '../cli/fixtures.js'
import { datagram, frame } from '../conform/real/cases.js'
import { nfUnderTest } from '../nfs/under-test.js'
import { temporary } from '../temporary.js'

/** One for a network function in its default configuration. */
async function statesOf(nf: string, solver?: SyncSolver): Promise<InAnyState> {
  const manifest = readManifest(findNf(nf))
  const spec = await loadInstrumentedSpec(manifest.spec ?? '')
  const reading = new SymbolicReading(spec.spec, resolveConfig(manifest), spec.file)
  return new InAnyState(reading, solver ?? (await openSyncSolver({ backends: ['z3-inline'] })))
}

/** Traffic with malformed packets, at the ports where it comes in and at others. */
function* traffic(nf: string, portCount: number) {
  let at = 0
  for (const { bytes, time, port } of generate({
    ...profile(nf),
    packets: 15,
    seed: 3,
    probes: undefined,
    tableProbe: undefined,
  })) {
    yield { bytes, now: time + 1_000_000_000n, port: (at++ % 5 === 0 ? port + 1 : port) % portCount }
  }
}

for (const nf of ['nop', 'nat', 'firewall', 'bridge', 'balancer', 'policer'] as const) {
  test(`${nf}: what a right one does is allowed in some state`, async (t) => {
    const make = await nfUnderTest(nf, {})
    const device = make()
    const states = await statesOf(nf)
    let [allowed, all] = [0, 0]
    for (const { bytes, now, port } of traffic(nf, device.portCount)) {
      const { ports, frame, violation } = device.send(port, bytes, now)
      t.is(violation, undefined)
      const egress = ports.reduce((set, each) => set | (1 << each), 0)
      const found = states.allows({ port, bytes, egress, output: frame })
      t.not(found, 'in none', Buffer.from(bytes).toString('hex'))
      if (found === 'in some state') allowed += 1
      all += 1
    }
    t.is(allowed, all)
  })
}

/** A datagram that a NAT has translated, with its mapping made by it. */
async function translated() {
  const device = (await nfUnderTest('nat', {}))()
  const bytes = datagram('10.0.0.5', 4000, '203.0.113.5', 53)
  const { ports, frame } = device.send(0, bytes, 1_000_000_000n)
  if (ports.join() !== '1') throw new Error('it did not leave by port 1')
  return { port: 0, bytes, egress: 2, output: frame }
}

function withByte(frame: Uint8Array, at: number, change: number): Uint8Array {
  const copy = frame.slice()
  copy[at] = ((copy[at] ?? 0) + change) & 255
  return copy
}

test('what no state allows is told: another port, a wrong address, checksum or payload, a length of its own is not', async (t) => {
  const states = await statesOf('nat')
  const right = await translated()
  t.is(states.allows(right), 'in some state')
  const { output } = right
  t.is(states.allows({ ...right, egress: 1 }), 'in none')
  t.is(states.allows({ ...right, egress: 3 }), 'in none')
  t.is(states.allows({ ...right, output: withByte(output, 41, 1) }), 'in none', 'checksum of UDP')
  t.is(states.allows({ ...right, output: withByte(output, output.length - 1, 1) }), 'in none', 'payload')
  t.is(states.allows({ ...right, output: withByte(output, 29, 1) }), 'in none', 'source address')
  t.is(states.allows({ ...right, output: right.bytes }), 'in none', 'not translated')
  t.is(states.allows({ ...right, output: output.subarray(1) }), 'unknown')
  // Where the table is full.
  t.is(states.allows({ ...right, egress: 0, output: new Uint8Array() }), 'in some state')
})

test('what hangs on earlier packets is left to them', async (t) => {
  const states = await statesOf('nat')
  const answer = datagram('203.0.113.5', 53, '198.51.100.1', 1030, { port: 1 })
  t.is(states.allows({ port: 1, bytes: answer, egress: 0, output: new Uint8Array() }), 'in some state')
  // Mappings lead to addresses inside, with MAC addresses of that side.
  t.is(states.allows({ port: 1, bytes: answer, egress: 1, output: answer }), 'in none')
})

/** Says nothing, as one that runs out of time. */
const SILENT: SyncSolver = {
  session: () => ({ push() {}, pop() {}, assert() {}, check: () => UNKNOWN }),
  check: () => UNKNOWN,
  statistics: () => [],
  close: async () => {},
}
const UNKNOWN: Answer = { status: 'unknown', reasons: [{ by: 'nobody', cause: 'time', detail: 'no time' }] }

test('without an answer of the solver nothing is known', async (t) => {
  const states = await statesOf('nat', SILENT)
  const right = await translated()
  t.is(states.allows(right), 'unknown')
  t.is(states.allows({ ...right, output: withByte(right.output, 41, 1) }), 'unknown')
})

test('without time nothing is known but what the first path allows', async (t) => {
  const states = await statesOf('nat')
  const right = await translated()
  t.is(
    states.allows({ ...right, output: right.bytes }, () => false),
    'unknown',
  )
})

test('checksums are those of the packet, and what a specification leaves open may be anything', async (t) => {
  const cwd = temporary()
  mine(
    cwd,
    specOf(`
      if (!packet.ipv4) return any()
      if (!packet.ipv4.checksumRight) return drop()
      return forward(1 - ingress, packet)
    `).replace('{ drop,', '{ any, drop,'),
  )
  const states = await statesOf(join(cwd, 'nfs', 'mine'))
  const bytes = datagram('10.0.0.5', 4000, '203.0.113.5', 53)
  const wrong = withByte(bytes, 24, 1)
  const dropped = { port: 0, egress: 0, output: new Uint8Array() }
  t.is(states.allows({ port: 0, bytes, egress: 2, output: bytes }), 'in some state')
  t.is(states.allows({ ...dropped, bytes }), 'in none')
  t.is(states.allows({ port: 0, bytes: wrong, egress: 2, output: wrong }), 'in none')
  t.is(states.allows({ ...dropped, bytes: wrong }), 'in some state')
  const other = frame(1, 2)
  t.is(states.allows({ port: 0, bytes: other, egress: 1, output: withByte(other, 20, 1) }), 'in some state')
  t.is(states.allows({ ...dropped, bytes: other }), 'in some state')
})
