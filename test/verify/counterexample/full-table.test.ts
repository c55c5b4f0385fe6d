/** Counterexamples that need a full table: made of one packet that opens an entry, without any solver. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { Integers } from '../../../src/domains/symbolic/integer.js'
import { buildFrame } from '../../../src/packet/index.js'
import { Terms } from '../../../src/smt/index.js'
import { FullTables } from '../../../src/verify/counterexample/full-table.js'
import { type Finding, JudgedRuns } from '../../../src/verify/counterexample/judged-runs.js'
import { reversed } from '../../../src/verify/counterexample/reversed.js'
import { loadSubject } from '../../../src/verify/index.js'
import type { Structure } from '../../../src/verify/machine/index.js'
import { wrongBridges } from '../../wrong-builds/bridge/builds.js'
import { wrongFirewalls } from '../../wrong-builds/firewall/builds.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { deviceOf } from '../device-of.js'

const CAPACITY = 8

const opening = buildFrame({
  ethernet: { src: '00:00:00:00:00:00', dst: '00:00:00:00:00:00' },
  ipv4: { src: '0.0.0.0', dst: '0.0.0.0' },
  udp: { srcPort: 0, dstPort: 0 },
  payload: 'hello',
})

/** What a full table shows of a wrong build. */
async function shownOf(
  nf: string,
  wrong: Edit | undefined,
  capacity: string,
  keySize: number,
): Promise<Finding | undefined> {
  if (wrong === undefined) throw new Error('no such wrong build')
  const folder = mkdtempSync(join(tmpdir(), 'vigil-full-'))
  try {
    const config = { [capacity]: CAPACITY }
    const subject = await loadSubject(nf, { config, binary: writeSource(folder, nf, wrong) })
    const device = deviceOf(subject)
    const sizes = [keySize, 4, CAPACITY].map((size) => new Integers(new Terms()).of(BigInt(size)))
    const structures = [...device.real.handles.keys()].map(
      (name): Structure => ({ name, kind: 'expiring_map', sizes, origin: 'nf_init' }),
    )
    return new FullTables(new JudgedRuns(subject), device, structures).from({ bytes: opening, port: 0, now: 123n })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function named(builds: readonly Edit[], name: string): Edit | undefined {
  return builds.find((each) => each.name === name)
}

test('a flow too many: as many packets as there is room for, and one more', async (t) => {
  for (const name of ['full-table-passes', 'full-table-throws-out-a-flow']) {
    const finding = await shownOf('firewall', named(wrongFirewalls, name), 'maxFlows', 40)
    t.is(finding?.packets.length, CAPACITY + 1, name)
    t.regex(finding?.detail.violation.summary ?? '', /^expected the packet to be dropped, but it left/, name)
  }
})

test('a station forgotten for another: its answers are flooded', async (t) => {
  const finding = await shownOf('bridge', named(wrongBridges, 'full-table-forgets-a-station'), 'capacity', 8)
  t.regex(
    finding?.detail.violation.summary ?? '',
    /^expected the packet to leave on port 0, but it left on ports 0, 2, 3/,
  )
})

test('a network function that is right is right when its table is full', async (t) => {
  const same: Edit = { name: 'same', why: 'nothing is', find: 'load<u8>(mac) & 1', replace: '1 & load<u8>(mac)' }
  t.is(await shownOf('bridge', same, 'capacity', 8), undefined)
})

test('the answer to a packet has its ends exchanged, and right checksums', (t) => {
  const ends = [
    { mac: '02:00:00:00:00:01', address: '10.0.0.1', port: 40000 },
    { mac: '02:00:00:00:00:02', address: '192.0.2.1', port: 80 },
  ] as const
  const frame = (from: (typeof ends)[number], to: (typeof ends)[number]): Uint8Array =>
    buildFrame({
      ethernet: { src: from.mac, dst: to.mac },
      ipv4: { src: from.address, dst: to.address },
      tcp: { srcPort: from.port, dstPort: to.port },
      payload: 'x',
    })
  t.deepEqual(reversed(frame(ends[0], ends[1])), frame(ends[1], ends[0]))
})
