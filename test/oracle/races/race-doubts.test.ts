import test from 'ava'

import { OK, UNDECIDED, VIOLATION } from '../../../src/oracle/index.js'
import { drop, expiringMap, forward, spec } from '../../../src/spec/index.js'
import { Address, between, bridgeByAddress } from '../harness.js'
import { answers, asks, gate, INSIDE, OUTSIDE } from './gate.js'
import { Scene } from './scene.js'

const bridge = bridgeByAddress(64)
/** With room for one station. */
const narrow = bridgeByAddress(1, 10_000n)

test('where a station was heard last by two ports at once is undecided once that is past, and certain when it is heard again', (t) => {
  const scene = new Scene(bridge, 3)
  const hear = (tag: number, port: number, time: number, until: number): void => {
    scene.sent(tag, port, time, between(1, 9))
    for (const egress of [0, 1, 2]) if (egress !== port) scene.left(tag, egress, until, between(1, 9))
  }
  const send = (tag: number, time: number, to: number): void => {
    scene.sent(tag, 2, time, between(3, 1))
    scene.left(tag, to, time + 5, between(3, 1))
  }
  scene.sent(1, 0, 100, between(1, 9)).sent(2, 1, 101, between(1, 9))
  for (const port of [1, 2]) scene.left(1, port, 110, between(1, 9))
  for (const port of [0, 2]) scene.left(2, port, 111, between(1, 9))
  scene.judge.close(1)
  scene.judge.close(2)
  scene.sent(3, 2, 1_000, between(3, 9))
  for (const port of [0, 1]) scene.left(3, port, 1_005, between(3, 9))
  scene.judge.advance()
  t.is(scene.judged.length, 2)
  send(4, 2_000, 0)
  send(5, 3_000, 1)
  hear(6, 0, 4_000, 4_005)
  send(7, 5_000, 0)
  send(8, 6_000, 1)
  scene.finish()
  t.deepEqual(
    scene.judged.slice(3).map(([tag, judgement]) => `${tag} ${judgement}`),
    [`4 ${UNDECIDED}`, `5 ${OK}`, `6 ${OK}`, `7 ${OK}`, `8 ${VIOLATION}`],
  )
})

/** Frames by ports 0 and 1 turn a switch; those by port 2 leave by port 0 while it is on, and else are dropped. */
const toggle = spec({
  title: 'switch',
  config: {},
  state: () => ({ on: expiringMap(Address, 64) }),
  process({ packet, ingress, now, on }) {
    const slot = on.get(Address({ ip: 1 }))
    if (ingress === 2) return slot === undefined ? drop() : forward(0, packet)
    if (slot === undefined) on.insert(Address({ ip: 1 }), now)
    else on.erase(slot)
    return forward(2, packet)
  },
})

/** It is turned ten times, while a frame comes in that leaves by a port by which none ever leaves. */
function crowd(mostTries: number): Scene {
  const scene = new Scene(toggle, 3, { mostTries })
  for (let n = 0; n < 10; n++) scene.sent(n, n & 1, 100 + n, asks(n))
  scene.sent(10, 2, 110, asks())
  for (let n = 0; n < 10; n++) scene.left(n, 2, 200, asks(n))
  scene.left(10, 1, 201, asks())
  return scene.finish()
}

test('what fits nowhere is a violation where all orders were tried, and else undecided', (t) => {
  const tried = crowd(100_000)
  t.deepEqual(tried.judged.at(-1), [10, VIOLATION])
  const given = crowd(30)
  t.deepEqual(given.judged.at(-1), [10, UNDECIDED])
  t.is(given.why(10), 'no order was found within 30 tries')
})

test('where one search after another comes to no end the next may try less, until one is found again', (t) => {
  const scene = new Scene(toggle, 3, { mostTries: 200 })
  let tag = 0
  const crowdAt = (time: number): number => {
    for (let n = 0; n < 10; n++) scene.sent(tag + n, n & 1, time + n, asks(n))
    scene.sent(tag + 10, 2, time + 10, asks())
    for (let n = 0; n < 10; n++) scene.left(tag + n, 2, time + 100, asks(n))
    scene.left(tag + 10, 1, time + 101, asks())
    scene.finish()
    tag += 11
    return tag - 1
  }
  t.is(scene.why(crowdAt(100)), 'no order was found within 200 tries')
  t.is(scene.why(crowdAt(1000)), 'no order was found within 100 tries')
  // It was turned on before this was taken, which was sent first; then off again.
  scene
    .sent(tag, 2, 3000, asks())
    .sent(tag + 1, 0, 3001, asks(1))
    .sent(tag + 2, 0, 3500, asks(2))
  scene.left(tag, 0, 3100, asks())
  scene.left(tag + 1, 2, 3101, asks(1))
  scene.left(tag + 2, 2, 3600, asks(2))
  scene.finish()
  t.deepEqual(scene.judged.at(-1), [tag + 2, OK])
  tag += 3
  t.is(scene.why(crowdAt(4000)), 'no order was found within 200 tries')
})

test('what may not fit only because others had to become final early is undecided', (t) => {
  for (const [mostWaiting, judgement] of [
    [1000, OK],
    [1, UNDECIDED],
  ] as const) {
    const scene = new Scene(gate, 2, { mostWaiting })
    for (let n = 0; n < 5; n++) scene.sent(n, INSIDE, 90 + n, asks(n))
    scene.sent(9, OUTSIDE, 100, answers())
    for (let n = 0; n < 5; n++) scene.left(n, OUTSIDE, 300, asks(n))
    scene.judge.advance()
    scene.finish()
    t.deepEqual(scene.judged.find(([tag]) => tag === 9)?.[1], judgement)
    if (judgement === UNDECIDED) t.is(scene.why(9), 'the order of more than 1 frames was open')
  }
})

test('which of two stations found the last room is undecided until that no longer matters', (t) => {
  for (const [delay, judgement] of [
    [20, UNDECIDED],
    [0, VIOLATION],
  ] as const) {
    const scene = new Scene(narrow, 3)
    const flooded = (tag: number, port: number, from: number, at: number): void => {
      for (const egress of [0, 1, 2]) if (egress !== port) scene.left(tag, egress, at, between(from, 9))
    }
    scene.sent(1, 0, 100, between(1, 9)).sent(2, 1, 101, between(2, 9))
    flooded(1, 0, 1, 100 + delay)
    flooded(2, 1, 2, 101 + delay)
    for (const tag of [1, 2]) scene.judge.close(tag)
    scene.judge.advance()
    scene.sent(3, 2, 2_000, between(3, 2))
    scene.left(3, 1, 2_005, between(3, 2))
    scene.judge.close(3)
    scene.judge.advance()
    scene.sent(4, 0, 30_000, between(1, 9))
    flooded(4, 0, 1, 30_010)
    scene.sent(5, 2, 31_000, between(3, 2))
    scene.left(5, 1, 31_005, between(3, 2))
    scene.finish()
    const of = (tag: number) => scene.judged.find(([one]) => one === tag)?.[1]
    t.is(of(3), judgement)
    t.is(of(5), VIOLATION)
  }
})

test('who is in a full table is undecided where an entry may have expired just before or just after', (t) => {
  const scene = new Scene(narrow, 3)
  const hear = (tag: number, time: number, from: number, seen: number): void => {
    scene.sent(tag, 0, time, between(from, 9))
    for (const port of [1, 2]) scene.left(tag, port, seen, between(from, 9))
    scene.judge.close(tag)
    scene.judge.advance()
  }
  hear(1, 100, 1, 150)
  hear(2, 10_110, 2, 10_111)
  // For the device station 1 was still there, and there was no room for station 2.
  scene.sent(3, 2, 15_000, between(3, 2))
  scene.judge.advance()
  for (const port of [0, 1]) scene.left(3, port, 15_005, between(3, 2))
  scene.finish()
  t.deepEqual(scene.judged, [
    [1, OK],
    [2, OK],
    [3, UNDECIDED],
  ])
})
