import test from 'ava'

import { endOf, slice } from '../src/within.js'

test('what works for too long is stopped, and told from what has been asleep', (t) => {
  let rounds = 0
  t.is(
    endOf(10_000, () => {
      rounds += 1
    }),
    'over',
  )
  t.is(rounds, 1)
  t.is(
    endOf(800, () => {
      for (;;) rounds += 1
    }),
    'stopped',
  )
  t.is(
    endOf(800, () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000)
    }),
    'asleep',
  )
})

test('what may pause does so long before it would be stopped', (t) => {
  const hasTime = slice(6400)
  t.true(hasTime())
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 110)
  t.false(hasTime())
})

test('what it throws is thrown', (t) => {
  t.throws(
    () =>
      endOf(1000, () => {
        throw new RangeError('thrown')
      }),
    { instanceOf: RangeError },
  )
})
