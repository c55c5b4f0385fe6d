import test from 'ava'

import { JUDGED, Outstanding, TWIN } from '../../src/live/outstanding.js'
import { udpFrame } from './frames.js'

const from = { source: [10, 0, 0, 1, 4000], destination: [192, 0, 2, 9, 53] } as const
const back = { source: from.destination, destination: from.source } as const

test('a frame is known again whatever of its addresses, ports, times to live and checksums a device changes', (t) => {
  const entries = new Outstanding(64)
  const sent = udpFrame({ ...from, payload: 1 })
  const entry = entries.add(0, 7, sent, 0, sent.length)
  for (const changed of [
    udpFrame({ ...from, payload: 1, ttl: 63 }),
    udpFrame({ ...from, payload: 1, source: [198, 51, 100, 1, 1024] }),
    udpFrame({ ...from, payload: 1, destination: [10, 9, 9, 9, 80] }),
    udpFrame({ source: [1, 1, 1, 1, 1], destination: [2, 2, 2, 2, 2], payload: 1 }),
  ]) {
    t.is(entries.find(1, changed, 0, changed.length), entry)
  }
  t.is(entries.tag(entry), 7)
  const other = udpFrame({ ...from, payload: 2 })
  t.is(entries.find(1, other, 0, other.length), -1, 'other payload is another packet')
})

test('of packets with the same payload, one whose ends stayed is taken, then one of whose ends one stayed', (t) => {
  const entries = new Outstanding(64)
  const query = udpFrame({ ...from, payload: 1 })
  const reply = udpFrame({ ...back, payload: 1 })
  const first = entries.add(0, 1, query, 0, query.length)
  const second = entries.add(1, 2, reply, 0, reply.length)
  t.is(entries.find(0, reply, 0, reply.length), second)
  t.is(entries.find(1, query, 0, query.length), first)
  const translated = udpFrame({ ...back, payload: 1, destination: [172, 16, 0, 1, 9] })
  t.is(entries.find(0, translated, 0, translated.length), second)
})

test('of packets that are all the same, the oldest that has not left by a port is taken; they are twins', (t) => {
  const entries = new Outstanding(64)
  const frame = udpFrame({ ...from, payload: 1 })
  const [first, second] = [0, 1].map((tag) => entries.add(0, tag, frame, 0, frame.length))
  if (first === undefined || second === undefined) return t.fail()
  t.true(entries.is(first, TWIN) && entries.is(second, TWIN))
  t.is(entries.find(1, frame, 0, frame.length), first)
  entries.setLeft(first, 1)
  t.is(entries.find(1, frame, 0, frame.length), second)
  t.is(entries.find(2, frame, 0, frame.length), first, 'it may leave by several ports')
  entries.note(first, JUDGED)
  t.is(entries.find(2, frame, 0, frame.length), second, 'one that is judged waits for nothing')
  entries.note(second, JUDGED)
  const third = entries.add(0, 2, frame, 0, frame.length)
  t.false(entries.is(third, TWIN), 'what is judged is nobody’s twin')
})

test('entries are used again, and none is found that was forgotten', (t) => {
  const entries = new Outstanding(8)
  for (let n = 0; n < 1000; n++) {
    if (entries.count === 8) entries.forget()
    const frame = udpFrame({ ...from, payload: n & 3, identification: n })
    const entry = entries.add(n % 3, n, frame, 0, frame.length)
    t.is(entry, n)
    t.is(entries.find(0, frame, 0, frame.length), n)
    t.is(entries.port(n), n % 3)
    const gone = udpFrame({ ...from, payload: (n - 8) & 3, identification: n - 8 })
    if (n >= 8) t.is(entries.find(0, gone, 0, gone.length), -1)
  }
})

test('frames without IP are known by what is behind their addresses', (t) => {
  const entries = new Outstanding(64)
  const arp = new Uint8Array(42).fill(9)
  arp.set([255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 8, 6])
  const entry = entries.add(0, 1, arp, 0, arp.length)
  const readdressed = arp.slice()
  readdressed[5] = 1
  t.is(entries.find(1, readdressed, 0, arp.length), entry)
  readdressed[30] = 8
  t.is(entries.find(1, readdressed, 0, arp.length), -1)
  const runt = arp.subarray(0, 10)
  t.is(entries.find(1, runt, 0, runt.length), -1)
})

test('both directions of a conversation have one pair, others have others', (t) => {
  const entries = new Outstanding(4)
  const [there, answer, elsewhere] = [from, back, { ...from, destination: [192, 0, 2, 9, 54] } as const].map((ends) => {
    const bytes = udpFrame({ ...ends, payload: 1 })
    entries.twinOf(bytes, 0, bytes.length)
    return entries.pair
  })
  t.is(there, answer)
  t.not(there, elsewhere)
})
