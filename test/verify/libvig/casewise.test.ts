import test from 'ava'

import { Integers } from '../../../src/domains/symbolic/integer.js'
import { bitVecSort, openSyncSolver, Terms } from '../../../src/smt/index.js'
import { explore } from '../../../src/verify/exploration/explore.js'
import { CasewiseAlgebra } from '../../../src/verify/libvig/casewise.js'

test('each side of a choice is a path, and what may be negative there keeps its sign when it is divided', async (t) => {
  const solver = await openSyncSolver({ backends: ['z3-inline'] })
  const { paths } = explore(
    (path) => {
      const integers = new Integers(path.terms)
      const algebra = new CasewiseAlgebra(path, integers)
      const x = integers.unsigned(path.terms.variable('x', bitVecSort(8)))
      const [five, zero] = [integers.of(5n), integers.of(0n)]
      const isSmall = algebra.select(algebra.le(five, x), zero, integers.of(1n)).constant === 1n
      const rest = algebra.remainder(integers.sub(x, five), 3)
      return { isSmall, isSigned: rest.lo < 0n, isAtMost0: path.proves(algebra.le(rest, zero)) }
    },
    { terms: new Terms(), solver },
  )
  const ends = paths.map(({ end }) => (end.kind === 'ended' ? end.result : end.kind))
  t.deepEqual(ends, [
    { isSmall: false, isSigned: false, isAtMost0: false },
    { isSmall: true, isSigned: true, isAtMost0: true },
  ])
})
