import test from 'ava'

import { formatIpv4, formatIpv6 } from '../../src/packet/address.js'
import { readU16, readU32, readU128 } from '../../src/packet/bytes.js'
import { transportChecksumState } from '../../src/packet/checksum.js'
import { Bindings } from '../../src/replay/bindings.js'
import { readTuple, tupleWords } from '../../src/replay/tuple.js'
import { parsed, tcp, udp } from './traffic.js'

function tupleOf(frame: Uint8Array): Uint32Array {
  const words = new Uint32Array(tupleWords)
  readTuple(parsed(frame), words, 0)
  return words
}

function destination(frame: Uint8Array): string {
  const { ipv4, ipv6, transport } = parsed(frame)
  const port = readU16(frame, transport + 2)
  return ipv4 >= 0
    ? `${formatIpv4(readU32(frame, ipv4 + 16))}:${port}`
    : `[${formatIpv6(readU128(frame, ipv6 + 24))}]:${port}`
}

/** The device is seen to make `emitted` of `sent`. */
function see(bindings: Bindings, sent: Uint8Array, emitted: Uint8Array): void {
  const words = tupleOf(sent)
  bindings.learn(bindings.entry(words, 0), words, 0, tupleOf(emitted), 0)
}

function answer(bindings: Bindings, frame: Uint8Array): string | undefined {
  const words = tupleOf(frame)
  return bindings.apply(bindings.entry(words, 0), parsed(frame), words, 0) ? destination(frame) : undefined
}

function aim(bindings: Bindings, frame: Uint8Array): string | undefined {
  return bindings.aim(parsed(frame), tupleOf(frame), 0) ? destination(frame) : undefined
}

test('an answer goes to what its flow became, the latest binding valid, checksums right', (t) => {
  const bindings = new Bindings()
  const back = (): Uint8Array => tcp('9.9.9.9', 443, '10.0.0.1', 4000)
  t.is(answer(bindings, back()), undefined)
  see(bindings, tcp('10.0.0.1', 4000, '9.9.9.9', 443), tcp('198.51.100.1', 1024, '9.9.9.9', 443))
  t.is(answer(bindings, back()), '198.51.100.1:1024')
  see(bindings, tcp('10.0.0.1', 4000, '9.9.9.9', 443), tcp('198.51.100.1', 2048, '9.9.9.9', 443))
  const frame = back()
  t.is(answer(bindings, frame), '198.51.100.1:2048')
  t.is(transportChecksumState(parsed(frame)), 'right')
  t.is(bindings.answers, 2)
  // The flow's own direction, other protocols and other flows are as they were.
  t.is(answer(bindings, tcp('10.0.0.1', 4000, '9.9.9.9', 443)), undefined)
  t.is(answer(bindings, udp('9.9.9.9', 443, '10.0.0.1', 4000)), undefined)
  t.is(answer(bindings, tcp('9.9.9.9', 443, '10.0.0.1', 4001)), undefined)
})

test('IPv6 flows have bindings of their own', (t) => {
  const bindings = new Bindings()
  see(bindings, udp('fd00::1', 4000, '2001:db8::9', 53), udp('2001:db8:1::1', 77, '2001:db8::9', 53))
  t.is(answer(bindings, udp('2001:db8::9', 53, 'fd00::1', 4000)), '[2001:db8:1::1]:77')
  t.is(aim(bindings, udp('2001:db8::bad', 53, 'fd00::1', 4000)), '[2001:db8:1::1]:77')
})

test('a stranger aims at where its destination was last seen from outside', (t) => {
  const bindings = new Bindings()
  see(bindings, tcp('10.0.0.1', 4000, '9.9.9.9', 443), tcp('198.51.100.1', 1024, '9.9.9.9', 443))
  t.is(aim(bindings, tcp('6.6.6.6', 443, '10.0.0.1', 4000)), '198.51.100.1:1024')
  t.is(aim(bindings, udp('9.9.9.9', 443, '10.0.0.1', 4000)), '198.51.100.1:1024')
  see(bindings, tcp('10.0.0.1', 4000, '8.8.8.8', 443), tcp('198.51.100.1', 1025, '8.8.8.8', 443))
  t.is(aim(bindings, tcp('6.6.6.6', 443, '10.0.0.1', 4000)), '198.51.100.1:1025')
  t.is(aim(bindings, tcp('6.6.6.6', 443, '10.0.0.1', 4001)), undefined)
  t.is(aim(bindings, tcp('6.6.6.6', 443, '10.0.0.2', 4000)), undefined)
})

test('a flow that leaves as it came needs nothing, and is known', (t) => {
  const bindings = new Bindings()
  const sent = tcp('10.0.0.1', 4000, '9.9.9.9', 443)
  const back = tcp('9.9.9.9', 443, '10.0.0.1', 4000)
  t.false(bindings.isKnown(bindings.entry(tupleOf(back), 0), tupleOf(back), 0))
  see(bindings, sent, sent)
  t.true(bindings.isKnown(bindings.entry(tupleOf(back), 0), tupleOf(back), 0))
  t.is(answer(bindings, back), undefined)
  t.is(aim(bindings, tcp('6.6.6.6', 1, '10.0.0.1', 4000)), undefined)
})

test('an answer awaits its flow only within one burst', (t) => {
  const bindings = new Bindings()
  const sent = tupleOf(tcp('10.0.0.1', 4000, '9.9.9.9', 443))
  const back = tupleOf(tcp('9.9.9.9', 443, '10.0.0.1', 4000))
  const entry = bindings.entry(sent, 0)
  t.is(bindings.entry(back, 0), entry)
  t.false(bindings.isAwaited(entry, back, 0))
  bindings.note(entry, sent, 0)
  t.true(bindings.isAwaited(entry, back, 0))
  t.false(bindings.isAwaited(entry, sent, 0))
  bindings.burstEnded()
  t.false(bindings.isAwaited(entry, back, 0))
})

test('the oldest flows give way, and a late departure of one does not spoil another', (t) => {
  const bindings = new Bindings(4)
  const first = tcp('10.0.0.1', 4000, '9.9.9.9', 443)
  const entry = bindings.entry(tupleOf(first), 0)
  for (let port = 1; port <= 4; port++) bindings.entry(tupleOf(tcp('10.0.0.1', port, '9.9.9.9', 443)), 0)
  t.is(bindings.size, 4)
  bindings.learn(entry, tupleOf(first), 0, tupleOf(tcp('198.51.100.1', 1024, '9.9.9.9', 443)), 0)
  for (let port = 1; port <= 4; port++) t.is(answer(bindings, tcp('9.9.9.9', 443, '10.0.0.1', port)), undefined)
})
