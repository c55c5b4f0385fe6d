import { join } from 'node:path'

import test from 'ava'

import { specialChecksums } from '../../src/derive/checksums.js'
import { derive } from '../../src/derive/derive.js'
import type { SuiteCase } from '../../src/derive/suite/suite.js'
import { buildFrame, ipv4HeaderChecksum, readU16, transportChecksum } from '../../src/packet/index.js'
import { edited, layersOf } from '../../src/verify/counterexample/shrinking/edit.js'
import { mine, specOf } from '../cli/fixtures.js'
import { temporary } from '../temporary.js'

test.serial('where what is compared goes in steps, packets are as near to the boundary as can be', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('if (packet.length * 10 > 655) return drop()\nreturn forward(1 - ingress, packet)'))
  const { cases } = await derive({ nf: join(cwd, 'nfs', 'mine') })
  const near = cases.filter(({ meets }) => meets.some((target) => target.includes('nearest')))
  const lengths = new Set(near.flatMap(({ packets }) => packets.map(({ bytes }) => bytes.length)))
  t.true(lengths.has(65), 'five below')
  t.true(lengths.has(66), 'five above')
})

const ONCE = `
import { drop, expiringMap, forward, ipAddress, record, spec, u8 } from 'vigil-nf/spec'

const Host = record({ version: u8, address: ipAddress })

export default spec({
  title: 'one packet of each host',
  config: {},
  state: () => ({ seen: expiringMap(Host, 16) }),
  process({ packet, ingress, now, seen }) {
    seen.expireOlderThan(now - 1000000000n)
    const { ip } = packet
    if (!ip) return drop()
    const host = Host({ version: ip.version, address: ip.src })
    if (seen.get(host) !== undefined) return drop() // again
    seen.insert(host, now)
    return forward(1 - ingress, packet) // the first
  },
})
`

test.serial('what is dropped for what is stored leaves with any part of its key changed, over IPv6 too', async (t) => {
  const cwd = temporary()
  mine(cwd, ONCE)
  const { cases, spec } = await derive({ nf: join(cwd, 'nfs', 'mine') })
  const first = spec.source.split('\n').findIndex((line) => line.includes('// the first')) + 1
  /** What is changed in packets that leave although one like them came just before. */
  const changed = (length: number): ReadonlySet<string | undefined> =>
    new Set(
      cases
        .flatMap(({ packets }: SuiteCase) => packets.slice(1))
        .filter(({ line, wait, bytes }) => line === first && wait < 1_000_000_000n && addressSize(bytes) === length)
        .map(({ note }) => note),
    )
  for (const length of [4, 16]) {
    for (let byte = 1; byte <= length; byte++) t.true(changed(length).has(`ip.src byte ${byte} changed`), `${length}`)
  }
  t.false(changed(4).has('ip.dst byte 1 changed'))
})

function addressSize(bytes: Uint8Array): number {
  return layersOf(bytes).ipv4 === -1 ? 16 : 4
}

const endpoints = { src: '10.1.2.3', dst: '203.0.113.84' }
const ports = { srcPort: 40_000, dstPort: 8080 }

for (const [name, frame] of [
  ['TCP', buildFrame({ ipv4: endpoints, tcp: ports, payload: 'text' })],
  ['UDP', buildFrame({ ipv4: endpoints, udp: ports, payload: 'text' })],
] as const) {
  test(`${name}: checksums come, and leave, as the two values of the same sum`, (t) => {
    const outputOf = (bytes: Uint8Array): Uint8Array =>
      edited(bytes, (copy, { ipv4 }) => {
        copy.set([198, 51, 100, 1], ipv4 + 12)
        return copy
      })
    const variants = new Map(specialChecksums(frame, outputOf).map((variant) => [variant.name, variant.bytes]))
    const rights = (bytes: Uint8Array | undefined): { readonly header: number; readonly segment: number } => {
      const of = bytes ?? new Uint8Array(60)
      const layers = layersOf(of)
      return { header: ipv4HeaderChecksum(of, 14, 20), segment: transportChecksum(of, layers) }
    }
    const zero = name === 'UDP' ? 0xffff : 0
    for (const written of [0, 0xffff]) {
      const text = written === 0 ? '0x0000' : '0xffff'
      const header = variants.get(`IPv4 checksum ${text}, the right sum`) ?? frame
      t.is(readU16(header, 24), written)
      t.is(rights(header).header, 0)
      const segment = variants.get(`${name} checksum ${text}, the right sum`) ?? frame
      t.is(readU16(segment, name === 'UDP' ? 40 : 50), written)
      t.is(rights(segment).segment, zero)
      t.not(rights(variants.get(`IPv4 checksum ${text}, wrong`)).header, 0)
    }
    t.is(rights(outputOf(variants.get('IPv4 checksum that comes to zero') ?? frame)).header, 0)
    t.is(rights(outputOf(variants.get(`${name} checksum that comes to zero`) ?? frame)).segment, zero)
    const addressed = (bytes: Uint8Array): Uint8Array => bytes.with(0, 2)
    t.deepEqual(specialChecksums(frame, addressed), [], 'nothing that they cover changes')
  })
}

const BEATS = `
import { drop, expiringMap, forward, macAddress, record, spec } from 'vigil-nf/spec'

const Peer = record({ address: macAddress })

export default spec({
  title: 'segments pass to those that are there',
  config: {},
  state: () => ({ peers: expiringMap(Peer, 2) }),
  process({ packet, ingress, now, peers }) {
    peers.expireOlderThan(now - 1000000000n)
    const { ethernet, udp, transport } = packet
    if (!ethernet) return drop()
    if (ingress === 1 && udp !== undefined && udp.dstPort === 4321) {
      const peer = Peer({ address: ethernet.src })
      if (peers.touch(peer, now) === undefined) peers.insert(peer, now)
      return drop() // a heartbeat
    }
    const isThere = peers.get(Peer({ address: ethernet.dst })) !== undefined
    if (!isThere || !transport) return drop() // nobody is there
    return forward(1 - ingress, packet) // passes
  },
})
`

test.serial('what only just changes nothing comes before a packet to which that change would matter', async (t) => {
  const cwd = temporary()
  mine(cwd, BEATS)
  const { cases, spec } = await derive({ nf: join(cwd, 'nfs', 'mine') })
  const heartbeat = spec.source.split('\n').findIndex((line) => line.includes('// a heartbeat')) + 1
  const unheard = cases.map(({ packets }) => {
    const first = packets.findIndex(({ line }) => line === heartbeat)
    return first === -1 ? packets : packets.slice(0, first)
  })
  /** Changed so, nothing is stored, and the packet for which it is missing comes last. */
  const missed = unheard.flatMap((packets) => (packets.at(-1)?.port === 0 ? packets.slice(0, -1) : []))
  const notes = new Set(missed.filter(({ port }) => port === 1).map(({ note }) => note))
  for (const near of ['one less', 'one more', 'byte 1 changed', 'byte 2 changed']) {
    t.true(notes.has(`transport.dstPort ${near}`), near)
  }
  t.true(notes.has('the other transport protocol'))
  t.true(missed.some(({ port, note }) => port === 0 && note === 'by port 0'))
  /** Somebody else is there. */
  const other = cases.filter(({ packets }) =>
    packets.some(({ line, note }) => line === heartbeat && note !== undefined),
  )
  const others = new Set(other.flatMap(({ packets }) => packets.map(({ note }) => note)))
  t.true(others.has('ethernet.src one more'))
})

test.serial(
  'malformed packets come over TCP and UDP, IPv4 and IPv6, after a heartbeat that is as it has to be',
  async (t) => {
    const cwd = temporary()
    mine(cwd, BEATS)
    const { cases } = await derive({ nf: join(cwd, 'nfs', 'mine') })
    /** After the malformed ones, as it should be. */
    const last = cases.flatMap(({ name, packets }) => (name.includes('malformed') ? packets.slice(-1) : []))
    const forms = new Set(
      last.map(({ bytes }) => {
        const { tcp, ipv4 } = layersOf(bytes)
        return `${tcp === -1 ? 'UDP' : 'TCP'} over ${ipv4 === -1 ? 'IPv6' : 'IPv4'}`
      }),
    )
    for (const form of ['UDP over IPv4', 'UDP over IPv6', 'TCP over IPv4', 'TCP over IPv6'])
      t.true(forms.has(form), form)
  },
)
