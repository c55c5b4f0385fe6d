import test from 'ava'
import fc from 'fast-check'

import { OK, UNDECIDED, VIOLATION } from '../../src/oracle/index.js'
import {
  chosenBy,
  drop,
  expiringMap,
  forward,
  ipv4Address,
  record,
  spec,
  timestamp,
  transportPort,
  u8,
  u16,
} from '../../src/spec/index.js'
import { Bench, type Endpoint, udp } from './harness.js'

const EXTERNAL = '198.51.100.1'
const EXTERNAL_IP = 0xc6336401
const SERVER = { ip: '203.0.113.9', port: 53 }
const Client = record({ ip: ipv4Address, port: transportPort })

/** A NAT that keeps one mapping for each client; the external port shows the slot, seen from the outside. */
const nat = spec({
  title: 'small NAT',
  config: { startPort: u16, capacity: u16 },
  state: ({ capacity }) => ({ clients: expiringMap(Client, capacity) }),
  process({ packet, ingress, now, config, clients }) {
    clients.expireOlderThan(now - 100n)
    const { ipv4, transport } = packet
    if (!ipv4 || !transport) return drop()
    if (ingress === 1) {
      const client = clients.keyAt(transport.dstPort - config.startPort)
      if (!client || ipv4.dst !== EXTERNAL_IP) return drop()
      return forward(0, packet.with({ ipv4: { dst: client.ip }, transport: { dstPort: client.port } }))
    }
    const client = Client({ ip: ipv4.src, port: transport.srcPort })
    const slot = clients.touch(client, now) ?? clients.insert(client, now)
    if (slot === undefined) return drop()
    return forward(1, packet.with({ ipv4: { src: EXTERNAL_IP }, transport: { srcPort: config.startPort + slot } }))
  },
})

function endpoint(client: number): Endpoint {
  return { ip: `10.0.${client >> 8}.${client & 255}`, port: 4000 + client }
}

function outbound(client: number): Uint8Array {
  return udp(endpoint(client), SERVER)
}

function translated(slot: number): { egress: number; frame: Uint8Array } {
  return { egress: 2, frame: udp({ ip: EXTERNAL, port: 1024 + slot }, SERVER) }
}

function inbound(slot: number): Uint8Array {
  return udp(SERVER, { ip: EXTERNAL, port: 1024 + slot })
}

function delivered(client: number): { egress: number; frame: Uint8Array } {
  return { egress: 1, frame: udp(SERVER, endpoint(client)) }
}

function natBench(capacity: number): Bench {
  return new Bench(nat, { startPort: 1024, capacity })
}

test('whatever free slots a device takes, it is followed and nothing is a violation', (t) => {
  const steps = fc.array(fc.record({ client: fc.nat(40), wait: fc.nat(30), pick: fc.nat() }), { maxLength: 120 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 24 }), (sequence, capacity) => {
      const bench = natBench(capacity)
      const device = new Map<number, { client: number; last: bigint }>()
      for (const { client, wait, pick } of sequence) {
        bench.now += BigInt(wait)
        for (const [slot, entry] of device) if (entry.last < bench.now - 100n) device.delete(slot)
        const free = [...Array(capacity).keys()].filter((slot) => !device.has(slot))
        const slot =
          [...device].find(([, entry]) => entry.client === client)?.[0] ?? free[pick % Math.max(free.length, 1)]
        if (slot === undefined) t.is(bench.judge(0, outbound(client)), OK)
        else {
          device.set(slot, { client, last: bench.now })
          t.is(bench.judge(0, outbound(client), translated(slot)), OK)
        }
        const probe = pick % (capacity + 2)
        const owner = device.get(probe)
        t.is(bench.judge(1, inbound(probe), owner && delivered(owner.client)), OK)
      }
    }),
    { numRuns: 60 },
  )
})

test('a device that gives one live slot to two clients is in violation', (t) => {
  const bench = natBench(8)
  t.is(bench.judge(0, outbound(1), translated(5)), OK)
  t.is(bench.judge(0, outbound(2), translated(5)), VIOLATION)
})

test('a device is held to the slot it chose', (t) => {
  const bench = natBench(8)
  t.is(bench.judge(0, outbound(1), translated(5)), OK)
  t.is(bench.judge(0, outbound(1), translated(6)), VIOLATION)
  t.is(bench.judge(1, inbound(5), delivered(1)), OK)
  t.is(bench.judge(1, inbound(5)), VIOLATION)
})

test('a slot beyond the capacity, or a drop while there is room, is a violation', (t) => {
  const bench = natBench(8)
  t.is(bench.judge(0, outbound(1), translated(8)), VIOLATION)
  t.is(natBench(8).judge(0, outbound(1)), VIOLATION)
})

test('after a slot is known for one flow, the next new flow needs no search', (t) => {
  const bench = natBench(1000)
  for (let client = 0; client < 50; client++) bench.judge(0, outbound(client), translated((client * 7) % 50))
  t.is(bench.oracle.tally.rewritten, 50)
  t.true(bench.oracle.tally.searches <= 2)
})

test('in a table that is nearly full, a slot far from the lowest free one is found as well', (t) => {
  const bench = natBench(60)
  const speak = (client: number, slot = client) => bench.judge(0, outbound(client), translated(slot))
  for (let client = 0; client < 60; client++) t.is(speak(client), OK)
  bench.now += 60n
  for (let client = 0; client < 60; client++) if (client !== 5 && client !== 40) t.is(speak(client), OK)
  bench.now += 60n
  t.is(speak(100, 40), OK)
  t.is(speak(101, 5), OK)
})

/** As above, but a first packet only opens: its slot shows with the second. */
const lateNat = spec({
  title: 'slot shown late',
  config: { capacity: u16 },
  state: ({ capacity }) => ({ clients: expiringMap(Client, capacity) }),
  process({ packet, ingress, now, clients }) {
    const { ipv4, transport } = packet
    if (!ipv4 || !transport) return drop()
    if (ingress === 1) return clients.keyAt(transport.dstPort - 1024) ? forward(0, packet) : drop()
    const client = Client({ ip: ipv4.src, port: transport.srcPort })
    const slot = clients.touch(client, now)
    if (slot !== undefined) return forward(1, packet.with({ transport: { srcPort: 1024 + slot } }))
    clients.insert(client, now)
    return drop()
  },
})

test('a slot that shows only later is bound when it shows, and held from then on', (t) => {
  const bench = new Bench(lateNat, { capacity: 16 })
  const shown = (client: number, slot: number) => ({
    egress: 2,
    frame: udp({ ip: endpoint(client).ip, port: 1024 + slot }, SERVER),
  })
  t.is(bench.judge(0, outbound(1)), OK)
  t.is(bench.judge(0, outbound(2)), OK)
  t.is(bench.judge(0, outbound(1), shown(1, 9)), OK)
  t.is(bench.judge(0, outbound(1), shown(1, 10)), VIOLATION)
  t.is(bench.judge(0, outbound(2), shown(2, 9)), VIOLATION)
  t.is(bench.judge(0, outbound(2), shown(2, 0)), OK)
})

test('a slot that shows late is found in a table that is nearly full', (t) => {
  const bench = new Bench(lateNat, { capacity: 60 })
  const shown = (client: number, slot: number) => ({
    egress: 2,
    frame: udp({ ip: endpoint(client).ip, port: 1024 + slot }, SERVER),
  })
  for (let client = 0; client < 58; client++) t.is(bench.judge(0, outbound(client)), OK)
  t.is(bench.judge(0, outbound(3), shown(3, 59)), OK)
  t.is(bench.judge(0, outbound(3), shown(3, 59)), OK)
})

test('an answer that rests on a slot never shown is undecided, not a violation', (t) => {
  const bench = new Bench(lateNat, { capacity: 16 })
  const probe = udp(SERVER, { ip: EXTERNAL, port: 1024 + 12 })
  t.is(bench.judge(1, probe, { egress: 1, frame: probe }), VIOLATION)
  t.is(bench.judge(0, outbound(1)), OK)
  t.is(bench.judge(1, probe, { egress: 1, frame: probe }), UNDECIDED)
})

/** A balancer whose slots never show, and whose backends 0 and 1 are told apart by the address alone. */
const sticky = spec({
  title: 'sticky balancer',
  config: { capacity: u16 },
  state: ({ capacity }) => ({ flows: expiringMap(Client, capacity, record({ backend: u16, since: timestamp })) }),
  process({ packet, now, choose, flows }) {
    flows.expireOlderThan(now - 100n)
    const { ipv4, transport } = packet
    if (!ipv4 || !transport) return drop()
    const flow = Client({ ip: ipv4.src, port: transport.srcPort })
    const known = flows.get(flow)
    const kept = known === undefined ? undefined : flows.valueAt(known)
    const stays = kept !== undefined && kept.since + 40n > now
    const backend = stays ? kept.backend : choose('backend', 3)
    const since = stays ? kept.since : now
    const slot = flows.touch(flow, now) ?? flows.insert(flow, now, { backend, since })
    if (slot !== undefined) flows.setValue(slot, { backend, since })
    return forward(backend === 2 ? 2 : 1, packet.with({ ipv4: { dst: backend } }))
  },
})

test('a choice beside slots that never show is learned as it was made, with a full table too', (t) => {
  const steps = fc.array(fc.record({ client: fc.nat(6), wait: fc.constantFrom(0, 1, 20, 41, 101), pick: fc.nat(2) }), {
    maxLength: 120,
  })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), (sequence, capacity) => {
      const bench = new Bench(sticky, { capacity }, 3)
      const device = new Map<number, { backend: number; since: bigint; last: bigint }>()
      for (const { client, wait, pick } of sequence) {
        bench.now += BigInt(wait)
        for (const [known, { last }] of device) if (last < bench.now - 100n) device.delete(known)
        const kept = device.get(client)
        const stays = kept !== undefined && kept.since + 40n > bench.now
        const backend = stays ? kept.backend : pick
        const since = stays ? kept.since : bench.now
        if (kept !== undefined || device.size < capacity) device.set(client, { backend, since, last: bench.now })
        const frame = udp(endpoint(client), { ip: `0.0.0.${backend}`, port: 53 })
        const input = udp(endpoint(client), { ip: '0.0.0.9', port: 53 })
        t.is(bench.judge(0, input, { egress: backend === 2 ? 4 : 2, frame }), OK)
        const wrong = udp(endpoint(client), { ip: `0.0.0.${(backend + 1) % 3}`, port: 53 })
        if (device.has(client)) t.is(bench.judge(0, input, { egress: backend === 1 ? 4 : 2, frame: wrong }), VIOLATION)
      }
    }),
    { numRuns: 100 },
  )
})

test('a choice for each packet may be any number below its range, and no other', (t) => {
  const bench = new Bench(
    spec({
      title: 'any identification below 100',
      config: {},
      state: () => ({}),
      process: ({ packet, choose }) => forward(1, packet.with({ transport: { srcPort: 5000 + choose('port', 100) } })),
    }),
  )
  const sent = (port: number) => ({ egress: 2, frame: udp({ ip: '10.0.0.1', port }, SERVER) })
  const input = udp({ ip: '10.0.0.1', port: 1 }, SERVER)
  for (const port of [5007, 5099, 5000, 5042]) t.is(bench.judge(0, input, sent(port)), OK)
  for (const port of [4999, 5100]) t.is(bench.judge(0, input, sent(port)), VIOLATION)
})

test('a choice for each key is the same for ever, and may be the same for several keys', (t) => {
  const bench = new Bench(
    spec({
      title: 'sharded by client',
      config: {},
      state: () => ({ shard: chosenBy(Client, 3) }),
      process({ packet, shard }) {
        const { ipv4, transport } = packet
        if (!ipv4 || !transport) return drop()
        return forward(1 + shard.of(Client({ ip: ipv4.src, port: transport.srcPort })), packet)
      },
    }),
    {},
    4,
  )
  const judge = (client: number, shard: number) =>
    bench.judge(0, outbound(client), { egress: 2 << shard, frame: outbound(client) })
  for (const [client, shard] of [
    [1, 2],
    [2, 0],
    [3, 2],
    [4, 1],
  ] as const)
    t.is(judge(client, shard), OK)
  t.is(judge(1, 1), VIOLATION)
  for (let shard = 0; shard < 3; shard++) t.is(judge(3, shard), shard === 2 ? OK : VIOLATION)
})

const Way = record({ way: u8 })

/** Sends each packet of port 0 one way or the other, as the device likes, and those of port 1 where the last one went. */
const fickle = spec({
  title: 'a choice that shows, after one that never does',
  config: {},
  state: () => ({ clients: expiringMap(Client, 4, Way) }),
  process({ packet, ingress, now, clients, choose }) {
    const { ipv4, transport } = packet
    if (!ipv4 || !transport) return drop()
    const client = Client({ ip: ipv4.src, port: transport.srcPort })
    const known = clients.touch(client, now)
    if (ingress === 1) return known === undefined ? drop() : forward(clients.valueAt(known).way, packet)
    const way = choose('way', 2)
    const slot = known ?? clients.insert(client, now, Way({ way }))
    if (slot === undefined) return drop()
    clients.setValue(slot, Way({ way }))
    return forward(way, packet)
  },
})

test('a choice that shows is remembered right also when another is found not worth probing any more', (t) => {
  for (let packets = 1; packets < 40; packets++) {
    const bench = new Bench(fickle)
    const sent = { egress: 2, frame: outbound(1) }
    for (let n = 0; n < packets; n++) t.is(bench.judge(0, outbound(1), sent), OK)
    t.is(bench.judge(1, outbound(1), sent), OK, `after ${packets}`)
  }
})
