import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { packageRoot } from '../../../src/package-root.js'
import { buildModule, call, i32Const, limits, localGet, type ModuleParts, sized } from '../module-builder.js'
import { report } from './report.js'
import { ScriptRunner, type Tally } from './runner.js'
import { parseScript } from './script.js'

const END = 0x0b

const arithmetic: ModuleParts = {
  functions: [
    { name: 'add', params: ['i32', 'i32'], results: ['i32'], body: [...localGet(0), ...localGet(1), 0x6a] },
    { name: 'div', params: ['i32', 'i32'], results: ['i32'], body: [...localGet(0), ...localGet(1), 0x6d] },
    { name: 'deep', body: call(2) },
    { name: 'nan32', results: ['f32'], body: [0x43, 0, 0, 0xc0, 0xff] },
    { name: 'signalling32', results: ['f32'], body: [0x43, 1, 0, 0xa0, 0x7f] },
    { name: 'nan64', results: ['f64'], body: [0x44, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f] },
    { name: 'both', results: ['i32', 'i64'], body: [...i32Const(1), 0x42, 2] },
  ],
  globals: [[0x7e, 0, 0x42, 42, END]],
  exports: [['answer', 3, 0]],
}

const modules: Readonly<Record<string, Uint8Array>> = {
  'arithmetic.wasm': buildModule(arithmetic),
  'invalid.wasm': buildModule({ functions: [{ results: ['i32'], body: [] }] }),
  'malformed.wasm': Uint8Array.from([0, 0x61, 0x73, 0x6d]),
  'simd.wasm': buildModule({ functions: [{ name: 'f', body: [0xfd, 0x0c] }] }),
  'importer.wasm': buildModule({
    imports: [
      { module: 'spectest', name: 'print_i32', what: { params: ['i32'], results: [] } },
      { module: 'mine', name: 'add', what: { params: ['i32', 'i32'], results: ['i32'] } },
      { module: 'spectest', name: 'memory', what: [2, ...limits(1, 2)] },
    ],
    functions: [{ name: 'seven', results: ['i32'], body: [...i32Const(3), ...i32Const(4), ...call(1)] }],
  }),
  'unlinkable.wasm': buildModule({
    imports: [{ module: 'spectest', name: 'none', what: [3, 0x7f, 0] }],
    functions: [],
  }),
  'trapping.wasm': buildModule({ memory: [1], functions: [], data: [[0, ...i32Const(-1), END, ...sized([1])]] }),
}

interface Given {
  readonly type: string
  readonly [field: string]: unknown
}

const invoke = (field: string, ...args: string[]) => ({
  type: 'invoke',
  field,
  args: args.map((value) => ({ type: 'i32', value })),
})
const returns = (action: object, ...expected: (readonly [string, string])[]): Given => ({
  type: 'assert_return',
  action,
  expected: expected.map(([type, value]) => ({ type, value })),
})
const load = (filename: string, more: object = {}): Given => ({ type: 'module', filename, ...more })

function scriptOf(commands: readonly Given[]): string {
  const numbered = commands.map((command, index) => ({ ...command, line: index + 1 }))
  return JSON.stringify({ source_filename: 'made.wast', commands: numbered })
}

function run(...commands: readonly Given[]): Tally {
  return new ScriptRunner((name) => modules[name] ?? new Uint8Array()).run(parseScript(scriptOf(commands), 'made.json'))
}

const right: readonly Given[] = [
  load('arithmetic.wasm', { name: '$m' }),
  returns(invoke('add', '4294967295', '2'), ['i32', '1']),
  returns(invoke('both'), ['i32', '1'], ['i64', '2']),
  returns(invoke('nan32'), ['f32', 'nan:canonical']),
  returns(invoke('nan64'), ['f64', 'nan:arithmetic']),
  returns({ type: 'get', field: 'answer' }, ['i64', '42']),
  { type: 'assert_trap', action: invoke('div', '1', '0'), text: 'integer divide by zero' },
  { type: 'assert_exhaustion', action: invoke('deep'), text: 'call stack exhausted' },
  { type: 'assert_invalid', filename: 'invalid.wasm', text: 'type mismatch', module_type: 'binary' },
  { type: 'assert_malformed', filename: 'malformed.wasm', text: 'unexpected end', module_type: 'binary' },
  { type: 'register', as: 'mine', name: '$m' },
  load('importer.wasm'),
  returns(invoke('seven'), ['i32', '7']),
  returns({ ...invoke('add', '1', '1'), module: '$m' }, ['i32', '2']),
  { type: 'assert_unlinkable', filename: 'unlinkable.wasm', text: 'unknown import' },
  { type: 'assert_uninstantiable', filename: 'trapping.wasm', text: 'out of bounds memory access' },
]

test('a script whose expectations hold passes, every kind of command', (t) => {
  t.deepEqual(run(...right), { passed: right.length, failures: [], unsupported: new Map() })
})

const wrong: readonly (readonly [string, Given, RegExp])[] = [
  ['another result', returns(invoke('add', '1', '2'), ['i32', '4']), /returned \(0x3\) instead of i32 4/],
  ['a result too few', returns(invoke('both'), ['i32', '1']), /instead of/],
  [
    'a result where a trap is',
    returns(invoke('div', '1', '0'), ['i32', '0']),
    /integer divide by zero instead of a result/,
  ],
  ['a NaN that is not canonical', returns(invoke('nan64'), ['f64', 'nan:canonical']), /instead of f64 nan:canonical/],
  [
    'a NaN that is not quiet',
    returns(invoke('signalling32'), ['f32', 'nan:arithmetic']),
    /instead of f32 nan:arithmetic/,
  ],
  ['no NaN', returns({ type: 'get', field: 'answer' }, ['i64', '43']), /instead of i64 43/],
  [
    'another trap',
    { type: 'assert_trap', action: invoke('div', '1', '0'), text: 'integer overflow' },
    /instead of the trap/,
  ],
  [
    'a trap that does not come',
    { type: 'assert_trap', action: invoke('add', '1', '0'), text: 'unreachable' },
    /returned/,
  ],
  ['a valid module refused', { type: 'assert_invalid', filename: 'arithmetic.wasm', text: 'no' }, /accepted, but no/],
  ['malformed for invalid', { type: 'assert_invalid', filename: 'malformed.wasm', text: 'no' }, /not invalid/],
  ['a module that links', { type: 'assert_unlinkable', filename: 'arithmetic.wasm', text: 'unknown import' }, /linked/],
  [
    'a module that starts',
    { type: 'assert_uninstantiable', filename: 'arithmetic.wasm', text: 'unreachable' },
    /returned/,
  ],
  ['a module that is invalid', load('invalid.wasm'), /module invalid/],
  ['a function that is not there', returns(invoke('nothing')), /no invoke of nothing/],
]

for (const [what, command, reason] of wrong) {
  test(`a wrong expectation fails, with line and reason: ${what}`, (t) => {
    const { passed, failures } = run(load('arithmetic.wasm'), command)
    t.is(passed, 1)
    t.is(failures.length, 1)
    t.is(failures[0]?.line, 2)
    t.regex(failures[0]?.reason ?? '', reason)
  })
}

test('what is not supported is counted by its name, with all that depends on it, and is no pass', (t) => {
  const tally = run(
    load('simd.wasm'),
    returns(invoke('f')),
    { type: 'assert_malformed', filename: 'x.wat', text: 'no', module_type: 'text' },
    load('arithmetic.wasm'),
    returns(invoke('add', '1', '1'), ['v128', '1']),
  )
  t.is(tally.passed, 1)
  t.deepEqual(tally.failures, [])
  t.deepEqual(
    tally.unsupported,
    new Map([
      ['SIMD', 3],
      ['modules in the text format', 1],
    ]),
  )
  t.deepEqual(report([{ file: 'made', ...tally }]), [
    'made: 1 passed, 0 failed, 4 not judged',
    'total: 1 passed, 0 failed, 4 not judged',
    'not judged: SIMD: 3',
    'not judged: modules in the text format: 1',
  ])
})

function command(t: ExecutionContext, commands: readonly Given[]) {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-spec-suite-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const [name, bytes] of Object.entries(modules)) writeFileSync(join(folder, name), bytes)
  const file = join(folder, 'made.json')
  writeFileSync(file, scriptOf(commands))
  const main = join(packageRoot, 'build/test/wasm/spec-suite/main.js')
  return (...args: string[]) =>
    spawnSync(process.execPath, [main, ...args.map((arg) => arg.replace('FILE', file))], { encoding: 'utf8' })
}

test('the command says how many passed and failed, and its exit code follows', (t) => {
  const good = command(t, right)('FILE')
  t.is(good.stdout, `made: ${right.length} passed, 0 failed\ntotal: ${right.length} passed, 0 failed\n`)
  t.is(good.status, 0)
  const bad = command(t, [load('arithmetic.wasm'), returns(invoke('add', '1', '2'), ['i32', '4'])])('FILE')
  t.is(bad.status, 1)
  t.true(bad.stdout.includes('  line 2: assert_return: returned (0x3) instead of i32 4\n'))
})

test('the command refuses what it cannot read in one line, with exit code 2', (t) => {
  const run = command(t, [])
  for (const args of [[], ['nowhere.json'], [join(packageRoot, 'package.json')], [join(packageRoot, 'LICENSE')]]) {
    const { status, stderr } = run(...args)
    t.is(status, 2, args.join())
    t.regex(stderr, /^[^\n]+\n$/)
  }
})
