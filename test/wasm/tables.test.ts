import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import type { ConcreteValue, ValueType } from '../../src/wasm/index.js'
import {
  buildModule,
  type FunctionParts,
  i32Const,
  limits,
  localGet,
  type ModuleParts,
  opcodeBytes,
  sized,
  text,
} from './module-builder.js'
import { ours, type Result, runModule, theirs } from './side-by-side.js'

const END = 0x0b
const FUNCREF = 0x70
const three: readonly ValueType[] = ['i32', 'i32', 'i32']
const getThree = [...localGet(0), ...localGet(1), ...localGet(2)]
const i32 = ['i32'] as const

/** Functions 0 to 3 give 100 to 103, 4 takes a number: of another type. */
const functions: readonly FunctionParts[] = [
  ...[100, 101, 102, 103].map((value) => ({ results: i32, body: i32Const(value) })),
  { params: i32, results: i32, body: localGet(0) },
  { name: 'call', params: i32, results: i32, body: [...localGet(0), 0x11, 0, 0] },
  { name: 'call other', params: i32, results: i32, body: [...localGet(0), 0x11, 0, 1] },
  { name: 'is null', params: i32, results: i32, body: [...localGet(0), 0x25, 0, 0xd1] },
  { name: 'move', params: ['i32', 'i32'], body: [...localGet(0), ...localGet(1), 0x25, 0, 0x26, 1] },
  { name: 'set', params: i32, body: [...localGet(0), 0xd2, 3, 0x26, 0] },
  { name: 'clear', params: i32, body: [...localGet(0), 0xd0, FUNCREF, 0x26, 0] },
  {
    name: 'choose',
    params: ['i32', 'i32'],
    body: [...localGet(0), 0xd2, 1, 0xd0, FUNCREF, ...localGet(1), 0x1c, 1, FUNCREF, 0x26, 0],
  },
  { name: 'copy', params: three, body: [...getThree, ...opcodeBytes(0xfc0e), 1, 0] },
  { name: 'copy within', params: three, body: [...getThree, ...opcodeBytes(0xfc0e), 0, 0] },
  { name: 'init', params: three, body: [...getThree, ...opcodeBytes(0xfc0c), 1, 0] },
  { name: 'init active', params: three, body: [...getThree, ...opcodeBytes(0xfc0c), 0, 0] },
  { name: 'init declarative', params: three, body: [...getThree, ...opcodeBytes(0xfc0c), 2, 0] },
  { name: 'drop', body: [...opcodeBytes(0xfc0d), 1] },
  { name: 'grow', params: i32, results: i32, body: [0xd2, 2, ...localGet(0), ...opcodeBytes(0xfc0f), 0] },
  { name: 'size', results: i32, body: [...opcodeBytes(0xfc10), 0] },
  { name: 'fill', params: ['i32', 'i32'], body: [...localGet(0), 0xd2, 1, ...localGet(1), ...opcodeBytes(0xfc11), 0] },
]

const parts: ModuleParts = {
  functions,
  tables: [
    [FUNCREF, ...limits(8, 12)],
    [FUNCREF, ...limits(5)],
  ],
  elements: [
    [0x00, ...i32Const(1), END, ...sized([0, 1, 4])],
    [0x01, 0x00, ...sized([2, 3, 0, 4])],
    [0x03, 0x00, ...sized([3])],
  ],
}

/** Null and the wrong type have one message in the engine; elements and tables, too. */
function sameWord(result: Result): Result {
  if (!('trap' in result)) return result
  if (result.trap === 'uninitialized element') return { trap: 'indirect call type mismatch' }
  return result.trap === 'undefined element' ? { trap: 'out of bounds table access' } : result
}

function comparing(t: ExecutionContext) {
  const bytes = buildModule(parts)
  const engine = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const { call } = runModule(bytes)
  return (name: string, args: readonly ConcreteValue[]): Result => {
    const { params = [], results = [] } = functions.find((each) => each.name === name) ?? {}
    const result = ours(call(name, args), { params, results })
    const expected = theirs(engine.exports[name], args, { params, results })
    t.deepEqual(sameWord(result), sameWord(expected), `${name} of ${args.join(', ')}`)
    return result
  }
}

test('table instructions and indirect calls do what the engine does, in any order', (t) => {
  const index = fc.oneof(fc.nat(13), fc.constantFrom(-1, -0x8000_0000))
  const names = functions.flatMap(({ name, params }) =>
    name === undefined ? [] : [{ name, arity: params?.length ?? 0 }],
  )
  const step = fc.tuple(fc.constantFrom(...names), fc.tuple(index, index, index))
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const call = comparing(t)
      for (const [{ name, arity }, args] of steps) call(name, args.slice(0, arity))
      for (let element = 0; element < 13; element++) {
        call('call', [element])
        call('call other', [element])
      }
    }),
    { numRuns: 100 },
  )
})

test('an indirect call tells apart no element, no function and a function of another type', (t) => {
  const call = comparing(t)
  t.deepEqual(call('call', [1]), { values: ['i32 100'] })
  t.deepEqual(call('call', [8]), { trap: 'undefined element' })
  t.deepEqual(call('call', [-1]), { trap: 'undefined element' })
  t.deepEqual(call('call', [0]), { trap: 'uninitialized element' })
  t.deepEqual(call('call', [3]), { trap: 'indirect call type mismatch' })
})

test('an element segment is empty once dropped, an active or declarative one from the start', (t) => {
  const call = comparing(t)
  t.deepEqual(call('init', [0, 1, 2]), { values: [] })
  for (const name of ['init active', 'init declarative']) {
    t.deepEqual(call(name, [0, 0, 0]), { values: [] })
    t.deepEqual(call(name, [0, 0, 1]), { trap: 'out of bounds table access' })
  }
  call('drop', [])
  t.deepEqual(call('init', [0, 0, 0]), { values: [] })
  t.deepEqual(call('init', [0, 0, 1]), { trap: 'out of bounds table access' })
})

test('references of the host go through tables and come back the same', (t) => {
  const bytes = buildModule({
    tables: [[0x6f, ...limits(2)]],
    functions: [
      { name: 'put', params: ['i32', 'externref'], body: [...localGet(0), ...localGet(1), 0x26, 0] },
      { name: 'get', params: i32, results: ['externref'], body: [...localGet(0), 0x25, 0] },
    ],
  })
  const { instance, call } = runModule(bytes)
  const { store } = instance
  const [first, second] = [{ kind: 'extern', value: 'a' } as const, { kind: 'extern', value: 'b' } as const]
  call('put', [0, store.valueOf(first)])
  call('put', [1, store.valueOf(second)])
  const reference = (index: number) => {
    const outcome = call('get', [index])
    return outcome.kind === 'returned' && outcome.values[0] !== undefined
      ? store.referenceOf(outcome.values[0])
      : undefined
  }
  t.is(reference(0), first)
  t.is(reference(1), second)
  t.is(store.valueOf({ kind: 'extern', value: 'a' }), store.valueOf(first))
})

test('the name of a function survives a reference to it', (t) => {
  const bytes = buildModule({
    functions: [{ name: 'f', results: ['funcref'], body: [0xd2, 0] }],
    custom: [['name', [1, ...sized([1, 0, ...text('itself')])]]],
  })
  const { instance, call } = runModule(bytes)
  const outcome = call('f', [])
  const reference = outcome.kind === 'returned' ? instance.store.referenceOf(outcome.values[0] ?? 0) : null
  t.true(reference?.kind === 'wasm' && reference.code.name === 'itself')
})
