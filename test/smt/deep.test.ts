/** Nothing may depend on how deep terms are: programs make them as deep as they run long. */
import test from 'ava'

import {
  bitVecSort,
  evaluate,
  Model,
  openSolver,
  printQuery,
  reachable,
  type Term,
  Terms,
} from '../../src/smt/index.js'

const depth = 50_000
const word = bitVecSort(32)

/** A chain that no rule shortens. */
function chain(t: Terms | Terms['raw'], links: number): Term {
  const [x, y] = [t.variable('x', word), t.variable('y', word)]
  let term = x
  for (let i = 0; i < links; i++) term = i % 2 === 0 ? t.mul(term, y) : t.bvxor(term, x)
  return term
}

for (const [how, pick] of [
  ['as written', (t: Terms) => t.raw],
  ['simplified', (t: Terms) => t],
] as const) {
  test(`a term ${depth} deep is built, traversed, evaluated and printed, ${how}`, (t) => {
    const terms = new Terms()
    const term = chain(pick(terms), depth)
    t.true(reachable([term]).length >= depth)
    const model = new Model()
    const [x, y] = [terms.variable('x', word), terms.variable('y', word)]
    for (const [variable, value] of [
      [x, 3n],
      [y, 5n],
    ] as const) {
      if (variable.symbol !== undefined) model.variables.set(variable.symbol, value)
    }
    let expected = 3n
    for (let i = 0; i < depth; i++) expected = i % 2 === 0 ? BigInt.asUintN(32, expected * 5n) : expected ^ 3n
    t.is(evaluate(term, model), expected)
    const text = printQuery([terms.raw.eq(term, x)])
    t.true(text.length > depth)
    t.true(deepestNesting(text) < 100)
    t.is(terms.range(term).lo, 0n)
  })
}

function deepestNesting(text: string): number {
  let [depth, deepest] = [0, 0]
  for (const sign of text) {
    if (sign === '(') deepest = Math.max(deepest, ++depth)
    else if (sign === ')') depth--
  }
  return deepest
}

test('rules that go on from term to term end somewhere: a slice of a deep term, a deep condition', (t) => {
  const terms = new Terms()
  const [x, p] = [terms.variable('x', word), terms.variable('p', { kind: 'bool' })]
  let [sum, truth, chosen, memory] = [x, p, x, terms.variable('m', { kind: 'array', index: word, element: word })]
  for (let i = 0; i < 20_000; i++) {
    const constant = terms.bv(i, 32)
    const is = terms.eq(x, constant)
    sum = terms.bvand(
      terms.bvor(sum, terms.concat(terms.bv(i % 9, 16), terms.extract(15, 0, x))),
      terms.bvnot(constant),
    )
    truth = terms.ite(is, terms.not(truth), truth)
    chosen = terms.ite(is, constant, chosen)
    memory = terms.store(memory, terms.add(x, terms.bv(-i, 32)), constant)
  }
  t.is(terms.extract(7, 0, sum).width, 8)
  t.is(terms.not(truth).sort.kind, 'bool')
  t.is(terms.eq(chosen, terms.bv(77, 32)).sort.kind, 'bool')
  t.is(terms.eq(terms.zeroExtend(8, terms.extract(15, 0, chosen)), terms.bv(1, 24)).sort.kind, 'bool')
  t.is(terms.select(memory, x).width, 32)
})

test('the embedded Z3 reads a deep term, and answers', async (t) => {
  const terms = new Terms()
  const x = terms.variable('x', word)
  const solver = await openSolver({ backends: ['z3-embedded'], limits: { time: 60_000, effort: 1_000_000 } })
  t.teardown(() => solver.close())
  let term = x
  for (let i = 0; i < 30_000; i++) term = terms.raw.bvxor(term, terms.raw.bvnot(term.args[0] ?? x))
  const answer = await solver.check([
    terms.eq(x, terms.bv(3, 32)),
    terms.raw.eq(terms.raw.bvand(term, terms.bv(0, 32)), x),
  ])
  t.is(answer.status, 'unsat')
})
