import test from 'ava'
import fc from 'fast-check'

import { decodeModule, type Module, ModuleError, readLineTable, type SourceMap } from '../../../src/wasm/index.js'
import { buildModule, i32Const } from '../module-builder.js'

const zero = (value: string): number[] => [...Buffer.from(value), 0]
const u16 = (value: number): number[] => [value & 0xff, value >> 8]
const u32 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24]

/** Operands of the standard opcodes 1 to 12. */
const counts = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]
const LINE_BASE = 0xfb
const LINE_RANGE = 14
const OPCODE_BASE = 13
/** The special opcode that advances the address and the line (by -5 to 8), and makes a row. */
const special = (address: number, line: number): number => OPCODE_BASE + (line + 5) + LINE_RANGE * address

const old = [...zero('src'), 0, ...zero('a.c'), 0, 0, 0, ...zero('b.h'), 1, 0, 0, 0]
// Two formats of version 5: a folder is a string; a file an offset into .debug_line_str, its folder, and an MD5.
const folders = [1, 1, 0x08, 2, ...zero('/home'), ...zero('src')]
const md5 = new Array<number>(16).fill(7)
const files = [3, 1, 0x1f, 2, 0x0b, 5, 0x1e, 2, ...u32(4), 0, ...md5, ...u32(0), 1, ...md5]

function unit(version: 4 | 5, program: readonly number[]): number[] {
  const head = [
    1,
    1,
    1,
    LINE_BASE,
    LINE_RANGE,
    OPCODE_BASE,
    ...counts,
    ...(version === 5 ? [...folders, ...files] : old),
  ]
  const sizes = version === 5 ? [4, 0] : []
  const contents = [...u16(version), ...sizes, ...u32(head.length), ...head, ...program]
  return [...u32(contents.length), ...contents]
}

function moduleWith(lines: readonly number[]): Module {
  return decodeModule(
    buildModule({
      functions: [{ name: 'f', results: ['i32'], body: [...i32Const(1), ...i32Const(2), 0x6a] }],
      custom: [
        ['.debug_line_str', [...zero('b.h'), ...zero('a.c')]],
        ['.debug_line', lines],
      ],
    }),
  )
}

function tableOf(module: Module): SourceMap {
  const table = readLineTable(module)
  if (table === undefined) throw new Error('no lines')
  return table
}

const setAddress = (address: number): number[] => [0, 5, 2, ...u32(address)]
const END_SEQUENCE = [0, 1, 1]

/** Rows at 3 (line 8, column 7), 5 (file 1, line 6), 7 (line 206), 7 + 17 (line 0), 44; the end at 47. */
const program = (first: number, second: number): number[] => [
  ...[...setAddress(3), 4, first, 3, 7, 5, 7, 1],
  ...[4, second, special(2, -2)],
  ...[0, 2, 4, 9, 3, 0xc8, 1, special(2, 0)],
  // const_add_pc: by what opcode 255 advances, 17.
  ...[8, 3, 0xb2, 0x7e, 1],
  ...[6, 7, 10, 11, 12, 5, 9, ...u16(18), 3, 9, 2, 2, 1],
  ...[2, 3, ...END_SEQUENCE],
]

for (const version of [4, 5] as const) {
  test(`line numbers of DWARF ${version} are at their offsets`, (t) => {
    const module = moduleWith(unit(version, version === 4 ? program(1, 2) : program(0, 1)))
    const base = module.codeOffset ?? 0
    const table = tableOf(module)
    const [source, header] = version === 4 ? ['a.c', 'src/b.h'] : ['/home/a.c', '/home/src/b.h']
    t.is(table.locate(base + 2), undefined)
    t.deepEqual(table.locate(base + 3), { file: source, line: 8, column: 7 })
    t.deepEqual(table.locate(base + 4), { file: source, line: 8, column: 7 })
    t.deepEqual(table.locate(base + 5), { file: header, line: 6, column: 7 })
    t.deepEqual(table.locate(base + 7), { file: header, line: 206, column: 7 })
    t.is(table.locate(base + 24), undefined, 'line 0 is no line')
    t.deepEqual(table.locate(base + 44), { file: header, line: 9, column: 7 })
    t.is(table.locate(base + 47), undefined, 'past the end')
  })
}

test('offsets count from the contents of the code section', (t) => {
  const module = moduleWith([])
  const [code] = module.code
  // A count, the size of the body, and its count of locals come before the first instruction.
  t.is(module.codeOffset, (code?.start ?? 0) - 3)
})

test('several units and sequences come together, without those of code that was left out', (t) => {
  const one = (address: number, line: number): number[] => [
    ...setAddress(address),
    3,
    line - 1,
    1,
    2,
    4,
    ...END_SEQUENCE,
  ]
  const module = moduleWith([
    ...unit(4, [...one(20, 5), ...one(4, 6), ...one(0, 7), ...one(0xffff_ffff, 8)]),
    ...unit(4, one(40, 9)),
  ])
  const base = module.codeOffset ?? 0
  const lines = [0, 4, 20, 40, 0xffff].map((at) => tableOf(module).locate(base + at)?.line)
  t.deepEqual(lines, [undefined, 6, 5, 9, undefined])
})

test('a function begins where its locals are declared for DWARF, and at its first instruction for who asks', (t) => {
  const lines = [...setAddress(2), 3, 40, 1, 2, 9, ...END_SEQUENCE]
  const module = moduleWith(unit(4, lines))
  const start = module.code[0]?.start ?? 0
  t.is((module.codeOffset ?? 0) + 2, start - 1)
  t.is(tableOf(module).near(start, start)?.line, 41)
})

test('a module without debug information has no lines', (t) => {
  t.is(readLineTable(decodeModule(buildModule({ functions: [{ body: [] }] }))), undefined)
})

test('line numbers that cannot be read are refused, whatever their bytes', (t) => {
  const whole = unit(5, program(0, 1))
  const refusedOrRead = (bytes: readonly number[]): void => {
    try {
      readLineTable(moduleWith(bytes))
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error
    }
  }
  t.throws(() => readLineTable(moduleWith(whole.slice(0, -1))), { instanceOf: ModuleError, message: /ends early/ })
  t.throws(() => readLineTable(moduleWith([...u32(4), ...u16(9), 0, 0])), { message: /DWARF version 9/ })
  t.throws(() => readLineTable(moduleWith(u32(0xffff_ffff))), { message: /64-bit/ })
  for (let length = 0; length < whole.length; length++) refusedOrRead(whole.slice(0, length))
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(changes, (changed) => {
      const bytes = [...whole]
      for (const [at, byte] of changed) bytes[at] = byte
      refusedOrRead(bytes)
    }),
    { numRuns: 2000 },
  )
})
