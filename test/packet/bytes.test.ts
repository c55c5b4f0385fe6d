import test from 'ava'
import fc from 'fast-check'

import * as bytes from '../../src/packet/bytes.js'
import { hex } from './arbitraries.js'

test('integers are read in network byte order', (t) => {
  const data = hex('00 fedcba98 76543210 01234567 89abcdef')
  t.is(bytes.readU16(data, 1), 0xfedc)
  t.is(bytes.readU32(data, 1), 0xfedcba98)
  t.is(bytes.readU48(data, 1), 0xfedcba987654)
  t.is(bytes.readU64(data, 1), 0xfedcba9876543210n)
  t.is(bytes.readU128(data, 1), 0xfedcba98765432100123456789abcdefn)
})

test('what is written is read again, and nothing beside it changes', (t) => {
  const frame = () => new Uint8Array(24).fill(0xa5)
  const check = (data: Uint8Array, at: number, width: number) => {
    const around = [...data.slice(0, at), ...data.slice(at + width)]
    t.true(around.every((byte) => byte === 0xa5))
  }
  const place = fc.nat(8)
  fc.assert(
    fc.property(place, fc.nat(0xffff), fc.nat(0xffff_ffff), fc.maxSafeNat(), (at, a, b, c) => {
      const u16 = frame()
      bytes.writeU16(u16, at, a)
      t.is(bytes.readU16(u16, at), a)
      check(u16, at, 2)
      const u32 = frame()
      bytes.writeU32(u32, at, b)
      t.is(bytes.readU32(u32, at), b)
      check(u32, at, 4)
      const u48 = frame()
      bytes.writeU48(u48, at, c % 2 ** 48)
      t.is(bytes.readU48(u48, at), c % 2 ** 48)
      check(u48, at, 6)
    }),
  )
  fc.assert(
    fc.property(place, fc.bigInt({ min: 0n, max: 2n ** 130n }), (at, value) => {
      const u64 = frame()
      bytes.writeU64(u64, at, value)
      t.is(bytes.readU64(u64, at), BigInt.asUintN(64, value))
      check(u64, at, 8)
      const u128 = frame()
      bytes.writeU128(u128, at, value)
      t.is(bytes.readU128(u128, at), BigInt.asUintN(128, value), 'cut to its low bits')
      check(u128, at, 16)
    }),
  )
})

test('past the end bytes read as 0 and writes are lost', (t) => {
  const data = hex('ff')
  t.is(bytes.readU16(data, 0), 0xff00)
  t.is(bytes.readU128(data, 1), 0n)
  bytes.writeU32(data, 0, 0x01020304)
  t.deepEqual(data, hex('01'))
})
