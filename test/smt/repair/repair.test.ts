import test from 'ava'
import fc from 'fast-check'

import { bitVecSort, boolSort, isModel, Model, repaired, type Term, Terms } from '../../../src/smt/index.js'
import { cook, modelOf, recipe } from '../recipes.js'

test('what is found is a model of all facts, and the one that it began with has not changed', (t) => {
  let found = 0
  fc.assert(
    fc.property(recipe, fc.nat(), (one, which) => {
      const terms = new Terms()
      const truths = [...new Set(cook(terms, one).filter(({ sort }) => sort.kind === 'bool'))]
      const before = modelOf(terms, one)
      const facts = truths.map((truth) => (isModel(before, [truth]) ? truth : terms.not(truth)))
      const changed = facts.map((fact, i) => (i === which % facts.length ? terms.not(fact) : fact))
      const after = repaired(before, changed)
      if (after !== undefined && facts.length > 0) found++
      return (after === undefined || isModel(after, changed)) && isModel(before, facts)
    }),
    { numRuns: 2000 },
  )
  t.true(found > 200, `${found} found`)
})

function setting() {
  const terms = new Terms()
  const key = terms.variable('key', bitVecSort(16))
  const other = terms.variable('other', bitVecSort(16))
  const of = (name: string, width: number, at: Term) =>
    terms.apply(terms.declareFunction(name, [at.sort], width === 0 ? boolSort : bitVecSort(width)), at)
  return { terms, key, other, of }
}

/** What a table promises of a key that it has. */
function promises(terms: Terms, of: (name: string, width: number, at: Term) => Term, key: Term): Term {
  const slot = of('slot', 8, key)
  const isKept = terms.and(of('used', 0, slot), terms.eq(of('stored', 16, slot), key), terms.ult(slot, terms.bv(9, 8)))
  return terms.implies(of('has', 0, key), isKept)
}

test('a key that comes into a table gets a slot', (t) => {
  const { terms, key, of } = setting()
  const facts = [terms.eq(key, terms.bv(7, 16)), promises(terms, of, key), of('has', 0, key)]
  const found = repaired(new Model(), facts)
  t.true(found !== undefined && isModel(found, facts))
})

test('two keys get a slot each', (t) => {
  const { terms, key, other, of } = setting()
  const facts = [terms.eq(key, terms.bv(7, 16)), promises(terms, of, key), of('has', 0, key)]
  const one = repaired(new Model(), facts)
  if (one === undefined) return t.fail()
  const both = [...facts, terms.eq(other, terms.bv(8, 16)), promises(terms, of, other), of('has', 0, other)]
  const found = repaired(one, both)
  t.true(found !== undefined && isModel(found, both))
})

test('parts of one byte are changed one after the other', (t) => {
  const { terms } = setting()
  const byte = terms.variable('byte', bitVecSort(8))
  const length = terms.concat(terms.extract(3, 0, byte), terms.bv(0, 2))
  const facts = [terms.eq(terms.extract(7, 4, byte), terms.bv(4, 4)), terms.not(terms.ult(length, terms.bv(20, 6)))]
  const found = repaired(new Model(), facts)
  t.true(found !== undefined && isModel(found, facts))
})

test('of a sum with a product what is needed is changed', (t) => {
  const { terms } = setting()
  const [elapsed, tokens] = ['elapsed', 'tokens'].map((name) => terms.variable(name, bitVecSort(64)))
  if (elapsed === undefined || tokens === undefined) return t.fail()
  const earned = terms.add(terms.mul(terms.bv(1250, 64), elapsed), tokens)
  const facts = [
    terms.ult(tokens, terms.bv(10, 64)),
    terms.ult(elapsed, terms.bv(1_000_000, 64)),
    terms.ult(terms.bv(99_999, 64), earned),
    terms.ult(earned, terms.bv(102_000, 64)),
  ]
  const found = repaired(new Model(), facts)
  t.true(found !== undefined && isModel(found, facts))
})

test('what cannot be is given up', (t) => {
  const { terms, key } = setting()
  const facts = [terms.ult(key, terms.bv(7, 16)), terms.ult(terms.bv(9, 16), key)]
  t.is(repaired(new Model(), facts), undefined)
})
