import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { readCached, writeCached } from '../src/cache.js'
import { temporary } from './temporary.js'

const KEY = 'a'.repeat(64)

/** Caches there alone; without `isWritable` only the place for those who can write nowhere else is left. */
function cacheIn(folder: string, isWritable: boolean): void {
  writeFileSync(join(folder, 'file'), '')
  process.env.VIGIL_CACHE = join(folder, isWritable ? 'cache' : 'file/cache')
  process.env.TMPDIR = folder
}

function read(): string | undefined {
  const [file] = readCached(KEY, ['one.txt']) ?? []
  return file === undefined ? undefined : Buffer.from(file).toString()
}

test.serial('what is kept is found again, whole, and the first stays', (t) => {
  for (const isWritable of [true, false]) {
    cacheIn(temporary(), isWritable)
    t.is(read(), undefined)
    writeCached(KEY, { 'one.txt': 'one', 'two.txt': 'two' })
    writeCached(KEY, { 'one.txt': 'other' })
    t.is(read(), 'one')
    t.is(readCached(KEY, ['one.txt', 'three.txt']), undefined)
  }
})

test.serial('in a folder for all, only what nobody else can have written is believed', (t) => {
  const folder = temporary()
  cacheIn(folder, false)
  const ours = join(folder, `vigil-cache-${process.getuid?.()}`)
  mkdirSync(join(ours, KEY), { recursive: true })
  writeFileSync(join(ours, KEY, 'one.txt'), 'of somebody')
  chmodSync(ours, 0o777)
  t.is(read(), undefined)
  writeCached(KEY.replace('a', 'b'), { 'one.txt': 'one' })
  t.deepEqual(readdirSync(ours), [KEY])
  chmodSync(ours, 0o700)
  t.is(read(), 'of somebody')
  if (process.getuid?.() !== 0) return
  chownSync(ours, 65534, 65534)
  t.is(read(), undefined)
})
