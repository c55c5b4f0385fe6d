import test from 'ava'

import { type LoadedProperty, PropertyCheck, type PropertyFinding } from '../../src/oracle/index.js'
import {
  type Answer,
  any,
  asProperty,
  drop,
  expiringMap,
  flood,
  forward,
  indexSet,
  ipv4Address,
  must,
  port,
  property,
  record,
  SpecError,
  spec,
  u8,
  u16,
} from '../../src/spec/index.js'
import { Bench, type Sent, udp } from './harness.js'

const Client = record({ ip: ipv4Address })
const Visit = record({ ingress: port, count: u8 })

/**
 * Remembers clients for 100 ns and the ports that were used for 50. Port 1 shows the slot of a client, port 0 does not;
 * from port 2 nothing leaves.
 */
const counter = spec({
  title: 'counter',
  config: { capacity: u16 },
  state: ({ capacity }) => ({ clients: expiringMap(Client, capacity, Visit), busy: indexSet(4) }),
  process({ packet, ingress, now, clients, busy }) {
    clients.expireOlderThan(now - 100n)
    busy.expireOlderThan(now - 50n)
    if (!packet.ipv4 || !packet.transport) return drop()
    busy.touch(ingress, now)
    const client = Client({ ip: packet.ipv4.src })
    const slot = clients.touch(client, now) ?? clients.insert(client, now, Visit({ ingress, count: 0 }))
    if (slot === undefined || ingress === 2) return drop()
    clients.setValue(slot, Visit({ ingress, count: clients.valueAt(slot).count + 1 }))
    return forward(3, ingress === 1 ? packet.with({ transport: { srcPort: 1000 + slot } }) : packet)
  },
})

function loaded(definition: object, name = 'tested'): LoadedProperty {
  const made = asProperty(definition)
  if (made === undefined) throw new Error('not a property')
  return { name, title: name, clause: '', file: 'test.ts', sha256: '', property: made }
}

class PropertyBench {
  readonly bench = new Bench(counter, { capacity: 2 }, 4, true)
  readonly check: PropertyCheck

  constructor(...definitions: readonly object[]) {
    this.check = new PropertyCheck(
      this.bench.oracle,
      definitions.map((definition) => loaded(definition)),
    )
  }

  send(now: bigint, ingress: number, input: Uint8Array, output?: Sent): PropertyFinding[] {
    this.bench.now = now
    this.bench.judge(ingress, input, output)
    return this.check.check()
  }
}

const from = (client: number, srcPort = 5000) =>
  udp({ ip: `10.0.0.${client}`, port: srcPort }, { ip: '192.0.2.1', port: 80 })
const ip = (client: number) => 0x0a000000 + client
const unchanged = (frame: Uint8Array): Sent => ({ egress: 8, frame })

test('a table is seen as it was before the packet, and as it is after', (t) => {
  const seen: unknown[] = []
  const watcher = property(counter, ({ before, after, clients, busy }) => {
    t.is(clients, before.clients)
    t.is(busy, before.busy)
    const of = (view: typeof clients) => {
      const slot = view.get(Client({ ip: ip(1) }))
      return slot === undefined ? view.size : [view.size, view.timeAt(slot), view.valueAt(slot).count]
    }
    seen.push([of(before.clients), of(after.clients)])
    return any()
  })
  const bench = new PropertyBench(watcher)
  bench.send(1000n, 0, from(1), unchanged(from(1)))
  bench.send(1010n, 0, from(1), unchanged(from(1)))
  bench.send(1020n, 0, from(2), unchanged(from(2)))
  t.deepEqual(seen, [
    [0, [1, 1000n, 1]],
    [
      [1, 1000n, 1],
      [1, 1010n, 2],
    ],
    [
      [1, 1010n, 2],
      [2, 1010n, 2],
    ],
  ])
})

test('what has expired when the packet comes is in neither', (t) => {
  const seen: unknown[] = []
  const watcher = property(counter, ({ before, after }) => {
    seen.push([before.clients.size, before.clients.keyAt(0)?.ip, after.clients.size])
    seen.push([before.busy.size, before.busy.has(0), after.busy.has(0)])
    return any()
  })
  const bench = new PropertyBench(watcher)
  bench.send(1000n, 0, from(1), unchanged(from(1)))
  bench.send(1100n, 3, new Uint8Array(20))
  bench.send(1101n, 3, new Uint8Array(20))
  t.deepEqual(seen.slice(2), [
    [1, ip(1), 1],
    [0, false, false],
    [0, undefined, 0],
    [0, false, false],
  ])
})

test('a set is seen with its times', (t) => {
  const bench = new PropertyBench(
    property(counter, ({ ingress, now, before, after }) =>
      must(!before.busy.has(ingress) && after.busy.timeAt(ingress) === now && after.busy.size === 1),
    ),
  )
  t.is(bench.send(7n, 0, from(1), unchanged(from(1)))[0]?.outcome, 'holds')
})

const answers: readonly [what: string, answer: () => Answer, output: Sent | undefined, outcome: string, how: string][] =
  [
    ['any', any, undefined, 'silent', ''],
    ['a truth', () => must(true), undefined, 'holds', ''],
    ['a falsehood', () => must(false), undefined, 'violated', 'what must hold does not'],
    ['drop, dropped', drop, undefined, 'holds', ''],
    ['drop, sent', drop, unchanged(from(1)), 'violated', 'expected the packet to be dropped, but it left on port 3'],
  ]

for (const [what, answer, output, outcome, how] of answers) {
  test(`an answer is held against what came out: ${what}`, (t) => {
    const bench = new PropertyBench(property(counter, () => answer()))
    t.like(bench.send(1n, 0, from(1), output)[0], { outcome, what: how })
  })
}

test('forward and flood are held against ports and bytes, fields set to any are free', (t) => {
  const changed = from(1, 77)
  const check = (answer: (packet: Parameters<typeof flood>[0]) => Answer, output: Sent) =>
    new PropertyBench(property(counter, ({ packet }) => answer(packet))).send(1n, 0, from(1), output)[0]
  t.is(check((packet) => forward(3, packet), unchanged(from(1)))?.outcome, 'holds')
  t.is(check((packet) => forward([1, 3], packet), unchanged(from(1)))?.outcome, 'violated')
  t.is(check((packet) => flood(packet), { egress: 14, frame: from(1) })?.outcome, 'holds')
  t.is(check((packet) => flood(packet), { egress: 15, frame: from(1) })?.outcome, 'violated')
  t.regex(check((packet) => forward(3, packet), unchanged(changed))?.what ?? '', /udp\.srcPort.* should be 5000/)
  const free = { transport: { srcPort: any } } as const
  t.is(check((packet) => forward(3, packet.with(free)), unchanged(changed))?.outcome, 'holds')
  const wrongSum = changed.slice()
  wrongSum[40] = (wrongSum[40] ?? 0) ^ 1
  t.is(check((packet) => forward(3, packet.with(free)), unchanged(wrongSum))?.outcome, 'violated')
})

test('a property sees what came out: ports and packet, or nothing', (t) => {
  const seen: unknown[] = []
  const watcher = property(counter, ({ output }) => {
    seen.push([output.ports, output.leavesBy(3), output.leavesBy(32), output.packet?.transport?.srcPort])
    return any()
  })
  const bench = new PropertyBench(watcher)
  bench.send(1n, 0, from(1), { egress: 8, frame: from(1, 99) })
  bench.send(2n, 0, from(1))
  t.deepEqual(seen, [
    [8, true, false, 99],
    [0, false, false, undefined],
  ])
})

test('packets are counted by what was said of them, and a property that never speaks is vacuous', (t) => {
  const bench = new PropertyBench(
    property(counter, ({ ingress }) => (ingress === 2 ? drop() : any())),
    property(counter, () => any()),
  )
  bench.send(1n, 0, from(1), unchanged(from(1)))
  bench.send(2n, 2, from(1))
  bench.send(3n, 2, from(1), unchanged(from(1)))
  const [spoken, vacuous] = bench.check.counts
  t.like(spoken, { silent: 1, holds: 1, violated: 1, undecided: 0, isVacuous: false })
  t.like(vacuous, { silent: 3, holds: 0, violated: 0, undecided: 0, isVacuous: true })
})

test('an answer that rests on a slot which no output has shown is undecided', (t) => {
  const bench = new PropertyBench(
    property(counter, ({ after }) => must(after.clients.keyAt(0)?.ip === ip(1))),
    property(counter, ({ after }) => must(after.clients.get(Client({ ip: ip(1) })) !== undefined)),
  )
  const outcomes = (findings: readonly PropertyFinding[]) => findings.map(({ outcome }) => outcome)
  t.deepEqual(outcomes(bench.send(1n, 0, from(1), unchanged(from(1)))), ['undecided', 'holds'])
  t.deepEqual(outcomes(bench.send(2n, 1, from(1), { egress: 8, frame: from(1, 1001) })), ['violated', 'holds'])
})

test('a property may declare just the tables and configuration that it reads, and when entries expire', (t) => {
  const small = property(
    {
      config: { capacity: u16 },
      state: ({ capacity }) => ({ clients: expiringMap(Client, capacity, record({ count: u8 })) }),
      expireOlderThan: ({ now }) => ({ clients: now - 10n }),
    },
    ({ packet, clients }) => {
      const slot = packet.ipv4 && clients.get(Client({ ip: packet.ipv4.src }))
      return slot === undefined ? any() : must(clients.valueAt(slot).count === 1)
    },
  )
  const bench = new PropertyBench(small)
  const outcomes = [1000n, 1010n, 1021n].map((now) => bench.send(now, 0, from(1), unchanged(from(1)))[0]?.outcome)
  t.deepEqual(outcomes, ['silent', 'holds', 'silent'])
})

const capacity = { capacity: u16 }
const misfits: readonly [what: string, subject: Parameters<typeof property>[0], message: RegExp][] = [
  [
    'a table that is not there',
    { config: {}, state: () => ({ flows: expiringMap(Client, 2) }) },
    /test\.ts: there is no table flows/,
  ],
  [
    'a table of another capacity',
    { config: {}, state: () => ({ clients: expiringMap(Client, 3) }) },
    /clients is not the one of the specification: capacity 3 here, 2 there/,
  ],
  [
    'a key with another field',
    { config: {}, state: () => ({ clients: expiringMap(record({ ip: ipv4Address, more: u8 }), 2) }) },
    /the key has no field more there/,
  ],
  [
    'a key without a field',
    { config: {}, state: () => ({ clients: expiringMap(record({ address: ipv4Address }), 2) }) },
    /the key lacks ip/,
  ],
  [
    'a value of another type',
    { config: {}, state: () => ({ clients: expiringMap(Client, 2, record({ count: u16 })) }) },
    /the field count of the value has another type there/,
  ],
  [
    'a set in place of a map',
    { config: {}, state: () => ({ clients: indexSet(2) }) },
    /indexSet here, expiringMap there/,
  ],
  [
    'a table with a name that properties use',
    { config: {}, state: () => ({ output: indexSet(2) }) },
    /cannot have the name output/,
  ],
  [
    'configuration that is not there',
    { config: { ...capacity, rate: u16 }, state: () => ({}) },
    /asks for config\.rate, which nf\.yaml does not give/,
  ],
]

for (const [what, subject, message] of misfits) {
  test(`refused before the first packet: ${what}`, (t) => {
    t.throws(() => new PropertyBench(property(subject, () => any())), { instanceOf: SpecError, message })
  })
}

test('an error of a property names it', (t) => {
  const failing = (check: () => Answer) => () => {
    new PropertyBench(property(counter, check)).send(1n, 0, from(1))
  }
  t.throws(
    failing(() => {
      throw new RangeError('oh')
    }),
    { instanceOf: SpecError, message: /test\.ts: the property tested failed: oh/ },
  )
  const bench = new PropertyBench(property(counter, ({ packet }) => forward(9, packet)))
  t.throws(() => bench.send(1n, 0, from(1)), { message: /forwards to a port that does not exist \(there are 4\)/ })
  const slots = new PropertyBench(property(counter, ({ clients }) => must(clients.timeAt(1) > 0n)))
  t.throws(() => slots.send(1n, 0, from(1)), { message: /clients\.timeAt of slot 1, which is not in use/ })
})

test('an oracle that is not watched cannot show the state before', (t) => {
  const bench = new Bench(counter, { capacity: 2 }, 4)
  t.throws(() => new PropertyCheck(bench.oracle, []), { instanceOf: TypeError, message: /watched/ })
})

test('judging is the same whether it is watched or not', (t) => {
  const plain = new Bench(counter, { capacity: 2 }, 4)
  const watched = new Bench(counter, { capacity: 2 }, 4, true)
  for (let i = 0; i < 400; i++) {
    const input = from(i % 3)
    const [ingress, output] = [i % 4, i % 5 === 0 ? undefined : { egress: 8, frame: from(i % 3, 1000 + (i % 2)) }]
    for (const bench of [plain, watched]) bench.now = BigInt(1000 + 9 * i)
    t.is(watched.judge(ingress, input, output), plain.judge(ingress, input, output))
  }
  t.deepEqual(watched.oracle.tally.outcomes, plain.oracle.tally.outcomes)
})
