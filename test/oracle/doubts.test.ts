import test from 'ava'

import { type Judgement, OK, UNDECIDED, VIOLATION } from '../../src/oracle/index.js'
import { drop, expiringMap, forward, ipv4Address, macAddress, record, spec, u8 } from '../../src/spec/index.js'
import { Bench, between, bridgeByAddress, type Sent, udp } from './harness.js'

const SERVER = { ip: '203.0.113.9', port: 53 }
const bridge = bridgeByAddress(8)

function attempt(bench: Bench, ingress: number, input: Uint8Array, output?: Sent): Judgement {
  const { egress, frame } = output ?? { egress: 0, frame: input }
  return bench.oracle.attempt(ingress, bench.now, input, 0, input.length, egress, frame, 0, frame.length)
}

/** Station 1 has just been heard by port 0 and by port 1, and nobody knows where it was last. */
function contested(): Bench {
  const bench = new Bench(bridge, {}, 3)
  attempt(bench, 0, between(1, 9), { egress: 6, frame: between(1, 9) })
  attempt(bench, 1, between(1, 9), { egress: 5, frame: between(1, 9) })
  return bench
}

test('what two ports wrote while both could be taken back is uncertain, also when they no longer can', (t) => {
  const bench = contested()
  bench.oracle.commit(2)
  const frame = between(2, 1)
  t.is(attempt(bench, 2, frame, { egress: 4, frame }), UNDECIDED)
  t.is(attempt(bench, 2, frame, { egress: 1, frame }), UNDECIDED)
  t.is(attempt(bench, 2, frame, { egress: 2, frame }), OK)
})

test('it is certain again once it is written anew', (t) => {
  const bench = contested()
  bench.oracle.commit(2)
  attempt(bench, 1, between(1, 9), { egress: 5, frame: between(1, 9) })
  const frame = between(2, 1)
  t.is(attempt(bench, 2, frame, { egress: 1, frame }), VIOLATION)
  t.is(attempt(bench, 2, frame, { egress: 2, frame }), OK)
})

test('what one of them wrote is certain where the other is taken back, or was committed before', (t) => {
  const bench = contested()
  bench.oracle.takeBack()
  const frame = between(2, 1)
  t.is(attempt(bench, 2, frame, { egress: 2, frame }), VIOLATION)
  bench.oracle.commit(1)
  attempt(bench, 1, between(1, 9), { egress: 5, frame: between(1, 9) })
  t.is(attempt(bench, 2, frame, { egress: 1, frame }), VIOLATION)
})

const Client = record({ ip: ipv4Address })
const Way = record({ way: u8 })

/** Each client has a slot, which shows in the source port, and a way that the device chose. */
const nat = spec({
  title: 'slots that show, and ways that last',
  config: { mac: macAddress },
  state: () => ({ clients: expiringMap(Client, 16, Way) }),
  process({ packet, now, clients, choose }) {
    const { ipv4 } = packet
    if (!ipv4) return drop()
    const client = Client({ ip: ipv4.src })
    const slot = clients.touch(client, now) ?? clients.insert(client, now, Way({ way: choose('way', 2) }))
    if (slot === undefined) return drop()
    return forward(1 + clients.valueAt(slot).way, packet.with({ transport: { srcPort: 1024 + slot } }))
  },
})

function sent(client: number, slot: number, way: number): Sent {
  return { egress: 2 << way, frame: udp({ ip: `10.0.0.${client}`, port: 1024 + slot }, SERVER) }
}

test('after a packet whose output is lost, its slot is learned when it shows, and what else it chose is in doubt', (t) => {
  const bench = new Bench(nat, { mac: 1 }, 3)
  const input = udp({ ip: '10.0.0.1', port: 7 }, SERVER)
  bench.oracle.follow(0, bench.now, input, 0, input.length)
  t.is(attempt(bench, 0, input, sent(1, 20, 0)), UNDECIDED)
  t.is(attempt(bench, 0, input, sent(1, 9, 1)), UNDECIDED)
  t.is(attempt(bench, 0, input, sent(1, 9, 0)), OK)
  bench.oracle.takeBack()
  bench.oracle.takeBack()
  t.is(attempt(bench, 0, input, sent(1, 9, 1)), OK)
  t.is(attempt(bench, 0, input, sent(1, 9, 0)), VIOLATION)
  t.deepEqual(bench.oracle.tally.checked, 0)
})

test('a fault makes a violation of a packet that is else as it should be, and its choices are learned', (t) => {
  const bench = new Bench(nat, { mac: 1 }, 3)
  const input = udp({ ip: '10.0.0.1', port: 7 }, SERVER)
  const { egress, frame } = sent(1, 9, 1)
  const { length } = input
  const fault = { kind: 'ports', text: 'left twice by port 2' } as const
  const { oracle, now } = bench
  t.is(oracle.concede(VIOLATION, fault, 0, now, input, 0, length, egress, frame, 0, length), VIOLATION)
  t.is(oracle.violation().violation.summary, 'left twice by port 2')
  t.is(attempt(bench, 0, input, sent(1, 9, 1)), OK)
  t.is(attempt(bench, 0, input, sent(1, 8, 1)), VIOLATION)
  t.is(bench.judge(0, input, sent(1, 9, 1)), OK)
  t.deepEqual([oracle.attempts, oracle.tally.violated, oracle.tally.rewritten], [0, 1, 2])
})
