import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { InputError } from '../../src/errors.js'
import { packageRoot } from '../../src/package-root.js'
import { decodeModule, readSourceMap } from '../../src/wasm/index.js'
import { listInAssemblyScript } from '../nf/in-assemblyscript.js'

const map = (mappings: string, more: object = {}): string =>
  JSON.stringify({ version: 3, sources: ['a.ts', 'b.ts'], names: [], mappings, ...more })

test('offsets are columns, and each goes by the mapping at or before it', (t) => {
  // Offset 10 to a.ts 1:1, 13 to nothing, 20 to b.ts 3:5, 24 to a.ts 2:1.
  const found = readSourceMap(map('UAAA,G,OCEI,IDDJ'), 'm')
  t.is(found.locate(9), undefined)
  t.deepEqual(found.locate(10), { file: 'a.ts', line: 1, column: 1 })
  t.deepEqual(found.locate(12), { file: 'a.ts', line: 1, column: 1 })
  t.is(found.locate(13), undefined)
  t.deepEqual(found.locate(20), { file: 'b.ts', line: 3, column: 5 })
  t.deepEqual(found.locate(1000), { file: 'a.ts', line: 2, column: 1 })
})

test('where the map does not say, the position before it in the same function is near', (t) => {
  const found = readSourceMap(map('UAAA,G,OCEI'), 'm')
  t.deepEqual(found.near(15, 10), { file: 'a.ts', line: 1, column: 1 })
  t.is(found.near(15, 12), undefined)
  t.deepEqual(found.near(21, 0), { file: 'b.ts', line: 3, column: 5 })
})

test('sources come along', (t) => {
  const { sources } = readSourceMap(map('', { sourcesContent: ['let a', null] }), 'm')
  t.deepEqual([...sources], [['a.ts', 'let a']])
})

test('every line of a network function that the compiler maps exists, and its instructions are mapped', (t) => {
  for (const { name } of listInAssemblyScript()) {
    const file = join(packageRoot, 'build/nfs', name, 'nf.wasm')
    const sourceMap = readSourceMap(readFileSync(`${file}.map`, 'utf8'), file)
    const lines = new Map([...sourceMap.sources].map(([source, text]) => [source, text.split('\n').length]))
    let own = 0
    for (const { instructions, start } of decodeModule(readFileSync(file)).code) {
      for (const { offset } of instructions) {
        const position = sourceMap.near(offset, start)
        if (position === undefined) continue
        t.true(position.line <= (lines.get(position.file) ?? 0), `${name}: ${position.file}:${position.line}`)
        if (position.file === `nfs/${name}/nf.ts`) own++
      }
    }
    t.true(own > 0, name)
  }
})

test('what is no source map is refused by file and reason', (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /not a source map/],
    ['{}', /version 3/],
    [map('A;A'), /more than one generated line/],
    [map('AEAA'), /no source 2/],
    [map('A!'), /character "!"/],
    [map('AAg'), /ends early/],
    [JSON.stringify({ version: 3, mappings: '' }), /no sources/],
    [JSON.stringify({ version: 3, sources: [] }), /no mappings/],
  ]
  for (const [text, message] of wrong) {
    t.throws(() => readSourceMap(text, 'nf.wasm.map'), { instanceOf: InputError, message })
  }
})
