/** README shows real output: each block that starts with a command is run, and what it shows must come out of it. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { commandsOf, isPrinted, type Shown } from './shown.js'

const root = join(import.meta.dirname, '../../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The program and the first words behind each command that README uses. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'npx vigil': ['bin/vigil.js'],
  'npm run demo': ['build/src/demo/main.js'],
  'npm run wrong-builds --': ['build/test/wrong-builds/main.js'],
}

function shownRuns(): Shown[] {
  return [...readme.matchAll(/^```\n(\$ [\s\S]*?)^```$/gm)].flatMap(([, block = '']) => commandsOf(block))
}

function run(command: string, out: string): Promise<string> {
  const [prefix, program] = Object.entries(programs).find(([start]) => command.startsWith(start)) ?? []
  if (prefix === undefined || program === undefined) throw new Error(`README shows a command unknown here: ${command}`)
  const words = command
    .slice(prefix.length)
    .trim()
    .split(' ')
    .filter((word) => word !== '')
  const folder = prefix === 'npx vigil' ? ['--out', out] : []
  return new Promise((resolve) => {
    execFile(process.execPath, [...program, ...words, ...folder], { cwd: root }, (_error, stdout, stderr) => {
      resolve(`${stderr}${stdout}`)
    })
  })
}

for (const { command, lines } of shownRuns()) {
  test(`README shows what comes out of: ${command}`, async (t) => {
    const out = await mkdtemp(join(tmpdir(), 'vigil-readme-'))
    t.teardown(() => rm(out, { recursive: true, force: true }))
    const printed = (await run(command, join(out, 'run'))).replaceAll(
      /\S*vigil-readme-\S*\/report/g,
      'reports/#/report',
    )
    isPrinted(t, lines, printed)
  })
}

test('README shows at least the demo, a replay and the wrong builds', (t) => {
  t.true(shownRuns().length >= 3)
})

test('the files and folders that README points to are there', (t) => {
  for (const [, link = ''] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
    if (/^https?:/.test(link)) continue
    t.true(existsSync(join(root, link)), link)
  }
})
