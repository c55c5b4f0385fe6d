import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { type Access, type ConcreteValue, loads, stores, type ValueType } from '../../src/wasm/index.js'
import {
  buildModule,
  type FunctionParts,
  i32Const,
  limits,
  localGet,
  opcodeBytes,
  sized,
  unsigned,
} from './module-builder.js'
import { memoryOf, ours, runModule, theirs } from './side-by-side.js'

const PAGE = 65_536
const I64_MOST = 0x7fff_ffff_ffff_ffffn

/** Floats go in and out as their bits. */
const asBits = { i32: 'i32', i64: 'i64', f32: 'i32', f64: 'i64' } as const
const fromBits = { i32: [], i64: [], f32: [0xbe], f64: [0xbf] } as const
const toBits = { i32: [], i64: [], f32: [0xbc], f64: [0xbd] } as const

const offsets = [0, 1, 0xfff8, 0xffff, 0x1_0000, 0xffff_ffff]

function loadFunction({ name, opcode, type }: Access, offset: number): FunctionParts {
  const access = [opcode, 0, ...unsigned(offset)]
  return {
    name: `${name} ${offset}`,
    params: ['i32'],
    results: [asBits[type]],
    body: [...localGet(0), ...access, ...toBits[type]],
  }
}

function storeFunction({ name, opcode, type }: Access, offset: number): FunctionParts {
  const value = [...localGet(1), ...fromBits[type]]
  return {
    name: `${name} ${offset}`,
    params: ['i32', asBits[type]],
    body: [...localGet(0), ...value, opcode, 0, ...unsigned(offset)],
  }
}

/** Calls the same functions of both, and compares results and the whole memory after each. */
function compare(
  t: ExecutionContext,
  functions: readonly FunctionParts[],
  parts: Partial<Parameters<typeof buildModule>[0]>,
) {
  const bytes = buildModule({ memory: [1, 3], ...parts, functions, exports: [['memory', 2, 0]] })
  const engine = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const { instance, call } = runModule(bytes)
  const { memory } = engine.exports
  return (name: string, args: readonly ConcreteValue[]): void => {
    const parts = functions.find((each) => each.name === name)
    const type = { params: parts?.params ?? [], results: parts?.results ?? [] }
    t.deepEqual(ours(call(name, args), type), theirs(engine.exports[name], args, type), `${name} of ${args.join(', ')}`)
    if (!(memory instanceof WebAssembly.Memory)) throw new Error('no memory')
    t.is(
      Buffer.compare(memoryOf(instance), new Uint8Array(memory.buffer)),
      0,
      `memory after ${name} of ${args.join(', ')}`,
    )
  }
}

const addresses = [
  0,
  1,
  7,
  PAGE - 9,
  PAGE - 8,
  PAGE - 7,
  PAGE - 4,
  PAGE - 3,
  PAGE - 2,
  PAGE - 1,
  PAGE,
  -1,
  -8,
  -0x8000_0000,
  0x7fff_ffff,
]

for (const access of loads.values()) {
  test(`${access.name} reads what the engine reads, up to the last byte and past it`, (t) => {
    const pattern = Array.from({ length: 64 }, (_, index) => (index * 37 + 130) & 0xff)
    const data = [0, PAGE - 64].map((at) => [0x00, ...i32Const(at), 0x0b, ...sized(pattern)])
    const call = compare(
      t,
      offsets.map((offset) => loadFunction(access, offset)),
      { data },
    )
    for (const offset of offsets) for (const address of addresses) call(`${access.name} ${offset}`, [address])
  })
}

for (const access of stores.values()) {
  test(`${access.name} writes what the engine writes, up to the last byte and not past it`, (t) => {
    const call = compare(
      t,
      offsets.map((offset) => storeFunction(access, offset)),
      {},
    )
    const values =
      asBits[access.type] === 'i32' ? [-1, 0x1234_5678, -0x8000_0000] : [-1n, 0x0123_4567_89ab_cdefn, I64_MOST]
    for (const offset of offsets) {
      for (const address of addresses) for (const value of values) call(`${access.name} ${offset}`, [address, value])
    }
  })
}

const three: readonly ValueType[] = ['i32', 'i32', 'i32']
const getThree = [...localGet(0), ...localGet(1), ...localGet(2)]
const bulk: readonly FunctionParts[] = [
  { name: 'copy', params: three, body: [...getThree, ...opcodeBytes(0xfc0a), 0, 0] },
  { name: 'fill', params: three, body: [...getThree, ...opcodeBytes(0xfc0b), 0] },
  { name: 'init', params: three, body: [...getThree, ...opcodeBytes(0xfc08), 0, 0] },
  { name: 'drop', body: [...opcodeBytes(0xfc09), 0] },
  { name: 'init active', params: three, body: [...getThree, ...opcodeBytes(0xfc08), 1, 0] },
  { name: 'grow', params: ['i32'], results: ['i32'], body: [...localGet(0), 0x40, 0] },
  { name: 'size', results: ['i32'], body: [0x3f, 0] },
]
const segments = {
  hasDataCount: true,
  data: [
    [0x01, ...sized([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])],
    [0x00, ...i32Const(100), 0x0b, ...sized([0xaa, 0xbb, 0xcc])],
  ],
}

test('bulk instructions and growth do what the engine does, in any order', (t) => {
  const near = fc.oneof(
    fc.nat(12),
    fc.integer({ min: PAGE - 12, max: PAGE + 12 }),
    fc.constantFrom(-1, -0x8000_0000, 0x7fff_ffff, 100, 2 * PAGE, 3 * PAGE - 1),
  )
  const step = fc.oneof(
    fc.tuple(fc.constantFrom('copy', 'fill', 'init', 'init active'), fc.tuple(near, near, near)),
    fc.tuple(fc.constantFrom('size', 'drop'), fc.constant([])),
    fc.tuple(fc.constant('grow'), fc.tuple(fc.constantFrom(0, 1, 2, 3, -1, 0x1_0000))),
  )
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (steps) => {
      const call = compare(t, bulk, segments)
      for (const [name, args] of steps) call(name, [...args])
    }),
    { numRuns: 60 },
  )
})

test('copies between overlapping ranges go as if through a buffer', (t) => {
  const call = compare(t, bulk, segments)
  call('init', [50, 0, 10])
  for (const [to, from] of [
    [52, 50],
    [50, 52],
    [50, 50],
    [55, 50],
  ] as const)
    call('copy', [to, from, 10])
})

test('a data segment is empty once dropped, an active one from the start', (t) => {
  const call = compare(t, bulk, segments)
  call('init', [0, 2, 3])
  call('init active', [0, 0, 0])
  call('init active', [0, 0, 1])
  call('drop', [])
  call('init', [0, 0, 0])
  call('init', [0, 0, 1])
  call('drop', [])
})

test('a memory that asks for more than its limit stays as it is', (t) => {
  const bytes = buildModule({ memory: [1, 2], functions: bulk.filter(({ name }) => name === 'grow') })
  const { call, instance } = runModule(bytes)
  t.deepEqual(call('grow', [2]), { kind: 'returned', values: [-1] })
  t.deepEqual(call('grow', [1]), { kind: 'returned', values: [1] })
  t.is(memoryOf(instance).length, 2 * PAGE)
})

test('an imported memory is shared by instances', (t) => {
  const first = runModule(
    buildModule({ memory: [1, 1], exports: [['memory', 2, 0]], functions: [storeFunction(access('i32.store'), 0)] }),
  )
  const memory = first.instance.exports.get('memory')
  if (memory === undefined) throw new Error('no memory')
  const importer = buildModule({
    imports: [{ module: 'env', name: 'memory', what: [0x02, ...limits(1, 1)] }],
    functions: [loadFunction(access('i32.load'), 0)],
  })
  const second = runModule(importer, new Map([['env', new Map([['memory', memory]])]]))
  first.call('i32.store 0', [8, 77])
  t.deepEqual(second.call('i32.load 0', [8]), { kind: 'returned', values: [77] })
})

function access(name: string): Access {
  const found = [...loads.values(), ...stores.values()].find((each) => each.name === name)
  if (found === undefined) throw new Error(name)
  return found
}
