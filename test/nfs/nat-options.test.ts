import test from 'ava'

import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import { Judge } from './judge.js'

const WAN = 0
const LAN = 1
const EXTERNAL = '198.51.100.1'
const config = { wan: WAN, externalIp: EXTERNAL, startPort: 1024, maxFlows: 4, expiration: '1000ns' }

const host = ['10.0.0.11', 5000] as const
const server = ['192.0.2.21', 80] as const
const otherPort = ['192.0.2.21', 81] as const
const otherServer = ['192.0.2.22', 80] as const

type End = readonly [address: string, port: number]

const macs = (port: number) => ({ src: `02:00:00:00:00:0${port}`, dst: `02:00:00:00:01:0${port}` })
const external = (port: number): End => [EXTERNAL, port]

function udp(src: End, dst: End, ethernet?: FrameParts['ethernet'], ttl = 64): Uint8Array {
  const ipv4 = { src: src[0], dst: dst[0], ttl }
  return buildFrame({ ...(ethernet && { ethernet }), ipv4, udp: { srcPort: src[1], dstPort: dst[1] }, payload: 'x' })
}

function tcp(flags: number, src: End, dst: End, ethernet?: FrameParts['ethernet']): Uint8Array {
  const header = { srcPort: src[1], dstPort: dst[1], flags }
  return buildFrame({ ...(ethernet && { ethernet }), ipv4: { src: src[0], dst: dst[0], ttl: 64 }, tcp: header })
}

function judge(options: Readonly<Record<string, string>>): Promise<Judge> {
  return Judge.of('nat', config, options, 2)
}

/** Whether a packet from the host to `peer` may leave under external port `port`. */
function out(nat: Judge, now: bigint, peer: End, port: number): boolean {
  return nat.allows(LAN, now, udp(host, peer), WAN, udp(external(port), peer, macs(WAN)))
}

/** Whether a packet from `peer` to external port `port` may reach the host. */
function back(nat: Judge, now: bigint, peer: End, port: number): boolean {
  return nat.allows(WAN, now, udp(peer, external(port)), LAN, udp(peer, host, macs(LAN)))
}

test('mapping: address- and port-dependent wants another external port for another peer address or port', async (t) => {
  const nat = await judge({ mapping: 'addressAndPortDependent' })
  t.true(out(nat, 0n, server, 1025))
  t.true(out(nat, 1n, otherPort, 1024))
  t.true(out(nat, 2n, otherServer, 1027))
  t.false(out(nat, 3n, ['192.0.2.23', 80], 1025))
})

test('mapping: address-dependent shares the external port among the ports of one peer address', async (t) => {
  const nat = await judge({ mapping: 'addressDependent' })
  t.true(out(nat, 0n, server, 1025))
  t.true(out(nat, 1n, otherPort, 1025))
  t.true(out(nat, 2n, otherServer, 1026))
  t.true(back(nat, 3n, otherPort, 1025))
  t.false(back(nat, 4n, otherServer, 1025))
  t.false(out(nat, 5n, otherPort, 1024))
})

test('mapping: endpoint-independent uses one external port for all peers, and anyone may answer', async (t) => {
  const nat = await judge({ mapping: 'endpointIndependent' })
  t.true(out(nat, 0n, server, 1026))
  t.true(out(nat, 1n, otherServer, 1026))
  t.true(back(nat, 2n, ['203.0.113.9', 7], 1026))
  t.false(out(nat, 3n, otherPort, 1025))
})

test('filtering: endpoint-independent lets anyone answer, also with a mapping for each peer', async (t) => {
  const open = await judge({ filtering: 'endpointIndependent' })
  t.true(out(open, 0n, server, 1024))
  t.true(back(open, 1n, otherServer, 1024))
  t.true(out(open, 2n, otherServer, 1025))
  const strict = await judge({ filtering: 'asMapping' })
  t.true(out(strict, 0n, server, 1024))
  t.false(back(strict, 1n, otherServer, 1024))
  t.true(strict.allows(WAN, 2n, udp(otherServer, external(1024))))
})

test('opens: with syn, TCP needs a SYN without ACK to open a mapping, and UDP opens as ever', async (t) => {
  const nat = await judge({ opens: 'syn' })
  for (const flags of [0x10, 0x12, 0x04, 0x01]) t.true(nat.allows(LAN, 0n, tcp(flags, host, server)))
  const translated = (flags: number) => tcp(flags, external(1024), server, macs(WAN))
  t.true(nat.allows(LAN, 1n, tcp(0x02, host, server), WAN, translated(0x02)))
  t.true(nat.allows(LAN, 2n, tcp(0x10, host, server), WAN, translated(0x10)))
  t.true(out(nat, 3n, server, 1025))
})

test('refreshOn: with outbound, an answer does not prolong a mapping', async (t) => {
  for (const [refreshOn, lives] of [
    ['outbound', false],
    ['both', true],
  ] as const) {
    const nat = await judge({ refreshOn })
    t.true(out(nat, 0n, server, 1024))
    t.true(back(nat, 900n, server, 1024))
    t.is(back(nat, 1001n, server, 1024), lives)
  }
})

test('ttl: with decrement, it leaves one lower, and a packet with 1 or 0 is dropped', async (t) => {
  const nat = await judge({ ttl: 'decrement' })
  const sent = (ttl: number) => udp(external(1024), server, macs(WAN), ttl)
  t.true(nat.allows(LAN, 0n, udp(host, server, undefined, 0)))
  t.true(nat.allows(LAN, 0n, udp(host, server, undefined, 1)))
  t.true(nat.allows(LAN, 0n, udp(host, server, undefined, 2), WAN, sent(1)))
  t.true(nat.allows(LAN, 0n, udp(host, server, undefined, 255), WAN, sent(254)))
  t.false(nat.allows(LAN, 0n, udp(host, server, undefined, 64), WAN, sent(64)))
  const answer = udp(server, host, macs(LAN), 63)
  t.true(nat.allows(WAN, 1n, udp(server, external(1024), undefined, 64), LAN, answer))
})

test('wrongChecksum: with drop, a wrong header or transport checksum ends the packet, and an absent one does not', async (t) => {
  const nat = await judge({ wrongChecksum: 'drop' })
  const parts = (udpSum?: number, ipSum?: number): FrameParts => ({
    ipv4: { src: host[0], dst: server[0], ttl: 64, ...(ipSum !== undefined && { headerChecksum: ipSum }) },
    udp: { srcPort: host[1], dstPort: server[1], ...(udpSum !== undefined && { checksum: udpSum }) },
  })
  t.true(nat.allows(LAN, 0n, buildFrame(parts(0x1234))))
  t.true(nat.allows(LAN, 0n, buildFrame(parts(undefined, 0x1234))))
  const none = {
    ...parts(0),
    ipv4: { src: EXTERNAL, dst: server[0], ttl: 64 },
    udp: { srcPort: 1024, dstPort: 80, checksum: 0 },
  }
  t.true(nat.allows(LAN, 1n, buildFrame(parts(0)), WAN, buildFrame({ ...none, ethernet: macs(WAN) })))
})

test('nonIpv4: with any, nothing is said about other EtherTypes, and malformed IPv4 is still dropped', async (t) => {
  const nat = await judge({ nonIpv4: 'any' })
  const arp = buildFrame({ arp: {} })
  t.true(nat.allows(LAN, 0n, arp))
  t.true(nat.allows(LAN, 0n, arp, WAN, new Uint8Array(60)))
  t.is(nat.oracle.tally.unspecified, 2)
  const broken = udp(host, server).slice(0, 30)
  t.true(nat.allows(LAN, 0n, broken))
  t.false(nat.allows(LAN, 0n, broken, WAN, broken))
  t.false(nat.allows(LAN, 0n, new Uint8Array(13), WAN, new Uint8Array(13)))
})
