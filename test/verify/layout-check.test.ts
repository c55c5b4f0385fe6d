import test from 'ava'

import { Undecidable } from '../../src/domains/symbolic/path.js'
import { openSyncSolver, Terms } from '../../src/smt/index.js'
import { explore } from '../../src/verify/exploration/explore.js'
import { misread } from '../../src/verify/layout-check.js'
import type { StoredOnPath } from '../../src/verify/stored.js'

test('layouts are not taken to fit where a path could not be followed to what it stores', async (t) => {
  const solver = await openSyncSolver({ backends: ['z3-inline'] })
  t.teardown(() => solver.close())
  const terms = new Terms()
  const { paths } = explore(
    (): StoredOnPath => {
      throw new Undecidable('the specification goes on for ever')
    },
    { terms, solver },
  )
  t.deepEqual(misread(paths, [], { terms, solver }), [
    'layouts cannot be looked at on some path: the specification goes on for ever',
  ])
})
