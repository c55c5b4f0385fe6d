import test from 'ava'

import { ConcreteMaglev } from '../../src/domains/concrete/maglev.js'
import { OK, VIOLATION } from '../../src/oracle/index.js'
import { drop, forward, indexSet, ipv4Address, maglev, record, spec, transportPort } from '../../src/spec/index.js'
import { Bench, udp } from './harness.js'

const BACKENDS = 5
const HEIGHT = 101
const VIP = { ip: '203.0.113.1', port: 80 }
const Flow = record({ ip: ipv4Address, port: transportPort })

/** Port 0 takes clients; a packet on port 1 + b is a heartbeat of backend b. Backend b shows in the egress port. */
const balancer = spec({
  title: 'small balancer',
  config: {},
  state: () => ({ live: indexSet(BACKENDS), ring: maglev(Flow, BACKENDS, HEIGHT) }),
  process({ packet, ingress, now, live, ring }) {
    live.expireOlderThan(now - 1000n)
    const { ipv4, transport } = packet
    if (!ipv4 || !transport) return drop()
    if (ingress !== 0) {
      live.touch(ingress - 1, now)
      return drop()
    }
    const backend = ring.pick(Flow({ ip: ipv4.src, port: transport.srcPort }), live)
    return backend === undefined ? drop() : forward(backend + 1, packet)
  },
})

const table = new ConcreteMaglev(BACKENDS, HEIGHT)

function client(number: number): Uint8Array {
  return udp({ ip: `10.1.${number >> 8}.${number & 255}`, port: 5000 }, VIP)
}

function start(): Bench {
  return new Bench(balancer, {}, BACKENDS + 1)
}

function beat(bench: Bench, backend: number): void {
  bench.judge(backend + 1, client(0))
}

test('a device that hashes in a way of its own is followed as long as it keeps to its rows', (t) => {
  const bench = start()
  const row = (number: number) => (number * 37 + 11) % HEIGHT
  const live = new Set<number>()
  for (let round = 0; round < 6; round++) {
    live.clear()
    bench.now += 2000n
    for (let backend = 0; backend < BACKENDS; backend++) {
      if ((round + backend) % 3 === 0) continue
      live.add(backend)
      beat(bench, backend)
    }
    for (let number = 0; number < 150; number++) {
      const picked = table.firstLive(row(number), (backend) => live.has(backend))
      t.is(bench.judge(0, client(number), { egress: 2 << picked, frame: client(number) }), OK)
    }
  }
})

test('the same key given to another backend while the first lives is a violation', (t) => {
  const bench = start()
  for (let backend = 0; backend < BACKENDS; backend++) beat(bench, backend)
  t.is(bench.judge(0, client(1), { egress: 2 << 3, frame: client(1) }), OK)
  t.is(bench.judge(0, client(1), { egress: 2 << 2, frame: client(1) }), VIOLATION)
  t.is(bench.judge(0, client(1), { egress: 2 << 3, frame: client(1) }), OK)
})

test('a dead backend, or a drop while one lives, is a violation; with none live it must drop', (t) => {
  const bench = start()
  t.is(bench.judge(0, client(1)), OK)
  t.is(bench.judge(0, client(1), { egress: 2, frame: client(1) }), VIOLATION)
  beat(bench, 2)
  t.is(bench.judge(0, client(1), { egress: 2 << 1, frame: client(1) }), VIOLATION)
  t.is(bench.judge(0, client(1)), VIOLATION)
  t.is(bench.judge(0, client(1), { egress: 2 << 2, frame: client(1) }), OK)
})

test('picks that no single row explains are a violation, even if each alone could be', (t) => {
  // Minimal disruption: while a key's backend lives, the death of another must not move the key.
  const bench = start()
  for (let backend = 0; backend < BACKENDS; backend++) beat(bench, backend)
  t.is(bench.judge(0, client(7), { egress: 2 << 1, frame: client(7) }), OK)
  bench.now += 900n
  for (let backend = 0; backend < BACKENDS - 1; backend++) beat(bench, backend)
  bench.now += 900n
  t.is(bench.judge(0, client(7), { egress: 2 << 0, frame: client(7) }), VIOLATION)
  t.is(bench.judge(0, client(7), { egress: 2 << 1, frame: client(7) }), OK)
})

/** Backends 0 and 1 are behind one port, and only their addresses tell them apart. */
const shared = spec({
  title: 'backends that share a port',
  config: {},
  state: () => ({ live: indexSet(3), ring: maglev(Flow, 3, 31) }),
  process({ packet, ingress, now, live, ring }) {
    const { ipv4, transport } = packet
    if (!ipv4 || !transport) return drop()
    if (ingress === 1) {
      live.touch(transport.dstPort, now)
      return drop()
    }
    const backend = ring.pick(Flow({ ip: ipv4.src, port: transport.srcPort }), live)
    if (backend === undefined) return drop()
    return forward(backend < 2 ? 1 : 2, packet.with({ ethernet: { dst: 0x0a00 + backend } }))
  },
})

test('choices that one field cannot tell apart are told apart by all the fields they move', (t) => {
  const bench = new Bench(shared, {}, 3)
  for (let backend = 0; backend < 3; backend++) bench.judge(1, udp(VIP, { ip: '10.0.0.1', port: backend }))
  for (let number = 0; number < 60; number++) {
    const backend = (number * 7) % 3
    const frame = client(number)
    const output = frame.slice()
    output.set([0, 0, 0, 0, 0x0a, backend])
    t.is(bench.judge(0, frame, { egress: backend < 2 ? 2 : 4, frame: output }), OK)
    const wrong = output.slice()
    wrong[5] = (backend + 1) % 3
    t.is(bench.judge(0, frame, { egress: backend < 2 ? 2 : 4, frame: wrong }), VIOLATION)
  }
})
