import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { parseCidr } from '../../src/packet/address.js'
import { buildFrame } from '../../src/packet/build.js'
import { EntryPlan } from '../../src/replay/entry-plan.js'
import { Networks } from '../../src/replay/networks.js'
import { parsePortRules } from '../../src/replay/port-rules.js'
import { type Ways, waysOfNf } from '../../src/replay/ways.js'
import { ACK, parsed, SYN, tcp, udp } from './traffic.js'

const names = ['lan', 'wan', 'dmz']
const find = (name: string): number | undefined => {
  const at = names.indexOf(name)
  return at < 0 ? undefined : at
}
const sides: Ways = { kind: 'sides', first: [0], second: [1], translates: true }
const clients: Ways = { kind: 'clients', first: [1], second: [0, 2], translates: false }
const stations: Ways = { kind: 'stations', inputs: [0, 1, 2], translates: false }

function plan(ways: Ways, rules: readonly string[] = [], networks?: string): EntryPlan {
  const cidr = networks === undefined ? undefined : parseCidr(networks)
  return new EntryPlan(ways, parsePortRules(rules, names, find), cidr && new Networks([cidr]), names)
}

/** Names of the inputs by which frames enter, one after the other. */
function enter(entry: EntryPlan, frames: readonly Uint8Array[], interfaceId = 0): (string | undefined)[] {
  return frames.map((frame) => names[entry.input(parsed(frame), interfaceId)])
}

const me = '192.168.1.7'
const server = '198.51.100.7'

test('hosts of private networks are inside, others outside', (t) => {
  const frames = [
    tcp(me, 4000, server, 443),
    tcp(server, 443, me, 4000),
    udp('fd00::7', 4000, '2001:db8::1', 53),
    udp('2001:db8::1', 53, 'fd00::7', 4000),
    buildFrame({ arp: { senderIp: me, targetIp: '203.0.113.1' } }),
  ]
  t.deepEqual(enter(plan(sides), frames), ['lan', 'wan', 'lan', 'wan', 'lan'])
})

test('where networks do not tell two hosts apart, the opener of the flow is inside', (t) => {
  const entry = plan(sides)
  const router = '192.168.1.1'
  const frames = [
    udp(me, 4000, router, 53),
    udp(router, 53, me, 4000),
    tcp('203.0.113.9', 5000, server, 80, SYN),
    tcp(server, 80, '203.0.113.9', 5000, SYN | ACK),
    // The answer is what the trace begins with.
    tcp(router, 80, me, 4001, SYN | ACK),
    tcp(me, 4001, router, 80, ACK),
    // A new connection the other way round with the same ports.
    tcp(router, 80, me, 4001, SYN),
    tcp(me, 4001, router, 80, SYN | ACK),
    buildFrame({ ipv4: { src: '203.0.113.1', dst: '203.0.113.9' }, icmp: { type: 11 } }),
  ]
  t.deepEqual(enter(entry, frames), ['lan', 'wan', 'lan', 'wan', 'wan', 'lan', 'lan', 'wan', 'wan'])
})

test('a host that was seen to open flows is inside where a flow begins in its middle', (t) => {
  const opener = tcp('203.0.113.9', 5000, server, 80, SYN)
  const answerFirst = tcp(server, 80, '203.0.113.9', 6000, ACK)
  t.deepEqual(enter(plan(sides), [answerFirst]), ['lan'])
  const entry = plan(sides)
  entry.study(parsed(answerFirst), 0)
  entry.study(parsed(opener), 0)
  entry.begin()
  t.deepEqual(enter(entry, [answerFirst]), ['wan'])
})

test('frames without IP addresses go by what was learned of their MAC address', (t) => {
  const entry = plan(sides)
  const lldp = (src: string): Uint8Array => buildFrame({ ethernet: { src, dst: '01:80:c2:00:00:0e', type: 0x88cc } })
  const mac = '02:00:00:00:77:77'
  entry.study(parsed(buildFrame({ ethernet: { src: mac }, ipv4: { src: server, dst: me }, udp: {} })), 0)
  entry.begin()
  t.deepEqual(enter(entry, [lldp(mac), lldp('02:00:00:00:88:88'), new Uint8Array(9)]), ['wan', 'lan', 'lan'])
})

test('clients enter by their side, servers by a port of their own that stays the same', (t) => {
  const entry = plan(clients)
  const frames: Uint8Array[] = []
  for (let host = 1; host < 40; host++) {
    frames.push(tcp(me, 4000, `198.51.100.${host}`, 80, SYN), tcp(`198.51.100.${host}`, 80, me, 4000, SYN | ACK))
  }
  const first = enter(entry, frames)
  t.true(first.every((name, i) => (i % 2 === 0 ? name === 'wan' : name !== 'wan')))
  t.deepEqual([...new Set(first)].toSorted(), ['dmz', 'lan', 'wan'])
  t.deepEqual(enter(entry, frames), first)
})

test('given client networks decide alone: strangers are outside', (t) => {
  const entry = plan(sides, [], '203.0.113.0/24')
  const frames = [
    tcp('203.0.113.9', 1, me, 2),
    tcp(me, 2, '203.0.113.9', 1),
    tcp(me, 2, server, 1),
    tcp('203.0.113.9', 1, '203.0.113.8', 2, SYN),
    tcp('203.0.113.8', 2, '203.0.113.9', 1),
  ]
  t.deepEqual(enter(entry, frames), ['lan', 'wan', 'wan', 'lan', 'wan'])
})

test('stations are spread over the ports by first appearance and stay there', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 100 }), (ids) => {
      const entry = plan(stations)
      const seen: number[] = []
      for (const id of ids) {
        if (!seen.includes(id)) seen.push(id)
        const frame = buildFrame({ ethernet: { src: `02:00:00:00:01:${id.toString(16).padStart(2, '0')}` } })
        t.is(entry.input(parsed(frame), 0), seen.indexOf(id) % 3)
      }
    }),
    { numRuns: 30 },
  )
})

test('rules of the user come first, in their order', (t) => {
  const entry = plan(sides, [`net=${server}/32@dmz`, 'mac=02:00:00:00:00:01->lan', 'interface=3@wan'])
  const other = buildFrame({ ethernet: { src: '02:00:00:00:00:99' }, ipv4: { src: me, dst: server }, udp: {} })
  t.deepEqual(enter(entry, [tcp(server, 1, me, 2), tcp('9.9.9.9', 1, me, 2), other]), ['dmz', 'lan', 'lan'])
  t.deepEqual(enter(entry, [other], 3), ['wan'])
  t.deepEqual(entry.unmatched, [])
})

test('the initiator rule puts openers and answerers where it says', (t) => {
  const entry = plan(stations, ['initiator@dmz,wan'])
  t.deepEqual(enter(entry, [tcp(server, 1, me, 2, SYN), tcp(me, 2, server, 1)]), ['dmz', 'wan'])
})

test('rules that match nothing are known by name', (t) => {
  const entry = plan(sides, ['net=10.9.9.0/24@dmz'], '10.8.8.0/24')
  enter(entry, [tcp(server, 1, me, 2)])
  t.deepEqual(entry.unmatched, ['--port-rule net=10.9.9.0/24@dmz', '--clients 10.8.8.0/24'])
})

const wrongRules: readonly (readonly [rule: string, message: RegExp])[] = [
  ['nonsense', /^the port rule 'nonsense' cannot be understood \(write mac=/],
  ['mac=02:00@lan', /has no MAC address that fits/],
  ['net=10.0.0.1/8@lan', /has no value that fits/],
  ['colour=red@lan', /has no value that fits/],
  ['net=10.0.0.0/8@attic', /names no input of the topology: 'attic' \(there are lan, wan, dmz\)/],
  ['initiator@lan', /must name two inputs/],
  ['initiator@lan,wan,dmz', /names more than two inputs/],
]

for (const [rule, message] of wrongRules) {
  test(`the port rule '${rule}' is refused`, (t) => {
    t.regex(t.throws(() => plan(sides, [rule]), { instanceOf: InputError }).message, message)
  })
}

const nf = {
  name: 'x',
  file: 'x/nf.yaml',
  portCount: 4,
  portsOf: (name: string) => (name === 'wan' ? [3] : name === 'backendPort' ? [1, 2, 1] : undefined),
}
const same = (port: number): number => port

test('nf.yaml names ports by number, list, configuration value, all and others', (t) => {
  t.deepEqual(waysOfNf({ sides: { inside: 'others', outside: 'wan' } }, nf, same), {
    kind: 'sides',
    first: [0, 1, 2],
    second: [3],
    translates: true,
  })
  t.deepEqual(waysOfNf({ clients: 0, servers: 'backendPort' }, nf, same), {
    kind: 'clients',
    first: [0],
    second: [1, 2],
    translates: false,
  })
  t.deepEqual(waysOfNf({ stations: 'all' }, nf, same), { kind: 'stations', inputs: [0, 1, 2, 3], translates: false })
  t.like(waysOfNf({ sides: { inside: [0, 1], outside: 'others' }, translates: false }, nf, same), {
    first: [0, 1],
    second: [2, 3],
    translates: false,
  })
  t.like(waysOfNf(undefined, { ...nf, portCount: 2 }, same), { kind: 'sides', first: [0], second: [1] })
  t.like(waysOfNf(undefined, nf, same), { kind: 'stations' })
})

const wrongWays: readonly (readonly [what: string, replay: unknown, message: RegExp])[] = [
  ['a text', 'both', /^x\/nf\.yaml: 'replay' must be a mapping/],
  ['nothing of use', {}, /must have sides/],
  ['a port that is not there', { stations: [7] }, /names the port 7; there are 4 ports/],
  ['an unknown name', { stations: 'attic' }, /names 'attic', which is no configuration value of ports/],
  ['an empty side', { sides: { inside: 'all', outside: 'others' } }, /leaves one side without a port/],
  ['translates that is no flag', { stations: 'all', translates: 'yes' }, /translates must be true or false/],
]

for (const [what, replay, message] of wrongWays) {
  test(`a replay key of nf.yaml is refused: ${what}`, (t) => {
    t.regex(t.throws(() => waysOfNf(replay, nf, same), { instanceOf: InputError }).message, message)
  })
}

test('a port without an input is refused', (t) => {
  const error = t.throws(() => waysOfNf({ stations: 'all' }, nf, () => undefined), { instanceOf: InputError })
  t.regex(error.message, /the topology has no input at port 0 of x/)
})
