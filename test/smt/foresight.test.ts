import test from 'ava'

import { BlockingForeseer } from '../../src/smt/foresight.js'
import { bitVecSort, openForeseeingSolver, openSyncSolver, Statistics, type Term, Terms } from '../../src/smt/index.js'
import { Portfolio } from '../../src/smt/portfolio.js'
import { Z3Beside } from '../../src/smt/z3-beside.js'
import { BlockingZ3 } from '../../src/smt/z3-threads.js'

/** Queries with many models, one without any, and one that takes no solver. */
function queries(terms: Terms): readonly (readonly Term[])[] {
  const [x, y] = [terms.variable('x', bitVecSort(16)), terms.variable('y', bitVecSort(16))]
  const sums = [7, 300, 65_535].map((sum) => [terms.eq(terms.add(x, y), terms.bv(sum, 16)), terms.ult(x, y)])
  return [...sums, [terms.ult(x, y), terms.ult(y, x)], [terms.true]]
}

test.serial('what was foreseen, in whatever order, has the answers and models that it has else', async (t) => {
  const terms = new Terms()
  const asked = queries(terms)
  const plain = await openSyncSolver({ backends: ['z3-embedded'], cache: false })
  const foreseeing = await openForeseeingSolver({ cache: false })
  t.teardown(() => Promise.all([plain.close(), foreseeing.close()]))
  for (const assertions of asked.toReversed()) foreseeing.foresee(assertions)
  for (const assertions of asked) t.deepEqual(foreseeing.check(assertions), plain.check(assertions))
})

test.serial('what the instance beside does not answer is asked of the other', async (t) => {
  const terms = new Terms()
  const statistics = new Statistics()
  const engine = await BlockingZ3.start()
  const settings = { limits: { effort: 10_000, time: 30_000 }, cache: undefined, statistics, dump: undefined }
  const beside = new Z3Beside()
  const [own, ahead] = [new Portfolio([engine], false, settings), new Portfolio([engine], false, settings)]
  const solver = new BlockingForeseer(own, engine, statistics, ahead, beside)
  t.teardown(() => solver.close())
  const asked = queries(terms)
  for (const assertions of asked) solver.foresee(assertions)
  await beside.close()
  t.deepEqual(
    asked.map((assertions) => solver.check(assertions).status),
    ['sat', 'sat', 'sat', 'unsat', 'sat'],
  )
})

test.serial(
  'an instance beside that does not come back is given up with all that it was sent, and another one is started',
  (t) => {
    const beside = new Z3Beside()
    t.teardown(() => beside.close())
    const endless =
      '(declare-fun x () (_ BitVec 64))(declare-fun y () (_ BitVec 64))(assert (bvult #x0000000000000001 x))' +
      '(assert (bvult x y))(assert (bvult y #x00000000ffffffff))(assert (= (bvmul x y) #x7ffffff5c0000031))(check-sat)'
    const simple = { fresh: true, script: '(declare-fun p () Bool)(assert p)(check-sat)', patience: 500 }
    const [first, second] = [beside.send({ ...simple, script: endless }), beside.send(simple)]
    t.is(beside.reply(second), undefined)
    t.is(beside.reply(first), undefined)
    t.deepEqual(beside.reply(beside.send({ ...simple, patience: 60_000 })), { kind: 'text', text: 'sat\n' })
  },
)
