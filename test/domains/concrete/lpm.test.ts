import test from 'ava'
import fc from 'fast-check'
import { ConcreteLpm } from '../../../src/domains/concrete/lpm.js'

const rule = (width: number) => fc.tuple(fc.nat(2 ** width - 1), fc.nat(width), fc.nat(99))

/** The last rule of the greatest length that matches: what longest-prefix match means. */
function naive(width: number, rules: readonly (readonly [number, number, number])[], address: number): number {
  const shift = (value: number, length: number): number => Math.floor(value / 2 ** (width - length))
  let best = { length: -1, value: -1 }
  for (const [prefix, length, value] of rules) {
    if (length >= best.length && shift(prefix, length) === shift(address, length)) best = { length, value }
  }
  return best.value
}

for (const width of [4, 32, 48]) {
  test(`${width}-bit addresses: the longest prefix wins in any order of insertion, and rollback forgets`, (t) => {
    fc.assert(
      fc.property(
        fc.array(rule(width), { maxLength: 20 }),
        fc.array(rule(width), { maxLength: 8 }),
        fc.array(fc.nat(2 ** width - 1)),
        (kept, undone, others) => {
          const numbers = ConcreteLpm.ofNumbers(width)
          const bigints = ConcreteLpm.ofBigints(width)
          for (const [prefix, length, value] of kept) {
            numbers.insert(prefix, length, value)
            bigints.insert(BigInt(prefix), length, value)
          }
          const addresses = [...others, ...kept.map(([prefix]) => prefix), 0, 2 ** width - 1]
          const agree = (rules: typeof kept): boolean =>
            addresses.every((address) => {
              const expected = naive(width, rules, address)
              return numbers.lookup(address) === expected && numbers.has(address) === (expected !== -1)
            })
          if (!agree(kept)) return false
          if (addresses.some((address) => bigints.lookup(BigInt(address)) !== naive(width, kept, address))) return false
          numbers.begin()
          for (const [prefix, length, value] of undone) numbers.insert(prefix, length, value)
          if (!agree([...kept, ...undone])) return false
          numbers.rollback()
          return agree(kept)
        },
      ),
    )
    t.pass()
  })
}

test('128-bit addresses match by their first bits', (t) => {
  const lpm = ConcreteLpm.ofBigints(128)
  lpm.insert(0x20010db8n << 96n, 32, 1)
  lpm.insert((0x20010db8n << 96n) | 1n, 128, 2)
  t.is(lpm.lookup((0x20010db8n << 96n) | 1n), 2)
  t.is(lpm.lookup((0x20010db8n << 96n) | 2n), 1)
  t.is(lpm.lookup(0n), -1)
  t.throws(() => lpm.insert(0n, 129, 0), { instanceOf: RangeError })
  t.throws(() => ConcreteLpm.ofNumbers(54), { instanceOf: RangeError })
})
