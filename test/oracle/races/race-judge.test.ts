import test from 'ava'

import { OK, UNDECIDED, VIOLATION } from '../../../src/oracle/index.js'
import { drop, expiringMap, flood, forward, macAddress, record, spec, u64 } from '../../../src/spec/index.js'
import { between, bridgeByAddress, udp } from '../harness.js'
import { answers, asks, gate, HOST, INSIDE, OUTSIDE, PEER } from './gate.js'
import { Scene } from './scene.js'

const bridge = bridgeByAddress(64)

test('an answer that overtook its question, and was dropped for it, is right', (t) => {
  const scene = new Scene(gate, 2)
  scene.sent(1, INSIDE, 100, asks()).sent(2, OUTSIDE, 105, answers())
  scene.left(1, OUTSIDE, 110, asks())
  scene.finish()
  t.deepEqual(scene.judged, [
    [2, OK],
    [1, OK],
  ])
  t.is(scene.judge.reordered, 1)
})

test('an answer that was sent after its question had left must not be dropped', (t) => {
  const scene = new Scene(gate, 2)
  scene.sent(1, INSIDE, 100, asks())
  scene.left(1, OUTSIDE, 110, asks())
  scene.sent(2, OUTSIDE, 111, answers()).finish()
  t.deepEqual(scene.judged, [
    [1, OK],
    [2, VIOLATION],
  ])
  t.is(scene.why(2), 'expected the packet to leave on port 0, but it was dropped')
})

test('an answer may have been taken after a question that was sent later, but not before the answer had left', (t) => {
  for (const [asked, judgement] of [
    [119, OK],
    [121, VIOLATION],
  ] as const) {
    const scene = new Scene(gate, 2)
    scene.sent(1, OUTSIDE, 100, answers())
    if (asked < 120) scene.sent(2, INSIDE, asked, asks())
    scene.left(1, INSIDE, 120, answers())
    if (asked > 120) scene.sent(2, INSIDE, asked, asks())
    scene.left(2, OUTSIDE, 130, asks())
    scene.finish()
    t.is(scene.judged.find(([tag]) => tag === 1)?.[1], judgement)
    t.is(scene.judged.find(([tag]) => tag === 2)?.[1], OK)
  }
})

test('nothing is judged before what left of it may be there, and a mismatch is not final before it is closed', (t) => {
  const scene = new Scene(gate, 2)
  scene.sent(1, INSIDE, 100, asks())
  scene.judge.advance()
  t.deepEqual(scene.judged, [])
  scene.judge.passed(INSIDE, 1)
  scene.judge.advance()
  t.deepEqual(scene.judged, [])
  t.is(scene.judge.waiting, 1)
  t.true(scene.left(1, OUTSIDE, 130, asks()))
  scene.judge.close(1)
  scene.sent(2, INSIDE, 500, asks()).judge.advance()
  t.deepEqual(scene.judged, [[1, OK]])
})

test('what the device is past and was dropped by right is judged without waiting longer', (t) => {
  const scene = new Scene(gate, 2)
  scene.sent(1, OUTSIDE, 100, answers()).sent(2, INSIDE, 200, asks())
  scene.left(2, OUTSIDE, 210, asks())
  scene.judge.passed(OUTSIDE, 1)
  scene.sent(3, INSIDE, 500, asks()).judge.advance()
  t.deepEqual(scene.judged, [
    [1, OK],
    [2, OK],
  ])
  t.throws(() => scene.judge.passed(INSIDE, 1), { instanceOf: RangeError })
})

test('an output that comes after its input was taken for dropped takes that back', (t) => {
  const scene = new Scene(gate, 2)
  scene.sent(1, OUTSIDE, 100, answers()).sent(2, INSIDE, 110, asks())
  scene.judge.passed(OUTSIDE, 1)
  scene.judge.advance()
  t.true(scene.left(2, OUTSIDE, 120, asks()))
  t.true(scene.left(1, INSIDE, 121, answers()))
  scene.finish()
  t.deepEqual(scene.judged, [
    [2, OK],
    [1, OK],
  ])
})

test('outputs of one port tell the order of their inputs', (t) => {
  const Last = record({ mac: macAddress })
  const Count = record({ count: u64 })
  const counting = spec({
    title: 'numbers packets in their destination address',
    config: {},
    state: () => ({ counts: expiringMap(Last, 4, Count) }),
    process({ packet, now, counts }) {
      const key = Last({ mac: 1 })
      const slot = counts.touch(key, now) ?? counts.insert(key, now, Count({ count: 0n }))
      if (slot === undefined) return drop()
      const { count } = counts.valueAt(slot)
      counts.setValue(slot, Count({ count: count + 1n }))
      return forward(2, packet.with({ ipv4: { dst: Number(count) } }))
    },
  })
  const numbered = (n: number) => udp({ ip: HOST, port: 1000 }, { ip: `0.0.0.${n}`, port: 53 })
  for (const [first, second, judgement] of [
    [1, 2, OK],
    [2, 1, OK],
  ] as const) {
    const scene = new Scene(counting, 3)
    scene.sent(1, 0, 100, numbered(9)).sent(2, 1, 101, numbered(9))
    scene.left(first, 2, 110, numbered(0))
    scene.left(second, 2, 111, numbered(1))
    scene.finish()
    t.deepEqual(scene.judged, [
      [first, judgement],
      [second, judgement],
    ])
  }
})

test('an entry that lasted longer for the device than for the time of sending is still there', (t) => {
  const scene = new Scene(gate, 2)
  const ask = (tag: number, time: number, seen: number, frame: Uint8Array): void => {
    scene.sent(tag, INSIDE, time, frame)
    scene.left(tag, OUTSIDE, seen, frame)
    scene.judge.close(tag)
    scene.judge.advance()
  }
  ask(1, 100, 150, asks())
  // By the times of sending the first entry has expired here, and is not there for the answer.
  ask(2, 1_110, 1_111, udp({ ip: '10.0.0.2', port: 7 }, { ip: PEER, port: 53 }))
  scene.sent(3, OUTSIDE, 1_130, answers())
  scene.judge.advance()
  scene.left(3, INSIDE, 1_135, answers())
  scene.finish()
  t.deepEqual(scene.judged, [
    [1, OK],
    [2, OK],
    [3, OK],
  ])
  t.is(scene.judge.timesMoved, 2)
})

test('a frame that leaves twice by one port is a violation, before and after it is judged, unless all is allowed', (t) => {
  const scene = new Scene(gate, 2)
  const other = new Uint8Array(60)
  scene.sent(1, INSIDE, 100, asks()).sent(2, INSIDE, 101, other)
  for (const at of [110, 111]) scene.left(1, OUTSIDE, at, asks())
  for (const at of [112, 113]) scene.left(2, OUTSIDE, at, other)
  scene.judge.close(1)
  scene.sent(3, INSIDE, 300, asks())
  scene.left(3, OUTSIDE, 310, asks())
  scene.sent(4, INSIDE, 900, asks()).judge.advance()
  t.deepEqual(scene.judged, [
    [1, VIOLATION],
    [2, OK],
    [3, OK],
  ])
  t.is(scene.why(1), 'left twice by port 1')
  t.true(scene.left(3, OUTSIDE, 901, asks()))
  t.deepEqual(scene.judged.at(-1), [3, VIOLATION])
  t.true(scene.left(2, OUTSIDE, 902, other))
  t.is(scene.judged.length, 4)
  t.is(scene.oracle.tally.violated, 2)
})

test('a flooded frame waits for all its outputs, and must be the same by all ports', (t) => {
  const hub = spec({ title: 'hub', config: {}, state: () => ({}), process: ({ packet }) => flood(packet) })
  const scene = new Scene(hub, 3)
  scene.sent(1, 0, 100, asks()).sent(2, 0, 101, asks()).sent(3, 0, 102, asks())
  scene.left(1, 1, 110, asks())
  scene.judge.advance()
  t.is(scene.judge.waiting, 3)
  scene.left(1, 2, 120, asks())
  scene.left(2, 1, 121, asks())
  scene.left(2, 2, 122, asks(1))
  scene.left(3, 1, 123, asks())
  scene.finish()
  t.deepEqual(scene.judged, [
    [1, OK],
    [2, VIOLATION],
    [3, VIOLATION],
  ])
  t.is(scene.why(2), 'left by port 2 with other bytes than by another')
  t.is(scene.why(3), 'expected the packet to leave on ports 1, 2, but it left on port 1')
})

test('a frame that never reached the device is not judged, unless that comes too late', (t) => {
  const scene = new Scene(gate, 2)
  scene.sent(1, INSIDE, 100, asks()).sent(2, INSIDE, 101, asks(1)).sent(3, OUTSIDE, 102, answers())
  t.true(scene.judge.lost(1))
  scene.left(2, OUTSIDE, 110, asks(1))
  t.false(scene.judge.lost(2))
  t.false(scene.judge.lost(7))
  scene.judge.passed(OUTSIDE, 3)
  scene.judge.advance()
  t.true(scene.judge.lost(3))
  scene.finish()
  t.deepEqual(scene.judged, [[2, OK]])
  t.is(scene.judge.waiting, 0)
  t.false(scene.left(2, OUTSIDE, 120, asks(1)))
})

test('of a frame whose output was lost nothing is required, but the state moves on', (t) => {
  const scene = new Scene(gate, 2)
  scene.sent(1, INSIDE, 100, asks())
  t.true(scene.judge.lostAfter(1))
  scene.sent(2, OUTSIDE, 500, answers())
  scene.left(2, INSIDE, 510, answers())
  scene.sent(3, OUTSIDE, 600, answers()).finish()
  t.deepEqual(scene.judged, [
    [1, UNDECIDED],
    [2, OK],
    [3, VIOLATION],
  ])
  t.is(scene.why(1), 'what left of it was lost')
})

test('a frame that was flooded before its destination was learned is right, also where that was sent before', (t) => {
  const scene = new Scene(bridge, 3)
  scene.sent(1, 0, 100, between(1, 9)).sent(2, 1, 101, between(2, 1))
  for (const port of [0, 2]) scene.left(2, port, 110, between(2, 1))
  for (const port of [1, 2]) scene.left(1, port, 111, between(1, 9))
  scene.finish()
  t.deepEqual(scene.judged, [
    [2, OK],
    [1, OK],
  ])
})

test('a frame may have been taken before one that was sent before it and left no trace', (t) => {
  const scene = new Scene(bridge, 4)
  scene.sent(0, 2, 10, between(5, 9))
  for (const port of [0, 1, 3]) scene.left(0, port, 20, between(5, 9))
  scene.sent(1, 0, 100, between(1, 9)).sent(2, 1, 101, between(1, 9))
  scene.sent(3, 2, 102, between(1, 5)).sent(4, 3, 103, between(8, 1))
  for (const port of [1, 2, 3]) scene.left(1, port, 104, between(1, 9))
  for (const port of [0, 2, 3]) scene.left(2, port, 105, between(1, 9))
  scene.left(4, 1, 106, between(8, 1))
  scene.finish()
  t.deepEqual(
    scene.judged.map(([tag, judgement]) => `${tag} ${judgement}`),
    [`0 ${OK}`, `1 ${OK}`, `2 ${OK}`, `4 ${OK}`, `3 ${OK}`],
  )
})

test('an order that outputs of one port tell is taken, though another would explain them as well', (t) => {
  const scene = new Scene(bridge, 3)
  scene.sent(1, 0, 100, between(1, 9)).sent(2, 1, 101, between(1, 9))
  for (const port of [0, 2]) scene.left(2, port, 110, between(1, 9))
  for (const port of [1, 2]) scene.left(1, port, 111, between(1, 9))
  scene.judge.close(1)
  scene.judge.close(2)
  scene.sent(3, 2, 1_000, between(3, 1))
  scene.judge.advance()
  scene.left(3, 0, 1_005, between(3, 1))
  scene.finish()
  t.deepEqual(scene.judged, [
    [2, OK],
    [1, OK],
    [3, OK],
  ])
})

/** Lets in for 1,000 nanoseconds after a knock by the other port, of which nothing leaves. */
const knocking = spec({
  title: 'knocking',
  config: {},
  state: () => ({ knocks: expiringMap(record({ one: u64 }), 1) }),
  process({ packet, ingress, now, knocks }) {
    knocks.expireOlderThan(now - 1000n)
    const knock = { one: 1n }
    if (ingress === OUTSIDE) return knocks.get(knock) === undefined ? drop() : forward(INSIDE, packet)
    if (knocks.touch(knock, now) === undefined) knocks.insert(knock, now)
    return drop()
  },
})

test('what is sent one by one was taken at any time until it was passed, whatever came later', (t) => {
  for (const [isInOrder, left, judgement] of [
    [true, 1260, OK],
    [true, 1360, VIOLATION],
    [false, 1260, VIOLATION],
  ] as const) {
    const scene = new Scene(knocking, 2, { isInOrder })
    scene.sent(1, INSIDE, 100, asks())
    scene.judge.hear(300n)
    scene.judge.passed(INSIDE, 1)
    scene.judge.advance()
    scene.sent(2, OUTSIDE, left - 10, answers())
    scene.left(2, INSIDE, left, answers())
    scene.judge.advance()
    t.is(scene.judged.length, isInOrder ? 0 : 1, 'nothing is final before the end')
    scene.finish()
    t.is(scene.judged.find(([tag]) => tag === 2)?.[1], judgement, `${isInOrder} ${left}`)
  }
})

test('of what is sent one by one, a slow one excuses no other; the clock is off by as much as is said', (t) => {
  for (const [options, judgement] of [
    [{ isInOrder: true }, VIOLATION],
    [{ isInOrder: true, leastDelay: 200 }, OK],
    [{ isInOrder: false }, OK],
  ] as const) {
    const scene = new Scene(gate, 2, options)
    scene.sent(1, INSIDE, 100, asks())
    scene.left(1, OUTSIDE, 700, asks())
    scene.sent(2, INSIDE, 800, asks())
    scene.left(2, OUTSIDE, 805, asks())
    scene.sent(3, OUTSIDE, 2000, answers())
    scene.left(3, INSIDE, 2005, answers())
    scene.finish()
    t.is(scene.judged.find(([tag]) => tag === 3)?.[1], judgement, JSON.stringify(options))
  }
})

const REFRESHING = 2

/** The same, but what comes by a third port only prolongs a knock, and nothing leaves of it either. */
const prolonged = spec({
  title: 'knocking, prolonged',
  config: {},
  state: () => ({ knocks: expiringMap(record({ one: u64 }), 1) }),
  process({ packet, ingress, now, knocks }) {
    knocks.expireOlderThan(now - 1000n)
    const knock = { one: 1n }
    if (ingress === OUTSIDE) return knocks.get(knock) === undefined ? drop() : forward(INSIDE, packet)
    if (knocks.touch(knock, now) === undefined && ingress === INSIDE) knocks.insert(knock, now)
    return drop()
  },
})

test('of two of which nothing leaves, one may have been taken late and the other not', (t) => {
  for (const [second, leastDelay, judgement] of [
    [1080, 0, OK],
    [950, 0, VIOLATION],
    // Only where the first was early too.
    [1000, 30, OK],
    [1000, 10, VIOLATION],
  ] as const) {
    const scene = new Scene(prolonged, 3, { isInOrder: true, leastDelay })
    for (const [tag, port, sent] of [
      [1, INSIDE, 100],
      [2, REFRESHING, second],
      [3, OUTSIDE, 1400],
    ] as const) {
      scene.sent(tag, port, sent, asks())
      scene.judge.hear(BigInt(sent + 50))
      scene.judge.passed(port, tag)
      scene.judge.advance()
    }
    scene.finish()
    // Nothing left of the last: what prolonged the knock came too late, if it can have.
    t.is(scene.judged.find(([tag]) => tag === 3)?.[1], judgement, `${second} ${leastDelay}`)
  }
})
