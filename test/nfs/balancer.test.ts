import test, { type ExecutionContext } from 'ava'

import { wrongBalancers } from '../wrong-builds/balancer/builds.js'
import { ethernet, ipv4, ipv6, mutated, tcp, udp } from './frames.js'
import { agreesOnRandomFrames, missedIn } from './random-frames.js'
import { nfUnderTest, type Sent, type UnderTest } from './under-test.js'
import {
  BACKENDS,
  CLIENT_MAC,
  config,
  HEARTBEAT,
  heartbeat,
  request,
  TCP,
  UDP,
  WAN,
  worlds,
} from './worlds/balancer.js'

function beat(nf: UnderTest, backends: readonly number[], now: bigint): void {
  for (const backend of backends) nf.send(backend + 1, heartbeat(backend), now)
}

function leaves(t: ExecutionContext, sent: Sent, ports: readonly number[]): void {
  t.deepEqual(sent.ports, ports)
  t.is(sent.violation, undefined)
}

/** The backend that a packet went to, which must be one. */
function backendOf(t: ExecutionContext, sent: Sent): number {
  t.is(sent.violation, undefined)
  t.is(sent.ports.length, 1)
  return (sent.ports[0] ?? 0) - 1
}

test('without a live backend everything from clients is dropped', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  leaves(t, balancer.send(WAN, request(1), 0n), [])
})

test('a heartbeat is consumed and makes its backend live', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  leaves(t, balancer.send(2, heartbeat(1), 0n), [])
  for (const n of [1, 2, 3, 4, 5]) leaves(t, balancer.send(WAN, request(n), 1n), [2])
})

test('delivery rewrites the two MAC addresses and nothing else', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  beat(balancer, [1], 0n)
  for (const protocol of [TCP, UDP]) {
    const { frame } = balancer.send(WAN, request(1, protocol), 1n)
    const expected = request(1, protocol)
    expected.set([0x02, 0, 0, 0, 0x02, 0x02, 0x02, 0, 0, 0, 0, 0x02])
    t.deepEqual(frame, expected)
  }
})

test('a heartbeat counts only from a backend, behind its port, to the heartbeat port, and else is an answer', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  const elsewhere = ethernet({
    dst: 1,
    src: BACKENDS[0],
    type: 0x0800,
    payload: ipv4({ src: 1, dst: 2, protocol: UDP, payload: udp({ srcPort: 1, dstPort: HEARTBEAT + 1 }) }),
  })
  leaves(t, balancer.send(2, heartbeat(0), 0n), [WAN])
  leaves(t, balancer.send(1, mutated(heartbeat(0), [[11, 0x09]]), 0n), [WAN])
  leaves(t, balancer.send(1, elsewhere, 0n), [WAN])
  leaves(t, balancer.send(1, mutated(heartbeat(0), [[23, TCP]]), 0n), [WAN])
  leaves(t, balancer.send(WAN, heartbeat(0), 0n), [])
  leaves(t, balancer.send(WAN, request(1), 1n), [])
})

test('a heartbeat may come over IPv6', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  const payload = ipv6({ src: 1n, dst: 2n, nextHeader: UDP, payload: udp({ srcPort: 1, dstPort: HEARTBEAT }) })
  leaves(t, balancer.send(3, ethernet({ dst: 1, src: BACKENDS[2], type: 0x86dd, payload }), 0n), [])
  leaves(t, balancer.send(WAN, request(1), 1n), [3])
})

test('a backend is dead when its last heartbeat is longer ago than the timeout', async (t) => {
  const make = await nfUnderTest('balancer', config)
  for (const [now, ports] of [
    [199n, [1]],
    [200n, [1]],
    [201n, []],
  ] as const) {
    const balancer = make()
    beat(balancer, [0], 50n)
    beat(balancer, [0], 100n)
    leaves(t, balancer.send(WAN, request(1), now), ports)
  }
})

test('a connection stays with its backend when others join', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  beat(balancer, [0], 0n)
  for (let n = 0; n < 30; n++) leaves(t, balancer.send(WAN, request(n), 1n), [1])
  beat(balancer, [0, 1, 2], 2n)
  for (let n = 0; n < 30; n++) leaves(t, balancer.send(WAN, request(n), 3n), [1])
})

test('a connection whose backend died goes to another and stays there when the first returns', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  beat(balancer, [0], 0n)
  leaves(t, balancer.send(WAN, request(1), 1n), [1])
  beat(balancer, [1], 90n)
  leaves(t, balancer.send(WAN, request(1), 100n), [1])
  leaves(t, balancer.send(WAN, request(1), 101n), [2])
  beat(balancer, [0], 102n)
  leaves(t, balancer.send(WAN, request(1), 103n), [2])
})

test('a connection is forgotten when its client was silent for longer than the expiration', async (t) => {
  const make = await nfUnderTest('balancer', { ...config, heartbeatTimeout: '1 s' })
  // A client whose connection the ring gives to another backend than 0 once all are live.
  const probe = make()
  beat(probe, [0, 1, 2], 0n)
  const clients = Array.from({ length: 60 }, (_, n) => n)
  const moved = clients.find((n) => backendOf(t, probe.send(WAN, request(n), 0n)) !== 0) ?? -1
  for (const [now, known] of [
    [1005n, true],
    [1006n, true],
    [1007n, false],
  ] as const) {
    const balancer = make()
    beat(balancer, [0], 0n)
    leaves(t, balancer.send(WAN, request(moved), 1n), [1])
    leaves(t, balancer.send(WAN, request(moved), 6n), [1])
    beat(balancer, [0, 1, 2], 7n)
    t.is(backendOf(t, balancer.send(WAN, request(moved), now)) === 0, known)
  }
})

test('a packet that is dropped because no backend lives does not refresh its connection', async (t) => {
  const make = await nfUnderTest('balancer', { ...config, capacity: '1', expiration: '300 ns' })
  const balancer = make()
  beat(balancer, [0], 0n)
  leaves(t, balancer.send(WAN, request(1), 0n), [1])
  leaves(t, balancer.send(WAN, request(1), 290n), [])
  beat(balancer, [0], 301n)
  // The place of the first connection is free again: the second is remembered, and stays when others join.
  for (let n = 2; n < 40; n++) {
    const now = BigInt(n) * 1000n
    beat(balancer, [0], now)
    leaves(t, balancer.send(WAN, request(n), now), [1])
    beat(balancer, [0, 1, 2], now + 1n)
    leaves(t, balancer.send(WAN, request(n), now + 2n), [1])
  }
})

test('with a full table a new connection goes where the ring says, and is not remembered', async (t) => {
  const balancer = (await nfUnderTest('balancer', { ...config, capacity: '1' }))()
  beat(balancer, [0], 0n)
  for (let n = 0; n < 60; n++) leaves(t, balancer.send(WAN, request(n), 1n), [1])
  beat(balancer, [0, 1, 2], 2n)
  const after = Array.from({ length: 60 }, (_, n) => backendOf(t, balancer.send(WAN, request(n), 3n)))
  t.is(after[0], 0)
  t.true(after.some((backend) => backend === 1))
  t.true(after.some((backend) => backend === 2))
})

test('shares are even, and when a backend dies only its own connections move', async (t) => {
  const balancer = (await nfUnderTest('balancer', { ...config, capacity: '1', height: '10007' }))()
  const clients = Array.from({ length: 3000 }, (_, n) => n)
  const all = (now: bigint): number[] => clients.map((n) => backendOf(t, balancer.send(WAN, request(n), now)))
  beat(balancer, [0, 1, 2], 0n)
  const before = all(1n)
  for (const backend of [0, 1, 2]) {
    const share = before.filter((picked) => picked === backend).length
    t.true(share > 800 && share < 1200, `backend ${backend} serves ${share} of 3000`)
  }
  beat(balancer, [0, 1], 90n)
  const after = all(101n)
  t.deepEqual(
    clients.filter((n) => after[n] !== before[n]),
    clients.filter((n) => before[n] === 2),
  )
})

test('answers leave by wan, from the device to the next hop', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  const sent = balancer.send(2, request(1), 0n)
  leaves(t, sent, [WAN])
  const expected = request(1)
  expected.set([0x02, 0, 0, 0, 0x01, 0, 0x02, 0, 0, 0, 0, 0])
  t.deepEqual(sent.frame, expected)
  const icmp = ethernet({
    dst: 1,
    src: 2,
    type: 0x0800,
    payload: ipv4({ src: 1, dst: 2, protocol: 1, payload: [8, 0] }),
  })
  leaves(t, balancer.send(2, icmp, 0n), [WAN])
})

test('IPv6 connections are balanced alike', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  beat(balancer, [0], 0n)
  const payload = ipv6({ src: 1n << 64n, dst: 2n, nextHeader: TCP, payload: tcp({ srcPort: 5, dstPort: 80 }) })
  const frame = ethernet({ dst: 1, src: CLIENT_MAC, type: 0x86dd, payload })
  leaves(t, balancer.send(WAN, frame, 1n), [1])
  beat(balancer, [0, 1, 2], 2n)
  leaves(t, balancer.send(WAN, frame, 3n), [1])
})

test('what is not whole TCP or UDP over IP is dropped', async (t) => {
  const balancer = (await nfUnderTest('balancer', config))()
  beat(balancer, [0, 1, 2], 0n)
  const ports = { srcPort: 1, dstPort: 80 }
  const v4 = (fields: object, payload = tcp(ports), protocol = TCP): Uint8Array =>
    ethernet({ dst: 1, src: 2, type: 0x0800, payload: ipv4({ src: 1, dst: 2, protocol, payload, ...fields }) })
  const v6 = (fields: object, payload = udp(ports), nextHeader = UDP): Uint8Array =>
    ethernet({ dst: 1, src: 2, type: 0x86dd, payload: ipv6({ src: 1n, dst: 2n, nextHeader, payload, ...fields }) })
  const bad: readonly (readonly [what: string, frame: Uint8Array])[] = [
    ['no room for Ethernet', mutated(v4({}), [], 13)],
    ['ARP', ethernet({ dst: 1, src: 2, type: 0x0806, payload: new Array<number>(28).fill(0) })],
    ['a VLAN tag', ethernet({ dst: 1, src: 2, tags: [{ id: 1 }], type: 0x0800, payload: [] })],
    ['IPv4 cut short', mutated(v4({}), [], 33)],
    ['IPv4 with version 5', v4({ version: 5 })],
    ['IPv4 with a header of 16 bytes', v4({ headerWords: 4 })],
    ['IPv4 with a header beyond its length', v4({ headerWords: 15, totalLength: 40 })],
    ['IPv4 longer than what is there', v4({ totalLength: 41 })],
    ['a later fragment', v4({ fragment: 1 })],
    ['ICMP', v4({}, [8, 0, 0, 0, 0, 0, 0, 0], 1)],
    ['TCP cut short', v4({}, tcp(ports).slice(0, 19))],
    ['TCP with a header of 16 bytes', v4({}, tcp({ ...ports, dataOffset: 4 }))],
    ['TCP with a header beyond the datagram', v4({}, tcp({ ...ports, dataOffset: 6 }))],
    ['UDP cut short', v4({}, udp(ports).slice(0, 7), UDP)],
    ['UDP with a length of 7', v4({}, udp({ ...ports, length: 7 }), UDP)],
    ['UDP longer than the datagram', v4({}, udp({ ...ports, length: 9 }), UDP)],
    ['IPv6 cut short', mutated(v6({}), [], 53)],
    ['IPv6 with version 4', v6({ version: 4 })],
    ['IPv6 longer than what is there', v6({ payloadLength: 9 })],
    ['IPv6 with an extension header', v6({}, [UDP, 0, 0, 0, 0, 0, 0, 0, ...udp(ports)], 0)],
    ['UDP over IPv6 without a checksum', v6({}, udp({ ...ports, checksum: 0 }))],
  ]
  for (const [what, frame] of bad) {
    const sent = balancer.send(WAN, frame, 1n)
    t.deepEqual(sent.ports, [], what)
    t.is(sent.violation, undefined, what)
  }
  for (const good of [
    v4({ options: [1, 1, 1, 1] }),
    v4({ fragment: 0x2000 }),
    v4({}, udp({ ...ports, checksum: 0 }), UDP),
    mutated(v4({}), [], 60),
    v6({}),
  ]) {
    backendOf(t, balancer.send(WAN, good, 1n))
  }
})

test('backends need a MAC address and a port each, and fewer than the ring has rows', async (t) => {
  const unequal = await t.throwsAsync(nfUnderTest('balancer', { backendPort: [1, 2] }))
  t.regex(unequal?.message ?? '', /backendMacCount == backendPortCount does not hold/)
  t.throws(await nfUnderTest('balancer', { height: '100' }), undefined, 'a height that is not a prime')
})

for (const one of worlds) {
  test(`binary and specification agree on any frames, ${one.what}`, async (t) => agreesOnRandomFrames(t, one))
}

/** Random frames do not vary what these get wrong, or too rarely. */
const onlyScenesFind = [
  'destination-network-not-in-key',
  'destination-interface-not-in-key',
  'ip-version-not-compared',
  'header-length-not-compared',
  'length-not-compared-with-header',
  'bytes-after-the-datagram-taken-for-it',
  'short-tcp-header-passes',
  'long-tcp-header-passes',
  'udp-over-ipv6-without-checksum-passes',
  'udp-over-ipv4-must-have-a-checksum',
]

test('random frames find every wrong build but those that only scenes find', async (t) => {
  t.deepEqual(await missedIn(worlds, wrongBalancers), onlyScenesFind)
})
