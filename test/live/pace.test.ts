import test from 'ava'

import { Pace } from '../../src/live/pace.js'

const MS = 1_000_000

test('frames are due as far from the first one as in the trace, by the speed that is asked for', (t) => {
  for (const [speed, share] of [
    [1, 1],
    [4, 0.25],
    [0.5, 2],
  ] as const) {
    const pace = new Pace({ speed })
    const first = pace.due(5_000n, 1000)
    t.true(first > 1000)
    // Whatever the clock says later: a late frame makes none late.
    t.is(pace.due(5_000n + BigInt(8 * MS), 90 * MS) - first, 8 * MS * share)
    t.is(pace.due(5_000n + BigInt(16 * MS), 0) - first, 16 * MS * share)
  }
})

test('a frame with a time before an earlier one is due with it, and counted', (t) => {
  const pace = new Pace({})
  const first = pace.due(100n, 0)
  t.is(pace.due(90n, 0), first)
  t.is(pace.due(110n, 0), first + 10)
  t.is(pace.timesBack, 1)
})

test('a rate says when frames are due, whatever their times; as fast as possible none is due', (t) => {
  const steady = new Pace({ pps: 1000 })
  const first = steady.due(7n, 0)
  t.deepEqual([steady.due(7n, 0), steady.due(1_000_000_000n, 0)], [first + MS, first + 2 * MS])
  const fast = new Pace({ speed: 'max' })
  t.is(fast.due(7n, 0), 0)
  t.false(fast.isScheduled)
})

test('a cap holds for every pace, and what it delays is due later for good', (t) => {
  const mostPerSecond = 1000
  const leaving = (pace: Pace, time: bigint, now: number): number => pace.capped(pace.due(time, now), now)
  const fast = new Pace({ speed: 'max', mostPerSecond })
  t.true(fast.isScheduled)
  const first = leaving(fast, 0n, 5 * MS)
  t.deepEqual([leaving(fast, 0n, 5 * MS), leaving(fast, 0n, 5 * MS)], [first + MS, first + 2 * MS])
  const recorded = new Pace({ mostPerSecond })
  const begun = leaving(recorded, 0n, 0)
  t.deepEqual([leaving(recorded, 10n, 0), leaving(recorded, 20n, 0)], [begun + MS, begun + 2 * MS])
  t.is(leaving(recorded, BigInt(9 * MS), 0), begun + 9 * MS, 'after a silence the schedule is met again')
  const steady = new Pace({ pps: 5000, mostPerSecond })
  const one = leaving(steady, 0n, 0)
  t.is(leaving(steady, 0n, 0), one + MS)
  t.is(steady.capped(one, 0), one + 2 * MS, 'so it does for frames that are of no trace')
  t.is(new Pace({}).capped(7, 9), 7, 'without a cap frames are due as they are')
})
