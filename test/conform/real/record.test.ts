import test from 'ava'

import { type PlannedCase, RunRecord } from '../../../src/conform/real/record.js'
import { findNf } from '../../../src/nf/index.js'
import { Tally } from '../../../src/oracle/tally.js'
import { Deviations } from '../../../src/replay/deviations.js'
import { loadTopology } from '../../../src/testbed/index.js'

function planned(isCertain: boolean): PlannedCase {
  const made = { name: 'one', title: 'one', meets: [], clause: '', packets: [] }
  return { made, plan: { packets: [], isCertain, longest: 0n } }
}

const seen = {
  sent: 0,
  violation: undefined,
  open: 0,
  known: [],
  doubts: [],
  refused: new Map<string, number>(),
  said: new Map<string, number>(),
  closedBy: 'nothing dropped',
  more: 0,
  timesMoved: 0,
  lateness: 0n,
  tally: new Tally(),
  artefact: undefined,
} as const

test('cases are late whose packets were, where another time may be another way', (t) => {
  const cases = [planned(true), planned(true), planned(true), planned(false)] as const
  const none = Deviations.beside(findNf('nop'), 2, () => '')
  const record = new RunRecord(cases, { longest: 10n, jitter: 5n }, none)
  record.note(cases[0], { ...seen, lateness: 5n })
  record.note(cases[1], { ...seen, lateness: 6n })
  record.note(cases[2], { ...seen, timesMoved: 1 })
  record.note(cases[3], { ...seen, lateness: 6n })
  t.like(record.real({ topology: loadTopology('two-port-veth'), silence: 10 }, []), { late: 2, uncertain: 1 })
})
