import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { readInterface } from '../../../src/nf/module-interface.js'
import { packageRoot } from '../../../src/package-root.js'
import { decodeModule, type Module, printFunctionType } from '../../../src/wasm/index.js'
import { listInAssemblyScript } from '../../nf/in-assemblyscript.js'
import { buildModule, call, i32Const, localGet } from '../module-builder.js'
import { sampleModule } from './sample-module.js'

const built = (file: string): Uint8Array => new Uint8Array(readFileSync(join(packageRoot, 'build', file)))

test('functions are named by the name section, else by their export', (t) => {
  const { name, code, functionNames } = decodeModule(sampleModule)
  t.is(name, 'sample')
  t.is(functionNames.get(0), 'log')
  t.deepEqual(
    code.map((each) => each.name),
    ['add', 'calls', undefined, undefined, undefined],
  )
})

test('instructions are at their bytes, in order, and branches stay within the function', (t) => {
  for (const bytes of [sampleModule, built('nfs/nat/nf.wasm'), built('libvig/libvig.wasm')]) {
    for (const { instructions, start, locals, type, maxHeight } of decodeModule(bytes).code) {
      t.is(instructions[0]?.offset, start)
      t.deepEqual(locals.slice(0, type.params.length), type.params)
      for (const { opcode, offset, branches, targets } of instructions) {
        t.is(bytes[offset], opcode > 0xff ? 0xfc : opcode)
        for (const { target, height, arity } of branches) {
          t.true(target > 0 && target < instructions.length && height + arity <= maxHeight)
        }
        for (const target of targets) t.true(target < branches.length)
      }
      const last = instructions.at(-1)
      t.true(last?.opcode === 0x0b && last.a === 1)
      t.deepEqual(
        instructions.map(({ offset }) => offset),
        instructions.map(({ offset }) => offset).sort((a, b) => a - b),
      )
    }
  }
})

test('branches go past the end of a block, and to the first instruction of a loop', (t) => {
  const body = [0x02, 0x40, 0x03, 0x40, ...localGet(0), 0x0d, 0, 0x0c, 1, 0x0b, 0x0b]
  const [code] = decodeModule(buildModule({ functions: [{ params: ['i32'], body }] })).code
  t.deepEqual(
    code?.instructions.map(({ opcode, branches }) => [opcode, branches[0]?.target]),
    [
      [0x02, undefined],
      [0x03, undefined],
      [0x20, undefined],
      [0x0d, 2],
      [0x0c, 6],
      [0x0b, undefined],
      [0x0b, undefined],
      [0x0b, undefined],
    ],
  )
})

test('equal labels of br_table are one target, however many indices lead there', (t) => {
  const body = [0x02, 0x40, ...localGet(0), 0x0e, 4, 0, 1, 0, 1, 0, 0x0b]
  const [code] = decodeModule(buildModule({ functions: [{ params: ['i32'], body }] })).code
  const table = code?.instructions.find(({ opcode }) => opcode === 0x0e)
  t.deepEqual(table?.targets, [0, 1, 0, 1, 0])
  t.is(table?.branches.length, 2)
})

/** What the engine's side reads of the same file. */
function interfaceOf(module: Module) {
  const functions = module.exports.flatMap(({ kind, name, index }): [string, string][] => {
    const type = module.functionTypes[index]
    return kind === 'function' && type !== undefined ? [[name, printFunctionType(type)]] : []
  })
  return { functions: new Map(functions), imports: module.imports.map(({ module: from, name }) => `${from}.${name}`) }
}

test('imports and exports of real modules are those that the runner reads', (t) => {
  const files = [
    ...listInAssemblyScript().map(({ name }) => `nfs/${name}/nf.wasm`),
    'libvig/libvig.wasm',
    'libvig/burst.wasm',
  ]
  for (const file of files) {
    const expected = readInterface(built(file))
    const found = interfaceOf(decodeModule(built(file)))
    t.deepEqual(found.functions, expected.functions, file)
    t.deepEqual(
      found.imports,
      expected.imports.map(({ module, name }) => `${module}.${name}`),
      file,
    )
  }
})

test('custom sections are kept, with where they are', (t) => {
  const bytes = buildModule({ functions: [{ body: call(0) }], custom: [['producers', i32Const(5)]] })
  const [section] = decodeModule(bytes).customSections
  t.is(section?.name, 'producers')
  t.deepEqual(bytes.subarray(section?.offset ?? 0), section?.bytes)
})
