import test from 'ava'

import { explore, type PathReport } from '../../src/verify/exploration/explore.js'
import { prepare } from '../../src/verify/prepare.js'
import { type StoredOnPath, storedFrom, storing } from '../../src/verify/stored.js'
import { loadSubject } from '../../src/verify/subject.js'
import { sharedSolver } from './shared-solver.js'

const stepsOf = ({ steps }: PathReport<StoredOnPath>) => steps.map(({ kind, value }) => `${kind} ${value}`).join(', ')
const stores = ({ end }: PathReport<StoredOnPath>) =>
  end.kind === 'ended' &&
  end.result.nf.calls.some(({ name, chosen }) => name === 'expiring_map_insert' && chosen !== undefined)

test('from where something is stored, the paths are all those of a whole exploration that store', async (t) => {
  const subject = await loadSubject('firewall', { config: ['maxFlows=16'] })
  const solver = await sharedSolver()
  const { start, pairing, left, longest, terms } = prepare(subject, { solver, random: () => 0.5 })
  if (start === undefined) return t.fail()
  const run = (path: Parameters<typeof storedFrom>[1]) => storedFrom({ subject, start, pairing, left, longest }, path)
  const whole = explore(run, { terms, solver, isJudging: false })
  const from = storing(whole.paths, pairing)
  const some = explore(run, { terms, solver, isJudging: false, from })
  const storingPaths = whole.paths.filter(stores)
  t.true(some.isComplete && from.length > 1 && storingPaths.length > from.length)
  t.true(storingPaths.length < whole.paths.length)
  t.deepEqual(some.paths.map(stepsOf), storingPaths.map(stepsOf))
  t.deepEqual(
    some.paths.map(({ facts }) => facts),
    storingPaths.map(({ facts }) => facts),
  )
})

test('where a path has not ended, nothing is left out', async (t) => {
  const subject = await loadSubject('nop', {})
  const solver = await sharedSolver()
  const { pairing, terms } = prepare(subject, { solver })
  const { paths } = explore(
    (path): StoredOnPath => {
      path.assume(path.terms.false)
      path.decide(path.terms.variable('either', { kind: 'bool' }))
      throw new Error('it goes on')
    },
    { terms, solver },
  )
  t.deepEqual(
    paths.map(({ end }) => end.kind),
    ['impossible'],
  )
  t.deepEqual(storing(paths, pairing), [{ steps: [] }])
})
