import test from 'ava'
import fc from 'fast-check'

import { bitVecSort, boolSort, Evaluator, Knowledge, type Term, Terms } from '../../../src/smt/index.js'
import { cook, modelOf, recipe } from '../recipes.js'

const BYTE = bitVecSort(8)

test('what is told of a condition is so in every model of the facts', (t) => {
  let told = 0
  fc.assert(
    fc.property(recipe, fc.integer({ min: 1, max: 30 }), (one, learned) => {
      const terms = new Terms()
      const truths = [...new Set(cook(terms, one).filter(({ sort }) => sort.kind === 'bool'))]
      const model = new Evaluator(modelOf(terms, one))
      const knowledge = new Knowledge(terms)
      for (const fact of truths.slice(0, learned)) knowledge.learn(model.holds(fact) ? fact : terms.not(fact))
      return truths.slice(learned).every((condition) => {
        const value = knowledge.valueOf(condition)
        if (value !== undefined) told++
        const isRight = value === undefined || value === model.holds(condition)
        return isRight && model.holds(knowledge.rest(condition)) === model.holds(condition)
      })
    }),
    { numRuns: 1600 },
  )
  // Otherwise nothing was tested.
  t.true(told > 25, `${told} told`)
})

/** Bytes that are compared with each other and with numbers, as headers are: there more follows than of any terms. */
test('the same of sums and differences of a few bytes', (t) => {
  let told = 0
  const comparison = fc.record({
    op: fc.constantFrom('ult', 'slt', 'eq'),
    sides: fc.tuple(fc.nat(9), fc.nat(9)),
    constants: fc.tuple(fc.integer({ min: -20, max: 60 }), fc.integer({ min: -20, max: 60 })),
  })
  fc.assert(
    fc.property(fc.array(comparison, { minLength: 2, maxLength: 10 }), fc.tuple(...VALUES), (made, values) => {
      const terms = new Terms()
      const names = ['a', 'b', 'c', 'd']
      const bytes = names.map((name) => terms.zeroExtendTo(16, terms.variable(name, BYTE)))
      const sides = [...bytes, ...sumsOf(terms, bytes)]
      const model = new Map(names.map((name, i) => [name, BigInt(values[i] ?? 0)]))
      const evaluator = new Evaluator({
        variable: ({ name }) => model.get(name) ?? 0n,
        apply: () => 0n,
      })
      const conditions = made.map(({ op, sides: [i, j], constants: [k, l] }) => {
        const [first, second] = [sides[i % sides.length] ?? terms.bv(0, 16), sides[j % sides.length] ?? terms.bv(0, 16)]
        const [a, b] = [terms.add(first, terms.bv(BigInt(k), 16)), terms.add(second, terms.bv(BigInt(l), 16))]
        return op === 'ult' ? terms.ult(a, b) : op === 'slt' ? terms.slt(a, b) : terms.eq(a, b)
      })
      const knowledge = new Knowledge(terms)
      const isRight = (condition: Term): boolean => {
        const value = knowledge.valueOf(condition)
        if (value !== undefined && !condition.isConstant) told++
        return value === undefined || value === evaluator.holds(condition)
      }
      return conditions.every((condition) => {
        if (!isRight(condition)) return false
        knowledge.learn(evaluator.holds(condition) ? condition : terms.not(condition))
        return conditions.every(isRight)
      })
    }),
    { numRuns: 800 },
  )
  t.true(told > 1000, `${told} told`)
})

const VALUES = [fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)] as const

function sumsOf(terms: Terms, [a, b, c, d]: readonly Term[]): Term[] {
  if (a === undefined || b === undefined || c === undefined || d === undefined) return []
  const chosen = terms.ite(terms.ult(a, b), c, d)
  return [
    terms.sub(a, b),
    terms.sub(b, c),
    terms.add(c, d),
    terms.mul(terms.bv(4, 16), a),
    terms.sub(d, terms.mul(terms.bv(4, 16), c)),
    chosen,
  ]
}

function setting() {
  const terms = new Terms()
  const wide = (name: string) => terms.zeroExtendTo(32, terms.variable(name, bitVecSort(16)))
  const n = (value: number) => terms.bv(BigInt(value), 32)
  const [p, q, r] = ['p', 'q', 'r'].map((name) => terms.variable(name, boolSort))
  if (p === undefined || q === undefined || r === undefined) throw new Error('no variables')
  return { terms, n, p, q, r, length: wide('length'), total: wide('total'), knowledge: new Knowledge(terms) }
}

test('what is left once all but one part of a false conjunction holds is false', (t) => {
  const { terms, p, q, r, knowledge } = setting()
  knowledge.learn(terms.not(terms.and(p, q, terms.not(r))))
  t.is(knowledge.valueOf(r), undefined)
  knowledge.learn(p)
  t.is(knowledge.valueOf(r), undefined)
  t.is(knowledge.valueOf(terms.not(terms.and(q, terms.not(r)))), true)
  knowledge.learn(q)
  t.is(knowledge.valueOf(r), true)
})

test('of a condition only what is not known is left', (t) => {
  const { terms, p, q, r, knowledge } = setting()
  knowledge.learn(p)
  t.is(knowledge.rest(terms.and(p, q)), q)
  t.is(knowledge.rest(terms.not(terms.and(p, q, r))), terms.not(terms.and(q, r)))
  t.is(knowledge.rest(terms.and(terms.not(p), q)), terms.false)
})

test('a length that was compared after a subtraction is known before it', (t) => {
  const { terms, n, length, total, knowledge } = setting()
  // As compilers write `length - 14 >= 20` and `length - 14 >= total`.
  const payload = terms.add(length, n(-14))
  knowledge.learn(terms.not(terms.slt(payload, n(20))))
  t.is(knowledge.valueOf(terms.ult(length, n(34))), false)
  t.is(knowledge.valueOf(terms.ult(length, n(35))), undefined)
  knowledge.learn(terms.not(terms.slt(payload, total)))
  t.is(knowledge.valueOf(terms.ult(length, terms.add(total, n(14)))), false)
  t.is(knowledge.valueOf(terms.ult(length, terms.add(total, n(15)))), undefined)
})

test('the lower part of what lies in a range is known only where all above it is', (t) => {
  const { terms, knowledge } = setting()
  const [upper, lower] = ['upper', 'lower'].map((name) => terms.variable(name, bitVecSort(2)))
  if (upper === undefined || lower === undefined) return t.fail()
  const both = terms.concat(upper, lower)
  // From 1:1 to 2:1.
  knowledge.learn(terms.ult(terms.bv(4, 4), both))
  knowledge.learn(terms.ult(both, terms.bv(10, 4)))
  t.is(knowledge.valueOf(terms.eq(upper, terms.bv(3, 2))), false)
  for (const value of [0, 1, 2, 3]) t.is(knowledge.valueOf(terms.eq(lower, terms.bv(value, 2))), undefined)
  knowledge.learn(terms.ult(upper, terms.bv(2, 2)))
  knowledge.learn(terms.ult(both, terms.bv(7, 4)))
  t.is(knowledge.valueOf(terms.eq(lower, terms.bv(0, 2))), false)
  t.is(knowledge.valueOf(terms.eq(lower, terms.bv(3, 2))), false)
  t.is(knowledge.valueOf(terms.eq(lower, terms.bv(1, 2))), undefined)
})

test('a sum of three parts is known by itself', (t) => {
  const { terms, n, length, total, knowledge } = setting()
  const words = terms.zeroExtendTo(32, terms.variable('words', bitVecSort(4)))
  const rest = terms.sub(terms.sub(length, total), terms.mul(n(4), words))
  knowledge.learn(terms.not(terms.slt(rest, n(8))))
  t.is(knowledge.valueOf(terms.slt(rest, n(8))), false)
  t.is(knowledge.valueOf(terms.slt(rest, n(7))), false)
  t.is(knowledge.valueOf(terms.slt(rest, n(9))), undefined)
})

test('what is not above another is not above what that is not above', (t) => {
  const { terms, n, knowledge } = setting()
  const [now, last, time] = ['now', 'last', 'time'].map((name) => terms.variable(name, bitVecSort(32)))
  if (now === undefined || last === undefined || time === undefined) return t.fail()
  knowledge.learn(terms.ult(time, last))
  knowledge.learn(terms.not(terms.ult(now, last)))
  t.is(knowledge.valueOf(terms.ult(time, now)), true)
  t.is(knowledge.valueOf(terms.eq(time, now)), false)
  t.is(knowledge.valueOf(terms.ult(now, n(1))), false)
})

test('both sides of a choice are looked at', (t) => {
  const { terms, p, knowledge } = setting()
  const [now, time] = ['now', 'time'].map((name) => terms.variable(name, bitVecSort(32)))
  if (now === undefined || time === undefined) return t.fail()
  const kept = terms.ite(p, now, time)
  t.is(knowledge.valueOf(terms.ult(now, kept)), undefined)
  knowledge.learn(terms.not(terms.ult(now, time)))
  t.is(knowledge.valueOf(terms.ult(now, kept)), false)
})

test('of a false conjunction what is left is false, also where that is part of something else', (t) => {
  const { terms, p, q, r, knowledge } = setting()
  const both = terms.and(q, r)
  knowledge.learn(terms.not(terms.and(p, both)))
  knowledge.learn(p)
  t.is(knowledge.valueOf(both), false)
  // Neither q nor r is known by itself.
  t.is(knowledge.valueOf(q), undefined)
  t.is(knowledge.valueOf(terms.and(terms.not(both), q)), undefined)
})

test('of a sum of choices what is not known of them is left once some are known', (t) => {
  const { terms, n, p, q, r, length, knowledge } = setting()
  const one = (each: Term): Term => terms.ite(each, n(1), n(0))
  // As many as hold are at most `length`, below 10.
  knowledge.learn(terms.ult(length, n(10)))
  knowledge.learn(terms.not(terms.ult(length, terms.add(terms.add(one(p), one(q)), one(r)))))
  t.is(knowledge.valueOf(terms.ult(length, n(2))), undefined)
  knowledge.learn(p)
  t.is(knowledge.valueOf(terms.eq(length, n(0))), false)
  t.is(knowledge.valueOf(terms.ult(length, n(2))), undefined)
  knowledge.learn(r)
  t.is(knowledge.valueOf(terms.ult(length, n(2))), false)
  t.is(knowledge.valueOf(terms.ult(length, n(3))), undefined)
})

test('that facts exclude each other is not told: of what they do not look at nothing is', (t) => {
  const { terms, n, p, length, knowledge } = setting()
  knowledge.learn(terms.ult(length, n(10)))
  knowledge.learn(terms.ult(n(20), length))
  t.is(knowledge.valueOf(p), undefined)
  t.is(knowledge.valueOf(terms.ult(length, n(10))), true)
})
