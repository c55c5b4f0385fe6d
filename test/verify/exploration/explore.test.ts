import test from 'ava'

import { type Path, Undecidable } from '../../../src/domains/symbolic/path.js'
import {
  bitVecSort,
  boolSort,
  evaluate,
  openSyncSolver,
  type SyncSolver,
  type Term,
  Terms,
} from '../../../src/smt/index.js'
import { type Exploration, type ExploreOptions, explore } from '../../../src/verify/exploration/explore.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

function run<R>(
  what: (path: Path, x: Term) => R,
  more: Pick<ExploreOptions, 'mostPaths' | 'mostDecisions' | 'isJudging'> = {},
): Exploration<R> {
  const terms = new Terms()
  const x = terms.variable('x', bitVecSort(8))
  return explore((path) => what(path, x), { terms, solver, ...more })
}

const below = ({ terms }: Path, x: Term, bound: number) => terms.ult(x, terms.bv(bound, 8))
const oblige = (path: Path, what: string, holds: Term) =>
  path.oblige({ guarantee: 'memory', what, place: undefined, holds })

const answers = ({ paths }: Exploration<unknown>) =>
  paths.flatMap(({ obligations }) => obligations.map(({ obligation, answer }) => `${obligation.what} ${answer.kind}`))

test('both sides of what is open are explored, one of what is not', (t) => {
  const { paths, isComplete, statistics } = run((path, x) => {
    const { terms } = path
    // No square ends so, which only a solver tells.
    const isNever = terms.eq(terms.mul(x, x), terms.bv(3, 8))
    if (path.decide(below(path, x, 10))) return path.decide(isNever) ? 'never' : 'small'
    return path.decide(below(path, x, 20)) ? 'middle' : 'large'
  })
  t.deepEqual(
    paths.map(({ end }) => (end.kind === 'ended' ? end.result : end.kind)),
    ['small', 'middle', 'large'],
  )
  t.true(isComplete)
  t.is(statistics.forced, 1)
  for (const { satisfied } of paths) t.is(satisfied.kind, 'yes')
})

test('what a question was answered with on one path answers it on the next', (t) => {
  // Only a solver tells what has this square.
  const isRoot = ({ terms }: Path, x: Term) => terms.eq(terms.mul(x, x), terms.bv(0x31, 8))
  const one = run((path, x) => path.decide(isRoot(path, x)))
  const two = run((path, x) => {
    const isUdp = path.terms.variable('isUdp', boolSort)
    return path.decide(isUdp) ? path.decide(isRoot(path, x)) : path.decide(isRoot(path, x))
  })
  t.is(two.paths.length, 4)
  for (const { satisfied } of two.paths) t.is(satisfied.kind, 'yes')
  t.true(one.statistics.queries > 0)
  t.is(two.statistics.queries, one.statistics.queries)
})

test('what follows from the facts is no decision', (t) => {
  const { paths, statistics } = run((path, x) => path.decide(below(path, x, 10)) && path.decide(below(path, x, 20)))
  t.deepEqual(
    paths.map(({ end }) => (end.kind === 'ended' ? end.result : end.kind)),
    [true, false],
  )
  t.deepEqual(
    paths.map(({ decisions }) => decisions.length),
    [1, 1],
  )
  t.is(statistics.forced, 0)
})

test('a model of each path is of that path', (t) => {
  const { paths } = run((path, x) => path.decide(below(path, x, 10)))
  for (const { end, satisfied } of paths) {
    if (satisfied.kind !== 'yes' || end.kind !== 'ended') return t.fail()
    const [value = 0n] = [...satisfied.model.variables.values()]
    t.is(end.result, typeof value === 'bigint' && value < 10n)
  }
})

test('an obligation is checked under what came before it, not what came after', (t) => {
  const exploration = run((path, x) => {
    oblige(path, 'below 10', below(path, x, 10))
    // Taken for granted from here on, so this decides nothing.
    return path.decide(below(path, x, 10))
  })
  t.deepEqual(answers(exploration), ['below 10 fails'])
  t.is(exploration.paths.length, 1)
})

test('what follows only by way of facts about other things still holds, and decides nothing', (t) => {
  const exploration = run((path, x) => {
    const [y, z] = ['y', 'z'].map((name) => path.terms.variable(name, bitVecSort(8)))
    if (y === undefined || z === undefined) throw new Error('no variables')
    path.assume(below(path, x, 5))
    path.assume(path.terms.ult(y, x))
    path.assume(path.terms.ult(z, y))
    oblige(path, 'z below 3', below(path, z, 3))
    return path.decide(below(path, z, 4)) && path.proves(below(path, z, 10))
  })
  t.deepEqual(answers(exploration), ['z below 3 holds'])
  t.is(exploration.paths.length, 1)
  const [only] = exploration.paths
  t.true(only?.end.kind === 'ended' && only.end.result)
})

test('a model in which an obligation fails, and that of a path, satisfy facts about other things too', (t) => {
  const { paths } = run((path, x) => {
    const y = path.terms.variable('y', bitVecSort(8))
    const f = path.terms.declareFunction('f', [bitVecSort(8)], bitVecSort(8))
    const ofX = path.terms.apply(f, x)
    path.assume(below(path, ofX, 4))
    path.assume(path.terms.ult(y, ofX))
    path.assume(path.terms.eq(path.terms.apply(f, path.terms.bv(7, 8)), path.terms.bv(0, 8)))
    oblige(path, 'y is 0', path.terms.eq(y, path.terms.bv(0, 8)))
    path.decide(path.terms.eq(x, path.terms.bv(9, 8)))
    path.decide(below(path, ofX, 3))
  })
  t.true(paths.length > 1)
  for (const { facts, satisfied, obligations } of paths) {
    if (satisfied.kind !== 'yes') return t.fail()
    for (const fact of facts) t.is(evaluate(fact, satisfied.model), true)
    for (const { answer } of obligations) {
      if (answer.kind !== 'fails') return t.fail(answer.kind)
      for (const fact of facts.slice(0, 3)) t.is(evaluate(fact, answer.model), true)
    }
  }
})

test('obligations of paths that are not to be judged are taken for granted', (t) => {
  const exploration = run(
    (path, x) => {
      oblige(path, 'below 10', below(path, x, 10))
      return path.decide(below(path, x, 20))
    },
    { isJudging: false },
  )
  t.deepEqual(answers(exploration), [])
  t.like(exploration.paths[0]?.end, { kind: 'ended', result: true })
})

test('later obligations take earlier ones for granted', (t) => {
  const exploration = run((path, x) => {
    oblige(path, 'below 10', below(path, x, 10))
    oblige(path, 'below 20', below(path, x, 20))
  })
  t.deepEqual(answers(exploration), ['below 10 fails', 'below 20 holds'])
})

test('what paths have in common is judged once', (t) => {
  const exploration = run((path, x) => {
    oblige(path, 'common', below(path, x, 10))
    path.decide(below(path, x, 5))
    oblige(path, 'own', below(path, x, 5))
  })
  t.deepEqual(answers(exploration).sort(), ['common fails', 'own fails', 'own holds'])
})

test('an obligation that cannot hold fails, and nothing after it is said to', (t) => {
  const exploration = run((path, x) => {
    oblige(path, 'no', path.terms.false)
    oblige(path, 'below 10', below(path, x, 10))
    return path.decide(below(path, x, 5))
  })
  t.deepEqual(answers(exploration), ['no fails', 'below 10 holds'])
  t.is(exploration.paths[0]?.end.kind, 'impossible')
})

test('what is only tried is given up where it does not hold, many by one model, and nothing rests on it', (t) => {
  const bounds = Array.from({ length: 40 }, (_, i) => 100 + i)
  const { paths, statistics } = run((path, x) => {
    path.assume(below(path, x, 200))
    const attempt = (what: string, holds: Term) =>
      path.oblige({ guarantee: 'state', what, place: undefined, holds, isTried: true })
    for (const bound of [...bounds, 201]) attempt(`below ${bound}`, below(path, x, bound))
    const { terms } = path
    // Only a solver tells.
    attempt('even', terms.eq(terms.bvand(terms.mul(x, terms.add(x, terms.bv(1, 8))), terms.bv(1, 8)), terms.bv(0, 8)))
    oblige(path, 'below 202', below(path, x, 202))
    oblige(path, 'below 150', below(path, x, 150))
    path.assume(below(path, x, 180))
    oblige(path, 'below 140', below(path, x, 140))
    path.assume(terms.not(terms.eq(x, terms.bv(6, 8))))
    attempt('below 50', below(path, x, 50))
    path.assume(terms.not(terms.eq(x, terms.bv(7, 8))))
    oblige(path, 'below 60', below(path, x, 60))
  })
  const answered = paths.flatMap(({ obligations }) => obligations)
  const failed = answered.filter(({ answer }) => answer.kind === 'fails').map(({ obligation }) => obligation.what)
  t.deepEqual(failed, [...bounds.map((bound) => `below ${bound}`), 'below 150', 'below 140', 'below 50', 'below 60'])
  t.is(answered.length, 47)
  for (const { obligation, answer } of answered) {
    if (answer.kind === 'fails') t.is(evaluate(obligation.holds, answer.model), false)
  }
  t.true(statistics.queries < 20, `${statistics.queries} queries`)
})

test('assumptions that nothing satisfies are told', (t) => {
  const { paths } = run((path, x) => {
    path.assume(below(path, x, 3))
    path.assume(path.terms.not(below(path, x, 9)))
    oblige(path, 'anything', path.terms.variable('b', boolSort))
  })
  t.is(paths[0]?.satisfied.kind, 'no')
})

test('what is proved follows from the path, and is the same when the path is run again', (t) => {
  const { paths } = run((path, x) => {
    const before = path.proves(below(path, x, 20))
    path.decide(below(path, x, 10))
    const after = path.proves(below(path, x, 20))
    path.decide(path.terms.eq(x, path.terms.bv(1, 8)))
    return [before, after]
  })
  t.deepEqual(
    paths.map(({ end }) => end.kind === 'ended' && end.result),
    [
      [false, true],
      [false, true],
      [false, false],
    ],
  )
})

test('a fresh constant is the same term on every run, and of any sort', (t) => {
  const { paths } = run((path, x) => {
    const isSmall = path.decide(below(path, x, 10))
    return [
      path.fresh('f', bitVecSort(8)),
      path.fresh('f', bitVecSort(8)),
      path.fresh('g', bitVecSort(isSmall ? 4 : 5)),
    ]
  })
  const [first, second] = paths.map(({ end }) => (end.kind === 'ended' ? end.result : []))
  t.is(first?.[0], second?.[0])
  t.not(first?.[0], first?.[1])
  t.is(first?.[2]?.width, 4)
  t.is(second?.[2]?.width, 5)
})

test('what cannot be decided ends its path, with the reason, and no other', (t) => {
  const { paths } = run((path, x) => {
    if (path.decide(below(path, x, 10))) throw new Undecidable('too hard')
    return 'easy'
  })
  const [hard, easy] = paths.map(({ end }) => end)
  t.like(hard, { kind: 'undecidable', reason: 'too hard' })
  t.like(easy, { kind: 'ended', result: 'easy' })
})

test('endless loops come to an end as undecidable, and too many paths as incomplete', (t) => {
  const loop = (path: Path) => {
    for (;;) path.decide(path.fresh('b', boolSort))
  }
  const { paths, isComplete } = run(loop, { mostPaths: 3, mostDecisions: 10 })
  t.is(paths.length, 3)
  t.false(isComplete)
  t.is(paths[0]?.end.kind, 'undecidable')
})

test('after a path that is to be the last no other is explored, and that is told', (t) => {
  const terms = new Terms()
  const x = terms.variable('x', boolSort)
  const { paths, isComplete, isStopped } = explore((path) => path.decide(x), { terms, solver, isLast: () => true })
  t.is(paths.length, 1)
  t.false(isComplete)
  t.true(isStopped)
})
