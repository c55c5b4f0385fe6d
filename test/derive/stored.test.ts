import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { derive } from '../../src/derive/derive.js'
import { loadSpecSubject } from '../../src/derive/subject.js'
import type { CasePacket, SuiteCase } from '../../src/derive/suite/suite.js'
import { mine } from '../cli/fixtures.js'
import { temporary } from '../temporary.js'

/** A packet of a case, at its time; each of those that come several times. */
type Sent = Pick<CasePacket, 'bytes' | 'port' | 'note' | 'line'> & { readonly now: bigint }

function sentIn({ packets }: SuiteCase): readonly Sent[] {
  let now = 0n
  return packets.flatMap(({ wait, times, bytes, port, note, line }) =>
    Array.from({ length: times }, () => {
      now += wait
      return { bytes, port, note, line, now }
    }),
  )
}

function lineWith(text: string, source: string): number {
  return source.split('\n').findIndex((line) => line.includes(text)) + 1
}

const CHOSEN = `
import { drop, expiringMap, forward, ipAddress, port, record, spec, transportPort } from 'vigil-nf/spec'

const Server = record({ port })
const Flow = record({ src: ipAddress, srcPort: transportPort })

export default spec({
  title: 'a flow stays with its server as long as that is there',
  config: {},
  state: () => ({ servers: expiringMap(Server, 4), flows: expiringMap(Flow, 2, Server) }),
  process({ packet, ingress, now, servers, flows }) {
    servers.expireOlderThan(now - 1000000000n)
    flows.expireOlderThan(now - 60000000000n)
    if (ingress !== 0) {
      const server = Server({ port: ingress })
      if (servers.touch(server, now) === undefined) servers.insert(server, now)
      return drop()
    }
    const { ip, transport } = packet
    if (!ip || !transport) return drop()
    const flow = Flow({ src: ip.src, srcPort: transport.srcPort })
    const known = flows.get(flow)
    const kept = known === undefined ? 0 : flows.valueAt(known).port
    const isKept = kept !== 0 && servers.get(Server({ port: kept })) !== undefined
    const first = servers.get(Server({ port: 1 })) !== undefined ? 1 : 2
    if (!isKept && first === 2 && servers.get(Server({ port: 2 })) === undefined) return drop()
    const chosen = isKept ? kept : first
    const slot = flows.touch(flow, now) ?? flows.insert(flow, now, Server({ port: chosen }))
    if (slot !== undefined) flows.setValue(slot, Server({ port: chosen }))
    return forward(chosen, packet)
  },
})
`

test.serial('what was chosen is used while a fresh choice would be another, to its end and after it', async (t) => {
  const cwd = temporary()
  mine(cwd, CHOSEN)
  const manifest = join(cwd, 'nfs', 'mine', 'nf.yaml')
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('count: 2', 'count: 3'))
  const { cases } = await derive({ nf: join(cwd, 'nfs', 'mine'), maxPackets: 4 })
  const kept = cases.map(sentIn).filter((sent) => sent.some(({ note }) => note === 'what was chosen is kept'))
  t.true(kept.length > 0)
  for (const sent of kept) {
    const at = sent.findIndex(({ note }) => note === 'what was chosen is kept')
    // Both servers just came, after a time at which only the second was there.
    t.deepEqual(
      sent.slice(at - 3, at).map(({ port }) => port),
      [1, 2, 0],
    )
    const end = sent.findIndex(({ note }) => note === 'kept to its end')
    const sinceUse = (index: number): bigint | undefined => {
      const like = sent
        .slice(0, index)
        .findLast(({ bytes }) => Buffer.compare(bytes, sent[index]?.bytes ?? bytes) === 0)
      return like && (sent[index]?.now ?? 0n) - like.now
    }
    t.is(sinceUse(end), 60_000_000_000n)
    t.is(sent[end + 1]?.note, 'chosen anew after its end')
    t.is(sinceUse(end + 1), 60_000_000_001n)
  }
  // What comes over the other IP version in between does so before the same packet comes again.
  const between = cases.map(sentIn).filter((sent) => sent.some(({ note }) => note === 'over IPv6, in between'))
  t.true(between.length > 0)
  for (const sent of between) {
    const at = sent.findIndex(({ note }) => note === 'over IPv6, in between')
    t.deepEqual(sent[at - 1]?.bytes, sent[at + 1]?.bytes)
  }
  // An entry keeps its value after one with almost the same key got another.
  const notes = new Set(cases.flatMap(({ packets }) => packets.map(({ note }) => note)))
  for (const field of ['ip.src byte 1 changed', 'ip.src byte 4 changed', 'transport.srcPort byte 1 changed']) {
    t.true(notes.has(`${field}, kept apart`), field)
  }
  // Those are of the same flow.
  t.false(notes.has('ip.dst byte 1 changed, kept apart'))
  // Near misses of a key do not have a case each.
  const apart = cases.filter(({ packets }) => packets.some(({ note }) => note?.endsWith('kept apart')))
  const misses = apart.flatMap(({ packets }) => packets.filter(({ note }) => note?.endsWith('kept apart')))
  t.true(misses.length > 4 * apart.length)
})

const BUCKET = `
import { drop, expiringMap, forward, ipAddress, min, record, spec, timestamp, u8, upTo, wide } from 'vigil-nf/spec'

const Host = record({ version: u8, address: ipAddress })
const FULL = 5000n * 1000n

export default spec({
  title: 'five thousand bytes at once, and one each microsecond',
  config: {},
  state: () => ({ buckets: expiringMap(Host, 2, record({ tokens: upTo(FULL), filledAt: timestamp })) }),
  process({ packet, ingress, now, buckets }) {
    buckets.expireOlderThan(now - 60000000000n)
    const { ip } = packet
    if (!ip) return drop()
    const host = Host({ version: ip.version, address: ip.dst })
    const slot = buckets.touch(host, now) ?? buckets.insert(host, now, { tokens: FULL, filledAt: now })
    if (slot === undefined) return drop()
    const { tokens, filledAt } = buckets.valueAt(slot)
    const there = min(FULL, tokens + (now - filledAt))
    const cost = wide(packet.length) * 1000n
    buckets.setValue(slot, { tokens: cost <= there ? there - cost : there, filledAt: now })
    if (cost > there) return drop() // red
    return forward(1 - ingress, packet) // green
  },
})
`

test.serial('what time fills is used up to the last unit, and asked for a nanosecond early and in time', async (t) => {
  const cwd = temporary()
  mine(cwd, BUCKET)
  const { cases, spec } = await derive({ nf: join(cwd, 'nfs', 'mine') })
  const [red, green] = [lineWith('// red', spec.source), lineWith('// green', spec.source)]
  const sent = cases.map(sentIn)
  const noted = (note: string): readonly Sent[] => sent.flatMap((each) => each.filter((one) => one.note === note))
  t.deepEqual(new Set(noted('a nanosecond too early').map(({ line }) => line)), new Set([red]))
  t.deepEqual(new Set(noted('in time').map(({ line }) => line)), new Set([green]))
  t.deepEqual(new Set(noted('in time').map(({ bytes }) => bytes[12])), new Set([0x08, 0x86]), 'over both versions')
  for (const wait of [4_999_999n, 5_000_000n]) {
    const filled = sent.filter((each) => each.some(({ note }) => note === `after ${wait} ns`))
    t.true(filled.length > 0, String(wait))
    for (const each of filled) {
      const begun = each.findIndex(({ note }) => note === `after ${wait} ns`)
      const next = each.findIndex(({ note }, at) => at > begun && note !== undefined)
      const used = each.slice(begun, next === -1 ? undefined : next).filter(({ line }) => line === green)
      // A nanosecond is less than a byte.
      const bytes = used.reduce((sum, one) => sum + one.bytes.length, 0)
      t.is(bytes, wait === 5_000_000n ? 5000 : 4999)
    }
  }
})

const STATIONS = `
import { drop, expiringMap, flood, forward, macAddress, port, record, spec } from 'vigil-nf/spec'

const Station = record({ mac: macAddress })

export default spec({
  title: 'learns who is not special',
  config: {},
  state: () => ({ stations: expiringMap(Station, 2, record({ port })) }),
  process({ packet, ingress, now, stations }) {
    stations.expireOlderThan(now - 1000000000n)
    const { ethernet } = packet
    if (!ethernet) return drop()
    if (ethernet.src < 0x10000000000) {
      const station = Station({ mac: ethernet.src })
      const slot = stations.touch(station, now) ?? stations.insert(station, now, { port: ingress })
      if (slot !== undefined) stations.setValue(slot, { port: ingress })
    }
    if (ethernet.dst === 0x0180c2000000) return drop() // reserved
    const known = stations.get(Station({ mac: ethernet.dst }))
    if (known === undefined) return flood(packet)
    return forward(stations.valueAt(known).port, packet) // known
  },
})
`

test.serial('what is not stored takes no room: what comes after it fills the table, and is there', async (t) => {
  const cwd = temporary()
  mine(cwd, STATIONS)
  const { cases, spec } = await derive({ nf: join(cwd, 'nfs', 'mine') })
  const [known, reserved] = [lineWith('// known', spec.source), lineWith('// reserved', spec.source)]
  const sourceOf = ({ bytes }: Sent): string => Buffer.from(bytes.subarray(6, 12)).toString('hex')
  const crowded = cases.map(sentIn).filter((sent) => {
    const from = sent.findIndex(({ note }) => note === 'ethernet.src group bit changed')
    const stored = sent.slice(from + 1).filter(({ bytes, note }) => note === undefined && bytes.length >= 14)
    return from !== -1 && new Set(stored.map(sourceOf)).size > 2 && sent.at(-1)?.line === known
  })
  t.true(crowded.length > 0)
  // What is dropped for what it is comes with each byte of it changed.
  const beside = cases.filter(({ packets }) => packets[0]?.line === reserved && packets[0].note === undefined)
  const notes = new Set(beside.flatMap(({ packets }) => packets.map(({ note }) => note)))
  for (let byte = 1; byte <= 6; byte++) t.true(notes.has(`ethernet.dst byte ${byte} changed`), `byte ${byte}`)
})

test('rings have few rows, as the configuration allows', async (t) => {
  const { words } = await loadSpecSubject('balancer')
  t.deepEqual(words, ['capacity=2', 'height=67'])
  const given = await loadSpecSubject('balancer', ['height=1009'])
  t.deepEqual(given.words, ['height=1009', 'capacity=2'])
})
