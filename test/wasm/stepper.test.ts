import test from 'ava'

import {
  type ConcreteValue,
  concreteDomain,
  type Domain,
  decodeModule,
  type External,
  instantiate,
  type Outcome,
  printLocation,
  Stepper,
  type StepperOptions,
  Store,
  Trap,
  Unsupported,
} from '../../src/wasm/index.js'
import { buildModule, call, type FunctionParts, i32Const, localGet } from './module-builder.js'
import { runModule } from './side-by-side.js'

const i32 = ['i32'] as const
const forever: FunctionParts = { name: 'forever', body: [0x03, 0x40, 0x0c, 0, 0x0b] }

test('a run ends when its steps are used up, and says where', (t) => {
  const { call, stepper } = runModule(buildModule({ functions: [forever] }), new Map(), { steps: 1000 })
  const outcome = call('forever', [])
  t.like(outcome, { kind: 'out of fuel', limit: 'steps' })
  t.is(stepper.steps, 1001)
  t.true(outcome.kind === 'out of fuel' && outcome.at?.code.name === 'forever')
})

test('a run ends when it has gone back to the start of loops too often', (t) => {
  const body = [0x03, 0x40, ...localGet(0), ...i32Const(1), 0x6b, 0x22, 0, 0x0d, 0, 0x0b]
  const functions = [{ name: 'count', params: i32, body }]
  const { call } = runModule(buildModule({ functions }), new Map(), { backBranches: 9 })
  t.like(call('count', [10]), { kind: 'returned' })
  t.like(call('count', [11]), { kind: 'out of fuel', limit: 'back branches' })
  t.like(call('count', [10]), { kind: 'returned' }, 'each run has its own')
})

test('recursion ends at the limit of calls, whatever the stack of the host', (t) => {
  const functions = [{ name: 'deep', params: i32, results: i32, body: deep() }]
  const bytes = buildModule({ functions })
  t.deepEqual(runModule(bytes, new Map(), { callDepth: 1_000_000 }).call('deep', [500_000]), {
    kind: 'returned',
    values: [500_000],
  })
  const limited = runModule(bytes, new Map(), { callDepth: 5 })
  t.like(limited.call('deep', [4]), { kind: 'returned' })
  t.like(limited.call('deep', [5]), { kind: 'trapped', trap: 'call stack exhausted' })
})

/** n == 0 ? 0 : 1 + deep(n - 1) */
function deep(): number[] {
  const recursion = [...i32Const(1), ...localGet(0), ...i32Const(1), 0x6b, ...call(0), 0x6a]
  return [...localGet(0), 0x04, 0x7f, ...recursion, 0x05, ...i32Const(0), 0x0b]
}

test('a trap names function, offset and kind, and the calls that led there', (t) => {
  const functions: FunctionParts[] = [{ body: [0x01, 0x00] }, { name: 'outer', body: call(0) }]
  const custom = [['name', [1, 7, 1, 0, 4, ...Buffer.from('boom')]]] as const
  const bytes = buildModule({ functions, custom })
  const { call: run, stepper } = runModule(bytes)
  const outcome = run('outer', [])
  if (outcome.kind !== 'trapped' || outcome.at === undefined) return t.fail()
  t.is(outcome.trap, 'unreachable')
  t.is(outcome.at.code.name, 'boom')
  t.is(bytes[outcome.at.offset], 0x00)
  t.is(bytes[outcome.at.offset - 1], 0x01)
  t.is(printLocation(outcome.at), `$boom at byte 0x${outcome.at.offset.toString(16)}`)
  t.deepEqual(
    stepper.backtrace().map(({ code, offset }) => [code.name, bytes[offset]]),
    [
      ['outer', 0x10],
      ['boom', 0x00],
    ],
  )
  return undefined
})

test('the trace hook sees every instruction, with its offset and function', (t) => {
  const seen: string[] = []
  const bytes = buildModule({
    functions: [
      { results: i32, body: i32Const(5) },
      { name: 'f', results: i32, body: [...call(0), ...i32Const(1), 0x6a] },
    ],
  })
  const trace: StepperOptions['trace'] = (code, { opcode, offset }) => {
    t.is(bytes[offset], opcode)
    seen.push(`${code.index}:${opcode.toString(16)}`)
  }
  const { call: run } = runModule(bytes, new Map(), { trace })
  t.deepEqual(run('f', []), { kind: 'returned', values: [6] })
  t.deepEqual(seen, ['1:10', '0:41', '0:b', '1:41', '1:6a', '1:b'])
})

const importing = buildModule({
  imports: [{ module: 'env', name: 'host', what: { params: ['i32', 'i64'], results: ['i64', 'i32'] } }],
  functions: [{ name: 'f', results: ['i64', 'i32'], body: [...i32Const(1), 0x42, 2, ...call(0)] }],
})

function linked(
  answer: (args: readonly ConcreteValue[]) => readonly ConcreteValue[],
): ReadonlyMap<string, ReadonlyMap<string, External<ConcreteValue>>> {
  const type = { params: ['i32', 'i64'], results: ['i64', 'i32'] } as const
  return new Map([['env', new Map([['host', { kind: 'host', type, call: answer }]])]])
}

test('host functions take and give values of the domain', (t) => {
  const seen: ConcreteValue[][] = []
  const imports = linked((args) => {
    seen.push([...args])
    return [20n, 10]
  })
  t.deepEqual(runModule(importing, imports).call('f', []), { kind: 'returned', values: [20n, 10] })
  t.deepEqual(seen, [[1, 2n]])
})

test('what a host function throws ends the run at the call, or passes through untouched', (t) => {
  const ending = (error: Error): Outcome<ConcreteValue> =>
    runModule(
      importing,
      linked(() => {
        throw error
      }),
    ).call('f', [])
  const trapped = ending(new Trap('unreachable'))
  t.like(trapped, { kind: 'trapped', trap: 'unreachable' })
  t.true(trapped.kind === 'trapped' && trapped.at !== undefined && importing[trapped.at.offset] === 0x10)
  t.like(ending(new Unsupported('random numbers')), { kind: 'unsupported', what: 'random numbers' })
  class Abandoned extends Error {}
  t.throws(() => ending(new Abandoned()), { instanceOf: Abandoned })
  t.throws(
    () =>
      runModule(
        importing,
        linked(() => [1n]),
      ).call('f', []),
    { message: /gave 1 values, not 2/ },
  )
})

test('a stepper can be used again after any end of a run', (t) => {
  const bytes = buildModule({ functions: [forever, { name: 'one', results: i32, body: i32Const(1) }] })
  const { call: run } = runModule(bytes, new Map(), { steps: 50 })
  for (const name of ['forever', 'one', 'forever', 'one']) {
    t.is(run(name, []).kind, name === 'one' ? 'returned' : 'out of fuel')
  }
  t.throws(() => run('one', [1]), { instanceOf: RangeError })
})

test('in a domain without floating point an instruction on it is unsupported, never a wrong answer', (t) => {
  const { floats: _, ...rest } = concreteDomain
  const store = new Store<ConcreteValue>(rest)
  const cases: [string, FunctionParts, string][] = [
    ['constant', { body: [0x43, 0, 0, 0, 0, 0x1a] }, 'f32.const'],
    ['double', { body: [0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a] }, 'f64.const'],
    ['operator', { params: ['f32'], body: [...localGet(0), 0x91, 0x1a] }, 'f32.sqrt'],
    ['comparison', { params: ['f64'], body: [...localGet(0), ...localGet(0), 0x61, 0x1a] }, 'f64.eq'],
    ['load', { params: i32, body: [...localGet(0), 0x2a, 2, 0, 0x1a] }, 'f32.load'],
    ['store', { params: ['f64'], body: [...i32Const(0), ...localGet(0), 0x39, 3, 0] }, 'f64.store'],
    ['local', { locals: ['f64'], body: [] }, 'a local variable of type f64'],
  ]
  for (const [name, parts, what] of cases) {
    const module = decodeModule(buildModule({ memory: [1], functions: [{ ...parts, name }] }))
    const { instance } = instantiate(store, module, new Map())
    const callee = instance.exports.get(name)
    if (callee?.kind !== 'wasm') throw new Error(name)
    t.like(
      new Stepper(store).call(
        callee,
        (parts.params ?? []).map(() => 0),
      ),
      { kind: 'unsupported', what },
      name,
    )
  }
  const global = decodeModule(buildModule({ globals: [[0x7d, 0, 0x43, 0, 0, 0, 0, 0x0b]] }))
  t.like(instantiate(store, global, new Map()).outcome, { kind: 'unsupported' })
})

/** Values are texts: whatever the stepper does with them, it can only have asked the domain. */
function textDomain(decisions: readonly boolean[]): { domain: Domain<string>; asked: string[] } {
  const asked: string[] = []
  const decide = (question: string): boolean => {
    asked.push(question)
    return decisions[asked.length - 1] ?? false
  }
  const domain: Domain<string> = {
    i32: (value) => `${value}`,
    i64: (value) => `${value}n`,
    unary: (opcode, operand) => `(${opcode.toString(16)} ${operand})`,
    binary: (opcode, left, right) => `(${opcode.toString(16)} ${left} ${right})`,
    truth: (condition) => decide(condition),
    select: (condition, ifNotZero, ifZero) => `(ite ${condition} ${ifNotZero} ${ifZero})`,
    choose: (index, targets) => {
      asked.push(`choose ${index} of ${targets.join(' ')}`)
      return 1
    },
    index: (value, count) => {
      throw new Unsupported(`an element ${value} of ${count}`)
    },
    memory: () => {
      throw new Unsupported('memory')
    },
  }
  return { domain, asked }
}

function runText(parts: FunctionParts, args: readonly string[], decisions: readonly boolean[]) {
  const { domain, asked } = textDomain(decisions)
  const store = new Store(domain)
  const { instance } = instantiate(
    store,
    decodeModule(buildModule({ functions: [{ ...parts, name: 'f' }] })),
    new Map(),
  )
  const callee = instance.exports.get('f')
  if (callee?.kind !== 'wasm') throw new Error('no function')
  return { outcome: new Stepper(store).call(callee, args), asked }
}

test('a domain of terms decides one path per run, and another path by other decisions', (t) => {
  const body = [...localGet(0), 0x04, 0x7f, ...localGet(1), 0x05, ...localGet(1), ...i32Const(1), 0x6a, 0x0b]
  const parts: FunctionParts = { params: ['i32', 'i32'], results: i32, body }
  t.deepEqual(runText(parts, ['x', 'y'], [true]), { outcome: { kind: 'returned', values: ['y'] }, asked: ['x'] })
  t.deepEqual(runText(parts, ['x', 'y'], [false]), {
    outcome: { kind: 'returned', values: ['(6a y 1)'] },
    asked: ['x'],
  })
})

test('select is one value in a domain of terms, and br_table is chosen among targets', (t) => {
  const select: FunctionParts = {
    params: i32,
    results: i32,
    body: [...i32Const(1), ...i32Const(2), ...localGet(0), 0x1b],
  }
  t.deepEqual(runText(select, ['x'], []).outcome, { kind: 'returned', values: ['(ite x 1 2)'] })
  const table = [
    0x02,
    0x40,
    0x02,
    0x40,
    ...localGet(0),
    0x0e,
    4,
    0,
    1,
    1,
    0,
    1,
    0x0b,
    ...i32Const(10),
    0x0f,
    0x0b,
    ...i32Const(11),
  ]
  t.deepEqual(runText({ params: i32, results: i32, body: table }, ['x'], []), {
    outcome: { kind: 'returned', values: ['11'] },
    asked: ['choose x of 0 1 1 0 1'],
  })
})

test('before a division the stepper asks whether it traps, and the operator is only reached where it does not', (t) => {
  const divide = (opcode: number): FunctionParts => ({
    params: ['i32', 'i32'],
    results: i32,
    body: [...localGet(0), ...localGet(1), opcode],
  })
  t.like(runText(divide(0x6d), ['x', 'y'], [true]).outcome, { kind: 'trapped', trap: 'integer divide by zero' })
  t.like(runText(divide(0x6d), ['x', 'y'], [false, true]).outcome, { kind: 'trapped', trap: 'integer overflow' })
  t.deepEqual(runText(divide(0x6d), ['x', 'y'], [false, false]), {
    outcome: { kind: 'returned', values: ['(6d x y)'] },
    asked: ['(45 y)', '(71 (46 x -2147483648) (46 y -1))'],
  })
  t.deepEqual(runText(divide(0x70), ['x', 'y'], [false]), {
    outcome: { kind: 'returned', values: ['(70 x y)'] },
    asked: ['(45 y)'],
  })
})
