import test from 'ava'

import {
  ConcreteMemory,
  type ConcreteValue,
  concreteDomain,
  decodeModule,
  type External,
  instantiate,
  LinkError,
  Stepper,
  Store,
} from '../../src/wasm/index.js'
import { buildModule, call, i32Const, limits, localGet, type ModuleParts, sized } from './module-builder.js'
import { memoryOf, runModule } from './side-by-side.js'

const END = 0x0b
const FUNCREF = 0x70
const i32 = ['i32'] as const
type Imports = ReadonlyMap<string, ReadonlyMap<string, External<ConcreteValue>>>

function env(entries: Readonly<Record<string, External<ConcreteValue>>>): Imports {
  return new Map([['env', new Map(Object.entries(entries))]])
}

const hostFunction: External<ConcreteValue> = { kind: 'host', type: { params: i32, results: [] }, call: () => [] }
const table: External<ConcreteValue> = {
  kind: 'table',
  element: 'funcref',
  most: 10,
  elements: new Array(5).fill(null),
}
const memory: External<ConcreteValue> = { kind: 'memory', memory: new ConcreteMemory({ least: 2, most: 4 }) }
const constant: External<ConcreteValue> = { kind: 'global', type: { type: 'i32', isMutable: false }, value: 5 }
const variable: External<ConcreteValue> = { kind: 'global', type: { type: 'i32', isMutable: true }, value: 5 }
const everything = env({ hostFunction, table, memory, constant, variable })

type What = NonNullable<ModuleParts['imports']>[number]['what']
const fitting: readonly (readonly [string, What])[] = [
  ['hostFunction', { params: i32, results: [] }],
  ['table', [1, FUNCREF, ...limits(5, 10)]],
  ['table', [1, FUNCREF, ...limits(0)]],
  ['memory', [2, ...limits(2, 4)]],
  ['memory', [2, ...limits(1, 5)]],
  ['constant', [3, 0x7f, 0]],
  ['variable', [3, 0x7f, 1]],
]
const unfitting: readonly (readonly [string, What])[] = [
  ['hostFunction', { params: [], results: [] }],
  ['hostFunction', { params: i32, results: i32 }],
  ['hostFunction', [3, 0x7f, 0]],
  ['table', [1, FUNCREF, ...limits(6)]],
  ['table', [1, FUNCREF, ...limits(5, 9)]],
  ['table', [1, 0x6f, ...limits(5)]],
  ['memory', [2, ...limits(3)]],
  ['memory', [2, ...limits(2, 3)]],
  ['constant', [3, 0x7f, 1]],
  ['constant', [3, 0x7e, 0]],
  ['variable', [3, 0x7f, 0]],
  ['variable', [2, ...limits(1)]],
]

const importing = (name: string, what: What): Uint8Array =>
  buildModule({ imports: [{ module: 'env', name, what }], functions: [] })

test('imports are linked to what fits them', (t) => {
  for (const [name, what] of fitting) t.is(runModule(importing(name, what), everything).outcome.kind, 'returned', name)
})

test('imports that nothing fits are refused by name', (t) => {
  for (const [name, what] of unfitting) {
    t.throws(() => runModule(importing(name, what), everything), {
      instanceOf: LinkError,
      message: new RegExp(`incompatible import type: .* env\\.${name}`),
    })
  }
  t.throws(() => runModule(importing('other', [3, 0x7f, 0]), everything), {
    message: 'unknown import: global env.other',
  })
  t.throws(() => runModule(importing('memory', [2, ...limits(1)])), { message: 'unknown import: memory env.memory' })
})

test('instances share tables, globals and functions', (t) => {
  const store = new Store(concreteDomain)
  const stepper = new Stepper(store)
  const link = (parts: ModuleParts, imports: Imports) =>
    instantiate(store, decodeModule(buildModule(parts)), imports).instance
  const exporter = link(
    {
      functions: [
        { name: 'next', results: i32, body: [0x23, 0, ...i32Const(1), 0x6a, 0x24, 0, 0x23, 0] },
        { name: 'indirect', params: i32, results: i32, body: [...localGet(0), 0x11, 0, 0] },
      ],
      tables: [[FUNCREF, ...limits(2, 2)]],
      globals: [[0x7f, 1, ...i32Const(10), END]],
      exports: [
        ['table', 1, 0],
        ['counter', 3, 0],
      ],
    },
    new Map(),
  )
  const importer = link(
    {
      imports: [
        { module: 'other', name: 'next', what: { params: [], results: i32 } },
        { module: 'other', name: 'table', what: [1, FUNCREF, ...limits(2)] },
        { module: 'other', name: 'counter', what: [3, 0x7f, 1] },
      ],
      functions: [
        { name: 'twice', results: i32, body: [...call(0), 0x1a, ...call(0)] },
        { results: i32, body: [0x23, 0, ...i32Const(1000), 0x6a] },
      ],
      elements: [[0x00, ...i32Const(1), END, ...sized([2])]],
    },
    new Map([['other', exporter.exports]]),
  )
  const run = (external: External<ConcreteValue> | undefined, ...args: number[]) => {
    if (external?.kind !== 'wasm') throw new Error('no function')
    return stepper.call(external, args)
  }
  t.deepEqual(run(importer.exports.get('twice')), { kind: 'returned', values: [12] })
  t.deepEqual(run(exporter.exports.get('next')), { kind: 'returned', values: [13] })
  t.deepEqual(run(exporter.exports.get('indirect'), 1), { kind: 'returned', values: [1013] }, "the importer's function")
  t.is(importer.globals[0], exporter.globals[0])
})

test('the start function runs, and where it traps, what came before stays', (t) => {
  const shared = new ConcreteMemory({ least: 1, most: 1 })
  const parts: ModuleParts = {
    imports: [{ module: 'env', name: 'memory', what: [2, ...limits(1)] }],
    functions: [{ body: [...i32Const(4), ...i32Const(7), 0x3a, 0, 0, 0x00] }],
    data: [[0x00, ...i32Const(0), END, ...sized([1, 2])]],
    start: 0,
  }
  const { outcome } = runModule(buildModule(parts), env({ memory: { kind: 'memory', memory: shared } }))
  t.like(outcome, { kind: 'trapped', trap: 'unreachable' })
  t.deepEqual([...shared.bytes.subarray(0, 5)], [1, 2, 0, 0, 7])
})

test('a segment out of bounds traps, after the segments before it', (t) => {
  const data = (address: number) => [0x00, ...i32Const(address), END, ...sized([9, 9])]
  const { outcome, instance } = runModule(buildModule({ memory: [1], data: [data(0), data(65_535), data(4)] }))
  t.like(outcome, { kind: 'trapped', trap: 'out of bounds memory access', at: undefined })
  t.deepEqual([...memoryOf(instance).subarray(0, 6)], [9, 9, 0, 0, 0, 0])
  const elements = {
    tables: [[FUNCREF, ...limits(1)]],
    functions: [{ body: [] }],
    elements: [[0x00, ...i32Const(1), END, ...sized([0])]],
  }
  t.like(runModule(buildModule(elements)).outcome, { kind: 'trapped', trap: 'out of bounds table access' })
})

test('initial values come from constants and imported globals', (t) => {
  const parts: ModuleParts = {
    imports: [{ module: 'env', name: 'constant', what: [3, 0x7f, 0] }],
    globals: [
      [0x7f, 0, 0x23, 0, END],
      [0x7e, 0, 0x42, 0x7f, END],
      [0x7d, 0, 0x43, 0, 0, 0xc0, 0x7f, END],
      [0x7c, 0, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, END],
      [FUNCREF, 0, 0xd0, FUNCREF, END],
    ],
    memory: [1],
    functions: [],
    data: [[0x00, 0x23, 0, END, ...sized([3])]],
  }
  const { instance } = runModule(buildModule(parts), everything)
  t.deepEqual(
    instance.globals.map(({ value }) => value),
    [5, 5, -1n, 0x7fc0_0000, 0x3ff0_0000_0000_0000n, 0],
  )
  t.is(memoryOf(instance)[5], 3)
})
