import test, { type ExecutionContext } from 'ava'

import type { ConcreteValue, ValueType } from '../../src/wasm/index.js'
import { buildModule, call, type FunctionParts, i32Const, localGet, unsigned } from './module-builder.js'
import { ours, runModule, theirs } from './side-by-side.js'

const VOID = 0x40
const I32 = 0x7f
const [BLOCK, LOOP, IF, ELSE, END, BR, BR_IF, BR_TABLE, RETURN] = [2, 3, 4, 5, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f]
const [DROP, SELECT, SET, TEE, ADD, SUB, MUL, EQZ] = [0x1a, 0x1b, 0x21, 0x22, 0x6a, 0x6b, 0x6c, 0x45]
const i32: readonly ValueType[] = ['i32']

/** A block type that is the type of a function: its index. */
const typeIndex = (index: number): number[] => unsigned(index)

function compare(
  t: ExecutionContext,
  functions: readonly FunctionParts[],
  inputs: readonly (readonly ConcreteValue[])[],
  types: readonly { params: readonly ValueType[]; results: readonly ValueType[] }[] = [],
): void {
  const bytes = buildModule({ functions, types })
  const engine = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const { call: run } = runModule(bytes)
  for (const { name, params = [], results = [] } of functions) {
    if (name === undefined) continue
    for (const input of inputs) {
      const args = params.map((_, index) => input[index] ?? 0)
      const found = ours(run(name, args), { params, results })
      t.deepEqual(found, theirs(engine.exports[name], args, { params, results }), `${name} of ${args.join(', ')}`)
    }
  }
}

const numbers = [[0], [1], [2], [3], [4], [5], [10], [-1], [0x7fff_ffff]]

test('blocks, and branches out of them with and without values', (t) => {
  const body = [
    ...[BLOCK, I32, BLOCK, VOID, ...localGet(0), BR_IF, 0, ...i32Const(7), BR, 1, END],
    ...[...i32Const(1), ...i32Const(2), ...localGet(0), ...i32Const(1), SUB, BR_IF, 0, ADD, END],
    ...[...i32Const(100), MUL],
  ]
  compare(t, [{ name: 'f', params: i32, results: i32, body }], numbers)
})

test('a branch drops the operands that lie between', (t) => {
  const inner = [...i32Const(1), ...i32Const(2), ...i32Const(3), ...localGet(0), BR_IF, 0, DROP, DROP]
  const body = [...i32Const(100), BLOCK, I32, ...inner, END, SUB]
  compare(t, [{ name: 'f', params: i32, results: i32, body }], numbers)
})

test('loops go round until they fall through', (t) => {
  const body = [
    ...[LOOP, VOID, ...localGet(1), ...localGet(0), ADD, SET, 1],
    ...[...localGet(0), ...i32Const(1), SUB, TEE, 0, BR_IF, 0, END, ...localGet(1)],
  ]
  compare(t, [{ name: 'f', params: i32, results: i32, locals: i32, body }], [[1], [2], [10], [1000]])
})

test('loops and blocks with parameters pass values in and round', (t) => {
  // Type 1: (i32, i32) -> (i32), of the loop; it multiplies the second into the first until the second is 0.
  const body = [
    ...[...i32Const(1), ...localGet(0), LOOP, ...typeIndex(1), SET, 1, ...localGet(1), MUL],
    ...[...localGet(1), ...i32Const(1), SUB, TEE, 1, ...localGet(1), BR_IF, 0, DROP, END],
  ]
  const types = [{ params: ['i32', 'i32'], results: i32 }] as const
  compare(t, [{ name: 'f', params: i32, results: i32, locals: i32, body }], [[1], [2], [3], [4], [12]], types)
})

test('if takes the branch of its condition, with else, without, with parameters', (t) => {
  const both = [...localGet(0), IF, I32, ...i32Const(11), ELSE, ...i32Const(22), END]
  const one = [...localGet(0), IF, VOID, ...i32Const(5), SET, 0, END, ...localGet(0)]
  const taking = [
    ...i32Const(40),
    ...localGet(0),
    IF,
    ...typeIndex(0),
    ...i32Const(2),
    ADD,
    ELSE,
    ...i32Const(3),
    MUL,
    END,
  ]
  const leaving = [...localGet(0), IF, I32, ...i32Const(1), BR, 0, ELSE, ...i32Const(2), BR, 1, END, EQZ]
  const functions = [both, one, taking, leaving].map((body, index) => ({
    name: `f${index}`,
    params: i32,
    results: i32,
    body,
  }))
  compare(t, functions, numbers)
})

test('br_table goes to the label of its index, past the end to the default', (t) => {
  const table = [...localGet(0), BR_TABLE, 5, 0, 1, 2, 1, 0, 2]
  const body = [
    ...[
      BLOCK,
      VOID,
      BLOCK,
      VOID,
      BLOCK,
      VOID,
      ...table,
      END,
      ...i32Const(10),
      RETURN,
      END,
      ...i32Const(11),
      RETURN,
      END,
    ],
    ...i32Const(12),
  ]
  const toLoop = [
    ...[BLOCK, VOID, LOOP, VOID, ...localGet(1), ...i32Const(1), ADD, SET, 1],
    ...[...localGet(1), ...localGet(0), SUB, BR_TABLE, 1, 1, 0, END, END, ...localGet(1)],
  ]
  compare(
    t,
    [
      { name: 'f', params: i32, results: i32, body },
      {
        name: 'values',
        params: i32,
        results: i32,
        body: [BLOCK, I32, ...i32Const(3), ...localGet(0), BR_TABLE, 1, 0, 1, END, ...i32Const(1), ADD],
      },
    ],
    numbers,
  )
  compare(t, [{ name: 'loop', params: i32, results: i32, locals: i32, body: toLoop }], [[1], [2], [50]])
})

test('return leaves everything behind, from any depth', (t) => {
  const body = [...i32Const(1), BLOCK, VOID, LOOP, VOID, ...i32Const(2), ...localGet(0), RETURN, END, END]
  compare(t, [{ name: 'f', params: i32, results: i32, body }], numbers)
})

test('functions and blocks give several values, in order', (t) => {
  const swap: FunctionParts = {
    params: ['i32', 'i64'],
    results: ['i64', 'i32'],
    body: [...localGet(1), ...localGet(0)],
  }
  // Type 2: (i64) -> (i64, i32), of the block.
  const body = [
    ...localGet(0),
    ...localGet(1),
    ...call(0),
    DROP,
    BLOCK,
    ...typeIndex(2),
    ...i32Const(9),
    END,
    ...i32Const(5),
  ]
  const use: FunctionParts = { name: 'f', params: ['i32', 'i64'], results: ['i64', 'i32', 'i32'], body }
  const types = [{ params: ['i64'], results: ['i64', 'i32'] }] as const
  compare(
    t,
    [swap, use],
    [
      [1, 2n],
      [-3, 4n],
    ],
    types,
  )
  t.deepEqual(runModule(buildModule({ functions: [swap, use], types })).call('f', [1, 2n]), {
    kind: 'returned',
    values: [2n, 9, 5],
  })
})

test('select gives the first where its condition is not 0', (t) => {
  const body = [...i32Const(1), ...i32Const(2), ...localGet(0), SELECT]
  const typed = [0x42, 1, 0x42, 2, ...localGet(0), 0x1c, 1, 0x7e]
  compare(
    t,
    [
      { name: 'f', params: i32, results: i32, body },
      { name: 'g', params: i32, results: ['i64'], body: typed },
    ],
    numbers,
  )
})

test('calls pass arguments, clear locals and come back', (t) => {
  // f(n) = n < 2 ? n : f(n - 1) + f(n - 2), with a local that each call must find 0.
  const body = [
    ...[...localGet(0), ...i32Const(2), 0x48, IF, I32, ...localGet(0), ELSE],
    ...[...localGet(0), ...i32Const(1), SUB, ...call(0), ...localGet(0), ...i32Const(2), SUB, ...call(0), ADD, END],
    ...[...localGet(1), ADD, ...i32Const(1000), SET, 1],
  ]
  compare(t, [{ name: 'fib', params: i32, results: i32, locals: i32, body }], [[0], [1], [2], [15]])
})

test('divisions trap where the engine traps', (t) => {
  const functions = (
    [
      ['div_s', 0x6d],
      ['div_u', 0x6e],
      ['rem_s', 0x6f],
      ['rem_u', 0x70],
    ] as const
  ).map(([name, opcode]) => ({
    name,
    params: ['i32', 'i32'] as const,
    results: i32,
    body: [...localGet(0), ...localGet(1), opcode],
  }))
  compare(t, functions, [
    [7, 0],
    [0, 0],
    [-0x8000_0000, -1],
    [-0x8000_0000, 1],
    [-7, 2],
    [7, -2],
  ])
})

test('unreachable traps', (t) => {
  compare(
    t,
    [{ name: 'f', params: i32, results: i32, body: [...localGet(0), IF, VOID, 0x00, END, ...i32Const(1)] }],
    numbers,
  )
})
