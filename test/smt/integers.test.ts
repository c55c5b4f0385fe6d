/** Reading bit vectors as integers: it must not lose a solution, and has to find what bits do not. */
import test from 'ava'
import fc from 'fast-check'

import {
  bitVecSort,
  boolSort,
  Evaluator,
  integerReading,
  openSyncSolver,
  reachable,
  readingOf,
  type SyncSolver,
  type Term,
  Terms,
} from '../../src/smt/index.js'
import { cook, modelOf, type Recipe, recipe } from './recipes.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-embedded'], limits: { effort: 2000 } })
})
test.after.always(() => solver.close())

function status(query: readonly Term[]): string {
  const reading = readingOf(query)
  return reading === undefined ? 'not read' : solver.check(reading.assertions).status
}

/** What recipes make that can be read. */
function readable(made: readonly Term[]): Term[] {
  return [...new Set(made)].filter((term) =>
    reachable([term]).every(({ sort }) => sort.kind === 'bool' || sort.kind === 'bitvec'),
  )
}

/** That each term, and each variable, has the value that it has in the model of the recipe. */
function trueQuery(t: Terms, builder: Terms | Terms['raw'], one: Recipe): Term[] {
  const values = new Evaluator(modelOf(builder, one))
  const terms = readable(cook(builder, one))
  return reachable(terms)
    .filter(({ op, isConstant }) => !isConstant && op !== 'apply')
    .map((term) => {
      const value = values.value(term)
      return t.raw.eq(term, typeof value === 'bigint' ? t.raw.bv(value, term.width) : t.raw.bool(value === true))
    })
}

test('what is true of some values can be true of the reading, whatever the operations', (t) => {
  let read = 0
  fc.assert(
    fc.property(recipe, fc.boolean(), (one, isRaw) => {
      const terms = new Terms()
      const query = trueQuery(terms, isRaw ? terms.raw : terms, one)
      const found = status(query)
      t.not(found, 'unsat')
      if (found === 'sat') read++
    }),
    { numRuns: 80 },
  )
  t.true(read > 60, `${read} read`)
})

test('the reading of linear operations says all: what is false of all values is found to be', (t) => {
  const linear = new Set(['bvadd', 'bvneg', 'bvnot', 'bvsub', 'concat', 'extract', 'ite', 'sign_extend', 'zero_extend'])
  let told = 0
  fc.assert(
    fc.property(recipe, fc.nat(), (one, at) => {
      const terms = new Terms()
      const query = trueQuery(terms, terms.raw, one)
      const chosen = query.filter(({ args: [a] }) => a !== undefined && linear.has(a.op))
      const last = chosen[at % Math.max(1, chosen.length)]
      if (last === undefined) return
      // Values of the variables, and one term that has another than it must have.
      const given = query.filter(({ args: [a] }) => a?.op === 'var')
      const isTold = ({ op, width, isConstant }: Term) =>
        width === 0 ? op !== 'apply' : isConstant || op === 'var' || linear.has(op)
      if (!reachable([last]).every(isTold)) return
      t.is(status([...given, terms.raw.not(last)]), 'unsat')
      told++
    }),
    { numRuns: 150 },
  )
  t.true(told > 50, `${told} told`)
})

/** What a token bucket does at a rate and burst, in 64 bits and with an early exit, and what a specification says. */
function bucket(t: Terms, rate: bigint, burst: bigint, fillTime = (burst + rate - 1n) / rate) {
  const word = (value: bigint) => t.bv(value, 64)
  const wide = (term: Term) => t.zeroExtendTo(128, term)
  const [tokens, now, before] = ['tokens', 'now', 'before'].map((name) => t.variable(name, bitVecSort(64)))
  if (tokens === undefined || now === undefined || before === undefined) throw new TypeError('no variable')
  const elapsed = t.sub(now, before)
  const sum = t.add(tokens, t.mul(word(rate), elapsed))
  const refilled = t.ite(t.uge(elapsed, word(fillTime)), word(burst), t.ite(t.ult(sum, word(burst)), sum, word(burst)))
  const exact = t.add(wide(tokens), t.mul(t.bv(rate, 128), t.sub(wide(now), wide(before))))
  const least = t.ite(t.ult(exact, t.bv(burst, 128)), exact, t.bv(burst, 128))
  const known = [t.ule(tokens, word(burst)), t.ule(before, now), t.ult(now, word(1n << 62n))]
  return { known, isSame: t.eq(wide(refilled), least), elapsed, tokens }
}

for (const [rate, burst] of [
  [1_250_000n, 1_250_000n * 10n ** 9n],
  [1n, 64n * 10n ** 9n],
  [10n ** 12n, 9n * 10n ** 18n],
  [999_999_937n, 123_456_789n * 10n ** 9n],
] as const) {
  test(`an early exit of a token bucket is a minimum: rate ${rate}, burst ${burst}`, (t) => {
    const terms = new Terms()
    const { known, isSame } = bucket(terms, rate, burst)
    t.is(solver.check([...known, terms.not(isSame)]).status, 'unsat')
  })

  test(`an early exit one moment too soon is none: rate ${rate}, burst ${burst}`, (t) => {
    const terms = new Terms()
    const { known, isSame } = bucket(terms, rate, burst, burst / rate)
    const exact = burst % rate === 0n ? bucket(terms, rate, burst, burst / rate - 1n).isSame : isSame
    const answer = solver.check([...known, terms.not(exact)])
    t.is(answer.status, 'sat', 'with a model that our own evaluator confirms')
  })
}

test('quotients by constants are compared by way of integers', (t) => {
  const terms = new Terms()
  const x = terms.variable('x', bitVecSort(64))
  const word = (value: bigint) => terms.bv(value, 64)
  const milliseconds = terms.udiv(x, word(1_000_000n))
  const back = terms.mul(word(1_000_000n), milliseconds)
  t.is(solver.check([terms.ult(x, back)]).status, 'unsat')
  t.is(solver.check([terms.ule(word(1_000_000n), terms.sub(x, back))]).status, 'unsat')
  t.is(solver.check([terms.ule(word(7n), milliseconds), terms.ult(x, word(7_000_000n))]).status, 'unsat')
  t.is(solver.check([terms.ule(word(7n), milliseconds), terms.ult(x, word(7_000_001n))]).status, 'sat')
})

test('the low bits of a sum that is taken apart are among its pieces, and no other unknowns', (t) => {
  const terms = new Terms()
  const [a, b] = ['a', 'b'].map((name) => terms.zeroExtendTo(16, terms.variable(name, bitVecSort(8))))
  if (a === undefined || b === undefined) return t.fail()
  const sum = terms.add(a, b)
  const query = (low: number) => [
    terms.eq(terms.extract(15, 8, sum), terms.bv(1, 8)),
    terms.eq(terms.extract(3, 0, sum), terms.bv(low, 4)),
    terms.eq(sum, terms.bv(0x1f5, 16)),
  ]
  t.is(status(query(5)), 'sat')
  t.is(status(query(6)), 'unsat')
  const names = reachable(readingOf(query(5))?.assertions ?? []).map(({ symbol }) => symbol?.name ?? '')
  t.true(names.some((name) => name.startsWith(':slice.0.4')))
  t.false(names.some((name) => name.startsWith(':wraps')))
})

test('names of a query are never taken for those of the reading', (t) => {
  const terms = new Terms()
  const x = terms.variable('x', bitVecSort(8))
  const names = [':wraps', '@0 1', '=x', ':slice.0.4', ':rest']
  const query = [
    ...names.map((name) => terms.eq(terms.variable(name, bitVecSort(8)), terms.bv(3, 8))),
    terms.eq(terms.urem(terms.mul(x, terms.bv(7, 8)), terms.bv(3, 8)), terms.bv(1, 8)),
    terms.eq(terms.extract(3, 0, x), terms.bv(6, 4)),
    terms.eq(terms.apply(terms.declareFunction('f', [bitVecSort(8)], bitVecSort(8)), terms.bv(1, 8)), terms.bv(9, 8)),
  ]
  t.is(status(query), 'sat')
})

test('only what would cost a solver of bits much is read, and nothing with arrays or integers', (t) => {
  const terms = new Terms()
  const [x, y] = [terms.variable('x', bitVecSort(64)), terms.variable('y', bitVecSort(64))]
  const product = terms.mul(x, terms.bv(1_250_000n, 64))
  t.is(integerReading([terms.ult(x, y), terms.variable('p', boolSort)]), undefined)
  t.not(integerReading([terms.ult(product, y)]), undefined)
  t.is(integerReading([terms.ult(product, y), terms.intLe(terms.toInt(x), terms.int(5))]), undefined)
})
