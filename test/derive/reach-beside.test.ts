import test from 'ava'

import { Conditions } from '../../src/derive/conditions.js'
import { openTargets } from '../../src/derive/coverage.js'
import type { Candidate } from '../../src/derive/invariant.js'
import { Reachability } from '../../src/derive/reach.js'
import { ReachBeside } from '../../src/derive/reach-beside.js'
import { Reference } from '../../src/derive/reference.js'
import { loadSpecSubject } from '../../src/derive/subject.js'
import { VigilError } from '../../src/errors.js'
import { openSyncSolver, Terms } from '../../src/smt/index.js'

/** Of nat: every flow is from inside. */
const CANDIDATES: readonly Candidate[] = [{ table: 'flows', part: 'key', field: 'port', values: [0n] }]

test.serial('a thread shows of each target what is shown here', async (t) => {
  const subject = await loadSpecSubject('nat')
  const reference = new Reference(subject.reading, new Conditions(subject.specFile), new Terms())
  // First, so that the thread has its Z3 compiled.
  const solver = await openSyncSolver({ backends: ['z3-embedded'] })
  t.teardown(() => solver.close())
  const all = openTargets(reference, new Set())
  const asked = { ...all, targets: all.targets.filter((_, at) => at % 5 === 0) }
  const beside = new ReachBeside({ nf: 'nat', config: subject.words, candidates: CANDIDATES }, asked)
  t.teardown(() => beside.close())
  const here = Reachability.ofReached(reference, solver, CANDIDATES)
  const there = await beside.answer(asked)
  t.deepEqual(there?.targets, here?.targets)
  for (const target of asked.targets) t.deepEqual(there?.of(target), here?.of(target), target)
  for (const place of asked.places) t.deepEqual(there?.ofLookup(place), here?.ofLookup(place), place)
  const kinds = new Set(asked.targets.map((target) => there?.of(target).kind))
  t.deepEqual(kinds, new Set(['possible', 'impossible']))
})

test.serial('a thread that ends is an error, not an answer', async (t) => {
  const nowhere: Candidate = { table: 'nowhere', part: 'key', field: 'port', values: [0n] }
  const nothing = { targets: [], places: [] }
  const beside = new ReachBeside({ nf: 'no-such-function', config: [], candidates: [nowhere] }, nothing)
  t.teardown(() => beside.close())
  const error = await t.throwsAsync(beside.answer(nothing), { instanceOf: VigilError })
  t.regex(error.message, /^the thread that shows what cannot be met has ended: .*no-such-function/)
})
