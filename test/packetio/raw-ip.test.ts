import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'

import { InputError, MachineError } from '../../src/errors.js'
import { parseIpv4 } from '../../src/packet/address.js'
import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import {
  CHECKSUM_OPEN,
  changeLink,
  codeOf,
  giveAddress,
  type LinkEnd,
  linkOf,
  openAfPacket,
  openPort,
  openRawIp,
  type PortOptions,
  waitForFrames,
  waitForRoom,
} from '../../src/packetio/index.js'
import { burstOf, received, sendAll } from './frames.js'
import { inside, rooted, type Wire, wireOf } from './rooted.js'

const packetio = fileURLToPath(new URL('../../src/packetio/index.js', import.meta.url))

function host(end: LinkEnd, own: string, other: string): void {
  giveAddress(end, parseIpv4(own) ?? 0, parseIpv4(other) ?? 0)
}

/** Two hosts that are each other's gateway, with a port of raw IP each. What is sent is for networks behind them. */
function hosts(t: ExecutionContext, options: PortOptions = {}, mtu = 1500): Wire {
  const open = (own: string, other: string) => (end: LinkEnd) => {
    host(end, own, other)
    return openPort('raw_ip', end.name, { ...options, namespace: end.namespace })
  }
  return wireOf(t, [open('192.0.2.1', '192.0.2.2'), open('192.0.2.2', '192.0.2.1')], mtu)
}

/** A port that sees what is on the wire. */
function plain(t: ExecutionContext, { namespace, name }: LinkEnd) {
  const port = openAfPacket(name, { namespace })
  t.teardown(() => port.close())
  return port
}

/** With the MAC addresses that received frames have. */
function datagram(parts: FrameParts, ipv4: NonNullable<FrameParts['ipv4']> = {}): Uint8Array {
  return buildFrame({
    ethernet: { src: '02:00:00:00:00:02', dst: '02:00:00:00:00:01' },
    ipv4: { src: '198.18.1.2', dst: '198.19.1.2', ttl: 64, identification: 7, ...ipv4 },
    ...parts,
  })
}

const udp: FrameParts = { udp: { srcPort: 1000, dstPort: 2000 }, payload: 'a datagram' }

rooted('UDP, TCP and ICMP arrive each way with every byte behind the Ethernet header', (t) => {
  const { ports } = hosts(t)
  const frames = [
    datagram(udp),
    datagram({ tcp: { srcPort: 1000, dstPort: 80, flags: 2, sequence: 99 } }),
    datagram({ icmp: { type: 8, code: 0 }, payload: 'an echo request' }),
    datagram({ ...udp, payload: new Uint8Array(1472).fill(3) }),
    datagram({ ...udp, payload: 'to be thrown away soon' }, { ttl: 1, identification: 0xffff }),
    datagram(udp, { options: new Uint8Array([1, 1, 1, 0]) }),
  ]
  for (const [from, to] of [ports, [ports[1], ports[0]] as const]) {
    const before = BigInt(Date.now() - 1) * 1_000_000n
    sendAll(from, burstOf(frames), frames.length)
    const seen = received(to, frames.length)
    t.deepEqual(
      seen.map(({ frame }) => frame),
      frames,
    )
    for (const { time, flags } of seen) t.true(time >= before && (flags & CHECKSUM_OPEN) === 0)
  }
  t.like(ports[0].counts(), { sent: 6, received: 6, refused: 0, lost: 0 })
  t.deepEqual(received(ports[0], 1, 50), [], 'nothing is put together, and no kernel answers what is not for it')
})

rooted('fragments arrive as fragments', (t) => {
  const { ports } = hosts(t)
  const fragments = [
    datagram({ payload: new Uint8Array(16).fill(1) }, { protocol: 17, flags: 1 }),
    datagram({ payload: new Uint8Array(8).fill(2) }, { protocol: 17, fragmentOffset: 2 }),
  ]
  sendAll(ports[0], burstOf(fragments), 2)
  t.deepEqual(
    received(ports[1], 2).map(({ frame }) => frame),
    fragments,
  )
})

rooted('what comes in is what this host takes: not frames to other stations, not tagged ones, and no padding', (t) => {
  const { ends, ports } = hosts(t)
  const wire = plain(t, ends[0])
  const { mac } = linkOf(ends[1].namespace, ends[1].name)
  const to = (address: number) => ({ src: 0x0200_0000_0077, dst: address })
  const frames = [
    datagram({ ...udp, ethernet: to(mac - 1) }),
    datagram({ ...udp, ethernet: to(mac), vlan: { id: 5 } }),
    datagram({ ...udp, ethernet: to(mac), payload: '', minimumLength: 60 }),
  ]
  sendAll(wire, burstOf(frames), frames.length)
  t.deepEqual(
    received(ports[1], 2, 300).map(({ frame }) => frame),
    [datagram({ ...udp, payload: '' })],
  )
})

/** Each is one thing away from a frame that is sent. */
const unexpressible: readonly (readonly [string, Uint8Array, string])[] = [
  ['another type', buildFrame({ arp: { operation: 1 } }), 'EPROTONOSUPPORT'],
  ['a version of which there is no address', buildFrame({ ipv6: {}, ...udp }), 'EAFNOSUPPORT'],
  ['for its own address', datagram(udp, { dst: '192.0.2.1' }), 'EADDRNOTAVAIL'],
  ['for one host, in a frame for all', Uint8Array.of(0xff, ...datagram(udp).subarray(1)), 'EDESTADDRREQ'],
  ['a VLAN tag', datagram({ ...udp, vlan: { id: 5 } }), 'EPROTONOSUPPORT'],
  ['no whole header', datagram(udp).subarray(0, 33), 'EPROTONOSUPPORT'],
  ['a wrong header checksum', datagram(udp, { headerChecksum: 0x1234 }), 'EPROTO'],
  ['another version', datagram(udp, { version: 5 }), 'EPROTO'],
  ['a total length below the frame', datagram({ ...udp, minimumLength: 60 }), 'EPROTO'],
  ['a total length above it', datagram(udp).subarray(0, 50), 'EPROTO'],
  ['a header that is no header', datagram(udp, { ihl: 4 }), 'EPROTO'],
  ['no source', datagram(udp, { src: '0.0.0.0' }), 'EPROTO'],
  ['no identification, and fragments allowed', datagram(udp, { identification: 0 }), 'EPROTO'],
]

rooted(
  'what the kernel would repair, keep or cannot carry is refused, counted and named, and what is before it is sent',
  (t) => {
    const { ports } = hosts(t)
    const [port] = ports
    t.like(port.capabilities, { layer: 'ip', fills: 'nothing' })
    for (const [what, frame, code] of unexpressible) {
      const error = t.throws(() => port.send(burstOf([frame]), 0, 1), { instanceOf: MachineError }, what)
      t.is(codeOf(error), code, what)
      t.regex(error?.message ?? '', new RegExp(`^sending a datagram of a frame of ${frame.length} bytes: `))
    }
    t.is(port.counts().refused, unexpressible.length)
    const good = datagram(udp, { identification: 0, flags: 2 })
    t.is(port.send(burstOf([good, datagram(udp, { headerChecksum: 1 }), good]), 0, 3), 1)
    const [seen] = received(ports[1], 1)
    t.deepEqual(seen?.frame, good, 'without an identification, but never to be fragmented')
  },
)

rooted('where an identification may be filled in, the kernel makes one up, with the checksum to it', (t) => {
  const { ports } = hosts(t, { fills: 'identification' })
  t.is(ports[0].capabilities.fills, 'identification')
  const frame = datagram(udp, { identification: 0 })
  sendAll(ports[0], burstOf([frame]), 1)
  const seen = received(ports[1], 1)[0]?.frame ?? new Uint8Array(0)
  const identification = ((seen[18] ?? 0) << 8) | (seen[19] ?? 0)
  t.not(identification, 0)
  t.deepEqual(seen, datagram(udp, { identification }))
})

rooted('the longest datagram is that of the link', (t) => {
  const { ports } = hosts(t, {}, 1000)
  const [port] = ports
  t.is(port.capabilities.longest, 1014)
  const [fits, tooLong] = [972, 973].map((length) => datagram({ ...udp, payload: new Uint8Array(length) }))
  if (fits === undefined || tooLong === undefined) throw new Error('no frames')
  t.is(fits.length, port.capabilities.longest)
  const error = t.throws(() => port.send(burstOf([tooLong]), 0, 1))
  t.is(codeOf(error), 'EMSGSIZE')
  sendAll(port, burstOf([fits]), 1)
  t.is(received(ports[1], 1)[0]?.frame.length, 1014)
  waitForRoom([port], 0)
})

rooted('a place that is too short for a datagram is none for another', (t) => {
  const { ports } = hosts(t)
  const frames = ['x'.repeat(40), 'yes'].map((payload) => datagram({ ...udp, payload }))
  sendAll(ports[0], burstOf(frames), 2)
  const burst = burstOf([new Uint8Array(0), new Uint8Array(0)])
  burst.place(0, 0, 60)
  t.is(waitForFrames([ports[1]], 5000), 1)
  let seen = 0
  while (seen === 0) seen = ports[1].receive(burst)
  t.deepEqual(burst.frame(0), frames[1])
  t.is(ports[1].counts().oversize, 1)
})

rooted('an interface without an address, that is down or that is not there is refused with what to do', (t) => {
  const { ends } = wireOf(t, [
    ({ namespace, name }) => openAfPacket(name, { namespace }),
    ({ namespace, name }) => openAfPacket(name, { namespace }),
  ])
  const [{ namespace, name }] = ends
  t.throws(() => openRawIp(name, { namespace }), {
    instanceOf: InputError,
    message: /^interface left has no address but link-local ones \(ip addr add ADDRESS\/LENGTH dev left/,
  })
  t.throws(() => openRawIp('nowhere', { namespace }), { instanceOf: InputError, message: /nowhere/ })
  changeLink(namespace, name, { isUp: false })
  t.throws(() => openRawIp(name, { namespace }), { instanceOf: InputError, message: /^interface left is down/ })
})

rooted('a link that goes down is an error to who waits or sends', (t) => {
  const { ends, ports } = hosts(t)
  changeLink(ends[0].namespace, 'left', { isUp: false })
  t.throws(() => waitForFrames([ports[0]], 1000), { instanceOf: MachineError, message: /Network is down/ })
  t.throws(() => ports[0].send(burstOf([datagram(udp)]), 0, 1), { instanceOf: MachineError })
})

rooted(
  'without the privilege the operation is named, and the exit code is that of a machine that cannot',
  (t) => {
    const { ends } = hosts(t)
    const script = `
      const { openRawIp } = await import(${JSON.stringify(packetio)})
      try { openRawIp('left') } catch (error) { console.log(error.exitCode, error.message) }`
    const words = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all', process.execPath]
    const said = inside(ends[0].namespace, ...words, '--input-type=module', '-e', script)
    t.regex(said, /^3 opening a raw socket: Operation not permitted \(needs CAP_NET_ADMIN, CAP_NET_RAW/)
  },
  ['setpriv', 'nsenter'],
)
