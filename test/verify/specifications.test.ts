/**
 * No specification can go wrong in itself: whatever the packet, port, time and state, its numbers stay whole and within
 * 53 bits, nothing is divided by zero, values fit their fields, slots are in use and ports exist.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { resolveConfig } from '../../src/nf/config.js'
import { readManifest } from '../../src/nf/manifest.js'
import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { exploreSpec } from './explored-spec.js'

let solver: SyncSolver | undefined

test.before(async () => {
  solver = await openSyncSolver()
})

const cases: readonly (readonly [
  nf: string,
  config: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, string>>,
])[] = [
  ['nop', {}, {}],
  ['nat', {}, {}],
  ['nat', {}, { wrongChecksum: 'drop', ttl: 'decrement', opens: 'syn' }],
  ['firewall', {}, { opens: 'syn', ipv6Extensions: 'any' }],
  ['policer', {}, { count: 'line', macs: 'rewrite' }],
  ['bridge', {}, { groupSource: 'drop' }],
  ['bridge', { vlanAware: true, trunks: '2,3', pvid: '1,2,1,5' }, {}],
  ['balancer', {}, {}],
]

for (const [nf, config, options] of cases) {
  test.serial(
    `${nf} ${JSON.stringify({ ...config, ...options })}: every path is followed and every obligation proved`,
    async (t) => {
      if (solver === undefined) return t.fail()
      const resolved = resolveConfig(readManifest(`nfs/${nf}/nf.yaml`), { config })
      const values = new Map([...resolved.values, ...Object.entries(options)])
      const exploration = await exploreSpec(`nfs/${nf}/spec.ts`, { values, portCount: resolved.portCount }, solver)
      t.true(exploration.isComplete)
      t.true(exploration.paths.every(({ end, isUncertain }) => end.kind === 'ended' && !isUncertain))
      t.true(exploration.paths.every(({ satisfied }) => satisfied.kind === 'yes'))
      const obligations = exploration.paths.flatMap((path) => path.obligations)
      t.deepEqual(
        obligations.filter(({ answer }) => answer.kind !== 'holds'),
        [],
      )
      t.log(
        `${exploration.paths.length} paths, ${obligations.length} obligations, ${exploration.statistics.queries} queries`,
      )
    },
  )
}

const wrong: readonly [statement: string, what: RegExp][] = [
  ['const x = packet.length * 9007199254740', /more than 53 bits/],
  ['const x = div(packet.length, ingress)', /div by zero/],
  ['const x = table.keyAt(0); table.insert({ n: packet.length }, now)', /does not fit into n|there already/],
  ['const x = table.get({ n: 3 }); if (x === undefined) table.refresh(0, now)', /a slot that is not in use/],
  ['return forward(ingress + 1, packet)', /a port that does not exist/],
  ['return forwardEach([[1, packet], [ingress, packet]])', /no port two packets/],
  [
    'if (packet.ethernet) return forwardEach([[1, packet], [2, packet.tagged({ id: 3 * packet.length })]])',
    /does not fit into vlan.id/,
  ],
  ['if (ingress > 0 && packet.length * 9007199254740 > 3) return drop()', /more than 53 bits/],
]

for (const [statement, what] of wrong) {
  test.serial(`found for some packet and state: ${statement}`, async (t) => {
    if (solver === undefined) return t.fail()
    const directory = await mkdtemp(join(tmpdir(), 'vigil-explored-'))
    t.teardown(() => rm(directory, { recursive: true, force: true }))
    const file = join(directory, 'spec.ts')
    const state = 'state: () => ({ table: expiringMap(record({ n: u8 }), 2) })'
    const head = "import { div, drop, expiringMap, forward, forwardEach, record, spec, u8 } from 'vigil-nf/spec'"
    await writeFile(
      file,
      `${head}\nexport default spec({ title: 'x', config: {}, ${state}, process({ packet, ingress, now, table }) {\n  ${statement}\n  return drop()\n} })\n`,
    )
    const { paths } = await exploreSpec(file, { values: new Map(), portCount: 2 }, solver)
    const failed = paths.flatMap(({ obligations }) => obligations.filter(({ answer }) => answer.kind === 'fails'))
    t.true(failed.length > 0)
    for (const { obligation } of failed) {
      t.regex(obligation.what, what)
      t.like(obligation.place, { kind: 'source', file, line: 3 })
    }
  })
}
