import type { ExecutionContext } from 'ava'

import { InputError, MachineError } from '../../src/errors.js'
import { parseIpv4, parseIpv6 } from '../../src/packet/address.js'
import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import {
  CHECKSUM_OPEN,
  codeOf,
  giveAddress,
  type LinkEnd,
  linkOf,
  openAfPacket,
  openPort,
  type PacketPort,
} from '../../src/packetio/index.js'
import { burstOf, received, sendAll } from './frames.js'
import { inside, rooted, type Wire, wireOf } from './rooted.js'

const LEFT = { v4: ['192.0.2.1', '192.0.2.2'], v6: ['2001:db8::1', '2001:db8::2'] } as const

/** Two hosts that are each other's gateway for these versions. What is sent is for networks behind them. */
function hosts(t: ExecutionContext, versions: readonly (4 | 6)[] = [6], mtu = 1500): Wire {
  const open = (own: 0 | 1) => (end: LinkEnd) => {
    const [v4, v6] = [LEFT.v4.map((text) => parseIpv4(text) ?? 0), LEFT.v6.map((text) => parseIpv6(text) ?? 0n)]
    if (versions.includes(4)) giveAddress(end, v4[own] ?? 0, v4[1 - own] ?? 0)
    if (versions.includes(6)) giveAddress(end, v6[own] ?? 0n, v6[1 - own] ?? 0n)
    return openPort('raw_ip', end.name, { namespace: end.namespace })
  }
  return wireOf(t, [open(0), open(1)], mtu)
}

const udp: FrameParts = { udp: { srcPort: 1000, dstPort: 2000 }, payload: 'a datagram' }

/** With the MAC addresses that received frames have. */
function datagram(parts: FrameParts = udp, ipv6: NonNullable<FrameParts['ipv6']> = {}): Uint8Array {
  return buildFrame({
    ethernet: { src: '02:00:00:00:00:02', dst: '02:00:00:00:00:01' },
    ipv6: { src: '2001:db8:1::7', dst: '2001:db8:2::7', hopLimit: 64, ...ipv6 },
    ...parts,
  })
}

function datagram4(parts: FrameParts = udp, ipv4: NonNullable<FrameParts['ipv4']> = {}): Uint8Array {
  return buildFrame({
    ethernet: { src: '02:00:00:00:00:02', dst: '02:00:00:00:00:01' },
    ipv4: { src: '198.18.1.2', dst: '198.19.1.2', ttl: 64, identification: 7, ...ipv4 },
    ...parts,
  })
}

const fragment = { protocol: 44, bytes: new Uint8Array([17, 0, 0, 1, 0, 0, 0, 9]) }
const hopByHop = { protocol: 0, bytes: new Uint8Array([0, 0, 1, 4, 0, 0, 0, 0]) }

/** Of the two kernels: neighbours (RFC 4861), and listeners, whose reports have a hop-by-hop option (RFC 3810). */
function isDiscovery(frame: Uint8Array): boolean {
  const [next, type, report] = [frame[20], frame[54], frame[62]]
  return (next === 58 && (type === 135 || type === 136)) || (next === 0 && frame[54] === 58 && report === 143)
}

/** What arrives besides. */
function datagrams(port: PacketPort, count: number, patience = 5000): ReturnType<typeof received> {
  const all: ReturnType<typeof received> = []
  for (;;) {
    const more = received(port, 1, patience)
    all.push(...more.filter(({ frame }) => !isDiscovery(frame)))
    if (more.length === 0 || all.length >= count) return all
  }
}

rooted('IPv6 arrives each way with every byte, whatever is wrong in it: the kernel repairs nothing', (t) => {
  const { ports } = hosts(t)
  const frames = [
    datagram(),
    datagram({ tcp: { srcPort: 1000, dstPort: 80, flags: 2, sequence: 99 } }),
    datagram({ icmpv6: { type: 128, code: 0 }, payload: 'an echo request' }),
    datagram({ ...udp, udp: { srcPort: 1, dstPort: 2, checksum: 0 } }),
    datagram({ ...udp, payload: new Uint8Array(1452).fill(3) }),
    datagram(udp, { hopLimit: 0 }),
    datagram(udp, { trafficClass: 0xb9, flowLabel: 0x12345 }),
    datagram(udp, { extensions: [hopByHop] }),
    datagram({ payload: new Uint8Array(16).fill(1) }, { extensions: [fragment] }),
    datagram(udp, { version: 5 }),
    datagram(udp, { payloadLength: 900 }),
    datagram(udp, { src: '::' }),
    datagram({ payload: new Uint8Array(16) }, { payloadLength: 0, nextHeader: 0 }),
  ]
  t.like(ports[0].capabilities, { layer: 'ip', versions: [6], fills: 'nothing', longest: 1514 })
  t.is(ports[0].mode, 'IPv6 by routes')
  for (const [from, to] of [ports, [ports[1], ports[0]] as const]) {
    sendAll(from, burstOf(frames), frames.length)
    const seen = datagrams(to, frames.length)
    t.deepEqual(
      seen.map(({ frame }) => frame),
      frames,
    )
    for (const { flags } of seen) t.is(flags & CHECKSUM_OPEN, 0)
  }
  const more = datagrams(ports[0], 1, 50)
  t.deepEqual(more, [], 'nothing is put together, and no kernel answers what is not for it')
})

rooted('datagrams of both versions arrive in the order in which they were sent', (t) => {
  const { ports } = hosts(t, [4, 6])
  t.deepEqual(ports[0].capabilities.versions, [4, 6])
  t.is(ports[0].mode, 'IPv4 and IPv6 by routes')
  const frames = Array.from({ length: 40 }, (_, i) => {
    const parts = { ...udp, payload: `number ${i}` }
    return i % 3 === 0 ? datagram4(parts) : datagram(parts)
  })
  // Until both have found their neighbour.
  for (const first of [datagram(), datagram4()]) {
    sendAll(ports[0], burstOf([first]), 1)
    t.is(datagrams(ports[1], 1).length, 1)
  }
  sendAll(ports[0], burstOf(frames), frames.length)
  const seen = datagrams(ports[1], frames.length)
  t.deepEqual(
    seen.map(({ frame }) => frame),
    frames,
  )
})

rooted('of IPv6 too, what comes in is what this host takes: no other stations, no tags, no padding', (t) => {
  const { ends, ports } = hosts(t)
  const wire = openAfPacket('left', { namespace: ends[0].namespace })
  t.teardown(() => wire.close())
  const { mac } = linkOf(ends[1].namespace, ends[1].name)
  const to = (address: number) => ({ src: 0x0200_0000_0077, dst: address })
  const frames = [
    datagram({ ...udp, ethernet: to(mac - 1) }),
    datagram({ ...udp, ethernet: to(mac), vlan: { id: 5 } }),
    datagram4({ ...udp, ethernet: to(mac) }),
    datagram({ ...udp, ethernet: to(mac), payload: '', minimumLength: 80 }),
  ]
  sendAll(wire, burstOf(frames), frames.length)
  const seen = datagrams(ports[1], 8, 300)
  t.deepEqual(
    seen.map(({ frame }) => frame),
    [datagram({ ...udp, payload: '' })],
  )
})

/** Each is one thing away from a frame that is sent. */
const unexpressible: readonly (readonly [string, Uint8Array, string])[] = [
  ['no whole header', datagram().subarray(0, 53), 'EPROTONOSUPPORT'],
  ['a VLAN tag', datagram({ ...udp, vlan: { id: 5 } }), 'EPROTONOSUPPORT'],
  ['IPv4 without an address of it', datagram4(), 'EAFNOSUPPORT'],
  ['bytes behind the datagram', datagram({ ...udp, trailer: new Uint8Array(1) }), 'EPROTO'],
  ['for its own address', datagram(udp, { dst: '2001:db8::1' }), 'EADDRNOTAVAIL'],
  ['for one host, in a frame for a group', Uint8Array.of(0x33, ...datagram(udp).subarray(1)), 'EDESTADDRREQ'],
  ['for a group of the interface', datagram(udp, { dst: 'ff01::1' }), 'EADDRNOTAVAIL'],
  ['for a group of the interface, transient', datagram(udp, { dst: 'ff11::9' }), 'EADDRNOTAVAIL'],
  ['for a group of no scope', datagram(udp, { dst: 'ff00::9' }), 'EADDRNOTAVAIL'],
  ['longer than the link', datagram({ ...udp, payload: new Uint8Array(1453) }), 'EMSGSIZE'],
]

rooted('what the kernel would keep or cannot carry of IPv6 is refused, counted and named', (t) => {
  const [port] = hosts(t).ports
  for (const [what, frame, code] of unexpressible) {
    const error = t.throws(() => port.send(burstOf([frame]), 0, 1), { instanceOf: MachineError }, what)
    t.is(codeOf(error), code, what)
  }
  t.like(port.counts(), { refused: unexpressible.length, sent: 0 })
})

rooted(
  'a route that the machine does not have is told, and no frame is said to be sent',
  (t) => {
    const { ends, ports } = hosts(t)
    inside(ends[0].namespace, 'ip', '-6', 'route', 'del', 'default')
    const error = t.throws(() => ports[0].send(burstOf([datagram()]), 0, 1), { instanceOf: MachineError })
    t.is(codeOf(error), 'ENETUNREACH')
    t.like(ports[0].counts(), { refused: 1, sent: 0 })
  },
  ['nsenter', 'ip'],
)

rooted(
  'the kernel makes no fragments, though a route has a smaller MTU than its link',
  (t) => {
    const { ends, ports } = hosts(t, [4, 6])
    for (const version of ['-4', '-6']) {
      const route = inside(ends[0].namespace, 'ip', version, 'route', 'show', 'default').trim().split(/\s+/)
      const words = route.filter((word) => word !== 'pref' && word !== 'medium')
      inside(ends[0].namespace, 'ip', version, 'route', 'replace', ...words, 'mtu', '1280')
    }
    const payload = new Uint8Array(1400).fill(5)
    for (const frame of [datagram({ ...udp, payload }), datagram4({ ...udp, payload })]) {
      sendAll(ports[0], burstOf([frame]), 1)
      const seen = datagrams(ports[1], 1).map((each) => each.frame)
      t.deepEqual(seen, [frame])
    }
  },
  ['nsenter', 'ip'],
)

rooted('what is sent to a group that this host is in leaves, and does not come back', (t) => {
  const { ports } = hosts(t, [4, 6])
  const frames = [datagram(udp, { dst: 'ff02::1' }), datagram4(udp, { dst: '224.0.0.1' })]
  sendAll(ports[0], burstOf(frames), 2)
  t.deepEqual(
    datagrams(ports[1], 2).map(({ frame }) => frame),
    frames,
  )
  t.deepEqual(datagrams(ports[0], 1, 200), [])
})

rooted(
  'a link-local address is not one to send datagrams by',
  (t) => {
    const { ends } = hosts(t)
    const [{ namespace, name }] = ends
    inside(namespace, 'ip', '-6', 'addr', 'del', '2001:db8::1/128', 'dev', name)
    t.regex(inside(namespace, 'ip', '-6', 'addr', 'show', 'dev', name), /inet6 fe80::/)
    t.throws(() => openPort('raw_ip', name, { namespace }), {
      instanceOf: InputError,
      message: /^interface left has no address but link-local ones/,
    })
  },
  ['nsenter', 'ip'],
)
