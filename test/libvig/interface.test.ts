import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { compileLibvig, LIBVIG_DATA_START } from '../../src/nf/index.js'
import { readInterface } from '../../src/nf/module-interface.js'
import { packageRoot } from '../../src/package-root.js'

async function exported(): Promise<Map<string, string>> {
  const { functions } = readInterface((await compileLibvig()).wasm)
  // What starts with libvig_ is the host's.
  return new Map([...functions].filter(([name]) => !name.startsWith('libvig_')).sort())
}

function sorted(entries: Iterable<readonly [string, string]>): [string, string][] {
  return [...entries].map(([name, type]): [string, string] => [name, type]).sort()
}

test('api.ts declares exactly what libVig exports, with the same types', async (t) => {
  const text = readFileSync(join(packageRoot, 'libvig/api.ts'), 'utf8')
  const pattern = /@external\('libvig', '(\w+)'\)\nexport declare function (\w+)\(([^)]*)\): (\w+)/g
  const declared = [...text.matchAll(pattern)].map(([, name = '', local = '', parameters = '', result = '']) => {
    t.is(name, local)
    const types = parameters.split(',').map((parameter) => parameter.split(':')[1]?.trim() ?? '')
    return [
      name,
      `(${types.filter((type) => type !== '').join(', ')}) -> (${result === 'void' ? '' : result})`,
    ] as const
  })
  t.deepEqual(sorted(declared), sorted(await exported()))
})

test('libvig.h declares exactly what libVig exports, with the same types', async (t) => {
  const text = readFileSync(join(packageRoot, 'libvig/c/libvig.h'), 'utf8')
  const pattern = /LIBVIG\((\w+)\) ([\w ]+?[ *]+)\w+\(([^)]*)\);/g
  const wasmType = (type: string): string => (type.includes('int64_t') ? 'i64' : 'i32')
  const declared = [...text.matchAll(pattern)].map(([, name = '', result = '', parameters = '']) => {
    const types = parameters === 'void' ? [] : parameters.split(',').map(wasmType)
    const answer = result.trim() === 'void' ? '' : wasmType(result)
    return [name, `(${types.join(', ')}) -> (${answer})`] as const
  })
  t.deepEqual(sorted(declared), sorted(await exported()))
})

test('libVig keeps its data where the memory map says, and its heap starts behind it', async (t) => {
  const { wasm } = await compileLibvig()
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 512 })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } })
  const base = exports.libvig_heap_base
  t.true(typeof base === 'function')
  const start: unknown = typeof base === 'function' ? base() : 0
  for (const { address, length } of readInterface(wasm).data) {
    t.true(address !== undefined && address >= LIBVIG_DATA_START && address + length <= Number(start))
  }
  t.true(Number(start) > LIBVIG_DATA_START && Number(start) < LIBVIG_DATA_START + 65_536)
})
