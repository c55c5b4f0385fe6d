import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { formatIpv4 } from '../../src/packet/address.js'
import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import { readU16, readU32 } from '../../src/packet/bytes.js'
import { ipv4ChecksumState, transportChecksumState } from '../../src/packet/checksum.js'
import { Layers, parseLayers } from '../../src/packet/layers.js'
import { wrongNats } from '../wrong-builds/nat/builds.js'
import { missedBy, sample, sendAll } from './catches.js'
import { steps } from './traffic.js'
import { nfUnderTest, type Sent, type UnderTest } from './under-test.js'
import { config, EXTERNAL, WAN, world } from './worlds/nat.js'

const inside = { address: '10.0.0.11', port: 5000 }
const server = { address: '192.0.2.21', port: 80 }

type End = typeof inside
type Kind = 'tcp' | 'udp'

function packet(kind: Kind, src: End, dst: End, more: Partial<FrameParts> = {}): Uint8Array {
  return buildFrame({
    ethernet: { src: '02:aa:00:00:00:01', dst: '02:aa:00:00:00:02' },
    ipv4: { src: src.address, dst: dst.address, ttl: 64, ...more.ipv4 },
    [kind]: { srcPort: src.port, dstPort: dst.port, ...more[kind] },
    payload: 'hello',
    ...('trailer' in more ? { trailer: more.trailer } : {}),
  })
}

/** Addresses, ports and checksum states of a frame that left. */
function ends(sent: Sent) {
  const layers = new Layers()
  parseLayers(layers, sent.frame, 0, sent.frame.length, false)
  return {
    src: { address: formatIpv4(readU32(sent.frame, layers.ipv4 + 12)), port: readU16(sent.frame, layers.transport) },
    dst: {
      address: formatIpv4(readU32(sent.frame, layers.ipv4 + 16)),
      port: readU16(sent.frame, layers.transport + 2),
    },
    checksums: [ipv4ChecksumState(layers), transportChecksumState(layers)],
  }
}

function leaves(t: ExecutionContext, sent: Sent, port: number): void {
  t.is(sent.violation, undefined)
  t.deepEqual(sent.ports, [port])
}

function dropped(t: ExecutionContext, sent: Sent): void {
  t.is(sent.violation, undefined)
  t.deepEqual(sent.ports, [])
}

async function nat(more: Record<string, unknown> = {}, ports = 3): Promise<UnderTest> {
  return (await nfUnderTest('nat', { ...config, ...more }, { ports }))()
}

/** Opens a mapping from `port` and says under which external port. */
function open(t: ExecutionContext, device: UnderTest, now: bigint, src = inside, kind: Kind = 'udp', port = 1): number {
  const sent = device.send(port, packet(kind, src, server), now)
  leaves(t, sent, WAN)
  return ends(sent).src.port
}

for (const kind of ['tcp', 'udp'] as const) {
  test(`${kind}: a packet leaves under the external address, and its answer finds the way back`, async (t) => {
    const device = await nat()
    const out = device.send(2, packet(kind, inside, server), 0n)
    leaves(t, out, WAN)
    const seen = ends(out)
    t.is(seen.src.address, EXTERNAL)
    t.true(seen.src.port >= 1024 && seen.src.port < 1028)
    t.deepEqual(seen.dst, server)
    t.deepEqual(seen.checksums, ['right', 'right'])
    const back = device.send(WAN, packet(kind, server, { address: EXTERNAL, port: seen.src.port }), 1n)
    leaves(t, back, 2)
    t.deepEqual(ends(back).dst, inside)
    t.deepEqual(ends(back).checksums, ['right', 'right'])
  })
}

test('MAC addresses are those configured for the egress port', async (t) => {
  const device = await nat({
    deviceMac: ['02:00:00:00:00:d0', '02:00:00:00:00:d1', '02:00:00:00:00:d2'],
    nextHopMac: ['02:00:00:00:00:e0', '02:00:00:00:00:e1', '02:00:00:00:00:e2'],
  })
  const out = device.send(2, packet('udp', inside, server), 0n)
  t.is(Buffer.from(out.frame.subarray(0, 12)).toString('hex'), '0200000000e00200000000d0')
  const back = device.send(WAN, packet('udp', server, { address: EXTERNAL, port: ends(out).src.port }), 1n)
  t.is(Buffer.from(back.frame.subarray(0, 12)).toString('hex'), '0200000000e20200000000d2')
})

test('each connection has an external port of its own, the same for all its packets', async (t) => {
  const device = await nat()
  const first = open(t, device, 0n)
  t.not(open(t, device, 1n, { ...inside, port: 5001 }), first)
  t.not(open(t, device, 2n, inside, 'tcp'), first)
  t.not(open(t, device, 3n, inside, 'udp', 2), first, 'the same endpoint behind another port is another endpoint')
  t.is(open(t, device, 4n), first)
})

test('unsolicited inbound packets are dropped, however close to a mapping they come', async (t) => {
  const device = await nat()
  const port = open(t, device, 0n)
  const to = { address: EXTERNAL, port }
  dropped(t, device.send(WAN, packet('udp', server, { ...to, port: port + 1 }), 1n))
  dropped(t, device.send(WAN, packet('udp', server, { ...to, port: 1023 }), 1n))
  dropped(t, device.send(WAN, packet('udp', server, { ...to, port: 1028 }), 1n))
  dropped(t, device.send(WAN, packet('udp', server, { ...to, address: '198.51.100.2' }), 1n))
  dropped(t, device.send(WAN, packet('udp', { ...server, address: '192.0.2.22' }, to), 1n))
  dropped(t, device.send(WAN, packet('udp', { ...server, port: 81 }, to), 1n))
  dropped(t, device.send(WAN, packet('tcp', server, to), 1n))
  leaves(t, device.send(WAN, packet('udp', server, to), 1n), 1)
})

test('a mapping lives until it is unused for longer than the expiration', async (t) => {
  for (const [wait, alive] of [
    [999n, true],
    [1000n, true],
    [1001n, false],
  ] as const) {
    const device = await nat()
    const answer = packet('udp', server, { address: EXTERNAL, port: open(t, device, 5n) })
    const sent = device.send(WAN, answer, 5n + wait)
    if (alive) leaves(t, sent, 1)
    else dropped(t, sent)
  }
})

test('packets of both directions refresh a mapping, dropped ones do not', async (t) => {
  const device = await nat()
  const port = open(t, device, 0n)
  const answer = packet('udp', server, { address: EXTERNAL, port })
  leaves(t, device.send(WAN, answer, 900n), 1)
  t.is(open(t, device, 1800n), port)
  dropped(t, device.send(WAN, packet('udp', { ...server, port: 81 }, { address: EXTERNAL, port }), 2700n))
  dropped(t, device.send(WAN, answer, 2801n))
})

test('at time zero, before the expiration has passed once, nothing expires', async (t) => {
  const device = await nat({ expiration: '7d' })
  const port = open(t, device, 0n)
  leaves(t, device.send(WAN, packet('udp', server, { address: EXTERNAL, port }), 1n), 1)
})

test('a full table drops new connections, keeps the old ones, and has room again after expiry', async (t) => {
  const device = await nat()
  const ports = [0, 1, 2, 3].map((i) => open(t, device, BigInt(i), { ...inside, port: 6000 + i }))
  t.deepEqual([...ports].sort(), [1024, 1025, 1026, 1027])
  const late = packet('udp', { ...inside, port: 7000 }, server)
  dropped(t, device.send(1, late, 10n))
  t.is(open(t, device, 11n, { ...inside, port: 6001 }), ports[1] ?? 0)
  // The first of the four expires just after 1000.
  dropped(t, device.send(1, late, 1000n))
  leaves(t, device.send(1, late, 1001n), WAN)
})

test('all 64,512 external ports of the default configuration can be used, and no more', async (t) => {
  const device = (await nfUnderTest('nat', {}, { ports: 2 }))()
  const frame = packet('udp', inside, server, { udp: { checksum: 0 } })
  let failures = 0
  for (let flow = 0; flow < 64_513; flow++) {
    frame[29] = flow >> 8
    frame[28] = flow >> 16
    frame[35] = flow & 255
    const sent = device.send(0, frame, BigInt(flow))
    if (sent.violation !== undefined || sent.ports.length !== (flow < 64_512 ? 1 : 0)) failures += 1
  }
  t.is(failures, 0)
})

test('a wrong checksum stays wrong by as much, and a UDP datagram without one stays without', async (t) => {
  const device = await nat()
  const wrong = device.send(1, packet('tcp', inside, server, { tcp: { checksum: 0x1234 } }), 0n)
  leaves(t, wrong, WAN)
  t.deepEqual(ends(wrong).checksums, ['right', 'wrong'])
  const header = device.send(1, packet('tcp', inside, server, { ipv4: { headerChecksum: 1 } }), 1n)
  leaves(t, header, WAN)
  t.deepEqual(ends(header).checksums, ['wrong', 'right'])
  const none = device.send(1, packet('udp', inside, server, { udp: { checksum: 0 } }), 2n)
  leaves(t, none, WAN)
  t.is(readU16(none.frame, 40), 0)
})

test('a UDP checksum that comes to zero is sent as 0xffff', async (t) => {
  const device = await nat()
  for (let guess = 0; guess < 0x10000; guess++) {
    const frame = packet('udp', inside, server, { udp: { checksum: guess } })
    const sent = device.send(1, frame, 0n)
    if (guess === 0 || readU16(sent.frame, 40) !== 0xffff) continue
    leaves(t, sent, WAN)
    return
  }
  t.fail('no checksum came to 0xffff')
})

test('IP options and bytes after the datagram pass unchanged', async (t) => {
  const device = await nat()
  const options = Uint8Array.of(0x94, 0x04, 0, 0)
  const trailer = Uint8Array.of(1, 2, 3, 4, 5)
  const frame = packet('tcp', inside, server, { ipv4: { options }, trailer })
  const sent = device.send(1, frame, 0n)
  leaves(t, sent, WAN)
  t.deepEqual(sent.frame.subarray(34, 38), options)
  t.deepEqual(sent.frame.subarray(-5), trailer)
  t.deepEqual(ends(sent).checksums, ['right', 'right'])
})

const icmpError = packet('udp', server, { address: EXTERNAL, port: 1024 }, { ipv4: { protocol: 1 } })
const refused: readonly (readonly [string, Uint8Array])[] = [
  ['an empty frame', new Uint8Array(0)],
  ['a runt', packet('udp', inside, server).slice(0, 13)],
  ['ARP', buildFrame({ arp: {} })],
  ['IPv6', buildFrame({ ipv6: { src: '2001:db8::1', dst: '2001:db8::2' }, udp: { srcPort: 5000, dstPort: 80 } })],
  [
    'a VLAN-tagged packet',
    buildFrame({ vlan: { id: 5 }, ipv4: { src: inside.address, dst: server.address }, udp: {} }),
  ],
  ['ICMP', buildFrame({ ipv4: { src: inside.address, dst: server.address }, icmp: { type: 8 } })],
  ['a protocol of its own', packet('udp', inside, server, { ipv4: { protocol: 253 } })],
  ['a later fragment', packet('udp', inside, server, { ipv4: { fragmentOffset: 3 } })],
  ['IP version 5', packet('udp', inside, server, { ipv4: { version: 5 } })],
  ['an IP header of 4 words', packet('udp', inside, server, { ipv4: { ihl: 4 } })],
  ['an IP header longer than the packet', packet('udp', inside, server, { ipv4: { ihl: 15 } })],
  ['a total length below the header', packet('udp', inside, server, { ipv4: { totalLength: 19 } })],
  ['a total length beyond the frame', packet('udp', inside, server, { ipv4: { totalLength: 34 } })],
  ['a cut packet', packet('tcp', inside, server).slice(0, -1)],
  ['a TCP header cut by the total length', packet('tcp', inside, server, { ipv4: { totalLength: 39 } })],
  ['a TCP data offset of 4', packet('tcp', inside, server, { tcp: { dataOffset: 4 } })],
  ['a TCP data offset beyond the segment', packet('tcp', inside, server, { tcp: { dataOffset: 7 } })],
  ['a UDP length of 7', packet('udp', inside, server, { udp: { length: 7 } })],
  ['a UDP length beyond the datagram', packet('udp', inside, server, { udp: { length: 14 } })],
  ['the first fragment of a UDP datagram', packet('udp', inside, server, { ipv4: { flags: 1 }, udp: { length: 100 } })],
]

for (const [what, frame] of refused) {
  test(`dropped, and opens nothing: ${what}`, async (t) => {
    const device = await nat({ maxFlows: 1 })
    dropped(t, device.send(1, frame, 0n))
    open(t, device, 1n)
  })
}

test('passes: a first fragment with its TCP header, a shorter UDP length, the reserved and do-not-fragment flags', async (t) => {
  const device = await nat()
  leaves(t, device.send(1, packet('tcp', inside, server, { ipv4: { flags: 1 } }), 0n), WAN)
  leaves(t, device.send(1, packet('udp', inside, server, { udp: { length: 8 } }), 0n), WAN)
  leaves(t, device.send(1, packet('udp', inside, server, { ipv4: { flags: 6 } }), 0n), WAN)
})

test('an ICMP error for a live mapping is dropped and leaves the mapping alone', async (t) => {
  const device = await nat()
  const port = open(t, device, 0n)
  dropped(t, device.send(WAN, icmpError, 500n))
  leaves(t, device.send(WAN, packet('udp', server, { address: EXTERNAL, port }), 1000n), 1)
})

test('a packet from inside to the external address goes out like any other', async (t) => {
  const device = await nat()
  const port = open(t, device, 0n)
  const hairpin = device.send(2, packet('udp', inside, { address: EXTERNAL, port }), 1n)
  leaves(t, hairpin, WAN)
  t.is(ends(hairpin).src.address, EXTERNAL)
})

test('the specification allows what the network function does with any traffic', async (t) => {
  const device = await nat({}, world.ports)
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
  t.true(tally.rewritten > tally.checked / 10, 'a good part of the traffic is translated')
  t.is(tally.undecided, 0)
})

test('any bytes at all are dropped or translated as specified', async (t) => {
  const device = await nat({}, world.ports)
  fc.assert(
    fc.property(fc.nat(3), fc.uint8Array({ maxLength: 100 }), fc.boolean(), (port, bytes, asIpv4) => {
      if (asIpv4 && bytes.length > 14) bytes.set([0x08, 0x00, 0x45], 12)
      return device.violationBy(port, bytes, 0n) === undefined
    }),
    { numRuns: 1_500 },
  )
  t.pass()
})

test('random traffic finds every wrong build that no rare value is needed for', async (t) => {
  const traffic = sample(world, 7, 20_000)
  t.deepEqual(await missedBy('nat', wrongNats, config, world, traffic), [
    'fragment-offset-of-eleven-bits',
    'udp-checksum-becomes-zero',
  ])
})
