import test from 'ava'

import { Integers } from '../../src/domains/symbolic/integer.js'
import { canonicalLayout, fieldsOf } from '../../src/domains/symbolic/record-layout.js'
import { Terms } from '../../src/smt/index.js'
import { expiringMap, macAddress, record } from '../../src/spec/index.js'
import { candidateName, withCandidates } from '../../src/verify/candidates.js'
import type { Example } from '../../src/verify/layouts.js'
import type { Pair } from '../../src/verify/pairing.js'

const Station = record({ mac: macAddress })
const pair: Pair = {
  state: 'stations',
  declaration: expiringMap(Station, 100),
  structure: undefined,
  keyLayout: canonicalLayout(fieldsOf(Station)),
}

/** Keys of six bytes, the last two always 7, the others as given. */
function keys(first: readonly number[]): Example[] {
  const terms = new Terms()
  const integers = new Integers(terms)
  return first.map((byte, i) => {
    const bytes = [byte, i, 255 - i, i * 37, 7, 7].map((value) => terms.bv(value & 0xff, 8))
    return { state: 'stations', part: 'key', insertion: { fields: new Map([['mac', integers.of(0n)]]), bytes } }
  })
}

test('a bit that is the same by chance does not stand for one that always is', (t) => {
  // No group address, and by chance none with the highest bit.
  const [found] = withCandidates([pair], keys(Array.from({ length: 64 }, (_, i) => (2 * i) & 0x7e)), 2)
  const ofFirst = (found?.candidates ?? []).filter((each) => each.kind === 'bits' && each.offset === 0)
  t.deepEqual(ofFirst, [
    { kind: 'bits', part: 'key', offset: 0, mask: 0x01, bits: 0 },
    { kind: 'bits', part: 'key', offset: 0, mask: 0x80, bits: 0 },
  ])
  const names = (found?.candidates ?? []).map((each) => candidateName(pair, each))
  t.is(new Set(names).size, names.length)
})

test('a byte that is always the same is one candidate', (t) => {
  const [found] = withCandidates([pair], keys(Array.from({ length: 64 }, (_, i) => i)), 2)
  t.deepEqual(
    found?.candidates?.filter((each) => each.kind === 'bits' && each.offset > 3),
    [4, 5].map((offset) => ({ kind: 'bits', part: 'key', offset, mask: 0xff, bits: 7 })),
  )
})

test('too few examples have nothing in common that would be worth trying', (t) => {
  t.is(withCandidates([pair], keys([0, 2, 4]), 2)[0]?.candidates, undefined)
})
