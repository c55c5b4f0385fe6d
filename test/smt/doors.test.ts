import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { MachineError } from '../../src/errors.js'
import {
  type Answer,
  AnswerCache,
  arraySort,
  bitVecSort,
  cvc5,
  DisagreementError,
  evaluate,
  intSort,
  nativeZ3,
  openSolver,
  openSyncSolver,
  type Reason,
  type Solver,
  type SolverOptions,
  SolverUseError,
  SortError,
  Statistics,
  type Term,
  Terms,
  versionOf,
} from '../../src/smt/index.js'
import { temporary } from '../temporary.js'
import { fakeSolver } from './fake-solver.js'

function modelValue(t: ExecutionContext, answer: Answer, term: Term): unknown {
  if (answer.status !== 'sat') return t.fail(`${answer.status}: ${JSON.stringify(answer)}`)
  return evaluate(term, answer.model)
}

function problem() {
  const t = new Terms()
  const word = bitVecSort(32)
  const [x, y] = [t.variable('x', word), t.variable('y', word)]
  const f = t.declareFunction('f', [word], bitVecSort(8))
  const memory = t.variable('memory', arraySort(word, bitVecSort(8)))
  const i = t.variable('i', intSort)
  return { t, x, y, f, memory, i, c: (value: number) => t.bv(value, 32) }
}

/** A solver that is closed at the end of the test, however that comes. */
async function opened(t: ExecutionContext, options: SolverOptions): Promise<Solver> {
  const solver = await openSolver(options)
  t.teardown(() => solver.close())
  return solver
}

async function askOnce(options: SolverOptions, terms: readonly Term[]): Promise<Answer> {
  const solver = await openSolver({ cache: false, ...options })
  try {
    return await solver.check(terms)
  } finally {
    await solver.close()
  }
}

function reasonOf(answer: Answer): Reason | undefined {
  return answer.status === 'unknown' ? answer.reasons[0] : undefined
}

const backends = [
  { name: 'z3-embedded', isHere: true },
  { name: 'z3', isHere: versionOf(nativeZ3) !== undefined },
  { name: 'cvc5', isHere: versionOf(cvc5) !== undefined },
] as const

for (const { name, isHere } of backends) {
  const onlyHere = isHere ? test.serial : test.serial.skip

  onlyHere(`${name}: a model satisfies the query, with functions, arrays and integers`, async (t) => {
    const { t: b, x, y, f, memory, i, c } = problem()
    const query = [
      b.ult(x, c(5)),
      b.eq(b.apply(f, x), b.bv(7, 8)),
      b.not(b.eq(b.apply(f, b.add(x, y)), b.bv(7, 8))),
      b.eq(b.select(memory, x), b.bv(3, 8)),
      b.eq(b.select(b.store(memory, y, b.bv(9, 8)), x), b.bv(9, 8)),
    ]
    const answer = await askOnce({ backends: [name] }, query)
    for (const term of query) t.is(modelValue(t, answer, term), true)
    const natural = [
      b.intLt(b.intMod(i, 7), b.intMod(b.intAdd(i, b.int(1)), 5)),
      b.eq(b.toInt(x), i),
      b.intGe(i, b.int(9)),
    ]
    const second = await askOnce({ backends: [name] }, natural)
    for (const term of natural) t.is(modelValue(t, second, term), true)
    t.is((await askOnce({ backends: [name] }, [...query, b.not(b.eq(x, y))])).status, 'unsat')
  })

  onlyHere(`${name}: a session keeps what is asserted, and takes back what was pushed`, async (t) => {
    const { t: b, x, y, f, memory, c } = problem()
    const solver = await opened(t, { backends: [name], cache: false })
    const session = solver.session()
    session.assert(b.ult(x, c(10)), b.eq(b.apply(f, x), b.bv(1, 8)))
    t.is((await session.check([b.eq(x, c(10))])).status, 'unsat')
    t.is((await session.check([b.eq(x, c(9))])).status, 'sat')
    session.push()
    session.assert(b.eq(y, b.add(x, c(1))))
    t.is((await session.check([b.eq(y, c(0))])).status, 'unsat')
    t.is((await session.check([b.eq(b.apply(f, b.sub(y, c(1))), b.bv(2, 8))])).status, 'unsat')
    const other = solver.session()
    t.is((await other.check([b.eq(x, c(10))])).status, 'sat')
    session.pop()
    session.assert(b.ugt(x, c(8)))
    session.push()
    t.is((await session.check([b.eq(y, c(0))])).status, 'sat')
    t.is((await session.check([b.eq(x, c(8))])).status, 'unsat')
    session.pop()
    // A theory that the context was not started for.
    const reads = [b.eq(b.select(memory, x), b.bv(3, 8)), b.eq(b.select(memory, c(9)), b.bv(4, 8))]
    t.is((await session.check(reads)).status, 'unsat')
    t.is((await session.check()).status, 'sat')
    t.throws(() => session.pop(), { instanceOf: SolverUseError })
    t.throws(() => session.assert(x), { instanceOf: SortError })
  })

  onlyHere(`${name}: what takes too long is unknown, for a reason, and the next answer is right`, async (t) => {
    const b = new Terms()
    const [p, q] = [b.variable('p', bitVecSort(64)), b.variable('q', bitVecSort(64))]
    const limit = b.bv(1n << 32n, 64)
    const factors = [b.eq(b.mul(p, q), b.bv(0x00f0_0000_0000_0abdn, 64)), b.ult(p, limit), b.ult(q, limit), b.ult(p, q)]
    const solver = await opened(t, { backends: [name], cache: false })
    const session = solver.session()
    session.assert(...factors, b.ugt(p, b.bv(1, 64)))
    const byTime = reasonOf(await session.check([], { time: 300, effort: 4_000_000 }))
    t.true(byTime?.cause === 'time' || byTime?.cause === 'resources', JSON.stringify(byTime))
    if (name !== 'cvc5') {
      const byEffort = reasonOf(await session.check([], { effort: 50 }))
      t.true(byEffort?.cause === 'resources' || byEffort?.cause === 'time', JSON.stringify(byEffort))
    }
    t.is((await session.check([b.eq(p, b.bv(0, 64))])).status, 'unsat')
  })
}

test.serial('queries that simplification decides reach no solver', async (t) => {
  const { t: b, x } = problem()
  const solver = await opened(t, { backends: [fakeSolver({ check: 'echo broken' })] })
  t.like(await solver.check([b.eq(x, x)]), { status: 'sat', by: 'terms' })
  t.like(await solver.check([b.ult(x, x)]), { status: 'unsat', by: 'terms' })
  t.like(await solver.check([]), { status: 'sat', by: 'terms' })
  t.is(
    solver.statistics().find(({ by }) => by === 'fake'),
    undefined,
  )
})

const failures: [string, string, Reason['cause']][] = [
  ['prints something more', 'echo "unsat, I think"', 'error'],
  ['prints nothing', ':', 'error'],
  ['answers twice', 'echo unsat; echo sat', 'error'],
  ['reports an error before it answers', 'echo "(error \\"line 3\\")"; echo unsat', 'error'],
  ['writes capitals', 'echo UNSAT', 'error'],
  ['dies', 'kill -9 $$', 'died'],
  ['ends in peace', 'echo unsat; exit 0', 'died'],
  ['gives up', 'echo unknown', 'incomplete'],
  ['says sat and gives no values', 'echo sat', 'model'],
  ['hangs', 'exec sleep 20', 'time'],
]

for (const [what, check, cause] of failures) {
  test.serial(`a solver that ${what} has not answered, and is replaced`, async (t) => {
    const { t: b, x, c } = problem()
    const profile = fakeSolver({ check })
    const query = [b.ult(x, c(5)), b.ugt(x, c(2))]
    const limits = cause === 'time' ? { time: 100 } : {}
    const solver = await opened(t, { backends: [profile], cache: false, limits })
    const session = solver.session()
    session.assert(...query)
    t.is(reasonOf(await session.check())?.cause, cause)
    if (cause !== 'time') t.is(reasonOf(await session.check([b.eq(x, c(3))]))?.cause, cause)
    await solver.close()
    const starts = readFileSync(join(profile.folder, 'starts'), 'utf8').split('\n').length - 1
    t.is(starts, cause === 'time' || cause === 'incomplete' ? 1 : 2)
    const blocking = await openSyncSolver({ backends: [profile], cache: false, limits })
    if (cause !== 'time') t.is(blocking.check(query).status, 'unknown')
    await blocking.close()
  })
}

test.serial('values that do not satisfy the query are no model', async (t) => {
  const { t: b, x, c } = problem()
  const query = [b.ult(x, c(5)), b.ugt(x, c(2))]
  const lying = fakeSolver({ check: 'echo sat', values: 'echo "((x #x00000005))"' })
  t.is(reasonOf(await askOnce({ backends: [lying] }, query))?.cause, 'model')
  const garbled = fakeSolver({ check: 'echo sat', values: 'echo "((x #x05)"' })
  t.is(reasonOf(await askOnce({ backends: [garbled] }, query))?.cause, 'model')
  const honest = fakeSolver({ check: 'echo sat', values: 'echo "((x #x00000004))"' })
  t.is(modelValue(t, await askOnce({ backends: [honest] }, query), x), 4n)
})

test.serial('where one back-end does not answer, the next one does; where none does, each says why', async (t) => {
  const { t: b, x, c } = problem()
  const query = [b.ult(x, c(5)), b.ugt(x, c(2))]
  const first = fakeSolver({ name: 'first', check: 'echo unknown' })
  const statistics = new Statistics()
  t.like(await askOnce({ backends: [first, 'z3-embedded'], statistics }, query), { status: 'sat', by: 'z3-embedded' })
  const [one, two] = statistics.list()
  t.like(one, { by: 'first', unknown: 1, sat: 0 })
  t.like(two, { by: 'z3-embedded', unknown: 0, sat: 1 })
  const second = fakeSolver({ name: 'second', check: 'echo maybe' })
  const answer = await askOnce({ backends: [first, second] }, query)
  if (answer.status !== 'unknown') return t.fail()
  t.deepEqual(
    answer.reasons.map(({ by, cause }) => [by, cause]),
    [
      ['first', 'incomplete'],
      ['second', 'error'],
    ],
  )
})

test.serial('a second back-end that says the opposite is an error of its own kind', async (t) => {
  const { t: b, x, c } = problem()
  const satisfiable = [b.ult(x, c(5)), b.ugt(x, c(2))]
  const contrary = fakeSolver({ check: 'echo unsat' })
  const error = await t.throwsAsync(askOnce({ backends: ['z3-embedded'], crossCheck: contrary }, satisfiable), {
    instanceOf: DisagreementError,
  })
  t.regex(error?.message ?? '', /z3-embedded says sat, but fake says unsat/)
  t.regex(error?.query ?? '', /check-sat/)
  const silent = fakeSolver({ check: 'echo unknown' })
  t.is((await askOnce({ backends: ['z3-embedded'], crossCheck: silent }, satisfiable)).status, 'sat')
  const agreeing = fakeSolver({ check: 'echo sat', values: 'echo "((x #x00000003))"' })
  t.is((await askOnce({ backends: ['z3-embedded'], crossCheck: agreeing }, satisfiable)).status, 'sat')
})

test.serial(
  'an answer that nobody confirmed is not taken from the cache where confirmation is asked for',
  async (t) => {
    const { t: b, x, y, f } = problem()
    const query = [b.eq(x, y), b.not(b.eq(b.apply(f, x), b.apply(f, y)))]
    const cache = new AnswerCache()
    await askOnce({ backends: ['z3-embedded'], cache }, query)
    t.is((await askOnce({ backends: ['z3-embedded'], cache }, query)).status, 'unsat')
    const contrary = fakeSolver({ check: 'echo sat', values: 'echo "((x #x00000003))"' })
    const asked = await askOnce({ backends: ['z3-embedded'], crossCheck: contrary, cache }, query)
    t.like(asked, { status: 'unsat', by: 'z3-embedded' })
    t.like(await askOnce({ backends: ['z3-embedded'], cache }, query), { status: 'unsat', by: 'cache' })
  },
)

test.serial('an answer is found again by the content of its query, in memory and on disk', async (t) => {
  const folder = temporary('cache')
  const ask = async () => {
    const { t: b, x, y, c } = problem()
    const solver = await opened(t, { backends: ['z3-embedded'], cache: { folder } })
    const unsat = [b.ult(x, y), b.ult(y, c(3)), b.eq(x, c(2))]
    const sat = [b.ult(x, y), b.ult(y, c(3))]
    const answers = [
      await solver.check(unsat),
      await solver.check(sat),
      await solver.check(unsat),
      await solver.check(sat),
    ]
    await solver.close()
    return answers.map((answer) => ('by' in answer ? `${answer.status} ${answer.by}` : answer.status))
  }
  t.deepEqual(await ask(), ['unsat z3-embedded', 'sat z3-embedded', 'unsat cache', 'sat cache'])
  t.deepEqual(await ask(), ['unsat cache', 'sat z3-embedded', 'unsat cache', 'sat cache'])
  t.is(readdirSync(folder).length, 1)
})

test.serial('every query that reaches a back-end is left in a file with its outcome', async (t) => {
  const dump = join(temporary('dump'), 'queries')
  const { t: b, x, y, c } = problem()
  const solver = await opened(t, { backends: ['z3-embedded'], dump })
  await solver.check([b.ult(x, y), b.ult(y, c(1))])
  await solver.check([b.ult(x, y)])
  await solver.check([b.ult(x, y)])
  await solver.close()
  const files = readdirSync(dump).sort()
  t.is(files.length, 2)
  t.regex(readFileSync(join(dump, files[0] ?? ''), 'utf8'), /^; unsat by z3-embedded\n\(set-logic QF_BV\)/)
  t.regex(readFileSync(join(dump, files[1] ?? ''), 'utf8'), /^; sat by z3-embedded\n/)
})

test.serial('the worker of the embedded Z3 is replaced when it is worn out, and the answers go on', async (t) => {
  const { t: b, x, c } = problem()
  const solver = await opened(t, { backends: ['z3-embedded'], cache: false, recycle: { contexts: 2 } })
  for (let i = 1; i < 6; i++) {
    t.is(
      modelValue(
        t,
        await solver.check([b.ult(x, c(i)), b.uge(x, c(i - 1)), b.ugt(x, c(0)), b.ult(x, c(9))].slice(i === 1 ? 3 : 0)),
        b.true,
      ),
      true,
    )
  }
})

for (const backend of ['z3-embedded', 'z3-inline'] as const) {
  test.serial(`${backend}, blocking: sessions, models and limits`, async (t) => {
    const { t: b, x, y, f, c } = problem()
    const solver = await openSyncSolver({ backends: [backend], cache: false })
    const session = solver.session()
    session.assert(b.eq(b.apply(f, x), b.bv(1, 8)), b.ult(x, c(9)))
    session.push()
    session.assert(b.eq(x, y))
    t.is(session.check([b.not(b.eq(b.apply(f, y), b.bv(1, 8)))]).status, 'unsat')
    session.pop()
    const answer = session.check([b.not(b.eq(b.apply(f, y), b.bv(1, 8)))])
    t.is(modelValue(t, answer, b.eq(x, y)), false)
    const [p, q] = [b.variable('p', bitVecSort(64)), b.variable('q', bitVecSort(64))]
    const hard = [b.eq(b.mul(p, q), b.bv(0x00f0_0000_0000_0abdn, 64)), b.ult(p, b.bv(1n << 32n, 64)), b.ult(q, p)]
    t.is(solver.check(hard, { effort: 20 }).status, 'unknown')
    t.is(solver.check([b.ult(x, y), b.ult(y, x)]).status, 'unsat')
    await solver.close()
    t.throws(() => solver.check([]), { instanceOf: SolverUseError })
  })
}

test.serial('several doors work at the same time', async (t) => {
  const solvers = await Promise.all([0, 1].map(() => openSolver({ backends: ['z3-embedded'], cache: false })))
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const { t: b, x, c } = problem()
      const answer = await solvers[i % 2]?.check([b.ult(x, c(i + 1)), b.ugt(b.add(x, c(1)), c(i)), b.ult(x, c(99))])
      return answer === undefined ? undefined : modelValue(t, answer, x)
    }),
  )
  t.deepEqual(
    answers,
    Array.from({ length: 40 }, (_, i) => BigInt(i)),
  )
  await Promise.all(solvers.map((solver) => solver.close()))
})

test.serial('a back-end that is named and missing is an error; closing ends a door', async (t) => {
  const missing = { ...fakeSolver({ check: ':' }), program: '/nowhere/solver' }
  await t.throwsAsync(openSolver({ backends: [missing] }), { instanceOf: MachineError })
  const { t: b, x, y } = problem()
  const solver = await opened(t, { backends: ['z3-embedded'] })
  await solver.close()
  await t.throwsAsync(solver.check([b.ult(x, y)]), { instanceOf: SolverUseError })
})

/** 7 z = 21 is read as integers too, x y = 15 is then any function of x and y. */
function hard() {
  const b = new Terms()
  const [x, y, z] = ['x', 'y', 'z'].map((name) => b.variable(name, bitVecSort(64)))
  if (x === undefined || y === undefined || z === undefined) throw new TypeError('three names')
  const c = (value: number) => b.bv(value, 64)
  const few = [x, y].flatMap((each) => [b.ugt(each, c(1)), b.ult(each, c(16))])
  return [b.eq(b.mul(c(7), z), c(21)), b.eq(b.mul(x, y), c(15)), ...few]
}

test.serial('a reading in integers that has a model, but none of the query, decides nothing', async (t) => {
  const statistics = new Statistics()
  t.is((await askOnce({ backends: ['z3-embedded'], statistics }, hard())).status, 'sat')
  // Once in integers, once in bits.
  t.like(statistics.list()[0], { by: 'z3-embedded', sat: 2, unsat: 0 })
})

test.serial('what is decided neither in integers nor in bits is unknown', async (t) => {
  t.is((await askOnce({ backends: [fakeSolver({ check: 'echo unknown' })] }, hard())).status, 'unknown')
})
