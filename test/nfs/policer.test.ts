import test, { type ExecutionContext } from 'ava'

import { wrongPolicers } from '../wrong-builds/policer/builds.js'
import { ethernet, ipv4, ipv6, mutated, udp } from './frames.js'
import { agreesOnRandomFrames, missedIn } from './random-frames.js'
import { nfUnderTest, type Sent } from './under-test.js'
import { datagram, datagram6, fast, worlds } from './worlds/policer.js'

const INSIDE = 0
const WAN = 1
const HOST = 0x0a000001
const OTHER = 0x0a000002

function passes(t: ExecutionContext, sent: Sent): void {
  t.deepEqual(sent.ports, [INSIDE])
  t.is(sent.violation, undefined)
}

function drops(t: ExecutionContext, sent: Sent): void {
  t.deepEqual(sent.ports, [])
  t.is(sent.violation, undefined)
}

test('a new address may receive its burst at once, then nothing', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  const sent = policer.send(WAN, datagram(HOST, 60), 5n)
  passes(t, sent)
  t.deepEqual(sent.frame, datagram(HOST, 60))
  passes(t, policer.send(WAN, datagram(HOST, 40), 5n))
  drops(t, policer.send(WAN, datagram(HOST, 28), 5n))
})

test('a bucket fills at the rate, to the nanosecond, and never beyond the burst', async (t) => {
  const make = await nfUnderTest('policer', fast)
  for (const [wait, first, second] of [
    [49n, false, false],
    [50n, true, false],
    [99n, true, false],
    [100n, true, true],
    [900n, true, true],
  ] as const) {
    const policer = make()
    passes(t, policer.send(WAN, datagram(HOST, 100), 0n))
    t.is(policer.send(WAN, datagram(HOST, 50), wait).ports.length === 1, first)
    t.is(policer.send(WAN, datagram(HOST, 50), wait).ports.length === 1, second)
    drops(t, policer.send(WAN, datagram(HOST, 50), wait))
  }
})

test('nothing is lost to rounding, however the time is cut up', async (t) => {
  // 3 bytes a second: 28 bytes take 9,333,333,333 1/3 nanoseconds.
  const policer = (await nfUnderTest('policer', { capacity: '1', rate: '3', burst: '56', expiration: '1000 s' }))()
  passes(t, policer.send(WAN, datagram(HOST, 56), 0n))
  for (let step = 1n; step < 1000n; step++) drops(t, policer.send(WAN, datagram(HOST, 28), step * 9_333_333n))
  drops(t, policer.send(WAN, datagram(HOST, 28), 9_333_333_333n))
  passes(t, policer.send(WAN, datagram(HOST, 28), 9_333_333_334n))
  // What came too early by two thirds of a nanosecond is kept: the next takes one nanosecond less.
  drops(t, policer.send(WAN, datagram(HOST, 28), 9_333_333_334n + 9_333_333_332n))
  passes(t, policer.send(WAN, datagram(HOST, 28), 9_333_333_334n + 9_333_333_333n))
})

test('a packet that does not pass takes nothing', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  passes(t, policer.send(WAN, datagram(HOST, 60), 0n))
  drops(t, policer.send(WAN, datagram(HOST, 60), 0n))
  passes(t, policer.send(WAN, datagram(HOST, 40), 0n))
})

test('a packet larger than the burst never passes, and leaves the bucket as it was', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  drops(t, policer.send(WAN, datagram(HOST, 101), 0n))
  passes(t, policer.send(WAN, datagram(HOST, 100), 0n))
  drops(t, policer.send(WAN, datagram(HOST, 101), 1_000_000_000_000n))
})

test('waits and rates whose product overflows 64 bits fill the bucket', async (t) => {
  // 10^12 * 2^52 is a multiple of 2^64: what is left of the product is nothing.
  const make = await nfUnderTest('policer', {
    capacity: '1',
    rate: '1000000000000',
    burst: '1500',
    expiration: '9000000 s',
  })
  for (const wait of [2n ** 24n, 2n ** 32n, 2n ** 51n, 2n ** 52n, 2n ** 52n + 1n, 2n ** 53n]) {
    const policer = make()
    passes(t, policer.send(WAN, datagram(HOST, 1500), 0n))
    drops(t, policer.send(WAN, datagram(HOST, 1500), 1n))
    passes(t, policer.send(WAN, datagram(HOST, 1500), 1n + wait))
  }
})

test('the latest time there is, after the longest wait', async (t) => {
  const make = await nfUnderTest('policer', { ...fast, expiration: '1000000000 s' })
  const policer = make()
  passes(t, policer.send(WAN, datagram(HOST, 100), 0n))
  passes(t, policer.send(WAN, datagram(HOST, 100), 2n ** 62n - 1n))
  drops(t, policer.send(WAN, datagram(HOST, 28), 2n ** 62n - 1n))
})

test('the slowest rate and a long wait give exactly what is due', async (t) => {
  const slow = { capacity: '1', rate: '1', burst: '1000', expiration: '1000000 s' }
  const policer = (await nfUnderTest('policer', slow))()
  passes(t, policer.send(WAN, datagram(HOST, 1000), 0n))
  drops(t, policer.send(WAN, datagram(HOST, 1000), 1_000_000_000_000n - 1n))
  passes(t, policer.send(WAN, datagram(HOST, 1000), 1_000_000_000_000n))
})

test('each address has a bucket of its own, and versions are kept apart', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  passes(t, policer.send(WAN, datagram(HOST, 100), 0n))
  passes(t, policer.send(WAN, datagram(OTHER, 100), 0n))
  passes(t, policer.send(WAN, datagram6(BigInt(HOST), 100), 0n))
  passes(t, policer.send(WAN, datagram6(BigInt(HOST) << 64n, 100), 0n))
  drops(t, policer.send(WAN, datagram6(BigInt(HOST), 48), 0n))
})

test('with a full table a new address is dropped until a bucket has been idle for longer than the expiration', async (t) => {
  const make = await nfUnderTest('policer', { ...fast, capacity: '1' })
  for (const [now, free] of [
    [999n, false],
    [1000n, false],
    [1001n, true],
  ] as const) {
    const policer = make()
    passes(t, policer.send(WAN, datagram(HOST, 28), 0n))
    const sent = policer.send(WAN, datagram(OTHER, 28), now)
    if (free) passes(t, sent)
    else drops(t, sent)
  }
})

test('a dropped packet keeps the bucket in use', async (t) => {
  const policer = (await nfUnderTest('policer', { ...fast, capacity: '1' }))()
  passes(t, policer.send(WAN, datagram(HOST, 28), 0n))
  drops(t, policer.send(WAN, datagram(HOST, 101), 900n))
  drops(t, policer.send(WAN, datagram(OTHER, 28), 1900n))
  passes(t, policer.send(WAN, datagram(OTHER, 28), 1901n))
})

test('what comes from inside passes unpoliced, whatever it is', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  for (const frame of [datagram(HOST, 1500), datagram6(1n, 1500), ethernet({ dst: 1, src: 2, type: 0x0800 })]) {
    for (let i = 0; i < 3; i++) t.deepEqual(policer.send(INSIDE, frame, 0n).ports, [WAN])
  }
  drops(t, policer.send(INSIDE, mutated(datagram(HOST, 60), [], 13), 0n))
})

test('what is not IP passes unpoliced', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  for (let i = 0; i < 5; i++) passes(t, policer.send(WAN, ethernet({ dst: 1, src: 2, type: 0x0806, payload: [1] }), 0n))
})

test('malformed datagrams are dropped and cost nothing', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  const payload = udp({ srcPort: 1, dstPort: 2 })
  const fields = { src: 9, dst: HOST, protocol: 17, payload }
  const fields6 = { src: 9n, dst: 7n, nextHeader: 17, payload }
  const bad4 = [{ version: 6 }, { headerWords: 4 }, { headerWords: 8 }, { totalLength: 29 }, { totalLength: 19 }]
  const bad6 = [{ version: 4 }, { payloadLength: 9 }]
  for (const bad of bad4) {
    drops(t, policer.send(WAN, ethernet({ dst: 1, src: 2, type: 0x0800, payload: ipv4({ ...fields, ...bad }) }), 0n))
  }
  for (const bad of bad6) {
    drops(t, policer.send(WAN, ethernet({ dst: 1, src: 2, type: 0x86dd, payload: ipv6({ ...fields6, ...bad }) }), 0n))
  }
  drops(t, policer.send(WAN, mutated(datagram(HOST, 28), [], 33), 0n))
  drops(t, policer.send(WAN, mutated(datagram6(7n, 48), [], 53), 0n))
  passes(t, policer.send(WAN, datagram(HOST, 100), 0n))
  passes(t, policer.send(WAN, datagram6(7n, 100), 0n))
})

test('a packet costs what `count` says', async (t) => {
  // A datagram of 40 bytes in a frame of 54; with 10 bytes after it, of 64.
  const cases: readonly (readonly [count: string, bare: number, trailed: number])[] = [
    ['ip-length', 40, 40],
    ['frame', 54, 64],
    ['frame+fcs', 64, 68],
    ['line', 84, 88],
  ]
  for (const [count, bare, trailed] of cases) {
    for (const [frame, cost] of [
      [datagram(HOST, 40), bare],
      [mutated(datagram(HOST, 40), [], 64), trailed],
    ] as const) {
      const just = (await nfUnderTest('policer', { ...fast, count, burst: String(cost) }))()
      passes(t, just.send(WAN, frame, 0n))
      const short = (await nfUnderTest('policer', { ...fast, count, burst: String(cost - 1) }))()
      drops(t, short.send(WAN, frame, 0n))
    }
  }
})

test('a datagram of IPv6 costs its header too', async (t) => {
  const policer = (await nfUnderTest('policer', fast))()
  passes(t, policer.send(WAN, datagram6(7n, 100), 0n))
  drops(t, policer.send(WAN, datagram6(8n, 101), 0n))
})

test('an expiration in which a bucket might not fill again is refused', async (t) => {
  const just = { capacity: '1', rate: '1000', burst: '1000' }
  await t.notThrowsAsync(nfUnderTest('policer', { ...just, expiration: '1 s' }))
  const error = await t.throwsAsync(nfUnderTest('policer', { ...just, expiration: '999999999 ns' }))
  t.regex(error?.message ?? '', /rate \* expiration >= burst \* 1000000000 does not hold/)
})

for (const one of worlds) {
  test(`binary and specification agree on any datagrams, ${one.what}`, async (t) => agreesOnRandomFrames(t, one))
}

/** Random frames do not vary what these get wrong, or too rarely. */
const onlyScenesFind = [
  'fractions-of-bytes-lost',
  'sum-compared-as-signed',
  'network-not-in-key',
  'interface-bytes-not-cleared',
  'ip-version-not-compared',
]

test('random frames find every wrong build but those that only scenes find', async (t) => {
  t.deepEqual(await missedIn(worlds, wrongPolicers), onlyScenesFind)
})
