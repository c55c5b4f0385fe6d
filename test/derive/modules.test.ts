import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import { derive } from '../../src/derive/derive.js'
import { suiteObject, writeSuite } from '../../src/derive/suite/folder.js'
import { InputError } from '../../src/errors.js'
import { loadSpec } from '../../src/spec/load/index.js'
import { mine, specOf } from '../cli/fixtures.js'
import { temporary } from '../temporary.js'

const LENGTHS = ['/** Comes first. */', '', 'export const isLong = (length: number) => length > 100', ''].join('\n')

/** A network function whose specification imports `lengths.ts` of this text. */
function inTwoFiles(lengths: string, process = 'return isLong(packet.length) ? drop() : forward(0, packet)'): string {
  const folder = temporary()
  mine(folder, `import { isLong } from './lengths.js'\n${specOf(process)}`)
  writeFileSync(join(folder, 'nfs', 'mine', 'lengths.ts'), lengths)
  return join(folder, 'nfs', 'mine')
}

test.serial('conditions of a module that a specification imports are met, at their places', async (t) => {
  const nf = inTwoFiles(LENGTHS)
  const suite = await derive({ nf })
  const theirs = suite.coverage.targets.filter(({ module }) => module === 'lengths.ts')
  t.deepEqual(
    theirs.map(({ kind, what, line, column, text, status }) => [kind, what, line, column, text, status]),
    [
      ['side', 'true', 3, 43, 'length > 100', 'met'],
      ['side', 'false', 3, 43, 'length > 100', 'met'],
      ['boundary', 'one below', 3, 43, 'length > 100', 'met'],
      ['boundary', 'at', 3, 43, 'length > 100', 'met'],
      ['boundary', 'one above', 3, 43, 'length > 100', 'met'],
    ],
  )
  t.true(suite.cases.some(({ meets }) => meets.some((place) => /^lengths\.ts:3:43-3:55 above$/.test(place))))
  const isSuite = new Ajv({ strict: true }).compile(JSON.parse(readFileSync('docs/schemas/suite.schema.json', 'utf8')))
  t.true(isSuite(JSON.parse(JSON.stringify(suiteObject(suite)))), JSON.stringify(isSuite.errors))
  const folder = join(temporary(), 'suite')
  writeSuite(suite, folder)
  const page = readFileSync(join(folder, 'coverage.html'), 'utf8')
  t.regex(page, /<h2>Source of lengths\.ts<\/h2>/)
  t.regex(page, /<td>lengths\.ts:3:43<\/td>/)
})

test.serial('--covering takes a line of a module that is imported', async (t) => {
  const nf = inTwoFiles(LENGTHS)
  const { cases } = await derive({ nf, covering: 'lengths.ts:3' })
  t.true(cases.length > 0)
  t.true(cases.every(({ meets }) => meets.some((place) => place.startsWith('lengths.ts:3:'))))
  const wrong = { instanceOf: InputError, message: /there is no condition on that line/ }
  await t.throwsAsync(derive({ nf, covering: 'lengths.ts:1' }), wrong)
  await t.throwsAsync(derive({ nf, covering: 'spec.ts:3' }), wrong)
  await t.throwsAsync(derive({ nf, covering: 'other.ts:3' }), { message: /the specification has no such file/ })
})

test('the hash of a specification is of what it imports too', async (t) => {
  const one = await loadSpec(join(inTwoFiles(LENGTHS), 'spec.ts'))
  const other = await loadSpec(join(inTwoFiles(LENGTHS.replace('100', '101')), 'spec.ts'))
  t.is(one.source, other.source)
  t.not(one.sha256, other.sha256)
})

test.serial('what derivation would not count in a module that is imported is refused', async (t) => {
  const answering = "import { drop } from 'vigil-nf/spec'\nexport const isLong = (length: number) => drop()\n"
  await t.throwsAsync(derive({ nf: inTwoFiles(answering, 'return isLong(packet.length)') }), {
    instanceOf: InputError,
    message: /drop\(\) in a module that a specification imports/,
  })
  const looking = 'export const isLong = (table: { get(key: number): unknown }) => table.get(1)\n'
  await t.throwsAsync(derive({ nf: inTwoFiles(looking, 'return drop()') }), {
    instanceOf: InputError,
    message: /get of a table in a module that a specification imports/,
  })
})
