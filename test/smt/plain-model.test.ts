import test from 'ava'

import {
  ArrayValue,
  arraySort,
  bitVecSort,
  boolSort,
  evaluate,
  FunctionValue,
  Model,
  modelFrom,
  plainModel,
  Terms,
} from '../../src/smt/index.js'

const byte = bitVecSort(8)

/** Terms of every kind of value that a model has. */
function termsOf(terms: Terms) {
  const x = terms.variable('x', byte)
  const p = terms.variable('p', boolSort)
  const a = terms.variable('a', arraySort(byte, byte))
  const f = terms.declareFunction('f', [byte], byte)
  return { x, p, a, f, read: terms.select(a, x), applied: terms.apply(f, x) }
}

function modelOf({ x, p, a, f }: ReturnType<typeof termsOf>): Model {
  const model = new Model()
  if (x.symbol !== undefined) model.variables.set(x.symbol, 7n)
  if (p.symbol !== undefined) model.variables.set(p.symbol, true)
  if (a.symbol !== undefined) model.variables.set(a.symbol, new ArrayValue(arraySort(byte, byte), 1n, [[7n, 9n]]))
  const table = new FunctionValue(2n)
  table.define([7n], 5n)
  model.functions.set(f, table)
  return model
}

test('a model says the same of other terms of the same names, once it was cloned', (t) => {
  const plain = structuredClone(plainModel(modelOf(termsOf(new Terms()))))
  const terms = new Terms()
  const { x, p, a, read, applied, f } = termsOf(terms)
  const model = modelFrom(plain, terms)
  t.deepEqual(
    [x, p, read, applied].map((term) => evaluate(term, model)),
    [7n, true, 9n, 5n],
  )
  t.is(evaluate(terms.select(a, terms.bv(8, 8)), model), 1n)
  t.is(evaluate(terms.apply(f, terms.bv(8, 8)), model), 2n)
})

test('what is of another sort elsewhere is left out', (t) => {
  const plain = plainModel(modelOf(termsOf(new Terms())))
  const terms = new Terms()
  const x = terms.variable('x', boolSort)
  const f = terms.declareFunction('f', [byte, byte], byte)
  const model = modelFrom(plain, terms)
  t.is(evaluate(x, model), false)
  t.is(evaluate(terms.apply(f, terms.bv(7, 8), terms.bv(7, 8)), model), 0n)
  t.is(evaluate(terms.variable('p', boolSort), model), true)
})
