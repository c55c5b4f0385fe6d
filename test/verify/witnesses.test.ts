import test from 'ava'

import { type Integer, Integers } from '../../src/domains/symbolic/integer.js'
import { bitVecSort, openSyncSolver, Terms } from '../../src/smt/index.js'
import { explore } from '../../src/verify/exploration/explore.js'
import { Witnesses } from '../../src/verify/witnesses.js'

/** What fails where a specification chooses one of 8, of which 4 may be, and of what the network function took `known` is so. */
async function failing(known: 'nothing' | 'in range' | 'allowed'): Promise<string[]> {
  const solver = await openSyncSolver({ backends: ['z3-inline'] })
  const terms = new Terms()
  const integers = new Integers(terms)
  const { paths } = explore(
    (path) => {
      const taken = integers.unsigned(path.fresh('taken', bitVecSort(8)))
      if (known === 'in range') path.assume(integers.lt(taken, integers.of(8n)))
      if (known === 'allowed') path.assume(integers.eq(taken, integers.of(4n)))
      const allowed = (value: Integer) => integers.eq(value, integers.of(4n))
      const choice = { name: 'slot', range: integers.of(8n), allowed, place: undefined }
      return new Witnesses(path, integers, new Map([['slot', [taken]]])).choose(choice)
    },
    { terms, solver },
  )
  await solver.close()
  return paths.flatMap(({ obligations }) =>
    obligations.flatMap(({ obligation, answer }) => (answer.kind === 'holds' ? [] : [obligation.what])),
  )
}

test('what the network function took has to exist, and to be what the specification allows', async (t) => {
  t.deepEqual(await failing('nothing'), ['slot: a number that exists', 'slot: a choice that is allowed'])
  t.deepEqual(await failing('in range'), ['slot: a choice that is allowed'])
  t.deepEqual(await failing('allowed'), [])
})
