/** What an instrumented specification refuses while it runs, each with file, line and column. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { SpecError } from '../../../src/spec/error.js'
import { loadInstrumentedSpec } from '../../../src/spec/load/index.js'
import { Symbolic } from '../../domains/symbolic/both-readings.js'

const FRAME = new Uint8Array(60).fill(7)

/** Runs a specification symbolically whose third line is `statement`; the packet has 60 bytes and comes in by port 0. */
async function run(t: { teardown(fn: () => unknown): void }, statement: string, module = ''): Promise<Symbolic> {
  const directory = await mkdtemp(join(tmpdir(), 'vigil-instrumented-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'spec.ts')
  await writeFile(
    file,
    `import { div, drop, duration, expiringMap, flood, forward, forwardToSet, max, min, must, record, spec, u8, u32, wide } from 'vigil-nf/spec'; ${module}
export default spec({ title: 'x', config: {}, state: () => ({ table: expiringMap(record({ n: u8 }), 2, record({ v: u8 })) }), process({ packet, ingress, now, portCount, table, choose }) {
  ${statement}
  return drop()
} })
`,
  )
  const { spec } = await loadInstrumentedSpec(file)
  const loaded = { file, fast: spec, instrumented: spec, config: { values: new Map(), portCount: 2 } }
  const symbolic = new Symbolic(loaded)
  const said = symbolic.say({ ingress: 0, now: 1000n, frame: FRAME })
  if (said.error !== '') throw new SpecError(said.error)
  return symbolic
}

const refused: readonly [statement: string, place: string, what: RegExp][] = [
  ['must(packet.length)', '3:3', /must takes a truth value, not a number/],
  ['if (packet === packet) return drop()', '3:7', /=== between records or other objects/],
  ['const a = { n: 1 }; if (a !== { n: 1 }) return drop()', '3:27', /=== between records/],
  ['if (packet.length === packet) return drop()', '3:7', /=== compares .* number with a record/],
  ['if (ingress) return drop()', '3:7', /a number is taken for a truth value/],
  ['if (packet.length) return drop()', '3:7', /a number is taken for a truth value/],
  ['if (3) return drop()', '3:7', /a number is taken for a truth value/],
  ['if (now) return drop()', '3:7', /a bigint is taken for a truth value/],
  ['const x = 0n ? 1 : 2', '3:13', /a bigint is taken for a truth value/],
  ['const x = !packet.length', '3:13', /a number is taken for a truth value/],
  ['const x = packet.length && 3', '3:13', /a number is taken for a truth value/],
  ['const x = 3 || 4', '3:13', /a number is taken for a truth value/],
  ['const x = packet.length + 3n', '3:13', /number and bigint are mixed/],
  ['const x = 3 + 3n', '3:13', /number and bigint are mixed/],
  ['const x = 3 === 3n', '3:13', /number and bigint are mixed/],
  ['const x = now < packet.length', '3:13', /number and bigint are mixed/],
  ['const x = min(packet.length, 3n)', '3:13', /min: number and bigint are mixed/],
  ['const x = packet.length ** 2', '3:13', /\*\* of a number .* is not part of the language/],
  ['const x = now ** 2n', '3:13', /\*\* of a bigint .* is not part of the language/],
  ['const x = now >>> 2n', '3:13', />>> of a bigint .* is not part of the language/],
  ['const x = 1n << now', '3:13', /a bigint is shifted by what depends/],
  ['const x = packet.length - undefined', '3:13', /- takes two numbers or two bigints, not a number and undefined/],
  ["const x = 'a' + packet.length", '3:13', /\+ takes two numbers/],
  ['const x = packet.length < true', '3:13', /< takes two numbers/],
  ['const x = +now', '3:13', /\+ takes a number, not a bigint/],
  ['const x = div(packet.length, 0)', '3:13', /div by zero/],
  ['const x = packet.length % 0', '3:13', /% by zero/],
  ['const x = div(3, packet.length - 60)', '3:13', /div by zero/],
  ['const x = 9007199254740991 + 1', '3:13', /is not a whole number of at most 53 bits/],
  ['const x = 9007199254740991 * packet.length', '3:13', /needs more than 53 bits/],
  ['const x = 1.5 + packet.length', '3:13', /1.5 is not a whole number/],
  [`const x = \`length $${'{packet.length}'}\``, '3:23', /text is made of a value/],
  ['const x = [1, 2][packet.length]', '3:20', /chosen by a value that depends/],
  ['const { [packet.length]: x } = {}', '3:12', /chosen by a value that depends/],
  ['for (let i = 0; i < packet.length; i++) {}', '3:19', /the bound of this loop depends on the packet/],
  ['const f = (n: number): number => f(n); f(0)', '3:36', /does not come to an end/],
  ['for (let i = 0; i < 5; i--) {}', '3:19', /does not come to an end/],
  ['const a = [1]; for (const x of a) a.push(x)', '3:37', /does not come to an end/],
  ['const x = [packet.length].map((n) => n).join()', '3:43', /join is a function of JavaScript/],
  ['const x = [3].sort((a, b) => packet.length)', '3:17', /sort is a function of JavaScript/],
  ['const x = Object.is(packet.length, packet.length)', '3:20', /is is a function of JavaScript/],
  ['const x = Object.keys(packet.length)', '3:20', /keys is a function of JavaScript/],
  ['const x = String(packet.length)', '3:13', /String is a function of JavaScript/],
  ['const x = Boolean(packet.length < 3)', '3:13', /Boolean is a function of JavaScript/],
  ['const x = structuredClone({ a: packet.length })', '3:13', /structuredClone is a function of JavaScript/],
  ['const x = JSON.stringify({ a: packet.length })', '3:18', /stringify is a function of JavaScript/],
  ['const x = packet.nothing.type', '3:3', /undefined/],
  ['const x = packet.udp.length', '3:3', /undefined/],
  ['const x = packet.other()', '3:20', /other is not a function/],
  ['LIST.push(3)', '3:8', /object is not extensible/],
  ['const x = table.valueAt(1)', '3:19', /table.valueAt of a slot that is not in use/],
  ['table.refresh(packet.length, now)', '3:9', /table.refresh of a slot that is not in use/],
  ['table.insert({ n: packet.length + 200 }, now, { v: 0 })', '3:9', /does not fit into n of a key of table/],
  ['table.insert({ n: 3n }, now, { v: 0 })', '3:9', /n of a key of table takes a number/],
  ['table.insert({}, now, { v: 0 })', '3:9', /a key of table has no n/],
  ['table.insert({ n: 3 }, now)', '3:9', /table.insert needs a value/],
  ['table.insert({ n: 3 }, now + 1n, { v: 0 })', '3:9', /later than now/],
  [
    'table.insert({ n: 3 }, now, { v: 0 }); table.insert({ n: 3 }, now, { v: 0 })',
    '3:48',
    /a key that is there already/,
  ],
  ['return forward(packet.length, packet)', '3:10', /a port that does not exist/],
  ['return forward(7, packet)', '3:10', /a port that does not exist/],
  ['return forwardToSet(4, packet)', '3:10', /a port that does not exist/],
  ['return forward(now, packet)', '3:10', /a port is a number/],
  ['return flood({})', '3:10', /a verdict takes the packet/],
  [
    'return forward(0, packet.with({ ethernet: { dst: packet.length * 9007199254740 } }))',
    '3:28',
    /does not fit into ethernet.dst/,
  ],
  ['return forward(0, packet.with({ ipv4: { ttl: 3 } }))', '3:28', /changes ipv4, which this packet does not have/],
  ['return undefined', '3:3', /process gives no verdict/],
  ["const x = choose('c', 0)", '3:13', /nothing to choose from/],
]

for (const [statement, place, what] of refused) {
  test(`refused at ${place}: ${statement}`, async (t) => {
    const error = await t.throwsAsync(run(t, statement, 'const LIST = [1, 2]'), { instanceOf: SpecError })
    t.regex(error?.message ?? '', what)
    if (
      /not fit|needs more|zero|does not exist|in use|later/.test(error?.message ?? '') &&
      !/spec\.ts/.test(error?.message ?? '')
    )
      return
    t.true(error?.message.includes(`spec.ts:${place}:`), error?.message)
  })
}

const allowed: readonly string[] = [
  'if (packet.ethernet && packet.ethernet.type === 0x0707) return flood(packet)',
  'const x = [1, 2].includes(packet.length) ? 1 : 2',
  'const x = [packet.length, 2].filter((n) => n > 3).map((n) => n + 1)',
  'const x = [1, 2].some((n) => n === packet.length)',
  "const x = 'a' + 'b'",
  `const x = \`port $${'{portCount}'}\``,
  'for (const n of [1, 2, 3]) if (n === packet.length) return drop()',
  'switch (packet.length) { case 59: return flood(packet); case 60: break; default: return flood(packet) }',
  'let n = packet.length; n += 1; n++; --n; n &&= 3',
  'const x = table.keyAt(0)?.n ?? 3',
  'const x = { ...{ a: packet.length } }; const { a = 3, ...rest } = x',
]

for (const statement of allowed) {
  test(`followed: ${statement}`, async (t) => {
    const program = statement.replace('n &&= 3', 'n %= 7')
    await t.notThrowsAsync(run(t, program))
  })
}
