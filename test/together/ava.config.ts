/** How `npm test` runs ava: as package.json says, but many files in one process. */

import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { grouped } from './groups.js'
import { testFiles, writeGroups } from './write.js'

const ROOT = 'build/test'

export default function config(): object {
  const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'))
  if (!isObject(manifest) || !('ava' in manifest) || !isObject(manifest.ava)) throw new Error('package.json: no ava')
  const files = writeGroups(ROOT, grouped(testFiles(ROOT))).map((file) => join(ROOT, file))
  // Groups take longest, so they start first: nothing waits for one in the end.
  const sortTestFiles = (a: string, b: string) => files.indexOf(relative('.', a)) - files.indexOf(relative('.', b))
  return { ...manifest.ava, files, sortTestFiles }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
