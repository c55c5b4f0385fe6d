import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'
import { parse } from 'yaml'

import { derive } from '../../src/derive/derive.js'
import { readSuite, suiteObject, writeSuite } from '../../src/derive/suite/folder.js'
import { InputError } from '../../src/errors.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { temporary } from '../temporary.js'
import { suiteOf } from './shared-suites.js'

function schemaOf(name: string): object {
  const schema: unknown = JSON.parse(readFileSync(`docs/schemas/${name}.schema.json`, 'utf8'))
  return typeof schema === 'object' && schema !== null ? schema : {}
}

// Suites of the others take longer to derive than a test should.
for (const nf of ['nop', 'nat', 'firewall']) {
  test.serial(`every branch of ${nf} that can be reached is, and every other is proved unreachable`, async (t) => {
    const { coverage, isComplete } = await suiteOf(nf)
    t.true(isComplete)
    t.is(coverage.sides.notFound, 0)
    t.true(coverage.sides.met > 0)
    t.is(coverage.expiries.notFound, 0)
  })
}

test.serial('what is unreachable is said to be so with the reason, and lines of it exist', async (t) => {
  const { coverage, spec } = await suiteOf('firewall')
  const lines = spec.source.split('\n')
  const unreachable = coverage.targets.filter(({ status }) => status === 'unreachable')
  t.true(unreachable.length > 10)
  for (const { line, text, why } of unreachable) {
    t.regex(why, /^proved from /)
    t.true(lines[line - 1]?.includes(text.slice(0, 8)), text)
  }
  // Only what always holds of stored flows shows that their opener is never on the outside.
  const other = coverage.targets.find(
    ({ text, what }) => text === 'flows.valueAt(known).port !== ingress' && what === 'true',
  )
  t.regex(other?.why ?? '', /port in flows is 0: every packet keeps that/)
})

test.serial('entries expire to the nanosecond: a wait for each side and for the boundary', async (t) => {
  const { coverage, cases } = await suiteOf('nat')
  t.is(coverage.expiries.met, 6)
  const waits = new Set(cases.flatMap(({ packets }) => packets.map(({ wait }) => wait)))
  for (const wait of [299_999_999_999n, 300_000_000_000n, 300_000_000_001n]) t.true(waits.has(wait), String(wait))
})

test.serial('what the device chooses is filled in from its outputs', async (t) => {
  const { cases } = await suiteOf('nat')
  const fills = cases.flatMap(({ packets }) => packets.flatMap((packet) => packet.fills))
  t.true(fills.some(({ field, of, plus }) => field === 'transport.dstPort' && of === 'transport.srcPort' && plus === 0))
})

test.serial('a suite is a folder that can be read again, and is the same the second time', async (t) => {
  const folder = join(temporary(), 'suite')
  const suite = await suiteOf('nop')
  writeSuite(suite, folder)
  t.deepEqual(readdirSync(folder).sort(), ['cases', 'coverage.html', 'suite.json'])
  const read = readSuite(folder)
  t.deepEqual(read.cases, suite.cases)
  t.is(read.sha256, suite.spec.sha256)
  const again = await derive({ nf: 'nop' })
  t.deepEqual(suiteObject(again), suiteObject(suite))
  t.deepEqual(again.cases, suite.cases)
  for (const { name } of suite.cases) t.true(existsSync(join(folder, 'cases', `${name}.pcapng`)))
})

test.serial('suite.json and cases are as their schemas say', async (t) => {
  const folder = join(temporary(), 'suite')
  writeSuite(await suiteOf('nat'), folder)
  const ajv = new Ajv({ allErrors: true, strict: true })
  const isSuite = ajv.compile(schemaOf('suite'))
  t.true(isSuite(JSON.parse(readFileSync(join(folder, 'suite.json'), 'utf8'))), JSON.stringify(isSuite.errors))
  const isCase = ajv.compile(schemaOf('case'))
  for (const name of readdirSync(join(folder, 'cases')).filter((each) => each.endsWith('.yaml'))) {
    t.true(
      isCase(parse(readFileSync(join(folder, 'cases', name), 'utf8'))),
      `${name}: ${JSON.stringify(isCase.errors)}`,
    )
  }
})

test.serial('a suite that is cut among the first packets says so', async (t) => {
  const cut = new AbortController()
  const onProgress = (what: string): void => {
    if (what.startsWith('state 1')) cut.abort()
  }
  const { isComplete, coverage } = await derive({ nf: 'nop', signal: cut.signal, onProgress })
  t.false(isComplete)
  t.true(coverage.sides.notFound > 0)
})

test.serial('--covering leaves the cases that meet something on a line', async (t) => {
  const { cases } = await derive({ nf: 'nop', covering: 'spec.ts:10' })
  t.true(cases.length > 0)
  await t.throwsAsync(derive({ nf: 'nop', covering: 'spec.ts:11' }), {
    instanceOf: InputError,
    message: /there is no condition on that line/,
  })
})

test.serial('what derivation would not count is refused', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('switch (packet.length) { case 60: return drop() } return drop()'), wasmThatDoes('drop'))
  await t.throwsAsync(derive({ nf: join(cwd, 'nfs', 'mine') }), { message: /a switch is not read by derivation/ })
})
