/** Network functions that look at the checksum of an IPv4 header themselves, against a specification that asks for it. */
import test, { type ExecutionContext } from 'ava'

import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadSubject, type Proof, prove } from '../../src/verify/index.js'
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

async function proofOf(t: ExecutionContext, check: string, rule: string): Promise<Proof> {
  const folder = sample(t, {
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
  return prove(await loadSubject(folder), { solver, random: () => 0.5 })
}

const RIGHT = 'if (!ipv4.checksumRight) return drop()'
const RIGHT_AND_SHORT = `if (ipv4.headerLength > 20) return drop()\n${RIGHT}`

for (const [what, check, rule] of [
  [
    'without options, as a constant that a compiler knows',
    'if (header != 20) return -1\nif (!vig.ipv4_header_checksum_ok(ip, 20)) return -1',
    RIGHT_AND_SHORT,
  ],
  [
    'without options, of a length that is known on the path only',
    'if (header != 20) return -1\nif (!vig.ipv4_header_checksum_ok(ip, header)) return -1',
    RIGHT_AND_SHORT,
  ],
] as const) {
  test.serial(`a header is checked as the specification says, and proved: ${what}`, async (t) => {
    const { verdict, causes } = await proofOf(t, check, rule)
    t.is(verdict, 'proved', JSON.stringify(causes))
  })
}

for (const [what, check, rule] of [
  ['not at all', '', RIGHT],
  [
    'the other way round',
    'if (header != 20) return -1\nif (vig.ipv4_header_checksum_ok(ip, header)) return -1',
    RIGHT_AND_SHORT,
  ],
  ['but for its last word', 'if (!vig.ipv4_header_checksum_ok(ip, header - 2)) return -1', RIGHT],
  ['as if it had no options', 'if (!vig.ipv4_header_checksum_ok(ip, 20)) return -1', RIGHT],
  [
    'without options, but for its last word',
    'if (header != 20) return -1\nif (!vig.ipv4_header_checksum_ok(ip, 18)) return -1',
    RIGHT_AND_SHORT,
  ],
  [
    'without options, but for its last word, by a length that is known on the path only',
    'if (header != 20) return -1\nif (!vig.ipv4_header_checksum_ok(ip, header - 2)) return -1',
    RIGHT_AND_SHORT,
  ],
  ['not at all, without options', 'if (header != 20) return -1', RIGHT_AND_SHORT],
] as const) {
  test.serial(`a header that is checked otherwise is not proved: ${what}`, async (t) => {
    const { verdict, causes } = await proofOf(t, check, rule)
    t.not(verdict, 'proved')
    t.true(
      causes.some((each) => /^verdict: .*does not hold in a model/.test(each.what)),
      JSON.stringify(causes),
    )
  })
}
