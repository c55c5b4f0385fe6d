/** Tests that run in one process are all of them, and say which file they are of. */

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import test from 'ava'
import fc from 'fast-check'

import { temporary } from '../temporary.js'
import { grouped } from './groups.js'
import { testFiles, writeGroups } from './write.js'

const place = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
const places = fc.uniqueArray(place, { maxLength: 4 })

test('whatever the groups are, each file runs once', (t) => {
  const tables = fc.record({ groups: fc.dictionary(fc.constantFrom('x', 'y', 'z'), places), alone: places })
  fc.assert(
    fc.property(fc.uniqueArray(place), tables, (some, { groups, alone }) => {
      const files = [...new Set([...some, ...alone, ...Object.values(groups).flat()])]
      const { together, alone: left } = grouped(files, { groups, alone })
      t.deepEqual([...[...together.values()].flat(), ...left].sort(), files.sort())
      for (const name of alone) t.true(left.includes(name))
    }),
  )
})

test('a place without a test is refused', (t) => {
  const of = (groups: Record<string, string[]>, alone: string[]) => () => grouped(['smt/terms'], { groups, alone })
  t.throws(of({ terms: ['smt', 'smt/term'] }, []), { message: /no test file is in smt\/term$/ })
  t.throws(of({ terms: ['smt'] }, ['smt/doors']), { message: /no test file is in smt\/doors$/ })
})

test('of a group, ava counts each test under its file, names the line that fails, and fails', async (t) => {
  const root = temporary('together')
  const folder = join(root, 'build/test')
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const three = 'adds up'
  write('sums/right.test.js', `import test from 'ava';\ntest('${three}', (t) => t.is(1 + 2, 3))\n`)
  write('sums/wrong.test.js', `import test, {} from 'ava';\n\ntest.serial('${three}', (t) => t.is(1 + 2, 4))\n`)
  write('sums/helped.test.js', `import { declare } from './helper.js';\ndeclare('by a helper')\n`)
  write('sums/helper.js', `import test from 'ava'\nexport const declare = (title) => test(title, (t) => t.pass())\n`)
  const alone = `(t) => { running += 1; await null; t.is(running, 1); running -= 1 }`
  write(
    'solved/it.test.js',
    `import test from 'ava';\nlet running = 0\ntest('a', async ${alone})\ntest('b', async ${alone})\n`,
  )
  write('sums/gone.together.js', '')
  write('together/groups/gone.js', '')
  cpSync('build/test/together/tests-of.js', join(folder, 'together/tests-of.js'))
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))

  const table = { groups: { sums: ['sums'], solved: ['solved'] }, oneByOne: ['solved'], alone: [] }
  const files = writeGroups(folder, grouped(testFiles(folder), table))
  t.deepEqual(files, ['together/groups/sums.js', 'together/groups/solved.js'])
  t.deepEqual(testFiles(folder), ['solved/it', 'sums/helped', 'sums/right', 'sums/wrong'])
  const ava = { files: files.map((file) => `build/test/${file}`) }
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', ava }))
  const { code, output } = await avaIn(root)
  t.is(code, 1, output)
  t.regex(output, /✔ sums › sums\/right › adds up/)
  t.regex(output, /✔ sums › by a helper/)
  for (const one of ['a', 'b']) t.regex(output, new RegExp(`✔ solved › solved/it › ${one}`))
  t.regex(output, /✘ \[fail\]: sums › sums\/wrong › adds up/)
  t.regex(output, /sums\/wrong\.together\.js:3/)
  t.regex(output, /1 test failed/)
})

test('npm test runs every test file there is', (t) => {
  const { together, alone } = grouped(testFiles('build/test'))
  const run = new Set([...[...together.values()].flat(), ...alone])
  const sources = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
  t.deepEqual(
    sources.filter((file) => !run.has(file.slice(0, -'.test.ts'.length))),
    [],
  )
  t.regex(readFileSync('package.json', 'utf8'), /"test": ".* && ava --config build\/test\/together\/ava\.config\.js"/)
})

/** What ava prints of the project in a folder, and how it ends. */
function avaIn(folder: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const env = { ...process.env, NO_COLOR: '1' }
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [resolve('node_modules/ava/entrypoints/cli.mjs')],
      { cwd: folder, env },
      (_, stdout, stderr) => done({ code: child.exitCode, output: `${stdout}${stderr}` }),
    )
  })
}
