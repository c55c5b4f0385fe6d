import { readFileSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'

import test from 'ava'

import { createPcapngWriter, writeAll } from '../../src/capture/index.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import { conversation, freshPath, SYN, tcp, traceOf, udp } from './traffic.js'

const me = '192.168.1.7'
const server = '198.51.100.7'

test('the format of a trace is told by content, on standard input too', async (t) => {
  const frames = conversation(me, 40000, server, 3)
  const path = freshPath('trace.pcap')
  writeAll(
    createPcapngWriter(path, { interfaces: [{ name: 'lan', linkType: 1 }] }),
    frames.map((bytes, i) => ({ bytes, time: BigInt(i) })),
  )
  const stdin = Readable.from([readFileSync(path)])
  const result = await replay({ nf: 'nat', traces: [traceOf(frames), path, '-'], stdin })
  t.deepEqual(
    result.replay?.traces.map(({ format }) => format),
    ['pcap', 'pcapng', 'pcapng'],
  )
})

/** Five answers in eleven packets; then a stranger to the open port, and one to a port that nobody has. */
const visited = [
  ...conversation(me, 40000, server, 4),
  tcp('203.0.113.66', 1, me, 40000, SYN),
  tcp('203.0.113.66', 1, me, 2, SYN),
]
const inOrder = Array.from({ length: 20 }, (_, i) => i * 500_000_000)
const fromClients = inOrder.map((_, i) => tcp(`203.0.113.${i}`, 4000, server, 80, SYN))
const map = '192.168.0.0/16=10.0.0.0/8'
const large = udp(me, 1, server, 2, 'x'.repeat(3000))
const cut = tcp(me, 1, server, 2, SYN, 'x'.repeat(4000))

const runs: readonly (readonly [string, ReplayOptions, Readonly<Record<string, number>> | undefined])[] = [
  ['nothing happens on the way to a wire', { nf: 'nop', traces: [traceOf(visited)] }, undefined],
  [
    'answers and strangers go to what the NAT chose',
    { nf: 'nat', traces: [traceOf(visited)], config: ['startPort=5000', 'maxFlows=500'] },
    { 'answers rewritten': 5, 'packets of strangers aimed at a mapping': 1 },
  ],
  [
    'hosts send heartbeats',
    { nf: 'balancer', traces: [traceOf(fromClients, inOrder)] },
    { 'heartbeats sent by hosts': 30 },
  ],
  [
    'two times of five go back',
    { nf: 'nop', traces: [traceOf(visited.slice(0, 5), [5, 4, 6, 6, 5])] },
    { 'timestamps that went back': 2 },
  ],
  [
    'addresses are mapped in the packets that have one of them',
    { nf: 'nop', traces: [traceOf([udp(me, 1, server, 2), udp('10.9.9.9', 1, server, 2)])], map },
    { 'addresses mapped': 1 },
  ],
  [
    'of the oversize packets one is cut into three',
    { nf: 'nop', traces: [traceOf([cut, large])], oversize: 'segment' },
    { 'segments of oversize packets': 3 },
  ],
]
for (const [name, options, network] of runs) {
  test(`the result tells what happened outside of the network functions: ${name}`, async (t) => {
    const { verdict, replay: summary } = await replay(options)
    t.is(verdict, 'holds')
    t.deepEqual(summary?.network, network)
  })
}

test('what links lose is what is missing behind them', async (t) => {
  const file = freshPath('lab.yaml')
  const link = 'from: firewall.1, to: nat.0'
  const text = readFileSync('topologies/chain-firewall-nat.yaml', 'utf8')
  writeFileSync(file, text.replace(link, `${link}, loss: 0.2, reorder: { probability: 0.2, by: 5ms }`))
  const traces = [traceOf(Array.from({ length: 100 }, (_, i) => tcp(me, 1000 + i, server, 80, SYN)))]
  const { nfs, replay: summary } = await replay({ topology: file, traces })
  const { 'lost on links': lost = 0, 'held back on links': heldBack = 0, ...others } = summary?.network ?? {}
  t.is(lost, 100 - (nfs[1]?.packetsSent ?? 0))
  t.true(lost > 0 && heldBack > 0 && lost + heldBack < 100)
  t.deepEqual(others, {})
})
