/** The files by which test files run in one process, written beside what tsc makes of them. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import type { Grouped } from './groups.js'

const TEST = '.test.js'
const COPY = '.together.js'
const GROUPS = 'together/groups'
const IMPORT = /^import test(?:, \{\})? from 'ava';$/m

/** All test files under a folder of compiled ones, by their paths in it, without ending. */
export function testFiles(root: string): readonly string[] {
  return filesUnder(root, TEST).map((file) => file.slice(0, -TEST.length))
}

/** Writes a file for each group and returns what ava is to run, groups first. What an earlier run wrote besides goes. */
export function writeGroups(root: string, { together, oneByOne, alone }: Grouped): readonly string[] {
  mkdirSync(join(root, GROUPS), { recursive: true })
  const written = new Set<string>()
  for (const [name, files] of together) {
    const members = files.map((file) => copied(root, file, oneByOne.includes(name)) ?? `${file}${TEST}`)
    const group = join(GROUPS, `${name}.js`)
    writeFileSync(join(root, group), members.map((member) => `import '../../${member}'\n`).join(''))
    for (const file of [group, ...members]) written.add(file)
  }
  const earlier = [...filesUnder(root, COPY), ...readdirSync(join(root, GROUPS)).map((name) => join(GROUPS, name))]
  for (const file of earlier) if (!written.has(file)) rmSync(join(root, file))
  return [...[...together.keys()].map((name) => join(GROUPS, `${name}.js`)), ...alone.map((file) => `${file}${TEST}`)]
}

/**
 * A copy of a test file with another `test`, on the same line, so that its source map holds. A file that leaves its tests
 * to a helper has none, and runs as it is.
 */
function copied(root: string, file: string, isSerial: boolean): string | undefined {
  const text = readFileSync(join(root, `${file}${TEST}`), 'utf8')
  const helper = relative(dirname(file), 'together/tests-of.js')
  const copy = text.replace(
    IMPORT,
    `import { testsOf } from './${helper}'; const test = testsOf('${file}', ${isSerial});`,
  )
  if (copy === text) return undefined
  writeFileSync(join(root, `${file}${COPY}`), copy)
  return `${file}${COPY}`
}

function filesUnder(root: string, ending: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort()
}
