import test from 'ava'

import { bitVecSort, Evaluator, evaluate, FunctionValue, Model, Terms } from '../../../src/smt/index.js'
import { around, near } from '../../../src/verify/exploration/near.js'
import { patched } from '../../../src/verify/exploration/patched.js'

const BYTE = bitVecSort(8)

function setting() {
  const terms = new Terms()
  const [x, y, z] = ['x', 'y', 'z'].map((name) => terms.variable(name, BYTE))
  const f = terms.declareFunction('f', [BYTE], BYTE)
  if (x === undefined || y === undefined || z === undefined) throw new Error('no variables')
  return { terms, x, y, z, f, small: (of: typeof x) => terms.ult(of, terms.bv(10, 8)) }
}

test('facts are near that share a variable, or the value of a function as a whole', (t) => {
  const { terms, x, y, z, f, small } = setting()
  const ofY = terms.apply(f, y)
  const facts = [small(x), terms.ult(y, z), small(ofY), terms.ult(x, ofY)]
  t.deepEqual(near(terms.eq(x, terms.bv(3, 8)), facts), [facts[0], facts[3]])
  t.deepEqual(near(small(y), facts), [facts[1]])
  t.deepEqual(near(terms.eq(ofY, terms.bv(1, 8)), facts), [facts[2], facts[3]])
  t.deepEqual(near(terms.true, facts), [])
})

test('around a question all else is as it was, where something changes that is mentioned deep inside', (t) => {
  const { terms, x, y, z, f, small } = setting()
  const facts = [small(terms.apply(f, x)), terms.ult(y, z)]
  const model = new Model()
  for (const [variable, value] of [
    [x, 1n],
    [y, 2n],
    [z, 3n],
  ] as const) {
    if (variable.symbol !== undefined) model.variables.set(variable.symbol, value)
  }
  const asked = around(terms, terms.eq(x, terms.bv(7, 8)), facts, new Evaluator(model))
  t.true(asked.includes(facts[0] ?? terms.false))
  t.false(asked.includes(facts[1] ?? terms.false))
  t.true(asked.includes(terms.eq(terms.apply(f, x), terms.bv(0, 8))))
})

test('a model put over another says what it says, and leaves the rest', (t) => {
  const { terms, x, y, f } = setting()
  const [below, over] = [new Model(), new Model()]
  for (const [model, values] of [
    [below, [1n, 2n]],
    [over, [5n]],
  ] as const) {
    for (const [i, value] of values.entries()) {
      const { symbol } = i === 0 ? x : y
      if (symbol !== undefined) model.variables.set(symbol, value)
    }
  }
  const table = new FunctionValue(9n)
  table.define([1n], 10n)
  table.define([2n], 20n)
  below.functions.set(f, table)
  over.table(f).define([2n], 21n)
  const both = patched(below, over)
  t.deepEqual(
    [x, y, ...[1, 2, 3].map((at) => terms.apply(f, terms.bv(at, 8)))].map((term) => evaluate(term, both)),
    [5n, 2n, 10n, 21n, 9n],
  )
  t.is(evaluate(terms.apply(f, terms.bv(2, 8)), below), 20n)
})
