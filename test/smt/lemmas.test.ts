/** The lemmas that proofs rest on must stay within reach of the embedded Z3: rewriting may not make them hard. */
import test from 'ava'

import { bitVecSort, intSort, openSolver, type Term, Terms } from '../../src/smt/index.js'

const t = new Terms()
const word = (name: string) => t.variable(name, bitVecSort(16))
const wide = (term: Term, width = 32) => t.zeroExtendTo(width, term)
const fold = (sum: Term) => t.add(t.bvand(sum, t.bv(0xffff, 32)), t.lshr(sum, t.bv(16, 32)))

/** RFC 1624 equation 3 as compilers write it. */
function step(checksum: Term, old: Term, now: Term, folds = 2): Term {
  let sum = t.add(t.add(wide(t.bvnot(checksum)), wide(t.bvnot(old))), wide(now))
  for (let i = 0; i < folds; i++) sum = fold(sum)
  return t.bvnot(t.extract(15, 0, sum))
}

/** Whether the step moves the checksum by what its word was changed by, modulo 65535. */
function isCongruent(folds: number): Term {
  const [checksum, old, now] = [word('checksum'), word('old'), word('now')]
  const sum = t.add(t.add(wide(t.bvnot(checksum), 34), wide(t.bvnot(old), 34)), wide(now, 34))
  const moved = wide(t.bvnot(step(checksum, old, now, folds)), 34)
  return t.any([0, 1, 2, 3].map((k) => t.eq(sum, t.add(moved, t.bv(k * 65535, 34)))))
}

test('one step of a checksum is right modulo 65535; with a fold missing it is not', async (a) => {
  const solver = await openSolver({ backends: ['z3-embedded'], limits: { effort: 3000 } })
  a.teardown(() => solver.close())
  a.is((await solver.check([t.not(isCongruent(2))])).status, 'unsat')
  a.is((await solver.check([t.not(isCongruent(1))])).status, 'sat')
})

test('steps are chained by integers', async (a) => {
  const solver = await openSolver({ backends: ['z3-embedded'], limits: { effort: 3000 } })
  a.teardown(() => solver.close())
  const [c0, c1, c2, d1, d2] = ['c0', 'c1', 'c2', 'd1', 'd2'].map((name) => t.variable(name, intSort))
  if (!c0 || !c1 || !c2 || !d1 || !d2) return a.fail()
  const congruent = (x: Term, y: Term) => t.eq(t.intMod(x, 65535), t.intMod(y, 65535))
  const premises = [congruent(c1, t.intAdd(c0, d1)), congruent(c2, t.intAdd(c1, d2))]
  const goal = congruent(c2, t.intSum([c0, d1, d2]))
  a.is((await solver.check([...premises, t.not(goal)])).status, 'unsat')
})
