import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Ajv } from 'ajv'
import test from 'ava'
import { parse } from 'yaml'

import { InputError } from '../../src/errors.js'
import { loadTopology, parseTopology } from '../../src/testbed/index.js'
import { temporary } from '../temporary.js'

const ready = [
  'two-port',
  'four-port-bridge',
  'balancer-three-backends',
  'chain-firewall-nat',
  'two-nics',
  'dpdk-rings',
  'dpdk-pci',
  'two-machines',
  'router-linux-raw-ip',
  'router-raw-ip',
]

for (const name of ready) {
  test(`the topology ${name} is as the published schema says, and loads`, (t) => {
    const schema: unknown = JSON.parse(readFileSync('docs/schemas/topology.schema.json', 'utf8'))
    if (typeof schema !== 'object' || schema === null) throw new Error('no schema')
    const text = readFileSync(`topologies/${name}.yaml`, 'utf8')
    t.true(text.startsWith('# yaml-language-server: $schema=../docs/schemas/topology.schema.json\n'))
    t.true(new Ajv().validate(schema, parse(text)))
    t.is(loadTopology(name).name, name)
  })
}

const good = `title: A test
nodes:
  a: { nf: nop, config: { x: 1 } }
  b: { nf: nat }
hosts:
  left: { mac: 02:00:00:00:00:09, ip: 192.0.2.9, emits: [{ kind: heartbeat, every: 500ms }] }
links:
  - { from: left, to: a.0, delay: 1.5ms, jitter: 20 us, loss: 0.25, reorder: { probability: 0.5, by: 3ms } }
  - { from: a.1, to: b.0 }
inputs:
  in: left
  out: b.1
replay:
  sides: { inside: in, outside: [out] }
`

test('a topology is read with its links, hosts and units', (t) => {
  const topology = parseTopology(good, 'lab/test.yaml')
  t.is(topology.name, 'test')
  t.deepEqual(
    topology.nodes.map(({ name, nf, config, line }) => ({ name, nf, config, line })),
    [
      { name: 'a', nf: 'nop', config: { x: 1 }, line: 3 },
      { name: 'b', nf: 'nat', config: {}, line: 4 },
    ],
  )
  t.deepEqual(topology.hosts[0]?.emits, [
    { kind: 'heartbeat', every: 500_000_000n, port: 3781, toMac: 0xffff_ffff_ffff, toIp: 0xffff_ffff },
  ])
  t.is(topology.hosts[0]?.mac, 0x0200_0000_0009)
  t.like(topology.links[0], {
    delay: 1_500_000n,
    jitter: 20_000n,
    loss: 0.25,
    reorder: 0.5,
    reorderBy: 3_000_000n,
    line: 8,
  })
  t.deepEqual(topology.inputs[1]?.at, { kind: 'port', node: 1, port: 1 })
  t.deepEqual(topology.replay, { sides: { inside: ['in'], outside: ['out'] } })
})

for (const backend of ['af_packet', 'af_xdp'] as const) {
  test(`ports are opened by what the topology says: ${backend}`, (t) => {
    for (const rest of ['kind: veth', 'kind: interfaces, interfaces: {}']) {
      const ports = `ports: { ${rest}${backend === 'af_packet' ? '' : `, backend: ${backend}`} }`
      t.like(parseTopology(good.replace('links:', `${ports}\nlinks:`), 't.yaml').ports, { backend })
    }
  })
}

test('ports of DPDK are rings, or the devices that are named, with how DPDK is started', (t) => {
  const portsIn = (text: string) => parseTopology(good.replace('links:', `${text}\nlinks:`), 't.yaml').ports
  t.deepEqual(portsIn('ports: { kind: dpdk }'), {
    kind: 'dpdk',
    mtu: 1500,
    allow: [],
    start: { memory: 'ordinary', args: [] },
    line: 7,
  })
  const text = `ports:
  kind: dpdk
  memory: huge
  megabytes: 512
  args: [--iova-mode=va]
  mtu: 9000
  mostPerSecond: 10
  devices:
    a.0: 0000:03:00.0
    b.0: net_memif0,role=server,socket=/run/x.sock`
  t.deepEqual(portsIn(text), {
    kind: 'dpdk',
    mtu: 9000,
    allow: [],
    devices: [
      { node: 0, port: 0, name: '0000:03:00.0', line: 15 },
      { node: 1, port: 0, name: 'net_memif0,role=server,socket=/run/x.sock', line: 16 },
    ],
    start: { memory: 'huge', megabytes: 512, args: ['--iova-mode=va'] },
    mostPerSecond: 10,
    line: 7,
  })
})

const refusals: readonly (readonly [what: string, find: string, replace: string, message: RegExp])[] = [
  ['what is not YAML', 'title: A test', 'title: "A', /^t\.yaml:\d+:\d+: not YAML: /],
  ['a name given twice', '  b: { nf: nat }', '  a: { nf: nat }', /^t\.yaml:4:3: not YAML: .*unique/],
  ['a missing part', 'title: A test\n', '', /^t\.yaml:1: the topology has no 'title'/],
  [
    'an unknown key',
    'delay: 1.5ms',
    'latency: 1ms',
    /^t\.yaml:8: 'links\.0' has no key 'latency' \(there are from, to,/,
  ],
  [
    'a wrong unit',
    'delay: 1.5ms',
    'delay: 1.5 parsecs',
    /^t\.yaml:8: 'links\.0\.delay' is "1\.5 parsecs", not as it must be/,
  ],
  ['a delay that is too long', 'delay: 1.5ms', 'delay: 99999999h', /^t\.yaml:8: '99999999h' is too long/],
  ['a probability above 1', 'loss: 0.25', 'loss: 1.25', /^t\.yaml:8: 'links\.0\.loss' must be <= 1/],
  ['an unknown kind of packet', 'kind: heartbeat', 'kind: hello', /^t\.yaml:6: .* must be one of \["heartbeat"\]/],
  ['a period of zero', 'every: 500ms', 'every: 0ms', /^t\.yaml:6: a period must be above 0/],
  ['what is no MAC address', '02:00:00:00:00:09', '02:00:09', /^t\.yaml:6: 'hosts\.left\.mac' is "02:00:09"/],
  ['what is no IP address', '192.0.2.9', '192.0.2.256', /^t\.yaml:6: '192\.0\.2\.256' is no IPv4 address/],
  ['a host that is not there', 'from: left', 'from: right', /^t\.yaml:8: there is no host 'right'/],
  ['a node that is not there', 'to: b.0', 'to: c.0', /^t\.yaml:9: there is no node 'c'/],
  [
    'a node in place of its port',
    'to: b.0',
    'to: b',
    /^t\.yaml:9: there is no host 'b' \(name its port, for example b\.0\)/,
  ],
  ['a port above the most', 'to: b.0', 'to: b.30', /^t\.yaml:9: 'b\.30': a network function has at most 30 ports/],
  ['an end linked twice', 'from: a.1', 'from: a.0', /^t\.yaml:9: 'a\.0' is linked already, in line 8/],
  ['a link between hosts', 'to: a.0', 'to: other', /^t\.yaml:9: a link needs a network function at one end/],
  ['a name that is node and host', '  left: {', '  a: {', /^t\.yaml:6: 'a' is a node already/],
  [
    'a sender without a link',
    '{ from: left, to: a.0,',
    '{ from: b.2, to: a.0,',
    /^t\.yaml:11: host 'left' has no link/,
  ],
  [
    'an input between two nodes',
    'out: b.1',
    'out: b.0',
    /^t\.yaml:12: 'b\.0' is linked to another network function in line 9/,
  ],
  ['two inputs at one place', 'out: b.1', 'out: left', /^t\.yaml:12: 'left' is input 'in' already/],
  ['a side without such an input', 'inside: in', 'inside: lan', /^t\.yaml:14: there is no input 'lan'/],
  [
    'clients without servers',
    'sides: { inside: in, outside: [out] }',
    'clients: in',
    /^t\.yaml:13: 'clients' and 'servers' go together/,
  ],
  ['two ways at once', 'replay:', 'replay:\n  stations: in', /^t\.yaml:13: only one of/],
  [
    'ports of a kind that is not there',
    'links:',
    'ports: { kind: quantum }\nlinks:',
    /^t\.yaml:7: 'ports\.kind' must be one of \["sim","veth","interfaces","dpdk","pcap"\]/,
  ],
  [
    'interfaces of simulated ports',
    'links:',
    'ports: { kind: sim, interfaces: { a.0: eth0 } }\nlinks:',
    /^t\.yaml:7: simulated ports have no 'interfaces'/,
  ],
  [
    'an interface for a host',
    'links:',
    'ports: { kind: interfaces, interfaces: { left: eth0 } }\nlinks:',
    /^t\.yaml:7: 'left' is a host/,
  ],
  [
    'one interface for two ports',
    'links:',
    'ports: { kind: interfaces, interfaces: { a.0: eth0, b.0: eth0 } }\nlinks:',
    /^t\.yaml:7: interface 'eth0' is two ports/,
  ],
  [
    'a back-end of simulated ports',
    'links:',
    'ports: { kind: sim, backend: af_xdp }\nlinks:',
    /^t\.yaml:7: simulated ports have no 'backend'/,
  ],
  [
    'a back-end that is not there',
    'links:',
    'ports: { kind: veth, backend: netmap }\nlinks:',
    /^t\.yaml:7: 'ports\.backend' must be one of \["af_packet","af_xdp","raw_ip"\]/,
  ],
  [
    'a back-end of what commands set up',
    'links:',
    'ports: { kind: veth, backend: af_xdp }\ndevice: { kind: command, setup: "true" }\nlinks:',
    /^t\.yaml:7: only network functions have af_xdp on pairs/,
  ],
  [
    'raw IP for a network function',
    'links:',
    'ports: { kind: veth, backend: raw_ip }\nlinks:',
    /^t\.yaml:7: a network function needs frames, and raw_ip carries none \(raw_ip is for testers/,
  ],
  [
    'a host that would answer what raw IP does not see',
    'hosts:',
    'ports: { kind: veth, backend: raw_ip }\ndevice: { kind: command, setup: "true" }\nhosts:\n  asked: { answers: [192.0.2.0/24] }',
    /^t\.yaml:8: no questions for neighbours are seen by raw_ip/,
  ],
  [
    'an IPv6 host where the kernel is none',
    'hosts:',
    "hosts:\n  asked: { ip6: '2001:db8::2', gateway6: '2001:db8::1' }",
    /^t\.yaml:6: 'ip6' is of hosts of the kernel, which raw_ip has/,
  ],
  [
    'an IPv6 host without a gateway',
    'hosts:',
    "hosts:\n  asked: { ip6: '2001:db8::2' }",
    /^t\.yaml:6: 'ip6' and 'gateway6' go together/,
  ],
  [
    'an IPv6 address that is none',
    'hosts:',
    "hosts:\n  asked: { ip6: 'fe80::1%eth0', gateway6: '::1' }",
    /^t\.yaml:6: 'fe80::1%eth0' is no IPv6 address/,
  ],
  [
    'an MTU of interfaces that are not made',
    'links:',
    'ports: { kind: interfaces, mtu: 9000 }\nlinks:',
    /^t\.yaml:7: ports of kind interfaces have no 'mtu'/,
  ],
  [
    'interfaces of pairs that are made',
    'links:',
    'ports: { kind: veth, interfaces: { a.0: eth0 } }\nlinks:',
    /^t\.yaml:7: ports of kind veth have no 'interfaces'/,
  ],
  [
    'a device of another kind on simulated ports',
    'links:',
    'device: { kind: external }\nlinks:',
    /^t\.yaml:7: only network functions have simulated ports/,
  ],
  [
    'a box cabled to pairs that are made',
    'links:',
    'ports: { kind: veth }\ndevice: { kind: external }\nlinks:',
    /^t\.yaml:8: an external device is cabled to interfaces/,
  ],
  [
    'a command without a command',
    'links:',
    'ports: { kind: veth }\ndevice: { kind: command, teardown: "true" }\nlinks:',
    /^t\.yaml:8: a device of kind command has 'setup' or 'run'/,
  ],
  [
    'a command of a network function',
    'links:',
    'device: { kind: wasm, setup: "true" }\nlinks:',
    /^t\.yaml:7: a device of kind wasm has no 'setup'/,
  ],
  [
    'how slow a network function of ours is',
    'links:',
    'device: { kind: wasm, within: 1 s }\nlinks:',
    /^t\.yaml:7: a device of kind wasm has no 'within'/,
  ],
  [
    'a device of commands that is two nodes',
    'links:',
    'ports: { kind: veth }\ndevice: { kind: command, setup: "true" }\nlinks:',
    /^t\.yaml:8: such a device is one node/,
  ],
  [
    'an interface for a port of DPDK',
    'links:',
    'ports: { kind: dpdk, interfaces: { a.0: eth0 } }\nlinks:',
    /^t\.yaml:7: ports of kind dpdk have no 'interfaces'/,
  ],
  [
    'options of DPDK for other ports',
    'links:',
    'ports:\n  kind: veth\n  memory: huge\nlinks:',
    /^t\.yaml:9: ports of kind veth have no 'memory'/,
  ],
  [
    'what is no device of DPDK',
    'links:',
    'ports:\n  kind: dpdk\n  devices:\n    a.0: eth0\nlinks:',
    /^t\.yaml:10: 'ports\.devices\.a\.0' is "eth0", not as it must be: a device of DPDK, such as net_memif0/,
  ],
  [
    'one card for two ports, written in two ways',
    'links:',
    'ports:\n  kind: dpdk\n  memory: huge\n  devices:\n    a.0: 0000:0A:00.0\n    b.0: 0a:00.0\nlinks:',
    /^t\.yaml:10: device '0000:0a:00\.0' is two ports, in lines 11 and 12/,
  ],
  [
    'one device of software for two ports',
    'links:',
    'ports:\n  kind: dpdk\n  devices:\n    a.0: net_null0,size=60\n    b.0: net_null0\nlinks:',
    /^t\.yaml:9: device 'net_null0' is two ports/,
  ],
  [
    'a network card without huge pages',
    'links:',
    'ports:\n  kind: dpdk\n  devices:\n    a.0: 0000:03:00.0\nlinks:',
    /^t\.yaml:10: network card 0000:03:00\.0 needs huge pages \(memory: huge, under ports\)/,
  ],
  [
    'an interface that rings may use',
    'links:',
    'ports: { kind: dpdk, allow: [eth0] }\nlinks:',
    /^t\.yaml:7: rings have no 'allow'/,
  ],
  [
    'a box behind rings',
    'links:',
    'ports: { kind: dpdk }\ndevice: { kind: external }\nlinks:',
    /^t\.yaml:8: only network functions are behind rings of DPDK, which no other process reaches/,
  ],
  [
    'commands behind rings',
    'links:',
    'ports: { kind: dpdk }\ndevice: { kind: command, run: "true" }\nlinks:',
    /^t\.yaml:8: only network functions are behind rings of DPDK/,
  ],
  [
    'a name that no interface can have',
    'links:',
    'ports: { kind: interfaces, interfaces: { a.0: an-interface-name } }\nlinks:',
    /^t\.yaml:7: 'ports\.interfaces\.a\.0' must NOT have more than 15 characters/,
  ],
]

for (const [what, find, replace, message] of refusals) {
  test(`refused with its line: ${what}`, (t) => {
    t.true(good.includes(find))
    let text = good.replace(find, replace)
    if (replace === 'to: other') text = text.replace('hosts:', 'hosts:\n  other: {}')
    const error = t.throws(() => parseTopology(text, 't.yaml'), { instanceOf: InputError })
    t.regex(error.message, message)
    t.is(error.exitCode, 2)
  })
}

test('a topology that is not there is refused with the places looked at', (t) => {
  const error = t.throws(() => loadTopology('no-such'), { instanceOf: InputError })
  t.regex(error.message, /^there is no topology 'no-such' \(looked for .*topologies\/no-such\.yaml/)
})

test('a topology is found by its path', (t) => {
  const file = join(temporary('topology'), 'mine.yaml')
  writeFileSync(file, good)
  t.is(loadTopology(file).name, 'mine')
})
