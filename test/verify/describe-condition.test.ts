import test from 'ava'

import { bitVecSort, boolSort, type Term, Terms } from '../../src/smt/index.js'
import { ConditionTexts } from '../../src/verify/describe-condition.js'

const terms = new Terms()
const byteOf = terms.declareFunction('packet.byte', [bitVecSort(16)], bitVecSort(8))
const byte = (at: number | Term): Term => terms.apply(byteOf, typeof at === 'number' ? terms.bv(at, 16) : at)
const is = (at: number, value: number): Term => terms.eq(byte(at), terms.bv(value, 8))
const length = terms.variable('packet.length', bitVecSort(16))
const isIpv4 = terms.and(is(12, 0x08), is(13, 0x00))

/** The text of the last condition, after the others held. */
function textOf(...conditions: readonly Term[]): string {
  const texts = new ConditionTexts(terms, [])
  const told = conditions.map((condition) => texts.next(condition, true))
  const { condition, value } = told[told.length - 1] ?? { condition: '', value: true }
  return value ? condition : `not: ${condition}`
}

/** The offset of byte `at` of the transport header over IPv4. */
function transport(at: number): Term {
  const words = terms.extract(3, 0, byte(14))
  return terms.add(terms.concat(terms.bv(0, 10), words, terms.bv(0, 2)), terms.bv(14 + at, 16))
}

test('bytes that follow each other are the field that they make up, with its value as people write it', (t) => {
  t.is(textOf(isIpv4), 'ethernet.type = 0x0800 (IPv4)')
  t.is(
    textOf(isIpv4, terms.eq(terms.concat(byte(26), byte(27), byte(28), byte(29)), terms.bv(0x0a000001, 32))),
    'ipv4.src = 10.0.0.1',
  )
})

test('without a known type, bytes behind Ethernet have no names', (t) => {
  t.is(textOf(is(23, 6)), 'byte 23 of the packet = 6')
  t.is(textOf(isIpv4, is(23, 6)), 'ipv4.protocol = 6 (TCP)')
})

test('bits of a byte are their field', (t) => {
  t.is(textOf(isIpv4, terms.eq(terms.extract(7, 4, byte(14)), terms.bv(4, 4))), 'ipv4.version = 4')
})

test('bytes behind a header of any length are those of the transport header', (t) => {
  const port = terms.concat(byte(transport(2)), byte(transport(3)))
  t.is(textOf(isIpv4, terms.eq(port, terms.bv(53, 16))), 'transport.dstPort = 53')
  t.is(textOf(isIpv4, is(23, 17), terms.eq(port, terms.bv(53, 16))), 'udp.dstPort = 53')
})

test('a condition is told without its negation, and which way it went', (t) => {
  const texts = new ConditionTexts(terms, [])
  t.deepEqual(texts.next(terms.not(isIpv4), true), { condition: 'ethernet.type = 0x0800 (IPv4)', value: false })
  const short = terms.ult(length, terms.bv(14, 16))
  t.deepEqual(texts.next(short, false), { condition: 'length of the packet < 14', value: false })
})

test('differences are told as such, not as huge numbers', (t) => {
  const present = terms.sub(terms.zeroExtendTo(32, length), terms.bv(14, 32))
  t.is(textOf(terms.slt(present, terms.bv(20, 32))), 'length of the packet - 14 < 20')
})

test('times have units', (t) => {
  const now = terms.zeroExtendTo(64, terms.variable('now', bitVecSort(62)))
  const time = terms.variable('other', bitVecSort(64))
  const since = terms.sub(now, terms.bv(300_000_000_000n, 64))
  t.is(textOf(terms.slt(time, since)), 'other < now - 5 min')
})

test('whatever the term, there is a text of bounded length', (t) => {
  const f = terms.declareFunction('odd', [bitVecSort(8), bitVecSort(8)], boolSort)
  let deep = byte(0)
  for (let at = 1; at < 400; at++) deep = terms.mul(terms.bvxor(deep, byte(at)), terms.add(deep, byte(at + 1)))
  const text = textOf(terms.apply(f, deep, byte(1)))
  t.true(text.length > 0 && text.length <= 300)
})
