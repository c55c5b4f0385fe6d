import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import test from 'ava'

import { derive } from '../../src/derive/derive.js'
import { writeSuite } from '../../src/derive/suite/folder.js'
import { mutantsOf } from '../../src/mutants/index.js'
import { judgeBySuites, type KilledMutant, killBySuites } from '../../src/mutation/by-conform.js'
import { runCampaign } from '../../src/mutation/campaign.js'
import type { Kill, Outcome } from '../../src/mutation/outcome.js'
import type { SuiteOutcome } from '../../src/mutation/suite-outcome.js'
import { suiteExitCodeOf, suiteSummaryOf, suiteTextOf } from '../../src/mutation/suite-summary.js'
import { configOf } from '../../src/mutation/suites.js'
import { mine, specOf } from '../cli/fixtures.js'
import { I32, I64, init, wasm } from '../nf/fixtures/wasm.js'
import { temporary } from '../temporary.js'

const never = new AbortController().signal

test.serial('mutants of nop that are killed are killed by its suite', async (t) => {
  const folder = temporary()
  const options = {
    nfs: ['nop'],
    sample: 3,
    seed: 1,
    workers: 1,
    patience: 120,
    mostPaths: 100,
    folder,
    isFresh: false,
    signal: never,
    onProgress: () => {},
  }
  const found = (await killBySuites(await runCampaign(options), options)).map(suiteSummaryOf)
  t.like(found[0], { killed: 3, bySuite: 3, share: 100, undecided: 0, survivors: [] })
  t.is(suiteExitCodeOf(found), 0)
  t.true(readdirSync(folder).includes('nop-suite-1'))
  t.regex(suiteTextOf(found), /nop +15 +3 +3 +3 +100\.0 %/)
})

/** Goes round a loop once; mutants of it never leave it. */
const body = [0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x41, 0x7f]
const type = { params: [I32, I32, I32, I64], results: [I32] }
const round = wasm({ functions: [init, { name: 'nf_process', type, body }] })

test.serial('a mutant that never ends is killed and named, and the next one is judged', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'), round)
  const nf = join(cwd, 'nfs', 'mine')
  const suite = join(cwd, 'suite')
  writeSuite(await derive({ nf }), suite)
  const mutants = mutantsOf(round)
  const numberOf = (what: string): number => mutants.findIndex((each) => each.what === what)
  const outcomes: SuiteOutcome[] = []
  const tasks = [
    'the condition of br_if always holds',
    'the condition of br_if never holds',
    'i32.const -1 becomes 0',
  ].map((what) => ({ nf, number: numberOf(what), suites: [suite] }))
  const options = {
    workers: 1,
    patience: 120,
    folder: cwd,
    signal: never,
    onOutcome: (outcome: SuiteOutcome) => void outcomes.push(outcome),
    onStage: () => {},
  }
  // Ended from outside, then by the limit of the case itself.
  await judgeBySuites(tasks, { ...options, hang: 3 })
  await judgeBySuites(tasks.slice(0, 1), options)
  const [hangs, same, leaves, stopped] = outcomes
  for (const each of [hangs, stopped]) {
    t.is(each?.verdict === 'killed' && each.kill.isStopped && each.kill.in, '001-drop-line-7')
  }
  t.is(stopped?.verdict === 'killed' && stopped.kill.what, 'mine does not come to an end')
  t.is(same?.verdict, 'survivor')
  t.is(leaves?.verdict === 'killed' && leaves.kill.isStopped, false)
  t.is(leaves?.verdict, 'killed')
})

test.serial(
  'an original that fails its suite says nothing of its mutants; a run that is ended leaves the rest',
  async (t) => {
    const cwd = temporary()
    mine(cwd, specOf('return forward(1 - ingress, packet)'), round)
    const nf = join(cwd, 'nfs', 'mine')
    const suite = join(cwd, 'suite')
    writeSuite(await derive({ nf }), suite)
    const outcomes: SuiteOutcome[] = []
    const options = { workers: 1, patience: 120, folder: cwd, onStage: () => {} }
    const onOutcome = (outcome: SuiteOutcome): void => void outcomes.push(outcome)
    const task = { nf, number: 0, suites: [suite] }
    await judgeBySuites([task], { ...options, signal: never, onOutcome })
    const [only] = outcomes
    t.regex(only?.verdict === 'undecided' ? only.cause : '', /mine itself does not pass its suite: expected/)
    const ending = new AbortController()
    const ran = judgeBySuites([task], { ...options, signal: ending.signal, onOutcome })
    await setTimeout(10)
    ending.abort()
    await ran
    t.is(outcomes.length, 1)
  },
)

const place = { nf: 'nf', offset: 0, functionName: 'nf_process', operator: 'constant', what: 'a becomes b', seconds: 1 }

function killed(number: number, kill: Kill = { by: 'packets', what: 'it was dropped' }): KilledMutant['outcome'] {
  return { ...place, number, at: 'nf.ts:7', stages: {}, verdict: 'killed', kill }
}

/** Of mutants that suites kill, survive, and leave undecided. */
function summary(kills: number, survivors: number, undecided = 0, missing = 0) {
  const verdicts = [
    ...Array.from({ length: kills }, () => 'killed' as const),
    ...Array.from({ length: survivors }, () => 'survivor' as const),
    ...Array.from({ length: undecided }, () => 'undecided' as const),
  ]
  const mutants = verdicts.map((verdict, number): KilledMutant => {
    const kill = { suite: 's', in: 'c', what: 'w', isStopped: false }
    const bySuite = { nf: 'nf', number, verdict, kill, cause: 'it is late' }
    return { outcome: killed(number), bySuite }
  })
  const outcomes: Outcome[] = mutants.map(({ outcome }) => outcome)
  const campaign = { nf: 'nf', mutants: 900, sampled: outcomes.length + missing, outcomes, freedoms: [] }
  const suites = [true, false].map((isComplete) => ({ folder: 's', config: [], cases: 9, isComplete, seconds: 3 }))
  return suiteSummaryOf({ campaign, suites, killed: mutants })
}

test('95 % are enough, less is 1, and 4 where what is undecided could still make it so', (t) => {
  t.is(suiteExitCodeOf([summary(19, 1)]), 0)
  t.is(suiteExitCodeOf([summary(18, 1)]), 1)
  t.is(suiteExitCodeOf([summary(20, 0), summary(18, 1)]), 1)
  t.is(suiteExitCodeOf([summary(18, 1, 1)]), 4)
  t.is(suiteExitCodeOf([summary(17, 2, 1)]), 1)
  t.is(suiteExitCodeOf([summary(20, 0, 1)]), 4)
  t.is(suiteExitCodeOf([summary(20, 0, 0, 1)]), 4)
  t.is(suiteExitCodeOf([summary(0, 0)]), 4)
})

test('a survivor is named with its place and with what killed it', (t) => {
  const text = suiteTextOf([summary(18, 1, 1)])
  t.regex(text, /survivor: nf 18 \(nf_process, nf\.ts:7\): a becomes b\n {4}killed by packets: it was dropped/)
  t.regex(text, /undecided: nf 19 \(nf_process, nf\.ts:7\): a becomes b\n {4}in its suite: it is late/)
  t.regex(text, /94\.7 %|90\.0 %/)
  t.regex(text, /9 \+ 9 +3 s \+ 3 s, incomplete$/m)
})

test('the configuration in which a mutant was killed is that of its replay', (t) => {
  t.deepEqual(configOf('nop', { by: 'packets', what: '' }), [])
  const replay = ['replay', 'x', '--topology', 'traces/three-port.yaml', '--config', 'a=1', '--binary', 'MUTANT']
  t.deepEqual(configOf('nop', { by: 'traffic', what: '', replay }), ['a=1', 'portCount=3'])
  t.deepEqual(configOf('balancer', { by: 'traffic', what: '', replay: ['--topology', 'traces/balancer.yaml'] }), [])
})
