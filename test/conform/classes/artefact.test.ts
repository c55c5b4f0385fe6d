import { crc32 } from 'node:zlib'
import test from 'ava'

import { artefactOf, type Egress } from '../../../src/conform/classes/artefact.js'
import { checkSequence } from '../../../src/conform/classes/check-sequence.js'
import { fold, onesComplementSum, writeU16 } from '../../../src/packet/index.js'
import type { Violation } from '../../../src/result/index.js'
import { datagram } from '../real/cases.js'

const PAIR: Egress = { besides: 'told', longest: 1514, longestTagged: 1518, pads: false, takesTags: false, tagged: 0 }
const CARD: Egress = { ...PAIR, pads: true }
const BLIND: Egress = { ...PAIR, besides: 'lost' }

const whole = datagram('10.0.0.1', 1, '10.0.0.2', 2)
const short = datagram('10.0.0.1', 1, '10.0.0.2', 2, { payload: 4 })

interface Seen {
  readonly egress?: Egress
  readonly open?: number
  readonly ports?: readonly number[]
}

/** What is said of a frame that came by port 1 in place of another. */
function said(expected: Uint8Array, actual: Uint8Array, { egress = PAIR, open = 0, ports = [1] }: Seen = {}) {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  const violation: Violation = {
    nf: 'mine',
    instance: 'dut',
    kind: expected.length === actual.length ? 'bytes' : 'length',
    summary: '',
    time: '0',
    ingress: 0,
    expected: { text: '', ports: [1], bytes: hex(expected) },
    actual: { text: '', ports, bytes: hex(actual) },
    input: hex(expected),
    differences: [],
  }
  return artefactOf(violation, [PAIR, egress], open)
}

function followedBy(frame: Uint8Array, ...more: readonly number[]): Uint8Array {
  return Uint8Array.of(...frame, ...more)
}

test('a check sequence is that of IEEE 802.3', (t) => {
  t.is(Buffer.from(checkSequence(Buffer.from('123456789'))).readUInt32LE(), 0xcbf43926)
  if (typeof crc32 === 'function') t.is(Buffer.from(checkSequence(whole)).readUInt32LE(), crc32(whole))
})

test('a check sequence behind a frame is known by its bytes, also behind padding; any other is not', (t) => {
  const sequence = checkSequence(whole)
  t.regex(said(whole, followedBy(whole, ...sequence)) ?? '', /frame check sequence/)
  const filled = followedBy(short, ...new Uint8Array(60 - short.length))
  t.regex(said(short, followedBy(filled, ...checkSequence(filled))) ?? '', /frame check sequence/)
  t.is(said(whole, followedBy(whole, ...sequence.with(0, (sequence[0] ?? 0) ^ 1))), undefined)
  const other = whole.with(50, 1)
  t.is(said(whole, followedBy(other, ...checkSequence(other))), undefined)
})

test('padding is what fills up a short frame with zeros where the link has to', (t) => {
  const filled = followedBy(short, ...new Uint8Array(60 - short.length))
  t.regex(said(short, filled, { egress: CARD }) ?? '', /filled up with zeros/)
  t.is(said(short, filled), undefined)
  t.is(said(short, filled.with(59, 1), { egress: CARD }), undefined)
  t.is(said(short, followedBy(filled, 0), { egress: CARD }), undefined)
  t.is(said(whole, followedBy(whole, 0), { egress: CARD }), undefined)
})

test('a frame is cut where it is cut at the longest that its port carries', (t) => {
  const long = datagram('10.0.0.1', 1, '10.0.0.2', 2, { payload: 1600 })
  t.regex(said(long, long.subarray(0, 1514)) ?? '', /was cut after 1514/)
  t.regex(said(long, long.subarray(0, 1518)) ?? '', /was cut after 1518/)
  t.is(said(long, long.subarray(0, 1513)), undefined)
  t.is(said(long, long.subarray(0, 1514).with(1000, 1)), undefined)
})

test('a tag is taken out where the interface does so, its port is not told, and no tag was ever seen there', (t) => {
  const tagged = Uint8Array.of(...whole.subarray(0, 12), 0x81, 0, 0, 7, ...whole.subarray(12))
  const takes = { ...BLIND, takesTags: true }
  t.regex(said(tagged, whole, { egress: takes }) ?? '', /VLAN tag is missing/)
  t.is(said(tagged, whole, { egress: { ...takes, besides: 'told' } }), undefined)
  t.is(said(tagged, whole, { egress: { ...takes, takesTags: false } }), undefined)
  t.is(said(tagged, whole, { egress: { ...takes, tagged: 1 } }), undefined)
  t.is(said(tagged, whole.with(20, 1), { egress: takes }), undefined)
})

test('a checksum is open where it is the sum to begin with, and its port says so or cannot', (t) => {
  const open = whole.slice()
  // UDP of 26 bytes: addresses, protocol and length.
  writeU16(open, 40, fold(onesComplementSum(open, 26, 34, 17 + 26)))
  t.regex(said(whole, open, { open: 0b10 }) ?? '', /as its port says$/)
  t.is(said(whole, open, { open: 0b01 }), undefined)
  t.is(said(whole, open), undefined)
  t.regex(said(whole, open, { egress: BLIND }) ?? '', /of which its port is not told$/)
  t.is(said(whole, open, { egress: { ...BLIND, pads: true } }), undefined)
  t.is(said(whole, whole.with(41, 0), { open: 0b10 }), undefined)
  t.is(said(whole, open.with(50, 1), { open: 0b10 }), undefined)
})

test('what comes by another port, or not at all, is no artefact', (t) => {
  const longer = followedBy(whole, ...checkSequence(whole))
  t.is(said(whole, longer, { ports: [0] }), undefined)
  t.is(said(whole, longer, { ports: [] }), undefined)
})
