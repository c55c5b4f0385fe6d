import test from 'ava'

import { Model, Terms } from '../../src/smt/index.js'
import { Causes } from '../../src/verify/causes.js'
import type { Exploration, PathReport } from '../../src/verify/exploration/explore.js'

const statistics = { decisions: 0, forced: 0, queries: 0, seconds: 0 }

function explored(path: Partial<PathReport<undefined>>, isComplete = true, isStopped = false): Exploration<undefined> {
  const whole: PathReport<undefined> = {
    steps: [],
    begun: 0,
    decisions: [],
    end: { kind: 'ended', result: undefined },
    facts: [],
    premises: [],
    obliged: [],
    obligations: [],
    satisfied: { kind: 'yes', model: new Model() },
    isUncertain: false,
    seconds: 0,
    ...path,
  }
  return { paths: [whole], isComplete, isStopped, statistics }
}

function causesOf(path: Partial<PathReport<undefined>>, isComplete = true): string[] {
  const causes = new Causes()
  causes.judge(explored(path, isComplete), 'nf_process')
  return causes.list.map(({ what }) => what)
}

test('a path that some packet takes, and on which all holds, is in the way of nothing', (t) => {
  t.deepEqual(causesOf({}), [])
})

test('a path that no packet is known to take keeps a proof from being one', (t) => {
  const what = ['nf_process: no packet and state are known to take a path']
  t.deepEqual(causesOf({ satisfied: { kind: 'no' } }), what)
  t.deepEqual(causesOf({ satisfied: { kind: 'unknown', reason: 'time' } }), what)
  t.deepEqual(causesOf({ end: { kind: 'impossible' }, satisfied: { kind: 'no' } }), what)
})

test('paths that were not followed, to their end or at all, keep a proof from being one', (t) => {
  const end = { kind: 'undecidable', reason: 'a loop whose end is not known', place: undefined } as const
  t.deepEqual(causesOf({ end }), ['a loop whose end is not known'])
  t.deepEqual(causesOf({}, false), ['nf_process has more than 1 paths'])
})

test('an obligation counts unless it holds, whether it fails or the solver does not know', (t) => {
  const { true: holds } = new Terms()
  const obligation = { guarantee: 'bytes', what: 'byte 3', place: undefined, holds } as const
  const fails = { kind: 'fails', model: new Model(), known: [] } as const
  t.deepEqual(causesOf({ obligations: [{ obligation, answer: { kind: 'holds' } }] }), [])
  t.deepEqual(causesOf({ obligations: [{ obligation, answer: fails }] }), ['bytes: byte 3 (does not hold in a model)'])
  t.deepEqual(causesOf({ obligations: [{ obligation, answer: { kind: 'unknown', reason: 'time' } }] }), [
    'bytes: byte 3 (unknown to the solver: time)',
  ])
})

test('paths that were left unexplored on purpose keep a proof from being one', (t) => {
  const causes = new Causes()
  causes.judge(explored({}, false, true), 'nf_process')
  t.deepEqual(
    causes.list.map(({ what }) => what),
    ['nf_process: no more paths were explored after 1, of which the last fails'],
  )
})
