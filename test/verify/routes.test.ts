/** Network functions that look addresses up in tables which the host fills: few rows, many, and every table there is. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { MOST_SPELLED_OUT } from '../../src/domains/symbolic/config.js'
import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadSubject, type Proof, prove } from '../../src/verify/index.js'
import { nfSource, sample } from '../nf/fixtures/sample.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

test.after.always(() => solver.close())

const yaml = `name: sample
spec: spec.ts
ports: { count: 2 }
config:
  hops: { type: prefixes, value: ipv4, anyConfig: any, rows: { 10.0.0.0/8: 10.0.0.1, 10.1.0.0/16: 192.0.2.1 } }
  blocked: { type: table, key: ipv4, value: port, anyConfig: any, rows: { 10.0.0.9: 0 } }
`

const spec = `import { drop, forward, ipv4Address, lookupTable, port, prefixTable, spec } from 'vigil-nf/spec'

export default spec({
  title: 'The address of the next hop as that of its station',
  config: { hops: prefixTable(ipv4Address), blocked: lookupTable(ipv4Address, port) },
  state: () => ({}),
  process({ packet, ingress, config }) {
    const { ipv4 } = packet
    if (!ipv4) return drop()
    const only = config.blocked.get(ipv4.src)
    if (only !== undefined && only !== ingress) return drop()
    const hop = config.hops.lookup(ipv4.dst)
    return hop === undefined ? drop() : forward(1 - ingress, packet.with({ ethernet: { dst: hop } }))
  },
})
`

const RIGHT = 'const hop = vig.lpm_lookup_elem(hops(), vig.loadU32BE(ip + 16))\n  if (hop == -1) return -1'

function routing(lookup: string): string {
  return nfSource(`
@external('config', 'hops') declare function hops(): i32
@external('config', 'blocked') declare function blocked(): i32
const found = memory.data(4, 4)
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  if (length < 34 || vig.loadU16BE(packet + 12) != 0x0800) return -1
  const ip = packet + 14
  const header = (vig.loadU8(ip) & 15) * 4
  const total = vig.loadU16BE(ip + 2)
  if (vig.loadU8(ip) >> 4 != 4 || header < 20 || header > total || total > length - 14) return -1
  if (vig.map_get(blocked(), ip + 12, <i32>found) && load<i32>(found) != port) return -1
  ${lookup}
  vig.storeMac(packet, <i64><u32>hop)
  return 1 - port
}`)
}

async function proofOf(
  t: ExecutionContext,
  lookup: string,
  options: Parameters<typeof loadSubject>[1],
): Promise<Proof> {
  const folder = sample(t, { 'nf.yaml': yaml, 'nf.ts': routing(lookup), 'spec.ts': spec })
  return prove(await loadSubject(folder, options), { solver, random: () => 0.5 })
}

/** So many rows that each table is a function of which only the range is known. */
function many(t: ExecutionContext): string {
  const hops = Array.from(
    { length: MOST_SPELLED_OUT.prefixes + 1 },
    (_, i) => `  20.${i >> 8}.${i & 255}.0/24: 192.0.2.1`,
  )
  const blocked = Array.from({ length: MOST_SPELLED_OUT.keys + 1 }, (_, i) => `  10.0.0.${i}: 0`)
  const file = join(sample(t, {}), 'rows.yaml')
  writeFileSync(file, `hops:\n${hops.join('\n')}\nblocked:\n${blocked.join('\n')}\n`)
  return file
}

for (const [what, options] of [
  ['as configured', {}],
  ['and for every table', { anyConfig: true }],
] as const) {
  test.serial(`lookups are proved ${what}, and each path is one of the real binary`, async (t) => {
    const { verdict, causes, explored } = await proofOf(t, RIGHT, options)
    t.is(verdict, 'proved', JSON.stringify(causes))
    t.true(explored.confirmations?.every((each) => each?.kind === 'confirmed'))
  })
}

test.serial(
  'long tables are functions: proved, and a path that needs one of their rows is said not to have been run',
  async (t) => {
    const { verdict, causes, explored } = await proofOf(t, RIGHT, { config: [many(t)] })
    t.is(verdict, 'proved', JSON.stringify(causes))
    const { confirmations = [] } = explored
    t.true(confirmations.some((each) => each?.kind === 'confirmed'))
    for (const each of confirmations) {
      if (each?.kind === 'unrealisable') t.regex(each.reason, /a long table/)
      else t.is(each?.kind, 'confirmed')
    }
  },
)

const NEGATIVE = RIGHT.replace('hop == -1', 'hop < 0')

test.serial('values with the highest bit are no less values: who takes them for none is found out', async (t) => {
  const configured = await proofOf(t, NEGATIVE, {})
  t.is(configured.verdict, 'refuted', JSON.stringify(configured.causes))
  const long = await proofOf(t, NEGATIVE, { config: [many(t)] })
  t.is(long.verdict, 'undecided')
  t.regex(long.causes[0]?.what ?? '', /^verdict: .*does not hold in a model/)
})

for (const [what, lookup] of [
  ['another address is looked up', RIGHT.replace('ip + 16', 'ip + 12')],
  ['where there is no route, the last hop is taken', RIGHT.replace('if (hop == -1) return -1', '')],
] as const) {
  test.serial(`lookups that are wrong are refuted in a table that shows it: ${what}`, async (t) => {
    const { verdict, causes, counterexample } = await proofOf(t, lookup, { anyConfig: true })
    t.is(verdict, 'refuted', JSON.stringify(causes))
    t.true(counterexample?.finding.device.words.some((word) => word.startsWith('hops=')))
  })
}
