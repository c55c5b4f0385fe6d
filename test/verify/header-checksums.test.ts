/** Network functions that look at the checksum of an IPv4 header themselves, against a specification that asks for it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'

import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadProperties } from '../../src/spec/load/properties.js'
import { loadInstrumentedProperties, loadSubject, type Proof, prove, proveProperty } from '../../src/verify/index.js'
import { nfSource, sample } from '../nf/fixtures/sample.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

test.after.always(() => solver.close())

/** Forwards what is IPv4 and not dropped by `check`; `header` is the length that the header says, in bytes. */
function forwarding(check: string): string {
  return nfSource(`
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  if (length < 34 || vig.loadU16BE(packet + 12) != 0x0800) return -1
  const ip = packet + 14
  const header = (vig.loadU8(ip) & 15) * 4
  const total = vig.loadU16BE(ip + 2)
  if (vig.loadU8(ip) >> 4 != 4 || header < 20 || header > total || total > length - 14) return -1
  ${check}
  return port ^ 1
}`)
}

function folderOf(t: ExecutionContext, check: string, rule: string): string {
  return sample(t, {
    'nf.yaml': 'name: sample\nspec: spec.ts\nports: { count: 2 }\n',
    'nf.ts': forwarding(check),
    'spec.ts': `import { drop, forward, spec } from 'vigil-nf/spec'

export default spec({
  title: 'Right headers pass',
  config: {},
  state: () => ({}),
  process({ packet, ingress }) {
    const { ipv4 } = packet
    if (!ipv4) return drop()
    ${rule}
    return forward(1 - ingress, packet)
  },
})
`,
  })
}

async function proofOf(t: ExecutionContext, check: string, rule: string): Promise<Proof> {
  return prove(await loadSubject(folderOf(t, check, rule)), { solver, random: () => 0.5 })
}

const RIGHT = 'if (!ipv4.checksumRight) return drop()'
const SHORT = 'if (ipv4.headerLength > 20) return drop()'
const IS_SHORT = 'if (header != 20) return -1'
const CHECKED = 'if (!vig.ipv4_header_checksum_ok(ip, header)) return -1'

for (const [what, check, rule] of [
  ['with whatever options', CHECKED, RIGHT],
  [
    'without options, as a constant that a compiler knows',
    `${IS_SHORT}\nif (!vig.ipv4_header_checksum_ok(ip, 20)) return -1`,
    `${SHORT}\n${RIGHT}`,
  ],
  ['without options, of a length that is known on the path only', `${IS_SHORT}\n${CHECKED}`, `${SHORT}\n${RIGHT}`],
  ['without options, of a length that is looked at afterwards', `${CHECKED}\n${IS_SHORT}`, `${RIGHT}\n${SHORT}`],
] as const) {
  test.serial(`a header is checked as the specification says, and proved: ${what}`, async (t) => {
    const { verdict, causes, explored } = await proofOf(t, check, rule)
    t.is(verdict, 'proved', JSON.stringify(causes))
    const ways = explored.confirmations?.map((each) => each?.kind)
    t.true(ways !== undefined && ways.length > 0 && ways.every((way) => way === 'confirmed'), JSON.stringify(ways))
  })
}

for (const [what, check, rule] of [
  ['not at all', '', RIGHT],
  ['the other way round', 'if (vig.ipv4_header_checksum_ok(ip, header)) return -1', RIGHT],
  ['but for its last word', 'if (!vig.ipv4_header_checksum_ok(ip, header - 2)) return -1', RIGHT],
  ['as if it had no options', 'if (!vig.ipv4_header_checksum_ok(ip, 20)) return -1', RIGHT],
  [
    'without options, but for its last word',
    `${IS_SHORT}\nif (!vig.ipv4_header_checksum_ok(ip, 18)) return -1`,
    `${SHORT}\n${RIGHT}`,
  ],
] as const) {
  test.serial(`a header that is checked otherwise is refuted, by a packet: ${what}`, async (t) => {
    const { verdict, causes, counterexample } = await proofOf(t, check, rule)
    t.is(verdict, 'refuted', JSON.stringify(causes))
    t.is(counterexample?.finding.packets.length, 1)
  })
}

test.serial('whether the sum of a packet that leaves is right is not told from the one that came in', async (t) => {
  const folder = folderOf(t, `${CHECKED}\nvig.storeU8(ip + 8, 7)`, RIGHT)
  writeFileSync(
    join(folder, 'left.ts'),
    `import { any, must, property } from 'vigil-nf/spec'
import right from './spec.js'

export const staysRight = property(right, ({ packet, output }) => {
  if (!packet.ipv4 || !output.packet || !output.packet.ipv4) return any()
  return must(output.packet.ipv4.checksumRight)
})
`,
  )
  const [[property], [fast]] = await Promise.all([
    loadInstrumentedProperties(join(folder, 'left.ts')),
    loadProperties(join(folder, 'left.ts')),
  ])
  if (property === undefined || fast === undefined) throw new Error('no property')
  const { verdict, causes } = proveProperty(await loadSubject(folder), property, { solver, fast, random: () => 0.5 })
  t.is(verdict, 'refuted', JSON.stringify(causes))
})
