import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import {
  codeFile,
  compileBurst,
  compileLibvig,
  compileNf,
  DESCRIPTORS,
  PROGRESS,
  readManifest,
} from '../../src/nf/index.js'
import { readInterface } from '../../src/nf/module-interface.js'
import { packageRoot } from '../../src/package-root.js'
import { temporary } from '../temporary.js'
import { answering, refuses, sample } from './fixtures/sample.js'

/** Files of this process only see a cache of their own. */
const cache = temporary('cache')
process.env.VIGIL_CACHE = cache

test.serial('an unchanged source is compiled once, a changed one again', async (t) => {
  const folder = sample(t, { 'nf.ts': answering('1'), 'helper.ts': 'export const PORT: i32 = 2\n' })
  const file = join(folder, 'nf.ts')
  const first = await compileNf(file)
  t.is(first.from, 'compiler')
  const second = await compileNf(file)
  t.is(second.from, 'cache')
  t.deepEqual(second.wasm, first.wasm)
  t.is(second.sourceMap, first.sourceMap)
  writeFileSync(file, answering('2'))
  t.is((await compileNf(file)).from, 'compiler')
})

test.serial('a change of an imported file counts, wherever it is imported', async (t) => {
  const folder = sample(t, {
    'nf.ts': `import { PORT } from './deep/middle'\n${answering('PORT')}`,
  })
  mkdirSync(join(folder, 'deep'))
  writeFileSync(join(folder, 'deep/middle.ts'), "export { PORT } from '../port'\n")
  writeFileSync(join(folder, 'port.ts'), 'export const PORT: i32 = 2\n')
  const before = await compileNf(join(folder, 'nf.ts'))
  writeFileSync(join(folder, 'port.ts'), 'export const PORT: i32 = 3\n')
  const after = await compileNf(join(folder, 'nf.ts'))
  t.not(after.key, before.key)
  t.notDeepEqual(after.wasm, before.wasm)
})

test.serial('nothing half-written is left in the cache, and two at once agree', async (t) => {
  const file = join(sample(t, { 'nf.ts': answering('3') }), 'nf.ts')
  const [a, b] = await Promise.all([compileNf(file), compileNf(file)])
  t.deepEqual(a.wasm, b.wasm)
  for (const folder of readdirSync(cache)) {
    t.regex(folder, /^[\da-f]{64}$/)
    t.deepEqual(readdirSync(join(cache, folder)).sort(), ['nf.wasm', 'nf.wasm.map'])
  }
})

test.serial('a cache that cannot be written does not stop the build', async (t) => {
  process.env.VIGIL_CACHE = '/dev/null/cache'
  t.teardown(() => {
    process.env.VIGIL_CACHE = cache
  })
  const file = join(sample(t, { 'nf.ts': answering('1 + 0') }), 'nf.ts')
  t.true((await compileNf(file)).wasm.length > 0)
})

test('a compiler error is one line with file and line', async (t) => {
  const folder = sample(t, { 'nf.ts': `${answering('0')}\nexport function broken(): i32 { return nothing }\n` })
  await refuses(
    t,
    () => compileNf(join(folder, 'nf.ts')),
    /nf\.ts:\d+:\d+: does not compile: TS2304: Cannot find name 'nothing'/,
  )
  await refuses(t, () => compileNf(join(folder, 'none.ts')), /none\.ts: cannot be read/)
})

test('the source map names the lines of the source', async (t) => {
  const { sourceMap } = await compileNf(join(packageRoot, 'nfs/nop/nf.ts'))
  t.regex(sourceMap ?? '', /nfs\/nop\/nf\.ts/)
})

test('modules are bare: no table, no start, memory imported, data where the memory map says', async (t) => {
  const libvig = readInterface((await compileLibvig()).wasm)
  t.deepEqual(
    libvig.imports.map(({ module, name }) => `${module}.${name}`),
    ['env.memory'],
  )
  t.false(libvig.hasStart || libvig.hasMemory)
  for (const { address, length } of libvig.data) t.true(length === 0 || (address ?? 0) >= 0x1200000)
  const file = codeFile(readManifest(join(packageRoot, 'nfs/nat/nf.yaml')))
  const nat = readInterface((await compileNf(file)).wasm)
  t.true(nat.imports.every(({ module }) => ['env', 'config', 'libvig'].includes(module)))
  t.false(nat.hasStart || nat.hasMemory)
})

test('the burst driver and the memory map agree on their addresses', async (t) => {
  const source = readFileSync(join(packageRoot, 'libvig/burst/burst.ts'), 'utf8')
  t.regex(source, new RegExp(`DESCRIPTORS: u32 = 0x${DESCRIPTORS.toString(16)}\\b`))
  t.regex(source, new RegExp(`PROGRESS: u32 = 0x${PROGRESS.toString(16)}\\b`))
  const driver = readInterface((await compileBurst()).wasm)
  t.deepEqual([...driver.functions], [['run', '(i32) -> ()']])
})
