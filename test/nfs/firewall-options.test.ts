import test from 'ava'

import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import { Judge } from './judge.js'

const WAN = 1
const LAN = 0
const config = { wan: WAN, maxFlows: 4, expiration: '1000ns' }

type End = readonly [address: string, port: number]
const host: End = ['2001:db8::11', 5000]
const server: End = ['2001:db8:f::21', 80]
const macs = (port: number) => ({ src: `02:00:00:00:00:0${port}`, dst: `02:00:00:00:01:0${port}` })

function packet(src: End, dst: End, more: Partial<FrameParts> = {}, flags?: number): Uint8Array {
  const ports = { srcPort: src[1], dstPort: dst[1] }
  const transport = flags === undefined ? { udp: ports } : { tcp: { ...ports, flags } }
  return buildFrame({ ipv6: { src: src[0], dst: dst[0], hopLimit: 64 }, ...transport, ...more })
}

function judge(options: Readonly<Record<string, string>>): Promise<Judge> {
  return Judge.of('firewall', config, options, 2)
}

test('macs: keep leaves every byte as it was, rewrite takes those of the egress port', async (t) => {
  const frame = packet(host, server)
  const rewritten = packet(host, server, { ethernet: macs(WAN) })
  const bridge = await judge({ macs: 'keep' })
  t.true(bridge.allows(LAN, 0n, frame, WAN, frame))
  t.false(bridge.allows(LAN, 1n, frame, WAN, rewritten))
  const router = await judge({ macs: 'rewrite' })
  t.true(router.allows(LAN, 0n, frame, WAN, rewritten))
  t.false(router.allows(LAN, 1n, frame, WAN, frame))
})

test('opens: with syn, TCP needs a SYN without ACK to open a flow', async (t) => {
  const firewall = await judge({ opens: 'syn', macs: 'keep' })
  for (const flags of [0x10, 0x12, 0x04]) t.true(firewall.allows(LAN, 0n, packet(host, server, {}, flags)))
  for (const flags of [0x02, 0x10]) {
    const frame = packet(host, server, {}, flags)
    t.true(firewall.allows(LAN, 1n, frame, WAN, frame))
  }
  const answer = packet(server, host, {}, 0x12)
  t.true(firewall.allows(WAN, 2n, answer, LAN, answer))
})

test('refreshOn: with outbound, an answer does not prolong a flow', async (t) => {
  for (const [refreshOn, lives] of [
    ['outbound', false],
    ['both', true],
  ] as const) {
    const firewall = await judge({ refreshOn, macs: 'keep' })
    const answer = packet(server, host)
    t.true(firewall.allows(LAN, 0n, packet(host, server), WAN, packet(host, server)))
    t.true(firewall.allows(WAN, 900n, answer, LAN, answer))
    t.is(firewall.allows(WAN, 1001n, answer, LAN, answer), lives)
  }
})

test('ipv6Extensions: with any, nothing is said about extension headers, and ICMPv6 is still dropped', async (t) => {
  const firewall = await judge({ ipv6Extensions: 'any' })
  for (const protocol of [0, 43, 44, 50, 51, 60, 135, 139, 140, 253, 254]) {
    const frame = packet(host, server, { ipv6: { src: host[0], dst: server[0], nextHeader: protocol } })
    t.true(firewall.allows(LAN, 0n, frame, WAN, frame), `next header ${protocol}`)
  }
  for (const protocol of [1, 2, 47, 52, 58, 59, 136]) {
    const frame = packet(host, server, { ipv6: { src: host[0], dst: server[0], nextHeader: protocol } })
    t.false(firewall.allows(LAN, 0n, frame, WAN, frame), `next header ${protocol}`)
  }
})

test('nonIp: with any, nothing is said about other EtherTypes, and malformed IP is still dropped', async (t) => {
  const firewall = await judge({ nonIp: 'any' })
  const arp = buildFrame({ arp: {} })
  t.true(firewall.allows(LAN, 0n, arp))
  t.true(firewall.allows(LAN, 0n, arp, WAN, arp))
  const broken = packet(host, server).slice(0, 50)
  t.false(firewall.allows(LAN, 0n, broken, WAN, broken))
  t.false(firewall.allows(LAN, 0n, new Uint8Array(13), WAN, new Uint8Array(13)))
})
