import test from 'ava'

import { count, counted, seconds, share } from '../../src/report/format.js'

const shares: readonly (readonly [number, number, string])[] = [
  [0, 0, ''],
  [0, 10, '0 %'],
  [10, 10, '100 %'],
  [1, 3, '33.3 %'],
  [1, 1_000_000, '< 0.1 %'],
  [999_999, 1_000_000, '> 99.9 %'],
]
for (const [part, whole, text] of shares) {
  test(`${part} of ${whole} is ${JSON.stringify(text)}`, (t) => {
    t.is(share(part, whole), text)
  })
}

test('counts have thousands separators and plurals', (t) => {
  t.deepEqual(
    [counted(0, 'packet'), counted(1, 'packet'), counted(1793, 'packet')],
    ['0 packets', '1 packet', '1,793 packets'],
  )
})

test('numbers of any length are grouped as Node does it, rounded to integers', (t) => {
  const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
  for (const value of [
    0,
    9,
    10,
    999,
    1000,
    12_345,
    999_999,
    1_000_000,
    1234.4,
    1234.6,
    2 ** 53 - 1,
    -1,
    -1000,
    -123_456,
  ]) {
    t.is(count(value), integers.format(value))
  }
  t.is(count(-0.3), '0')
})

test('durations are short', (t) => {
  t.deepEqual([seconds(0.0123456), seconds(1.5), seconds(200.4)], ['0.0123 s', '1.5 s', '3 min 20 s'])
})
