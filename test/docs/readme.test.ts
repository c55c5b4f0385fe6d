/** README shows real output: each block that starts with a command is run, and what it shows must come out of it. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

const root = join(import.meta.dirname, '../../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The program and the first words behind each command that README uses. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'npx vigil': ['bin/vigil.js'],
  'npm run demo': ['build/src/demo/main.js'],
  'npm run wrong-builds --': ['build/test/wrong-builds/main.js'],
}

interface Shown {
  readonly command: string
  readonly lines: readonly string[]
}

function shownRuns(): Shown[] {
  return [...readme.matchAll(/^```\n\$ (.*)\n([\s\S]*?)^```$/gm)].map(([, command = '', output = '']) => ({
    command,
    lines: output.trimEnd().split('\n'),
  }))
}

/** Durations, memory, what a busy machine asks of a solver, and the names of run folders differ from run to run. */
function scrubbed(line: string): string {
  return line
    .replace(/ *[\d.,]+ (m?s|MB|solver calls)\b/g, ' # $1')
    .replace(/reports\/[\w-]+/g, 'reports/#')
    .trimEnd()
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
    let rest = printed.split('\n').map(scrubbed)
    for (const line of lines.filter((shown) => shown !== '...').map(scrubbed)) {
      const at = rest.indexOf(line)
      t.not(at, -1, `not in the output, or not in this order: ${line}`)
      rest = rest.slice(at + 1)
    }
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
