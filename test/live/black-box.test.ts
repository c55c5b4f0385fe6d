import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'

import { InputError } from '../../src/errors.js'
import { buildFrame } from '../../src/packet/build.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import { rooted } from '../packetio/rooted.js'
import { traceOf } from '../replay/traffic.js'
import { temporary } from '../temporary.js'

const PROGRAMS = ['ip', 'nsenter']

/** By port 0 to the network of the other side, and one of port 1's to those of port 0; padded as on a wire. */
function datagram(identification: number, src: string, dst = '198.51.100.7'): Uint8Array {
  return buildFrame({
    ethernet: { dst: '02:00:00:00:00:00', src: '02:00:00:00:01:00' },
    ipv4: { src, dst, ttl: 9, identification },
    udp: { srcPort: 1000, dstPort: 2000 },
    minimumLength: 60,
  })
}

/** The last two are of networks that the kernel is known to take for others, against RFC 1812. */
const FRAMES = [
  datagram(1, '192.0.2.7'),
  datagram(2, '10.0.0.7'),
  datagram(3, '192.0.2.7', '192.88.99.1'),
  datagram(4, '240.0.0.7'),
  datagram(5, '0.1.2.3'),
]

function through(nf: string): ReplayOptions {
  const rules = ['net=0.0.0.0/0@left']
  return { nf, topology: 'router-linux', traces: [traceOf(FRAMES)], portRules: rules, pps: 500 }
}

rooted(
  'a trace goes through a black box: what it is known for is counted apart, and what it leaves out behind datagrams too',
  async (t) => {
    const result = await replay(through('linux-router'))
    const [nf] = result.nfs
    t.is(result.verdict, 'holds', nf?.violations[0]?.summary ?? result.cause)
    t.like(nf, { packetsSent: 5, packetsChecked: 3, violationCount: 0 })
    t.like(nf?.outcomes, { rewritten: 2, dropped: 1, violated: 0 })
    t.deepEqual(nf?.ignored, { 'another way, as the device is known to': 2 })
    t.is(nf?.binary, undefined)
    const { known = [], said } = result.replay?.real ?? {}
    t.deepEqual(
      known.map(({ packet, packets }) => [packet, packets]),
      [
        ['src net 0.0.0.0/8', 1],
        ['src net 240.0.0.0/4', 1],
      ],
    )
    t.is(said?.['trailer removed'], 4)
  },
  PROGRAMS,
)

rooted(
  'what nobody has written down of a black box is a violation, and an entry that a trace does not show is none',
  async (t) => {
    const folder = join(temporary(), 'nfs', 'linux-router')
    for (const name of ['linux-router/nf.yaml', 'router/spec.ts']) {
      mkdirSync(dirname(join(folder, '..', name)), { recursive: true })
      copyFileSync(join('nfs', name), join(folder, '..', name))
    }
    const violated = await replay(through(folder))
    t.is(violated.verdict, 'violated')
    t.is(violated.nfs[0]?.violationCount, 2)
    const plain = await replay({ ...through('linux-router'), traces: [traceOf(FRAMES.slice(0, 3))] })
    t.is(plain.verdict, 'holds', plain.cause)
    t.deepEqual(plain.replay?.real?.known, [])
  },
  PROGRAMS,
)

rooted(
  'by raw IP a router is taken to be sent to by its own MAC address, whatever a trace has, but for what no host sends',
  async (t) => {
    const elsewhere = FRAMES.map((frame) => frame.with(5, 0xaa))
    const toAll = datagram(6, '192.0.2.7').with(0, 0xff)
    const result = await replay({
      ...through('linux-router'),
      topology: 'router-linux-raw-ip',
      traces: [traceOf([...elsewhere, toAll])],
    })
    const [nf] = result.nfs
    t.is(result.verdict, 'holds', nf?.violations[0]?.summary ?? result.cause)
    t.like(nf?.outcomes, { rewritten: 2, dropped: 1, violated: 0 })
    t.deepEqual(nf?.ignored, {
      'another way, as the device is known to': 2,
      'not expressible by raw IP: a datagram for one host in a frame for a group': 1,
    })
  },
  PROGRAMS,
)

for (const topology of [undefined, 'two-port', 'two-port-veth']) {
  test(`without a device a black box is refused, topology ${topology ?? 'not named'}`, async (t) => {
    const { portRules, pps, ...options } = through('linux-router')
    const { topology: _, ...rest } = options
    await t.throwsAsync(replay(topology === undefined ? rest : { ...rest, topology }), {
      instanceOf: InputError,
      message:
        /linux-router is a black box: there is no binary of it \(conform and replay take it with --topology router-linux/,
    })
  })
}
