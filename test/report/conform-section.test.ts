import test from 'ava'

import { conformedLines } from '../../src/report/conform-section.js'

const REAL = {
  topology: 'two-port-veth',
  device: 'wasm',
  lanes: 2,
  closedBy: { device: 1, sentinel: 0, silence: 0 },
  silence: 10,
  notRun: {},
  uncertain: 0,
  late: 0,
  timesMoved: 0,
  said: {},
  stray: 0,
  doubts: {},
  notExercised: [],
  deviations: [],
} as const

test('cases that may have gone another way than meant are said to, and why', (t) => {
  t.false(conformedLines(REAL).some((line) => line.includes('another way')))
  t.deepEqual(
    conformedLines({ ...REAL, uncertain: 1, late: 3 }).filter((line) => line.includes('another way')),
    [
      'in 1 case a packet may go another way than meant, since no time is met exactly',
      'in 3 cases a packet was sent or taken so late that it may have gone another way than meant',
    ],
  )
})
