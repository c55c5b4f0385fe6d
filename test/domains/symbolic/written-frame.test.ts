import test from 'ava'
import fc from 'fast-check'

import { Integers } from '../../../src/domains/symbolic/integer.js'
import { WrittenFrame } from '../../../src/domains/symbolic/written-frame.js'
import type { Term } from '../../../src/smt/index.js'
import { KnownPath } from './known-path.js'

const LENGTH = 24

interface Access {
  readonly kind: 'read' | 'write'
  readonly at: number
  readonly size: number
  readonly value: bigint
  readonly isSymbolic: boolean
}

const access: fc.Arbitrary<Access> = fc
  .record({
    kind: fc.constantFrom('read', 'write'),
    at: fc.nat(LENGTH - 8),
    size: fc.constantFrom(1, 2, 4, 6, 8),
    value: fc.bigInt(0n, 2n ** 64n - 1n),
    isSymbolic: fc.boolean(),
  })
  .map((each) => ({ ...each, kind: each.kind === 'read' ? 'read' : 'write' }))

function hex(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function frameOn(path: KnownPath, bytes: Uint8Array): WrittenFrame {
  const length = path.variable('length', 16, BigInt(bytes.length))
  const frame = WrittenFrame.arbitrary({ path, integers: new Integers(path.terms) }, 'packet', length)
  for (const [at, byte] of bytes.entries()) path.model.table(frame.byteSymbol).define([BigInt(at)], BigInt(byte))
  return frame
}

test('reads see the newest write at their offset, known or not', (t) => {
  const bytes = fc.uint8Array({ minLength: LENGTH, maxLength: LENGTH })
  fc.assert(
    fc.property(bytes, fc.array(access, { maxLength: 12 }), (start, accesses) => {
      const path = new KnownPath()
      const frame = frameOn(path, start)
      const now = start.slice()
      for (const [number, { kind, at, size, value, isSymbolic }] of accesses.entries()) {
        const { terms } = path
        const offset: Term = isSymbolic
          ? terms.zeroExtendTo(32, path.variable(`at${number}`, 8, BigInt(at)))
          : terms.bv(at, 32)
        if (kind === 'read') {
          t.is(path.number(frame.read(offset, size)), hex(now.subarray(at, at + size)))
          continue
        }
        const content = BigInt.asUintN(8 * size, value)
        frame.write(offset, terms.bv(content, 8 * size))
        now.set(Buffer.from(content.toString(16).padStart(2 * size, '0'), 'hex'), at)
      }
      const replayed = start.slice()
      for (const { offset, byte } of frame.writes) replayed[Number(path.number(offset))] = Number(path.number(byte))
      t.deepEqual(replayed, now)
    }),
    { numRuns: 200 },
  )
})

test('a copy goes its own way, and the original stays', (t) => {
  const path = new KnownPath()
  const { terms } = path
  const frame = frameOn(path, new Uint8Array(LENGTH))
  const at = terms.bv(3, 32)
  const before = frame.read(at, 1)
  const copy = frame.copy()
  copy.write(at, terms.bv(9, 8))
  t.is(frame.read(at, 1), before)
  t.is(copy.read(at, 1), terms.bv(9, 8))
  t.is(copy.original().read(at, 1), before)
})

test('sums are a function of the bytes as they are, and of where they lie', (t) => {
  const path = new KnownPath()
  const { terms } = path
  const frame = frameOn(path, new Uint8Array(LENGTH))
  const [start, end] = [terms.bv(4, 32), terms.bv(9, 32)]
  const sum = frame.wordSum(start, end)
  t.is(frame.copy().wordSum(start, end).term, sum.term)
  frame.write(terms.bv(5, 32), terms.bv(1, 8))
  t.not(frame.wordSum(start, end).term, sum.term)
})
