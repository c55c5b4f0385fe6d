import test from 'ava'
import fc from 'fast-check'

import { bitVecSort, Evaluator, Model, openSyncSolver, type Term, Terms } from '../../../../src/smt/index.js'
import { explore } from '../../../../src/verify/exploration/explore.js'
import { lemmas, WordProducts } from '../../../../src/verify/libvig/any-capacity/word-products.js'

test('what is known of products holds of real ones, and each lemma of them is proved', async (t) => {
  const solver = await openSyncSolver({ backends: ['z3-embedded'] })
  t.teardown(() => solver.close())
  const terms = new Terms()
  for (const { what, holds } of lemmas(terms)) t.is(solver.check([terms.not(holds)]).status, 'unsat', what)
  const names = ['a', 'b', 'c']
  const [a, b, c] = names.map((name) => terms.variable(name, bitVecSort(32)))
  if (a === undefined || b === undefined || c === undefined) throw new RangeError('no words')
  const { paths } = explore(
    (path) => {
      const products = new WordProducts(path)
      const made = [
        products.of(a, b),
        products.of(c, b),
        products.of(terms.zeroExtendTo(64, c), terms.zeroExtendTo(64, a)),
      ]
      return { made, exact: products.exact }
    },
    { terms, solver },
  )
  const [path] = paths
  if (path?.end.kind !== 'ended') return t.fail('it does not end')
  const { made, exact } = path.end.result
  t.true(path.facts.length >= 6)
  const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffff_ffff }))
  fc.assert(
    fc.property(fc.tuple(word, word, word), (values) => {
      const model = new Model()
      for (const [at, term] of [a, b, c].entries()) define(model, term, BigInt(values[at] ?? 0))
      for (const { product, real } of exact) define(model, product, BigInt(String(new Evaluator(model).value(real))))
      const found = new Evaluator(model)
      for (const fact of path.facts) t.true(found.holds(fact), `${values.join(' ')}: ${fact.id}`)
      const [x, y, z] = values.map((value) => BigInt(value))
      const real = [
        BigInt.asUintN(32, (x ?? 0n) * (y ?? 0n)),
        BigInt.asUintN(32, (z ?? 0n) * (y ?? 0n)),
        (z ?? 0n) * (x ?? 0n),
      ]
      t.deepEqual(
        made.map((term) => term && found.value(term)),
        real,
      )
    }),
  )
})

function define(model: Model, { symbol }: Term, value: bigint): void {
  if (symbol !== undefined) model.variables.set(symbol, value)
}
