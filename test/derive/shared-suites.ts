/** Suites that several test files run: derived once for what Vigil and the network function are now, and then kept. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

import { readCached, writeCached } from '../../src/cache.js'
import { derive } from '../../src/derive/derive.js'
import type { Suite } from '../../src/derive/suite/suite.js'

const FILE = 'suite'
const known = new Map<string, Promise<Suite>>()

export function suiteOf(nf: string): Promise<Suite> {
  const found = known.get(nf) ?? keptOrDerived(nf)
  known.set(nf, found)
  return found
}

async function keptOrDerived(nf: string): Promise<Suite> {
  const key = `test-${keyOf(['build/src', join('nfs', nf)])}`
  const [kept] = readCached(key, [FILE]) ?? []
  if (kept !== undefined) return deserialize(kept)
  const suite = await derive({ nf, budget: 600 })
  writeCached(key, { [FILE]: serialize(suite) })
  return suite
}

/** Of all files in these folders. */
function keyOf(folders: readonly string[]): string {
  const hash = createHash('sha256')
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (entry.isFile() && /\.(js|ts|yaml)$/.test(file)) hash.update(file).update(readFileSync(file))
    }
  }
  return hash.digest('hex')
}
