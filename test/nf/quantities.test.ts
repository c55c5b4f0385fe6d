import test from 'ava'
import fc from 'fast-check'

import {
  formatBytes,
  formatDuration,
  formatRate,
  parseBytes,
  parseDuration,
  parseRate,
} from '../../src/nf/quantities.js'

const natural = fc.bigInt(0n, 2n ** 62n)

test('what is printed reads back as the same value', (t) => {
  fc.assert(
    fc.property(natural, fc.constantFrom(1n, 1000n, 1_000_000_000n, 60_000_000_000n, 1024n, 125n), (value, unit) => {
      t.is(parseDuration(formatDuration(value * unit)), value * unit)
      t.is(parseBytes(formatBytes(value * unit)), value * unit)
      t.is(parseRate(formatRate(value * unit)), value * unit)
    }),
  )
})

test('decimals are exact', (t) => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(999_999_999), (seconds, nanoseconds) => {
      const text = `${seconds}.${String(nanoseconds).padStart(9, '0')}s`
      t.is(parseDuration(text), BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds))
    }),
  )
})

const table: readonly (readonly [(text: string) => bigint | string, string, bigint])[] = [
  [parseDuration, '0', 0n],
  [parseDuration, '2 h 4 min', 7_440_000_000_000n],
  [parseDuration, '1.5ms', 1_500_000n],
  [parseDuration, '7d', 604_800_000_000_000n],
  [parseDuration, '3 µs', 3_000n],
  [parseBytes, '1500', 1500n],
  [parseBytes, '64KiB', 65_536n],
  [parseBytes, '1.5 kB', 1500n],
  [parseRate, '10 Mbit/s', 1_250_000n],
  [parseRate, '1.5 MB/s', 1_500_000n],
  [parseRate, '8 bit/s', 1n],
  [parseRate, '1_000_000', 1_000_000n],
]

for (const [parse, text, value] of table) {
  test(`${parse.name} reads ${text}`, (t) => {
    t.is(parse(text), value)
  })
}

test('other text is refused, whatever it is', (t) => {
  for (const text of ['', ' ', 's', '-1 s', '1 s s', '1e3 s', '1 s 2', '1 km', '0x10 s', '1,5 s']) {
    t.is(typeof parseDuration(text), 'string', text)
  }
  fc.assert(fc.property(fc.string(), (text) => ['bigint', 'string'].includes(typeof parseBytes(text))))
})
