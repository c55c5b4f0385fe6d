import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { MachineError } from '../../src/errors.js'
import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { rooted } from '../packetio/rooted.js'
import { traceOf } from '../replay/traffic.js'
import { temporary } from '../temporary.js'

const PROGRAMS = ['ip', 'nsenter']

/** Networks are behind the hosts, so that nothing is for these themselves. The device's own addresses are used at once. */
function router({ version4 = true, gateway6 = '2001:db8::1' } = {}): string {
  const [left4, right4] = version4
    ? ['ip: 10.0.0.2, gateway: 10.0.0.1, ', 'ip: 10.0.1.2, gateway: 10.0.1.1, ']
    : ['', '']
  return `
title: The kernel as a router that is reached by raw IP
ports: { kind: veth, backend: raw_ip }
device:
  kind: command
  setup: |
    for name in $PORTS; do
      echo 0 >/proc/sys/net/ipv6/conf/$name/accept_dad
      echo 0 >/proc/sys/net/ipv6/conf/$name/disable_ipv6
    done
    echo 1 >/proc/sys/net/ipv4/ip_forward
    echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
    ip addr add 10.0.0.1/30 dev $PORT0
    ip addr add 10.0.1.1/30 dev $PORT1
    ip addr add 2001:db8::1/64 dev $PORT0
    ip addr add 2001:db8:1::1/64 dev $PORT1
    ip route add 172.16.0.0/12 via 10.0.0.2
    ip route add 198.19.0.0/16 via 10.0.1.2
    ip route add fd00:1::/32 via 2001:db8::2
    ip route add 2001:db8:2::/48 via 2001:db8:1::2
nodes: { dut: { nf: $nf, ports: 2 } }
hosts:
  left: { ${left4}ip6: '2001:db8::2', gateway6: '${gateway6}' }
  right: { ${right4}ip6: '2001:db8:1::2', gateway6: '2001:db8:1::1' }
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
    const { ipv4, ipv6 } = packet
    const macs = { ethernet: { src: 0x02aabbccddee, dst: 0x02aabbccddef } }
    if (ipv4 && ipv4.ttl > 1) return forward(1 - ingress, packet.with(macs, { ipv4: { ttl: ipv4.ttl - 1 } }))
    if (ipv6 && ipv6.hopLimit > 1) return forward(1 - ingress, packet.with(macs, { ipv6: { hopLimit: ipv6.hopLimit - ${hops} } }))
    return drop()
  `)
}

const MACS = { src: '02:00:00:00:02:01', dst: '02:00:00:00:02:02' }
const [LEFT, RIGHT] = ['fd00:1::7', '2001:db8:2::7'] as const

type Ipv6 = NonNullable<FrameParts['ipv6']>

function datagram(parts: FrameParts, ipv6: Ipv6 = {}): Uint8Array {
  return buildFrame({ ethernet: MACS, ipv6: { src: LEFT, dst: RIGHT, hopLimit: 9, ...ipv6 }, ...parts })
}

/** Both ways, of each protocol and of both versions; short ones are padded, as on a wire. */
function conversation(): Uint8Array[] {
  const back = { src: RIGHT, dst: LEFT }
  const ipv4 = { src: '172.16.7.1', dst: '198.19.7.1', ttl: 9 }
  return Array.from({ length: 8 }, (_, i) => [
    datagram({ udp: { srcPort: 1000, dstPort: 2000 }, payload: `${i}`, minimumLength: 70 }, { flowLabel: 77 + i }),
    buildFrame({ ethernet: MACS, ipv4: { ...ipv4, identification: 1 + i }, udp: { srcPort: 1, dstPort: 2 } }),
    datagram({ udp: { srcPort: 2000, dstPort: 1000 }, payload: `${i}${'y'.repeat(900)}` }, back),
    datagram({ tcp: { srcPort: 1000, dstPort: 80, sequence: i } }),
    datagram({ icmpv6: { type: 128, code: 0 }, payload: `echo ${i}` }, { ...back, hopLimit: i === 0 ? 1 : 64 }),
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
  'datagrams of IPv6 and IPv4 are replayed through a router together, and held to what it does to them',
  async (t) => {
    const result = await replay(through(conversation(), router()))
    const [nf] = result.nfs
    t.is(result.verdict, 'holds', nf?.violations[0]?.summary ?? result.cause)
    t.like(nf, { packetsSent: 40, packetsChecked: 40, packetsReceived: 39 })
    for (const cause of Object.keys(nf?.ignored ?? {}))
      t.regex(cause, /^(neighbour discovery|ICMP errors) of the device$/)
  },
  PROGRAMS,
)

rooted(
  'what a router does to IPv6 otherwise than specified is caught, in its header alone',
  async (t) => {
    const result = await replay(through(conversation().slice(0, 4), router({ version4: false }), 2))
    const [nf] = result.nfs
    t.is(result.verdict, 'violated')
    t.is(nf?.violationCount, 3)
    for (const { summary } of nf?.violations ?? []) t.regex(summary, /^ipv6\.hopLimit should be 7, but is 8/)
    t.is(nf?.ignored['not expressible by raw IP: of a version of IP of which its interface has no address'], 1)
  },
  PROGRAMS,
)

rooted(
  'a gateway of IPv6 that no device answers for is told before anything is sent',
  async (t) => {
    await t.throwsAsync(replay(through(conversation(), router({ gateway6: '2001:db8::9' }))), {
      instanceOf: MachineError,
      message: /no device answers for the gateway 2001:db8::9 of 'left' \(it is sent echo requests/,
    })
  },
  PROGRAMS,
)
