import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { buildFrame } from '../../src/packet/build.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { rooted } from '../packetio/rooted.js'
import { traceOf } from '../replay/traffic.js'
import { temporary } from '../temporary.js'

const TOPOLOGY = `
title: A router of the Linux kernel between two networks
ports: { kind: veth }
device:
  kind: command
  setup: |
    ip addr add 10.0.0.1/16 dev $PORT0
    ip addr add 198.51.100.1/24 dev $PORT1
    echo 1 >/proc/sys/net/ipv4/ip_forward
nodes: { dut: { nf: $nf, ports: 2 } }
hosts:
  left: { mac: 02:00:00:00:01:00, ip: 10.0.0.2, answers: [10.0.0.0/16], gateway: 10.0.0.1 }
  right: { mac: 02:00:00:00:01:01, ip: 198.51.100.2, answers: [198.51.100.0/24], gateway: 198.51.100.1 }
links:
  - { from: left, to: dut.0 }
  - { from: right, to: dut.1 }
inputs: { left: dut.0, right: dut.1 }
replay: { sides: { inside: left, outside: right }, translates: false }
`

function routing(hops: number): string {
  return specOf(`
    const { ipv4 } = packet
    if (!ipv4 || ipv4.ttl <= 1) return drop()
    const macs = { ethernet: { src: any, dst: any } }
    return forward(1 - ingress, packet.with(macs, { ipv4: { ttl: ipv4.ttl - ${hops} } }))
  `).replace('{ drop,', '{ any, drop,')
}

/** Hosts of two networks that talk to each other, each of them new to the router. */
function conversations(): Uint8Array[] {
  return Array.from({ length: 40 }, (_, i) => {
    const left = { address: `10.0.1.${1 + (i % 8)}`, port: 1000 }
    const right = { address: `198.51.100.${3 + (i % 5)}`, port: 2000 }
    const [from, to] = i % 2 === 0 ? [left, right] : [right, left]
    return buildFrame({
      ethernet: { src: '02:00:00:00:02:01', dst: '02:00:00:00:02:02' },
      ipv4: { src: from.address, dst: to.address, ttl: 10 + i, identification: 100 + i },
      udp: { srcPort: from.port, dstPort: to.port },
      payload: `packet ${i}`,
    })
  })
}

function through(spec: string): ReplayOptions {
  const cwd = temporary()
  mine(cwd, spec, wasmThatDoes('drop'))
  const topology = join(cwd, 'router.yaml')
  writeFileSync(topology, TOPOLOGY.trimStart())
  return { nf: join(cwd, 'nfs', 'mine'), topology, traces: [traceOf(conversations())], pps: 500 }
}

rooted(
  'a router finds hosts that answer, traffic is sent to its address, and what it says by itself is no traffic',
  async (t) => {
    const result = await replay(through(routing(1)))
    const [nf] = result.nfs
    t.is(result.verdict, 'holds', nf?.violations[0]?.summary ?? result.cause)
    t.is(nf?.packetsReceived, 40)
    const [port] = result.replay?.real?.ports ?? []
    t.true((port?.received ?? 0) > 20, 'it has asked for link addresses, and got answers')
  },
  ['ip', 'nsenter'],
)

rooted(
  'a router that counts hops otherwise than specified is caught at each packet',
  async (t) => {
    const result = await replay(through(routing(2)))
    t.is(result.verdict, 'violated')
    t.is(result.nfs[0]?.violationCount, 40)
    for (const { kind } of result.nfs[0]?.violations ?? []) t.is(kind, 'bytes')
  },
  ['ip', 'nsenter'],
)
