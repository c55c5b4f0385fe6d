import test from 'ava'

import { runOnTime } from '../../../src/conform/real/on-time.js'
import { Tally } from '../../../src/oracle/tally.js'

const ON_TIME = {
  sent: 1,
  violation: undefined,
  open: 0,
  known: [],
  doubts: [] as readonly string[],
  refused: new Map(),
  said: new Map(),
  closedBy: 'device',
  more: 0,
  timesMoved: 0 as number,
  lateness: 5n,
  tally: new Tally(),
  artefact: undefined,
} as const
const LATE = { ...ON_TIME, lateness: 6n }
const TAKEN_LATE = { ...ON_TIME, timesMoved: 1 as number }
const DOUBTFUL = { ...ON_TIME, doubts: ['slow'] }
const WRONG = {
  ...LATE,
  violation: {
    nf: 'nat',
    instance: 'dut',
    kind: 'ports',
    summary: '',
    time: '0',
    ingress: 0,
    expected: { text: '', ports: [] },
    actual: { text: '', ports: [] },
    input: '',
    differences: [],
  },
} as const

/** Which of the runs a case is decided by; 5 ns late is in time. */
async function decidedBy(runs: readonly (typeof ON_TIME | typeof LATE | typeof WRONG)[], isCertain = true) {
  const left = runs.map((seen) => ({ ...seen }))
  const names: string[] = []
  const run = async ({ name }: { readonly name: string }) => {
    names.push(name)
    const seen = left.shift()
    if (seen === undefined) throw new Error('more runs than expected')
    return seen
  }
  const seen = await runOnTime({ run }, { name: 'one', packets: [], isCertain }, 5n)
  return { runs: names.length, seen }
}

test('a case whose packets were on time is run once', async (t) => {
  t.is((await decidedBy([ON_TIME])).runs, 1)
})

test('one that was late or could not be judged is run again until it was not, three times at most', async (t) => {
  for (const amiss of [LATE, TAKEN_LATE, DOUBTFUL]) {
    t.like(await decidedBy([amiss, ON_TIME]), { runs: 2, seen: { lateness: 5n, doubts: [] } })
    const { runs, seen } = await decidedBy([amiss, amiss, amiss])
    t.is(runs, 3)
    t.is(seen.lateness, amiss.lateness)
  }
})

test('a late packet of a case that is not certain to take its way anyway is nothing to run it again for', async (t) => {
  t.is((await decidedBy([LATE], false)).runs, 1)
  t.is((await decidedBy([TAKEN_LATE], false)).runs, 1)
})

test('a violation is one, however late', async (t) => {
  t.is((await decidedBy([WRONG])).runs, 1)
})
