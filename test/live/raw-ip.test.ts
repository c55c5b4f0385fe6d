import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { InputError, MachineError } from '../../src/errors.js'
import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { rooted } from '../packetio/rooted.js'
import { traceOf } from '../replay/traffic.js'
import { temporary } from '../temporary.js'

const PROGRAMS = ['ip', 'nsenter']

/** Networks are behind the hosts, so that nothing is for these themselves. */
function router({ mtu = 1500, gateway = '10.0.0.1', more = '' } = {}): string {
  return `
title: The kernel as a router that is reached by raw IP
ports: { kind: veth, backend: raw_ip, mtu: ${mtu} }
device:
  kind: command
  setup: |
    ip addr add 10.0.0.1/30 dev $PORT0
    ip addr add 10.0.1.1/30 dev $PORT1
    ip route add 172.16.0.0/12 via 10.0.0.2
    ip route add 198.19.0.0/16 via 10.0.1.2
    echo 1 >/proc/sys/net/ipv4/ip_forward
    ${more}
nodes: { dut: { nf: $nf, ports: 2 } }
hosts:
  left: { ip: 10.0.0.2, gateway: ${gateway} }
  right: { ip: 10.0.1.2, gateway: 10.0.1.1 }
links:
  - { from: left, to: dut.0 }
  - { from: right, to: dut.1 }
inputs: { left: dut.0, right: dut.1 }
replay: { sides: { inside: left, outside: right }, translates: false }
`.trimStart()
}

/** It writes MAC addresses that nobody has, since raw IP shows none. */
function routing(hops: number): string {
  return specOf(`
    const { ipv4 } = packet
    if (!ipv4 || ipv4.ttl <= 1) return drop()
    const macs = { ethernet: { src: 0x02aabbccddee, dst: 0x02aabbccddef } }
    return forward(1 - ingress, packet.with(macs, { ipv4: { ttl: ipv4.ttl - ${hops} } }))
  `)
}

const MACS = { src: '02:00:00:00:02:01', dst: '02:00:00:00:02:02' }
const [LEFT, RIGHT] = ['172.16.7.1', '198.19.7.1'] as const

type Ipv4 = NonNullable<FrameParts['ipv4']>

function datagram(identification: number, parts: FrameParts, ipv4: Ipv4 = {}): Uint8Array {
  const ends = { src: LEFT, dst: RIGHT }
  return buildFrame({ ethernet: MACS, ipv4: { ...ends, ttl: 9, identification, ...ipv4 }, ...parts })
}

const udp: FrameParts = { udp: { srcPort: 1000, dstPort: 2000 }, payload: 'a datagram' }

/** Both ways, and of each protocol; short ones are padded, as on a wire. */
function conversation(): Uint8Array[] {
  const back = { src: RIGHT, dst: LEFT }
  return Array.from({ length: 10 }, (_, i) => [
    datagram(100 + i, { ...udp, minimumLength: 60 }),
    datagram(200 + i, { udp: { srcPort: 2000, dstPort: 1000 }, payload: 'y'.repeat(900) }, back),
    datagram(300 + i, { tcp: { srcPort: 1000, dstPort: 80, sequence: i }, minimumLength: 60 }),
    datagram(400 + i, { icmp: { type: 8, code: 0 }, payload: `echo ${i}` }, back),
  ]).flat()
}

function through(frames: readonly Uint8Array[], topology: string, hops = 1): ReplayOptions {
  const cwd = temporary()
  mine(cwd, routing(hops), wasmThatDoes('drop'))
  const file = join(cwd, 'router.yaml')
  writeFileSync(file, topology)
  return { nf: join(cwd, 'nfs', 'mine'), topology: file, traces: [traceOf(frames)], pps: 500 }
}

rooted(
  'datagrams of UDP, TCP and ICMP are replayed through a router, and held to what it does to them but for MAC addresses',
  async (t) => {
    const result = await replay(through(conversation(), router()))
    const [nf] = result.nfs
    t.is(result.verdict, 'holds', nf?.violations[0]?.summary ?? result.cause)
    t.like(nf, { packetsSent: 40, packetsChecked: 40, packetsReceived: 40, ignored: {} })
    t.is(result.replay?.real?.ports[0]?.backend, 'raw_ip')
  },
  PROGRAMS,
)

rooted(
  'what a router does otherwise than specified is caught, and MAC addresses are no part of it',
  async (t) => {
    const result = await replay(through(conversation().slice(0, 8), router(), 2))
    const [nf] = result.nfs
    t.is(result.verdict, 'violated')
    t.is(nf?.violationCount, 8)
    for (const { summary } of nf?.violations ?? []) t.regex(summary, /^ipv4\.ttl should be 7, but is 8/)
    for (const { differences } of nf?.violations ?? []) {
      t.deepEqual([...new Set(differences.map(({ layer }) => layer))], ['ipv4'])
    }
  },
  PROGRAMS,
)

rooted(
  'frames that raw IP cannot carry as they are are not sent, and counted under their cause',
  async (t) => {
    const others = [
      datagram(1, { ...udp, vlan: { id: 5 } }),
      buildFrame({ ethernet: MACS, ipv6: {}, ...udp }),
      datagram(2, udp, { headerChecksum: 0xbad }),
      datagram(0, udp),
      datagram(3, { ...udp, payload: 'z'.repeat(973) }),
    ]
    const result = await replay(through([...conversation(), ...others], router({ mtu: 1000 })))
    const [nf] = result.nfs
    t.is(result.verdict, 'holds', nf?.violations[0]?.summary ?? result.cause)
    t.like(nf, {
      packetsReceived: 40,
      ignored: {
        'not expressible by raw IP: no IP datagram, or one with a VLAN tag': 1,
        'not expressible by raw IP: of a version of IP of which its interface has no address': 1,
        'not expressible by raw IP: an IPv4 header that the kernel would repair, or bytes behind a datagram': 2,
      },
    })
    t.is(nf?.packetsChecked, 40)
  },
  PROGRAMS,
)

rooted(
  'a gateway that no device answers for is told before anything is sent, as is a port without a host',
  async (t) => {
    const silent = replay(through(conversation(), router({ gateway: '10.0.0.9' })))
    await t.throwsAsync(silent, {
      instanceOf: MachineError,
      message: /router\.yaml:14: no device answers for the gateway 10\.0\.0\.9 of 'left' \(it is sent echo requests/,
    })
    const alone = router().replace(', gateway: 10.0.1.1', '')
    await t.throwsAsync(replay(through(conversation(), alone)), {
      instanceOf: InputError,
      message: /router\.yaml:2: raw_ip has no way from port dut\.1 \(link a host to it that has an ip and a gateway/,
    })
  },
  PROGRAMS,
)

rooted('what a running network function offers is not for raw IP', async (t) => {
  await t.throwsAsync(replay({ ...through(conversation(), router()), attach: process.pid }), {
    instanceOf: InputError,
    message: /router\.yaml:2: --attach is for network functions, which raw_ip does not reach/,
  })
})
