import test from 'ava'
import fc from 'fast-check'

import { type ConcreteValue, type NumberType, type Operator, operators } from '../../src/wasm/index.js'
import { buildModule, localGet, opcodeBytes } from './module-builder.js'
import { ours, type Result, runModule, theirs } from './side-by-side.js'

/** Floats go in and out as their bits: to JavaScript, all NaNs are one. */
const asBits: Readonly<Record<NumberType, 'i32' | 'i64'>> = { i32: 'i32', i64: 'i64', f32: 'i32', f64: 'i64' }
const fromBits: Readonly<Record<NumberType, readonly number[]>> = { i32: [], i64: [], f32: [0xbe], f64: [0xbf] }
const toBits: Readonly<Record<NumberType, readonly number[]>> = { i32: [], i64: [], f32: [0xbc], f64: [0xbd] }

const singles = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  0.49999997,
  1.5,
  2.5,
  -1.5,
  2 ** 23,
  2 ** 24 + 2,
  2147483520,
  2147483648,
  -2147483648,
  -2147483904,
  4294967040,
  4294967296,
  2 ** 63 - 2 ** 39,
  2 ** 63,
  2 ** 64 - 2 ** 40,
  2 ** 64,
  3.4028234663852886e38,
  1.1754943508222875e-38,
  1.401298464324817e-45,
  -1.401298464324817e-45,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0.1,
  1e10,
]
const doubles = [
  ...singles,
  0.5 - 2 ** -54,
  0.5 + 2 ** -53,
  2 ** 52 + 1,
  2 ** 53,
  2147483647.9,
  -2147483648.9,
  -2147483649,
  4294967295.9,
  -0.9,
  2 ** 63 - 1024,
  -(2 ** 63) - 2048,
  2 ** 64 - 2048,
  1.7976931348623157e308,
  5e-324,
  1.0000000596046448,
  1e40,
  1.17549429e-38,
]

function bits32(value: number): number {
  return new Int32Array(new Float32Array([value]).buffer)[0] ?? 0
}

function bits64(value: number): bigint {
  return new BigInt64Array(new Float64Array([value]).buffer)[0] ?? 0n
}

const edges: Readonly<Record<NumberType, readonly ConcreteValue[]>> = {
  i32: [
    0, 1, -1, 2, 7, 8, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x12345678, 0x7fff_ffff,
    -0x8000_0000, -0x7fff_ffff,
  ],
  i64: [
    0n,
    1n,
    -1n,
    2n,
    31n,
    32n,
    63n,
    64n,
    65n,
    127n,
    128n,
    0x7fffn,
    0x8000n,
    0x7fff_ffffn,
    0x8000_0000n,
    0xffff_ffffn,
    0x1_0000_0000n,
    0x0123_4567_89ab_cdefn,
    0x20_0000_4000_0001n,
    0x7fff_ff40_0000_0001n,
    0x7fff_ffff_ffff_fc01n,
    0x7fff_ffff_ffff_ffffn,
    -0x8000_0000_0000_0000n,
    -0x7fff_ffff_ffff_ffffn,
    -0x8000_0000n,
  ],
  f32: [...singles.map(bits32), 0x7fc0_0000, 0x7fc0_0000 | -0x8000_0000, 0x7fa0_0000, 0x7fff_ffff, -1],
  f64: [...doubles.map(bits64), 0x7ff8_0000_0000_0000n, -0x8_0000_0000_0000n, 0x7ff4_0000_0000_0000n, -1n],
}

interface Pair {
  readonly both: (args: readonly ConcreteValue[]) => { readonly ours: Result; readonly theirs: Result }
  readonly arity: 1 | 2
}

function pairOf(operator: Operator): Pair {
  const { operand, result } = operator
  const arity = operator.kind === 'integerBinary' || operator.kind === 'floatBinary' ? 2 : 1
  const params = Array.from({ length: arity }, () => asBits[operand])
  const get = params.flatMap((_, index) => [...localGet(index), ...fromBits[operand]])
  const body = [...get, ...opcodeBytes(operator.opcode), ...toBits[result]]
  const type = { params, results: [asBits[result]] }
  const bytes = buildModule({ functions: [{ ...type, body, name: 'f' }] })
  const engine = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.f
  const { call } = runModule(bytes)
  return {
    arity,
    both: (args) => ({
      ours: ours(call('f', args), type),
      theirs: theirs(engine, args, type),
    }),
  }
}

const F32_QUIET = 0x7fc0_0000
const F64_QUIET = 0x7ff8_0000_0000_0000n

/** What a NaN an operator gives may be any of several (core 2.0, section 4.3.3): both must be a quiet NaN then. */
function normal({ result, name }: Operator, outcome: Result): Result {
  const isBitwise = /\.(abs|neg|copysign|reinterpret_i32|reinterpret_i64)$/.test(name)
  if (isBitwise || !('values' in outcome) || (result !== 'f32' && result !== 'f64')) return outcome
  const bits = BigInt(outcome.values[0]?.split(' ')[1] ?? 0)
  const isQuiet = result === 'f32' ? (Number(bits) & F32_QUIET) === F32_QUIET : (bits & F64_QUIET) === F64_QUIET
  return isQuiet ? { values: ['a quiet NaN'] } : outcome
}

/** For a NaN the core test suite wants another word than the engine has. */
function sameTrap(outcome: Result): Result {
  return 'trap' in outcome && outcome.trap === 'invalid conversion to integer' ? { trap: 'integer overflow' } : outcome
}

for (const operator of operators.values()) {
  const { name, operand } = operator
  test(`${name} is what the engine computes at edge values`, (t) => {
    const { both, arity } = pairOf(operator)
    const rights: readonly (ConcreteValue | undefined)[] = arity === 2 ? edges[operand] : [undefined]
    for (const left of edges[operand]) {
      for (const right of rights) {
        const args = right === undefined ? [left] : [left, right]
        const found = both(args)
        const message = `${name} of ${args.join(', ')}`
        t.deepEqual(normal(operator, sameTrap(found.ours)), normal(operator, found.theirs), message)
      }
    }
  })
}

const arbitrary: Readonly<Record<NumberType, fc.Arbitrary<ConcreteValue>>> = {
  i32: fc.integer(),
  i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  f32: fc.oneof(
    fc.integer(),
    fc.float().map((value) => bits32(value)),
  ),
  f64: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double().map((value) => bits64(value)),
    fc.float().map((value) => bits64(value)),
  ),
}

test('every operator is what the engine computes at random values', (t) => {
  const all = [...operators.values()].map((operator) => ({ operator, pair: pairOf(operator) }))
  for (const { operator, pair } of all) {
    const value = arbitrary[operator.operand]
    fc.assert(
      fc.property(value, value, (left, right) => {
        const args = pair.arity === 2 ? [left, right] : [left]
        const found = pair.both(args)
        t.deepEqual(normal(operator, sameTrap(found.ours)), normal(operator, found.theirs), operator.name)
      }),
      { numRuns: 100 },
    )
  }
})
