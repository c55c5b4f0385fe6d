import test from 'ava'
import { Flows } from '../../src/generate/flows.js'
import { Frame } from '../../src/generate/frame.js'
import { generate, parseTraceOptions, profile, Random, type TraceOptions } from '../../src/generate/index.js'
import { faults } from '../../src/generate/malformed.js'
import { send } from '../../src/generate/strangers.js'
import {
  ipv4ChecksumState,
  protocols,
  readU16,
  readU32,
  readU48,
  transportChecksumState,
} from '../../src/packet/index.js'
import { layersOf, packetsOf, plain, tupleOf } from './helpers.js'

const bitsOf = (value: number) => value.toString(2).replaceAll('0', '').length

/** What is still legal of a UDP or TCP packet after a fault. */
function judged(name: string, version: 4 | 6, protocol: 6 | 17) {
  const fault = faults.find((one) => one.name === name)
  const random = new Random(7)
  const frame = new Frame()
  const flow = { ...new Flows({ ...plain, ipv6: version === 6 ? 1 : 0 }).newFlow(random), protocol }
  send(frame, random, flow, false, 0x10, 40)
  fault?.apply(frame, random)
  const layers = layersOf({ bytes: frame.view() })
  return {
    ip: layers.ipv4 !== -1 || layers.ipv6 !== -1,
    transport: layers.transport !== -1,
    header: ipv4ChecksumState(layers),
    sum: transportChecksumState(layers),
  }
}

const { tcp, udp } = protocols
const gone = { ip: false, transport: false, header: 'absent', sum: 'absent' } as const
const noTransport = { ip: true, transport: false, header: 'right', sum: 'absent' } as const
const whole = { ip: true, transport: true, header: 'right', sum: 'right' } as const

const cases: readonly (readonly [string, 4 | 6, 6 | 17, object])[] = [
  ['wrong IP version', 4, udp, gone],
  ['header length below 20 bytes', 4, udp, gone],
  ['header length beyond the packet', 4, udp, noTransport],
  ['options', 4, tcp, whole],
  ['total length beyond the packet', 4, udp, gone],
  ['total length below the header', 4, udp, gone],
  ['later fragment', 4, udp, noTransport],
  ['wrong header checksum', 4, udp, { ...whole, header: 'wrong' }],
  ['other protocol', 4, udp, noTransport],
  ['wrong TCP checksum', 4, tcp, { ...whole, sum: 'wrong' }],
  ['wrong UDP checksum', 4, udp, { ...whole, sum: 'wrong' }],
  ['no UDP checksum', 4, udp, { ...whole, sum: 'absent' }],
  ['no UDP checksum', 6, udp, { ...noTransport, header: 'absent' }],
  ['TCP header below 20 bytes', 4, tcp, noTransport],
  ['UDP length below 8', 4, udp, noTransport],
  ['UDP length beyond the packet', 6, udp, { ...noTransport, header: 'absent' }],
  ['payload length beyond the packet', 6, udp, gone],
  ['extension header', 6, udp, { ...noTransport, header: 'absent' }],
  ['trailer', 4, tcp, whole],
  ['VLAN tag', 4, tcp, gone],
  ['unknown EtherType', 4, tcp, gone],
]
for (const [name, version, protocol, expected] of cases) {
  test(`a packet over IPv${version} with the fault "${name}" has exactly that fault (protocol ${protocol})`, (t) => {
    t.deepEqual(judged(name, version, protocol), expected)
  })
}

test('a trace of faults has every one of them', (t) => {
  const seen = new Set(packetsOf({ ...plain, malformed: 1, ipv6: 0.5, packets: 2000 }).map(({ bytes }) => bytes.length))
  t.true(seen.size > 100)
})

test('a scan addresses the target, from servers that are talked to', (t) => {
  const packets = packetsOf({ ...profile('nat'), malformed: 0, nearMisses: 0, other: 0, scan: 1, packets: 200 })
  const scans = packets.slice(0, 200).map((packet) => layersOf(packet))
  const targets = scans.map(({ bytes, ipv4 }) => readU32(bytes, ipv4 + 16))
  const wanted = 0xc633_6401
  const hits = targets.filter((target) => target === wanted).length
  t.true(hits > 150 && hits < 200, `${hits}`)
  for (const target of targets) t.true([0, 1].includes(bitsOf((target ^ wanted) >>> 0)))
  for (const { bytes, transport } of scans) {
    const port = readU16(bytes, transport + 2)
    t.true(port >= 1024 && port < 1088, `${port}`)
  }
})

test('a near miss differs from a flow in one field', (t) => {
  const options: TraceOptions = { ...plain, nearMisses: 0.2, flows: 5, flowLength: 1000, udp: 0, packets: 300 }
  const known: string[][] = []
  let misses = 0
  for (const packet of generate(options)) {
    const { from, to } = tupleOf(packet)
    const words = [...from.split(' '), ...to.split(' ').slice(1)]
    const reply = [...to.split(' '), ...from.split(' ').slice(1)]
    const distance = (other: readonly string[], mine: readonly string[]) =>
      mine.filter((word, i) => word !== other[i]).length
    if (known.some((other) => distance(other, words) === 0 || distance(other, reply) === 0)) continue
    if (known.some((other) => distance(other, reply) === 1)) misses++
    else known.push(words)
  }
  t.true(misses > 30, `${misses}`)
})

test('heartbeats come from each backend, one a second, and stop while it is silent', (t) => {
  const options = { ...profile('balancer'), probes: undefined, packets: 1000, pps: 100 }
  const packets = packetsOf(options)
  const beats = packets.filter((packet) => {
    const { bytes, udp } = layersOf(packet)
    return udp !== -1 && readU16(bytes, udp + 2) === 3781
  })
  const of = (port: number) => beats.filter((packet) => packet.port === port)
  const seconds = Number((packets.at(-1)?.time ?? 0n) - options.start) / 1e9
  t.is(of(1).length, Math.floor(seconds) + 1)
  t.is(of(2).length, Math.floor(seconds - 1 / 3) + 1 - 4)
  t.is(of(3).length, Math.floor(seconds - 2 / 3) + 1)
  for (const packet of beats) t.is(readU48(packet.bytes, 6), 0x0200_0000_0200 + packet.port)
  const gaps = of(1).map(({ time }, i, all) => time - (all[i - 1]?.time ?? time))
  t.deepEqual(new Set(gaps), new Set([0n, 1_000_000_000n]))
})

test('stations speak from their port until they move', (t) => {
  const base = profile('bridge')
  const stations = base.stations
  if (stations === undefined) return t.fail()
  const portsOf = (moves: number) => {
    const ports = new Map<number, Set<number>>()
    for (const { bytes, port } of generate({ ...base, probes: undefined, stations: { ...stations, moves } })) {
      const mac = readU48(bytes, 6)
      if (bytes.length < 14 || Math.floor(mac / 0x100_0000_0000) % 2 === 1) continue
      ports.set(mac, (ports.get(mac) ?? new Set()).add(port))
    }
    return ports
  }
  const fixed = portsOf(0)
  t.is(fixed.size, 40)
  t.true([...fixed.values()].every((ports) => ports.size === 1))
  t.true([...portsOf(0.1).values()].some((ports) => ports.size > 2))
})

test('frames of a bridge go to stations, strangers, groups and reserved addresses', (t) => {
  const kinds = new Map<string, number>()
  for (const { bytes } of generate({ ...profile('bridge'), packets: 4000, probes: undefined })) {
    const dst = readU48(bytes, 0)
    const kind =
      dst === 0xffff_ffff_ffff
        ? 'broadcast'
        : Math.floor(dst / 0x100_0000) === 0x01005e
          ? 'multicast'
          : dst.toString(16).slice(0, 7)
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const shareOf = (kind: string) => (kinds.get(kind) ?? 0) / 4000
  t.true(Math.abs(shareOf('broadcast') - 0.03) < 0.015)
  t.true(Math.abs(shareOf('multicast') - 0.03) < 0.015)
  t.true(Math.abs(shareOf('180c200') - 0.02) < 0.015)
})

test('probes of a flow come just before, at and after its expiration', (t) => {
  const packets = packetsOf({ ...profile('nat'), packets: 10 }).slice(10)
  const waits = packets.slice(0, 9).map(({ time }, i) => time - (packets[i - 1]?.time ?? time))
  const expiration = 300_000_000_000n
  t.deepEqual(waits, [
    0n,
    expiration - 1n,
    expiration,
    expiration / 2n,
    expiration,
    expiration,
    expiration,
    expiration + 1n,
    1_000_000_000n,
  ])
  t.is(new Set(packets.slice(0, 10).map((packet) => Object.values(tupleOf(packet)).sort().join())).size, 1)
})

test('where clients are on several ports, some packets of their flows enter by another one', (t) => {
  const options = parseTraceOptions({
    profile: 'firewall',
    clientPorts: '0,2',
    nearMisses: '0.5',
    packets: 500,
    flows: 5,
  })
  const ports = new Map<string, Set<number>>()
  for (const packet of packetsOf({ ...options, malformed: 0, other: 0, probes: undefined })) {
    if (packet.port === 1) continue
    const { from, to } = tupleOf(packet)
    const key = `${from} ${to}`
    ports.set(key, (ports.get(key) ?? new Set()).add(packet.port))
  }
  t.true([...ports.values()].some((set) => set.size === 2))
})

test('a table is filled at one instant, then one packet more comes at once, at its expiration, and just after', (t) => {
  const packets = packetsOf(parseTraceOptions({ profile: 'policer', packets: 10, probes: false, fillTable: 4 })).slice(
    10,
  )
  const waits = packets.map(({ time }, i) => time - (packets[i - 1]?.time ?? time))
  t.deepEqual(waits, [0n, 0n, 0n, 0n, 0n, 60_000_000_000n, 1n])
  t.is(new Set(packets.map((packet) => tupleOf(packet).to)).size, 7)
})
