import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import { wrongFirewalls } from '../wrong-builds/firewall/builds.js'
import { missedBy, sample, sendAll } from './catches.js'
import { steps } from './traffic.js'
import { nfUnderTest, type Sent, type UnderTest } from './under-test.js'
import { config, WAN, world } from './worlds/firewall.js'

type End = { readonly address: string; readonly port: number }
type Kind = 'tcp' | 'udp'

const inside4 = { address: '10.0.0.11', port: 5000 }
const outside4 = { address: '192.0.2.21', port: 80 }
const inside6 = { address: '2001:db8::11', port: 5000 }
const outside6 = { address: '2001:db8:f::21', port: 80 }

function packet(kind: Kind, src: End, dst: End, more: Partial<FrameParts> = {}): Uint8Array {
  const addresses = { src: src.address, dst: dst.address }
  const ip = src.address.includes(':')
    ? { ipv6: { ...addresses, ...more.ipv6 } }
    : { ipv4: { ...addresses, ...more.ipv4 } }
  return buildFrame({
    ethernet: { src: '02:aa:00:00:00:01', dst: '02:aa:00:00:00:02' },
    ...ip,
    [kind]: { srcPort: src.port, dstPort: dst.port, ...more[kind] },
    payload: 'hello',
  })
}

function leaves(t: ExecutionContext, sent: Sent, port: number): void {
  t.is(sent.violation, undefined)
  t.deepEqual(sent.ports, [port])
}

function dropped(t: ExecutionContext, sent: Sent): void {
  t.is(sent.violation, undefined)
  t.deepEqual(sent.ports, [])
}

async function firewall(more: Record<string, unknown> = {}, ports = 4): Promise<UnderTest> {
  return (await nfUnderTest('firewall', { ...config, ...more }, { ports }))()
}

for (const [version, inside, outside] of [
  ['IPv4', inside4, outside4],
  ['IPv6', inside6, outside6],
] as const) {
  for (const kind of ['tcp', 'udp'] as const) {
    test(`${version}, ${kind}: an outbound packet opens a flow, and only its answer comes in, to the port that opened it`, async (t) => {
      const device = await firewall()
      const answer = packet(kind, outside, inside)
      dropped(t, device.send(WAN, answer, 0n))
      leaves(t, device.send(2, packet(kind, inside, outside), 1n), WAN)
      leaves(t, device.send(WAN, answer, 2n), 2)
      dropped(t, device.send(WAN, packet(kind, { ...outside, port: 81 }, inside), 3n))
      dropped(t, device.send(WAN, packet(kind, outside, { ...inside, port: 5001 }), 3n))
      dropped(t, device.send(WAN, packet(kind === 'tcp' ? 'udp' : 'tcp', outside, inside), 3n))
      dropped(t, device.send(WAN, packet(kind, inside, outside), 3n))
    })
  }
}

test('neither end may have another address', async (t) => {
  const device = await firewall()
  leaves(t, device.send(0, packet('udp', inside4, outside4), 0n), WAN)
  leaves(t, device.send(0, packet('udp', inside6, outside6), 0n), WAN)
  for (const [from, to] of [
    [{ ...outside4, address: '192.0.2.22' }, inside4],
    [outside4, { ...inside4, address: '10.0.0.12' }],
    [{ ...outside6, address: '2001:db9:f::21' }, inside6],
    [{ ...outside6, address: '2001:db8:f::22' }, inside6],
    [outside6, { ...inside6, address: '2001:db9::11' }],
    [outside6, { ...inside6, address: '2001:db8::12' }],
  ] as const) {
    dropped(t, device.send(WAN, packet('udp', from, to), 1n))
  }
})

test('an IPv4 flow is not an IPv6 flow with the same bits', async (t) => {
  const device = await firewall()
  leaves(t, device.send(0, packet('udp', inside4, outside4), 0n), WAN)
  const mapped = { from: { ...outside4, address: '::192.0.2.21' }, to: { ...inside4, address: '::10.0.0.11' } }
  dropped(t, device.send(WAN, packet('udp', mapped.from, mapped.to), 1n))
})

test('only the MAC addresses change, to those of the egress port', async (t) => {
  const device = await firewall()
  const frame = packet('tcp', inside4, outside4, { ipv4: { ttl: 1, headerChecksum: 7 }, tcp: { checksum: 7 } })
  const sent = device.send(0, frame, 0n)
  leaves(t, sent, WAN)
  t.is(Buffer.from(sent.frame.subarray(0, 12)).toString('hex'), '020000000101020000000001')
  t.deepEqual(sent.frame.subarray(12), frame.subarray(12))
})

test('a flow lives until it is unused for longer than the expiration', async (t) => {
  for (const [wait, alive] of [
    [999n, true],
    [1000n, true],
    [1001n, false],
  ] as const) {
    const device = await firewall()
    leaves(t, device.send(0, packet('udp', inside6, outside6), 5n), WAN)
    const sent = device.send(WAN, packet('udp', outside6, inside6), 5n + wait)
    if (alive) leaves(t, sent, 0)
    else dropped(t, sent)
  }
})

test('packets of both directions refresh a flow, those dropped do not', async (t) => {
  const device = await firewall()
  const out = packet('udp', inside4, outside4)
  const answer = packet('udp', outside4, inside4)
  leaves(t, device.send(0, out, 0n), WAN)
  leaves(t, device.send(WAN, answer, 900n), 0)
  leaves(t, device.send(0, out, 1800n), WAN)
  dropped(t, device.send(2, out, 2700n))
  dropped(t, device.send(WAN, answer, 2801n))
})

test('a flow belongs to the port that opened it until it expires', async (t) => {
  const device = await firewall()
  const out = packet('udp', inside4, outside4)
  leaves(t, device.send(0, out, 0n), WAN)
  dropped(t, device.send(3, out, 1n))
  leaves(t, device.send(WAN, packet('udp', outside4, inside4), 2n), 0)
  leaves(t, device.send(3, out, 2000n), WAN)
  leaves(t, device.send(WAN, packet('udp', outside4, inside4), 2001n), 3)
})

test('nothing goes from one internal port to another', async (t) => {
  const device = await firewall()
  leaves(t, device.send(0, packet('udp', inside4, { address: '10.0.0.99', port: 1 }), 0n), WAN)
  leaves(t, device.send(2, packet('udp', { address: '10.0.0.99', port: 1 }, inside4), 1n), WAN)
})

test('a full table drops new flows, keeps the old ones, and has room again after expiry', async (t) => {
  const device = await firewall()
  const flow = (port: number) => packet('tcp', { ...inside4, port }, outside4)
  for (let i = 0; i < 4; i++) leaves(t, device.send(0, flow(6000 + i), BigInt(i)), WAN)
  dropped(t, device.send(0, flow(7000), 10n))
  leaves(t, device.send(WAN, packet('tcp', outside4, { ...inside4, port: 6003 }), 11n), 0)
  dropped(t, device.send(0, flow(7000), 1000n))
  leaves(t, device.send(0, flow(7000), 1001n), WAN)
})

const fragment = { protocol: 44, bytes: Uint8Array.of(17, 0, 0, 0, 0, 0, 0, 1) }
const refused: readonly (readonly [string, Uint8Array])[] = [
  ['an empty frame', new Uint8Array(0)],
  ['a runt', packet('udp', inside4, outside4).slice(0, 13)],
  ['ARP', buildFrame({ arp: {} })],
  [
    'a VLAN-tagged packet',
    buildFrame({ vlan: { id: 5 }, ipv4: { src: inside4.address, dst: outside4.address }, udp: {} }),
  ],
  ['ICMP', buildFrame({ ipv4: { src: inside4.address, dst: outside4.address }, icmp: { type: 8 } })],
  ['ICMPv6', buildFrame({ ipv6: { src: inside6.address, dst: outside6.address }, icmpv6: { type: 128 } })],
  ['an IPv6 fragment', packet('udp', inside6, outside6, { ipv6: { extensions: [fragment] } })],
  ['IPv6 version 4', packet('udp', inside6, outside6, { ipv6: { version: 4 } })],
  ['an IPv6 payload beyond the frame', packet('udp', inside6, outside6, { ipv6: { payloadLength: 14 } })],
  ['an IPv6 payload cut below UDP', packet('udp', inside6, outside6, { ipv6: { payloadLength: 7 } })],
  ['a cut IPv6 header', packet('udp', inside6, outside6).slice(0, 53)],
  ['UDP over IPv6 without a checksum', packet('udp', inside6, outside6, { udp: { checksum: 0 } })],
  ['a UDP length beyond the payload', packet('udp', inside6, outside6, { udp: { length: 14 } })],
  ['a TCP data offset beyond the segment', packet('tcp', inside6, outside6, { tcp: { dataOffset: 7 } })],
  ['a later IPv4 fragment', packet('udp', inside4, outside4, { ipv4: { fragmentOffset: 3 } })],
  ['a total length beyond the frame', packet('udp', inside4, outside4, { ipv4: { totalLength: 34 } })],
  ['an IPv4 header of 4 words', packet('udp', inside4, outside4, { ipv4: { ihl: 4 } })],
]

for (const [what, frame] of refused) {
  test(`dropped, and opens nothing: ${what}`, async (t) => {
    const device = await firewall({ maxFlows: 1 })
    dropped(t, device.send(0, frame, 0n))
    leaves(t, device.send(0, packet('udp', inside6, { ...outside6, port: 9 }), 1n), WAN)
  })
}

test('UDP over IPv4 without a checksum passes', async (t) => {
  const device = await firewall()
  leaves(t, device.send(0, packet('udp', inside4, outside4, { udp: { checksum: 0 } }), 0n), WAN)
})

test('the specification allows what the network function does with any traffic', async (t) => {
  const device = await firewall({}, world.ports)
  let now = 0n
  fc.assert(
    fc.property(steps(world, { minLength: 1, maxLength: 200 }), (traffic) => {
      const result = sendAll(device, world, traffic, now)
      now = result.now
      return result.violation === undefined
    }),
    { numRuns: 150 },
  )
  const { tally } = device.oracle
  t.true(tally.rewritten > tally.checked / 10, 'a good part of the traffic passes')
  t.is(tally.undecided, 0)
})

test('any bytes at all are dropped or pass as specified', async (t) => {
  const device = await firewall({}, world.ports)
  const types = [
    [0x08, 0x00, 0x45],
    [0x86, 0xdd, 0x60],
    [0x08, 0x06, 0x00],
  ]
  fc.assert(
    fc.property(fc.nat(3), fc.uint8Array({ maxLength: 100 }), fc.constantFrom(...types), (port, bytes, type) => {
      if (bytes.length > 14) bytes.set(type, 12)
      return device.violationBy(port, bytes, 0n) === undefined
    }),
    { numRuns: 1_500 },
  )
  t.pass()
})

test('random traffic finds every wrong build that no rare value is needed for', async (t) => {
  const traffic = sample(world, 7, 20_000)
  t.deepEqual(await missedBy('firewall', wrongFirewalls, config, world, traffic), ['fragment-offset-of-eleven-bits'])
})
