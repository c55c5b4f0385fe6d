import test from 'ava'

import { InputError } from '../../../src/errors.js'
import { readU16, readU48 } from '../../../src/packet/index.js'
import { type Load, type LoadOptions, loadOf, straightLoad } from '../../../src/stress/rig/load.js'
import { loadTopology, loadTopologyNf } from '../../../src/testbed/index.js'

const shape = { version: 4, direction: 'one', size: 64, flows: 12, seed: 1 } as const

async function load(
  name: string,
  topology: string,
  config: readonly string[] = [],
  more: Partial<LoadOptions> = {},
): Promise<Load> {
  const loaded = loadTopology(topology)
  const [node] = loaded.nodes
  if (node === undefined) throw new Error('no node')
  const { nf } = await loadTopologyNf(node, loaded, { nf: name, config })
  return loadOf(nf, loaded, { ...shape, ...more })
}

function macs({ frames }: Load, flow: number): readonly [number, number] {
  const bytes = new Uint8Array(frames.length)
  frames.write(bytes, flow, 1, 1)
  return [readU48(bytes, 6), readU48(bytes, 0)]
}

for (const [name, from, to] of [
  ['nop', 0, 1],
  ['nat', 0, 1],
  ['firewall', 0, 1],
  ['policer', 1, 0],
] as const) {
  test(`frames for a ${name} enter by port ${from} and have to leave by port ${to}`, async (t) => {
    const { ports, right, tolerated, learning } = await load(name, 'two-port-veth')
    t.true(ports.every((port) => port === from))
    t.true(right.every((bits) => bits === 1 << to))
    t.true(tolerated.every((bits) => bits === 0))
    t.is(learning.length, 1)
  })
}

test('the ports are those of the configuration', async (t) => {
  const { ports, right } = await load('nat', 'two-port-veth', ['wan=0'])
  t.true(ports.every((port) => port === 1))
  t.true(right.every((bits) => bits === 1))
})

test('frames to a device with addresses have the one of its port', async (t) => {
  t.deepEqual(macs(await load('nat', 'two-port-veth'), 0), [0x02_00_00_00_01_00, 0x02_00_00_00_00_00])
})

test('stations of each port of a bridge send to those of the next, each with its own address', async (t) => {
  const made = await load('bridge', 'four-port-bridge-veth')
  t.deepEqual([...made.ports].slice(0, 5), [0, 1, 2, 3, 0])
  t.deepEqual([...made.right].slice(0, 4), [2, 4, 8, 1])
  t.true(made.tolerated.every((bits, flow) => bits === (15 & ~(1 << (made.ports[flow] ?? 0)))))
  const portOf = new Map<number, number>()
  for (let flow = 0; flow < shape.flows; flow++) {
    const [source, destination] = macs(made, flow)
    const from = made.ports[flow] ?? 0
    for (const [mac, port] of [
      [source, from],
      [destination, (from + 1) % 4],
    ] as const) {
      t.is(portOf.get(mac) ?? port, port, 'a station is at one port')
      portOf.set(mac, port)
    }
  }
  const [answers] = made.learning
  const learned = answers === undefined ? [] : [...answers.ports]
  t.deepEqual(learned.slice(0, 4), [1, 2, 3, 0])
})

test('clients of a balancer may come out at any backend, and the backends are kept alive', async (t) => {
  const { ports, right, heartbeats } = await load('balancer', 'balancer-three-backends-veth')
  t.true(ports.every((port) => port === 0))
  t.true(right.every((bits) => bits === 0b1110))
  t.deepEqual(
    heartbeats.map(({ port, every }) => [port, every]),
    [1, 2, 3].map((port) => [port, 1e9]),
  )
})

test('the tester alone sends by one port and receives by the other', (t) => {
  const { ports, right } = straightLoad(shape)
  t.true(ports.every((port) => port === 0) && right.every((bits) => bits === 2))
})

test('directions are ways from one side to the other, or from the stations of each port', async (t) => {
  const one = await load('nat', 'two-port-veth')
  t.deepEqual(one.directions, [{ name: 'port 0 to 1', ports: [0] }])
  t.is(one.ways, 1)
  t.is((await load('nat', 'two-port-veth', [], { direction: 'both' })).ways, 2)
  const stations = await load('bridge', 'four-port-bridge-veth')
  t.is(stations.ways, 4)
  t.deepEqual(
    stations.directions.map(({ name }) => name),
    ['port 0 to 1', 'port 1 to 2', 'port 2 to 3', 'port 3 to 0'],
  )
})

test('frames of IPv6 have room for a tag from 84 bytes on', async (t) => {
  const made = await load('firewall', 'two-port-veth', [], { version: 6, size: 84 })
  const bytes = new Uint8Array(made.frames.length)
  made.frames.write(bytes, 0, 1, 1)
  t.is(readU16(bytes, 12), 0x86dd)
  t.is(made.frames.length, 80)
  await t.throwsAsync(load('firewall', 'two-port-veth', [], { version: 6, size: 71 }), { instanceOf: InputError })
})

test('more flows than there are addresses for are refused', async (t) => {
  const loaded = loadTopology('two-port-veth')
  const [node] = loaded.nodes
  if (node === undefined) return t.fail()
  const { nf } = await loadTopologyNf(node, loaded, { nf: 'nop' })
  t.throws(() => loadOf(nf, loaded, { ...shape, flows: 1e8 }), { instanceOf: InputError, message: /flows/ })
})
