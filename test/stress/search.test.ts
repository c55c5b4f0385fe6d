import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { findThroughput, lossOf, type RateOutcome, type RateTrial } from '../../src/stress/search.js'

const MOST = 1_000_000

/** What a device does that forwards `capacity` frames a second, seen by a tester that sends at most `reach`. */
function device(capacity: number, reach = Number.POSITIVE_INFINITY): RateTrial {
  return async (rate) => {
    const offered = Math.min(rate, reach)
    return { sent: offered, received: Math.min(offered, capacity), offered }
  }
}

const capacities = fc.double({ min: 1, max: 2 * MOST, noNaN: true })
const resolutions = fc.constantFrom(0.1, 0.01, 0.001)

test('the throughput is what the device forwards, to the resolution and never above', async (t) => {
  await fc.assert(
    fc.asyncProperty(capacities, resolutions, async (capacity, resolution) => {
      const { rate, limit, isMonotone, trials } = await findThroughput(device(capacity), { most: MOST, resolution })
      t.true((rate ?? 0) <= capacity && (rate ?? 0) >= Math.min(capacity, MOST) - resolution * MOST)
      t.is(limit, capacity >= MOST ? 'medium' : 'device')
      t.true(isMonotone)
      // Halvings, the first trial and the confirmation.
      t.true(trials.length <= Math.ceil(Math.log2(1 / resolution)) + 2)
    }),
  )
})

test('with a loss that is allowed it is the rate that loses no more', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 1000, max: MOST, noNaN: true }), async (capacity) => {
      const [strict, partial] = await Promise.all(
        [0, 0.1].map((loss) => findThroughput(device(capacity), { most: MOST, resolution: 0.001, loss })),
      )
      t.true((partial?.rate ?? 0) <= capacity / 0.9 + 1)
      t.true((partial?.rate ?? 0) >= Math.min(MOST, capacity / 0.9) - 0.001 * MOST)
      t.true((partial?.rate ?? 0) >= (strict?.rate ?? 0))
    }),
  )
})

test('what the tester cannot send is not taken for what the device cannot forward', async (t) => {
  const fast = await findThroughput(device(900_000, 400_000), { most: MOST })
  t.is(fast.limit, 'tester')
  t.true((fast.rate ?? 0) > 395_000 && (fast.rate ?? 0) <= 400_000 / 0.99)
  const slow = await findThroughput(device(300_000, 400_000), { most: MOST })
  t.is(slow.limit, 'device')
  t.true((slow.rate ?? 0) > 295_000 && (slow.rate ?? 0) <= 300_000)
  t.is(slow.trials[0]?.verdict, 'lost')
})

test('with any device the search ends, and what it tells passed as often as was asked', async (t) => {
  const answers = fc.infiniteStream(fc.constantFrom<'all' | 'some' | 'short'>('all', 'all', 'some', 'short'))
  await fc.assert(
    fc.asyncProperty(answers, fc.integer({ min: 1, max: 3 }), async (answer, confirmations) => {
      const trial: RateTrial = async (rate) => {
        const next = answer.next().value
        return { sent: 100, received: next === 'some' ? 99 : 100, offered: next === 'short' ? rate / 2 : rate }
      }
      const { rate, trials, isMonotone } = await findThroughput(trial, { most: MOST, resolution: 0.05, confirmations })
      const least = Math.min(...trials.filter(({ verdict }) => verdict !== 'passed').map((each) => each.rate))
      if (rate === undefined) t.true(least <= 0.05 * MOST)
      else {
        t.true(trials.slice(-confirmations).every((each) => each.rate === rate && each.verdict === 'passed'))
        t.true(least > rate || trials.some((each) => each.rate === rate))
        t.true(rate === MOST || least - rate <= 0.05 * MOST)
      }
      const lostBelow = trials.some(
        (lost) => lost.verdict === 'lost' && trials.some((each) => each.verdict === 'passed' && each.rate >= lost.rate),
      )
      t.is(isMonotone, !lostBelow)
    }),
  )
})

test('a rate that passed by chance is given up, and the search goes on below it', async (t) => {
  const seen: [number, boolean][] = []
  let isFirst = true
  const trial: RateTrial = async (rate, isResult) => {
    seen.push([rate, isResult])
    const lost = rate > 500_000 || (rate === 500_000 && !isFirst) ? 1 : 0
    if (rate === 500_000) isFirst = false
    return { sent: 1000, received: 1000 - lost, offered: rate }
  }
  const { rate, isMonotone } = await findThroughput(trial, { most: MOST, resolution: 0.1, confirmations: 2 })
  t.deepEqual(seen, [
    [1_000_000, false],
    [500_000, false],
    [750_000, false],
    [625_000, false],
    [562_500, false],
    [500_000, true],
    [250_000, false],
    [375_000, false],
    [437_500, false],
    [437_500, true],
    [437_500, true],
  ])
  t.is(rate, 437_500)
  t.false(isMonotone)
})

test('no rate passes with a device that forwards nothing', async (t) => {
  const { rate, limit } = await findThroughput(device(0), { most: MOST })
  t.is(rate, undefined)
  t.is(limit, 'device')
})

test('a trial that sends nothing is an error, and no pass', async (t) => {
  const nothing = async (): Promise<RateOutcome> => ({ sent: 0, received: 0, offered: 0 })
  await t.throwsAsync(findThroughput(nothing, { most: MOST }), {
    instanceOf: InputError,
    message: 'nothing was sent in a trial at 1000000 frames a second',
  })
})

test('frames that come twice do not make up for lost ones below none', (t) => {
  t.deepEqual(
    [
      { sent: 10, received: 9 },
      { sent: 10, received: 12 },
      { sent: 0, received: 0 },
    ].map(lossOf),
    [0.1, 0, 0],
  )
})

test('frames that the tester lost are no loss of the device, and no rate passes with them', async (t) => {
  const outcome = { sent: 100, received: 90, testerLost: 10 }
  t.is(lossOf(outcome), 0)
  const found = await findThroughput(async (rate) => ({ ...outcome, offered: rate }), { most: MOST })
  t.is(found.rate, undefined)
  t.is(found.limit, 'tester')
})
