import test from 'ava'

import { AnswerTime } from '../../src/live/answer-time.js'

function after(...runs: readonly (readonly [count: number, milliseconds: number])[]): number {
  const time = new AnswerTime()
  for (const [count, milliseconds] of runs) for (let i = 0; i < count; i++) time.came(milliseconds * 1e6)
  return time.patience
}

test('a device of which little is known is waited for long, and then by what it took so far', (t) => {
  t.is(after([99, 0.1]), 50)
  t.is(after([100, 0.1]), 5)
  t.true(after([200, 8]) >= 8)
  t.is(after([200, 400]), 50)
})

test('a single late answer makes it wait longer, but not for good', (t) => {
  t.true(after([100, 1], [1, 30]) > 20)
  t.is(after([100, 1], [1, 30], [40, 1]), 5)
})
