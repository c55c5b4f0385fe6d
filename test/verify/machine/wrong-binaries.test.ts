import test, { type ExecutionContext } from 'ava'

import { libvigSignatures } from '../../../src/contracts/index.js'
import type { ResolvedConfig } from '../../../src/nf/config.js'
import { confirm } from '../../../src/verify/confirm.js'
import { RealNf } from '../../../src/verify/real-nf.js'
import {
  buildModule,
  call,
  type FunctionParts,
  i32Const,
  i64Const,
  limits,
  localGet,
} from '../../wasm/module-builder.js'
import { describe, type Explored, explored, failures } from './explored.js'

const config: ResolvedConfig = {
  values: new Map(),
  portCount: 2,
  entries: new Map(),
  options: new Map(),
  text: (name) => {
    throw new Error(`no value ${name}`)
  },
}

const [PORT, PACKET, LENGTH, NOW] = [0, 1, 2, 3].map(localGet)
const DROP = i32Const(-1)
/** Somewhere in the function's own data: an out, a key, a handle. */
const OUT = i32Const(0x10100)
const KEY = i32Const(0x10200)
const load32 = [0x28, 2, 0]
const load8 = [0x2d, 0, 0]
const store32 = [0x36, 2, 0]
const store8 = [0x3a, 0, 0]
const ADD = 0x6a
const DROP_VALUE = 0x1a

type Code = readonly (readonly number[] | number | undefined)[]

interface Parts {
  /** libVig functions, in the order in which they are called by `call(0)`, `call(1)`... */
  readonly imports?: readonly string[]
  /** Without the result, which is 1. */
  readonly init?: Code
  /** Leaves the result. */
  readonly process: Code
  readonly globals?: readonly (readonly number[])[]
  readonly answer?: number
}

function flat(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? [part] : [...(part ?? [])]))
}

async function wrong({ imports = [], init = [], process, globals = [], answer = 1 }: Parts): Promise<Explored> {
  const memory = { module: 'env', name: 'memory', what: [0x02, ...limits(1)] }
  const functions: FunctionParts[] = [
    { name: 'nf_init', results: ['i32'], body: flat([...init, i32Const(answer)]) },
    { name: 'nf_process', params: ['i32', 'i32', 'i32', 'i64'], results: ['i32'], body: flat(process) },
  ]
  const wasm = buildModule({
    imports: [
      ...imports.map((name) => {
        const signature = libvigSignatures[name]
        if (signature === undefined) throw new Error(`libVig has no ${name}`)
        return { module: 'libvig', name, what: { params: signature.parameters, results: signature.results } }
      }),
      memory,
    ],
    functions,
    globals,
  })
  return explored('wrong', wasm, config, { steps: 10_000 })
}

async function fails(t: ExecutionContext, parts: Parts, ...expected: readonly string[]): Promise<Explored> {
  const found = await wrong(parts)
  const all = [...failures([found.init]), ...failures(found.packets.paths)].map(describe)
  t.deepEqual([...new Set(all)].sort(), [...expected].sort())
  return found
}

async function undecidable(t: ExecutionContext, parts: Parts, reason: RegExp): Promise<void> {
  const { packets } = await wrong(parts)
  const reasons = packets.paths.flatMap(({ end }) => (end.kind === 'undecidable' ? [end.reason] : []))
  t.regex(reasons.join('; '), reason)
}

/** Branches to the end with the value on the stack where the condition on top is 0. */
const unless = (value: Code, then: Code): number[] => flat([0x45, 0x04, 0x40, ...value, 0x0f, 0x0b, ...then])

test('a read outside the packet is found, with a packet that is too short', async (t) => {
  const { packets } = await fails(
    t,
    { process: [PACKET, [0x2d, 0, 13], DROP_VALUE, DROP] },
    'memory: a read of 1 bytes stays in the packet: fails',
  )
  const [failure] = failures(packets.paths)
  if (failure?.answer.kind !== 'fails') return t.fail()
  const lengths = [...failure.answer.model.variables].filter(([{ name }]) => name === 'packet.length')
  t.true(Number(lengths[0]?.[1] ?? 0n) < 14)
})

test('a read inside the packet is not', async (t) => {
  const isLong = [LENGTH, i32Const(14), 0x4f]
  await fails(t, { process: [...isLong, unless([DROP], [PACKET, [0x2d, 0, 13], DROP_VALUE, DROP])] })
})

test('a write at an offset that the packet says is found', async (t) => {
  const isLong = [LENGTH, i32Const(1), 0x4f]
  const at = [PACKET, PACKET, load8, ADD]
  await fails(
    t,
    { process: [...isLong, unless([DROP], [...at, i32Const(1), store8, DROP])] },
    'memory: a write of 1 bytes stays in the packet: fails',
  )
})

test('an offset below the packet is outside of it', async (t) => {
  await fails(
    t,
    { process: [PACKET, i32Const(-4), ADD, load8, DROP_VALUE, DROP] },
    'memory: a read of 1 bytes stays in the packet: fails',
  )
})

const places = [
  [0x1200040, "in libVig's heap"],
  [8, 'where nothing is'],
  [0x200100, 'in the memory of packets, but not through the packet'],
  [0x100010, "in the host's memory"],
  [0xffffe, "in the host's memory"],
] as const

for (const [address, where] of places) {
  test(`an access at 0x${address.toString(16)} is found: ${where}`, async (t) => {
    const { init, packets } = await wrong({ process: [i32Const(address), load32, DROP_VALUE, DROP] })
    const [failure, ...more] = failures(packets.paths)
    t.deepEqual(failures([init]), [])
    t.is(more.length, 0)
    t.is(failure?.obligation.guarantee, 'memory')
    t.true(address === 0xffffe || failure?.obligation.what.endsWith(where))
  })
}

const makeMap: Code = [i32Const(4), i32Const(4), i32Const(8), OUT, call(0), DROP_VALUE]
const map = [OUT, load32]
const withMap = (...more: readonly string[]) => ['expiring_map_allocate', ...more]

test('a slot that may be free has no value to be asked for', async (t) => {
  await fails(
    t,
    {
      imports: withMap('expiring_map_value'),
      init: makeMap,
      process: [...map, i32Const(3), call(1), DROP_VALUE, DROP],
    },
    'precondition: expiring_map_value: the slot is in use: fails',
  )
})

test('a key that may be there cannot be inserted', async (t) => {
  const insert = [...map, KEY, NOW, i32Const(0x10300), call(1), DROP_VALUE]
  await fails(
    t,
    { imports: withMap('expiring_map_insert'), init: makeMap, process: [...insert, DROP] },
    'precondition: expiring_map_insert: the key is not in the map: fails',
  )
})

test('an access through a handle is one to the heap', async (t) => {
  const { packets } = await wrong({ imports: withMap(), init: makeMap, process: [...map, load32, DROP_VALUE, DROP] })
  t.deepEqual(failures(packets.paths).map(describe), ['memory: an access through the handle of expiring_map1: fails'])
})

test('a number is no handle, nor is the handle of another structure', async (t) => {
  const size = (handle: Code): Parts => ({
    imports: withMap('expiring_map_size', 'map_size'),
    init: makeMap,
    process: [...handle, call(2), DROP_VALUE, DROP],
  })
  await fails(t, size([i32Const(64)]), 'precondition: map_size: map is a handle of a map that libVig gave: fails')
  await fails(t, size(map), 'precondition: map_size: map is a handle of a map that libVig gave: fails')
})

test('an out that is a part of the key is found', async (t) => {
  const get = [...map, KEY, i32Const(0x10202), call(1), DROP_VALUE]
  await fails(
    t,
    { imports: withMap('expiring_map_get'), init: makeMap, process: [...get, DROP] },
    'precondition: expiring_map_get: the out is not a part of key: fails',
  )
})

test('bytes that the real binary does not write are told', async (t) => {
  const isLong = [LENGTH, i32Const(1), 0x4f]
  const found = await wrong({ process: [...isLong, unless([DROP], [PACKET, i32Const(7), store8, DROP])] })
  const real = new RealNf(found.source)
  const { terms, solver } = found
  const path = found.packets.paths.find(({ end }) => end.kind === 'ended' && end.result.frame.writes.length > 0)
  if (path?.end.kind !== 'ended' || path.satisfied.kind !== 'yes') return t.fail()
  const { result: run } = path.end
  const of = { terms, input: run.input, facts: path.facts, model: path.satisfied.model }
  t.deepEqual(confirm(real, { ...of, run }, solver), { kind: 'confirmed' })
  const frame = run.frame.copy()
  frame.write(terms.bv(0, 32), terms.bv(8, 8))
  t.like(confirm(real, { ...of, run: { ...run, frame } }, solver), {
    kind: 'different',
    what: 'byte 0 of the packet is not as predicted',
  })
})

test('what nf_init does to memory that is not its own is told of the real binary', async (t) => {
  const storing = (...addresses: readonly number[]) =>
    wrong({ init: addresses.flatMap((at) => [i32Const(at), i32Const(7), store32]), process: [DROP] })
  const own = new RealNf((await storing(0x10100)).source)
  t.is(own.badAccessOfInit, undefined)
  const heap = new RealNf((await storing(0x10100, 0x1200040, 0x1200080)).source)
  t.deepEqual(heap.badAccessOfInit, { address: 0x1200040, size: 4, isWrite: true })
})

test('a path that the real binary does not go, or on which it answers something else, is told', async (t) => {
  const found = await wrong({ process: [DROP] })
  const real = new RealNf(found.source)
  const { terms, solver } = found
  const [path] = found.packets.paths
  if (path?.end.kind !== 'ended' || path.satisfied.kind !== 'yes') return t.fail()
  const { result: run } = path.end
  const of = { terms, input: run.input, facts: path.facts, model: path.satisfied.model }
  const told = (changed: Partial<typeof run>) => confirm(real, { ...of, run: { ...run, ...changed } }, solver)
  t.deepEqual(told({}), { kind: 'confirmed' })
  t.like(told({ trace: run.trace.slice(1) }), { kind: 'different' })
  t.like(told({ end: { kind: 'returned', result: terms.bv(7, 32) } }), { kind: 'different' })
  t.like(told({ end: { kind: 'trapped', what: 'unreachable', place: undefined } }), { kind: 'different' })
})

test('a division by what may be 0 traps, and the binary does', async (t) => {
  const isLong = [LENGTH, i32Const(1), 0x4f]
  const divide = [i32Const(7), PACKET, load8, 0x6e, DROP_VALUE, DROP]
  const found = await fails(
    t,
    { process: [...isLong, unless([DROP], divide)] },
    'no trap: traps: integer divide by zero: fails',
  )
  const real = new RealNf(found.source)
  for (const { end, satisfied, facts } of found.packets.paths) {
    if (end.kind !== 'ended' || satisfied.kind !== 'yes') continue
    const { input } = end.result
    t.deepEqual(
      confirm(real, { terms: found.terms, run: end.result, input, facts, model: satisfied.model }, found.solver),
      {
        kind: 'confirmed',
      },
    )
  }
})

test('unreachable code that is reached traps', async (t) => {
  await fails(t, { process: [0x00] }, 'no trap: traps: unreachable: fails')
})

test('an endless loop is no verdict', async (t) => {
  const { packets } = await wrong({ process: [0x03, 0x40, 0x0c, 0, 0x0b, DROP] })
  const [path] = packets.paths
  t.is(path?.end.kind === 'ended' && path.end.result.end.kind, 'out of fuel')
})

test('nf_init has to answer 1, and its tables have to fit', async (t) => {
  await fails(t, { answer: 0, process: [DROP] }, 'verdict: nf_init answers 1: fails')
  const huge = [i32Const(4), i32Const(4), i32Const(1 << 24), OUT, call(0)]
  const { init } = await wrong({
    imports: withMap(),
    init: [...huge, 0x45, 0x04, 0x40, i32Const(0), 0x0f, 0x0b],
    process: [DROP],
  })
  t.deepEqual(failures([init]).map(describe), ['verdict: nf_init answers 1: fails'])
})

test('a count kept in memory is state outside libVig', async (t) => {
  const at = i32Const(0x10000)
  const count = [at, at, load32, i32Const(1), ADD, store32]
  const { packets } = await wrong({ process: [...count, at, load32, i32Const(100), 0x4b] })
  const found = packets.paths.flatMap(({ end }) => (end.kind === 'ended' ? end.result.leftovers : []))
  t.true(found.some(({ what, names }) => what === 'the verdict' && names.includes('nf.memory.0x10000')))
  // The carry takes one byte more in each round.
  t.deepEqual([...packets.left.bytes], [0x10000, 0x10001, 0x10002, 0x10003])
})

test('a global that remembers is state outside libVig, one that is put back is not', async (t) => {
  const counter = [0x7f, 1, ...i32Const(0), 0x0b]
  const globals = [counter]
  const remembers = await wrong({ globals, process: [[0x23, 0], i32Const(1), ADD, [0x24, 0], [0x23, 0]] })
  const found = remembers.packets.paths.flatMap(({ end }) => (end.kind === 'ended' ? end.result.leftovers : []))
  t.deepEqual(
    found.map(({ names }) => names),
    [['nf.global.0']],
  )
  const stack = [[0x23, 0], i32Const(16), 0x6b, [0x24, 0], [0x23, 0], i32Const(16), ADD, [0x24, 0], DROP]
  t.is((await wrong({ globals, process: stack })).packets.left.globals.size, 0)
})

test("the packet's address is not for comparing or keeping", async (t) => {
  await undecidable(
    t,
    { process: [PACKET, i32Const(7), 0x71, DROP_VALUE, DROP] },
    /an operator on the address of the packet/,
  )
  await undecidable(t, { process: [OUT, PACKET, store32, DROP] }, /storing the address of the packet/)
  await undecidable(t, { process: [PACKET] }, /the result is the address of the packet/)
})

test('an address that is not known is no address', async (t) => {
  await undecidable(t, { process: [LENGTH, load32, DROP_VALUE, DROP] }, /an address that is not known/)
})

const makeVector: Code = [i32Const(8), i32Const(4), OUT, call(0), DROP_VALUE]
const vector = [OUT, load32]
const withVector: Partial<Parts> = { imports: ['vector_allocate', 'vector_borrow', 'vector_return'], init: makeVector }
const borrow = (index: Code) => [...vector, ...index, i32Const(0x10104), call(1)]
const giveBack = (index: Code) => [...vector, ...index, call(2)]
const cell = [i32Const(0x10104), load32]
const write = [...cell, i32Const(5), store32]

test('a cell that is borrowed, written and given back is right', async (t) => {
  await fails(t, { ...withVector, process: [...borrow([PORT]), ...write, ...giveBack([PORT]), DROP] })
})

test('a cell that is not given back is found, and one that is used afterwards', async (t) => {
  await fails(
    t,
    { ...withVector, process: [...borrow([PORT]), ...write, DROP] },
    'precondition: every cell of vector1 that was lent is given back: fails',
  )
  await fails(
    t,
    { ...withVector, process: [...borrow([PORT]), ...giveBack([PORT]), ...write, DROP] },
    'memory: an access to a cell of vector1 that was given back: fails',
  )
})

test('an index past the end, and a cell borrowed twice, are found', async (t) => {
  await fails(
    t,
    { ...withVector, process: [...borrow([i32Const(4)]), DROP] },
    'precondition: vector_borrow: the index is below the capacity: fails',
  )
  await fails(
    t,
    { ...withVector, process: [...borrow([PORT]), ...borrow([PORT]), ...giveBack([PORT]), DROP] },
    'precondition: vector_borrow: the cell is not lent already: fails',
  )
})

test('a write past the end of a cell is found', async (t) => {
  await fails(
    t,
    { ...withVector, process: [...borrow([PORT]), ...cell, i64Const(1n), [0x37, 3, 4], ...giveBack([PORT]), DROP] },
    'memory: an access of 8 bytes stays in a cell of vector1: fails',
  )
})

test('nothing is allocated after nf_init', async (t) => {
  await undecidable(t, { imports: withMap(), process: [...makeMap, DROP] }, /expiring_map_allocate after nf_init/)
})

test('bytes are copied and filled, pointers among them', async (t) => {
  const copied = [i32Const(0x10180), OUT, i32Const(8), [0xfc, 0x0a, 0, 0]]
  const size = [i32Const(0x10180), load32, call(1), DROP_VALUE]
  const filled = [OUT, i32Const(0), i32Const(8), [0xfc, 0x0b, 0]]
  await fails(t, {
    imports: withMap('expiring_map_size'),
    init: [...makeMap, ...copied, ...filled],
    process: [...size, DROP],
  })
})
