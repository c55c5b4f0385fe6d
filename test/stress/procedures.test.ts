import test from 'ava'

import { InputError } from '../../src/errors.js'
import { measureLatency, measureLoss, measureRecovery } from '../../src/stress/procedures.js'
import type { RateTrial } from '../../src/stress/search.js'

function device(capacity: number): RateTrial {
  return async (rate) => ({ sent: rate, received: Math.min(rate, capacity), offered: rate })
}

const percent = (share: number): number => Math.round(share * 1000) / 10

test('loss is measured from the rate of the medium down, until two trials lose nothing', async (t) => {
  const points = await measureLoss(device(600), { most: 1000 })
  t.deepEqual(
    points.map(({ rate, loss }) => [Math.round(rate), percent(loss)]),
    [
      [1000, 40],
      [900, 33.3],
      [800, 25],
      [700, 14.3],
      [600, 0],
      [500, 0],
    ],
  )
})

test('two trials without loss are successive ones', async (t) => {
  const losses = [1, 0, 1, 0, 0, 1]
  const trial: RateTrial = async (rate) => ({ sent: 2, received: 2 - (losses.shift() ?? 1), offered: rate })
  t.is((await measureLoss(trial, { most: 1000 })).length, 5)
})

test('where every rate loses, all are tried and none is 0', async (t) => {
  const rates = (await measureLoss(device(0), { most: 1000 })).map(({ rate }) => Math.round(rate))
  t.deepEqual(rates, [1000, 900, 800, 700, 600, 500, 400, 300, 200, 100])
  t.is((await measureLoss(device(0), { most: 1000, step: 0.01 })).length, 100)
})

test('a step is at most a tenth', async (t) => {
  for (const step of [0, 0.2, -0.1]) {
    await t.throwsAsync(measureLoss(device(0), { most: 1000, step }), { instanceOf: InputError })
  }
})

test('latency is the mean of its runs, and none where the frame is lost', async (t) => {
  let run = 0
  t.like(await measureLatency(async () => ++run * 10), { count: 20, mean: 105, min: 10, max: 200 })
  await t.throwsAsync(
    measureLatency(async () => undefined),
    { instanceOf: InputError, message: /tagged frame was lost/ },
  )
})

test('recovery is the time from the end of the overload to the last loss', async (t) => {
  const rates: number[][] = []
  const outcomes = [
    { reducedAt: 100, lastLostAt: 160 },
    { reducedAt: 100, lastLostAt: 90 },
    { reducedAt: 100, lastLostAt: undefined },
  ]
  const run = async (overload: number, reduced: number) => {
    rates.push([overload, reduced])
    return outcomes.shift() ?? { reducedAt: 0, lastLostAt: 0 }
  }
  const summary = await measureRecovery(run, { throughput: 800, most: 1000, repeats: 3 })
  t.like(summary, { mean: 20, min: 0, max: 60 })
  t.deepEqual(rates[0]?.map(Math.round), [880, 440])
  await measureRecovery(run, { throughput: 950, most: 1000 })
  t.deepEqual(rates[3], [1000, 500])
})
