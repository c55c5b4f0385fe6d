import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { runCampaign } from '../../src/mutation/campaign.js'
import { freedomFor, readFreedoms } from '../../src/mutation/freedoms.js'
import type { Outcome } from '../../src/mutation/outcome.js'
import { exitCodeOf, summaryOf, textOf } from '../../src/mutation/summary.js'

const place = { nf: 'nf', offset: 0, functionName: 'nf_process', operator: 'constant', what: 'a becomes b', seconds: 1 }
const killed: Outcome = { ...place, number: 0, stages: {}, verdict: 'killed', kill: { by: 'start', what: 'it traps' } }
const survivor: Outcome = { ...place, number: 1, at: 'nf.ts:3', stages: {}, verdict: 'survivor' }
const open: Outcome = { ...place, number: 2, stages: {}, verdict: 'undecided', causes: ['too many paths'] }

function exitCode(
  outcomes: readonly Outcome[],
  sampled = outcomes.length,
  freedoms: ReturnType<typeof readFreedoms> = [],
) {
  return exitCodeOf([summaryOf({ nf: 'nf', mutants: 9, sampled, outcomes, freedoms })])
}

test('survivors weigh more than what is undecided; what was not judged is undecided', (t) => {
  t.is(exitCode([killed]), 0)
  t.is(exitCode([killed, open]), 4)
  t.is(exitCode([killed, open, survivor]), 1)
  t.is(exitCode([killed], 2), 4)
})

test('a survivor, or what is undecided, is a freedom where it is listed with its clause', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-freedoms-'))
  try {
    const file = join(folder, 'mutants.yaml')
    t.deepEqual(readFreedoms(file), [])
    const entry = '- {function: nf_process, what: a becomes b, clause: RFC 1, why: it may be}\n'
    writeFileSync(file, entry)
    const freedoms = readFreedoms(file)
    t.like(freedomFor(survivor, freedoms), { clause: 'RFC 1', why: 'it may be' })
    t.is(exitCode([killed, survivor], 2, freedoms), 0)
    // What is undecided may be listed too, and is told apart.
    const summary = summaryOf({ nf: 'nf', mutants: 9, sampled: 1, outcomes: [open], freedoms })
    t.like(summary, { freedoms: 1, undecided: 0, survivors: 0 })
    t.regex(textOf([summary]), /freedom, by argument only: nf 2/)
    writeFileSync(file, entry.replace('}', ', at: "nf.ts:4"}'))
    t.is(freedomFor(survivor, readFreedoms(file)), undefined)
    for (const wrong of ['- 3\n', '- {function: f}\n', entry.replace('}', ', line: 3}'), 'a: b\n']) {
      writeFileSync(file, wrong)
      t.throws(() => readFreedoms(file), { name: 'InputError' }, wrong)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.serial('every mutant of nop is killed, and a second run takes what the first has found', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'vigil-campaign-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'records')
  mkdirSync(folder)
  const temporary = join(root, 'temporary')
  mkdirSync(temporary)
  const before = process.env.TMPDIR
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
  process.env.TMPDIR = temporary
  const judged: string[] = []
  const options = {
    nfs: ['nop'],
    sample: 6,
    seed: 1,
    workers: 1,
    patience: 120,
    mostPaths: 100,
    folder,
    isFresh: false,
    signal: new AbortController().signal,
    onProgress: ({ what }: { readonly what: string }) => judged.push(what),
  }
  const [first] = (await runCampaign(options)).map(summaryOf)
  t.like(first, { mutants: 15, sampled: 6, judged: 6, killed: 6 })
  t.true(judged.length > 0)
  judged.length = 0
  const [second] = (await runCampaign(options)).map(summaryOf)
  t.deepEqual(second, first)
  t.deepEqual(judged, [])
  t.deepEqual(readdirSync(temporary), [], 'nothing is left behind')
})
