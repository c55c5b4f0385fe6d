import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { readCached, writeCached } from '../src/cache.js'
import { packageRoot } from '../src/package-root.js'
import { rooted } from './packetio/rooted.js'
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

rooted(
  'who may not write to the package reads what was kept there by who may',
  (t) => {
    const kept = join(packageRoot, '.cache/vigil')
    const key = readdirSync(kept).find((name) => /^[0-9a-f]{64}$/.test(name))
    if (key === undefined) return t.fail('nothing is kept')
    const names = readdirSync(join(kept, key))
    const program = `
      import { cacheFolder, readCached } from ${JSON.stringify(join(packageRoot, 'build/src/cache.js'))}
      const found = readCached(${JSON.stringify(key)}, ${JSON.stringify(names)})
      console.log(cacheFolder(), found?.length)`
    // In a mount namespace of its own, which ends with it.
    const script = `mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" --input-type=module -e "$3"`
    const home = temporary()
    const words = ['--mount', 'sh', '-c', script, 'sh', packageRoot, process.execPath, program]
    const env = { PATH: process.env.PATH, HOME: home, TMPDIR: home }
    const said = execFileSync('unshare', words, { encoding: 'utf8', env })
    t.is(said, `${join(home, '.cache/vigil')} ${names.length}\n`)
  },
  ['unshare'],
)
