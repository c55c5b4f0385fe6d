/** Cases on the router of this machine's kernel. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { conform } from '../../../src/conform/conform.js'
import { rooted } from '../../packetio/rooted.js'
import { temporary } from '../../temporary.js'
import { caseFile, datagram, packet, written } from './cases.js'

const ROUTER = { nf: 'linux-router', topology: 'router-linux' }

/** A datagram of 28 bytes in a frame that is filled up to `length` bytes. */
function routed(src: string, dst: string, length: number): Uint8Array {
  const framed = new Uint8Array(length).fill(0xee)
  framed.set(datagram(src, 1, dst, 2, { payload: 0 }).subarray(0, 42))
  return framed
}

const forth = routed('192.0.2.1', '203.0.113.9', 60)
const known = ['0.1.2.3', '169.254.1.2', '240.1.2.3'].map((src) => routed(src, '203.0.113.9', 60))

/** A file with one text in place of another. */
function changed(file: string, to: string, from: string, instead: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  writeFileSync(to, text.replace(from, instead))
}

rooted('the router of the kernel has its suite, but for what it is known for', async (t) => {
  const result = await conform(ROUTER)
  t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  const { coverage, real } = result.conform ?? {}
  t.is(coverage?.sides.notFound, 0)
  t.true((coverage?.sides.met ?? 0) > 30)
  t.deepEqual(
    real?.deviations.map(({ packets, specLine }) => [packets > 0, specLine]),
    [
      [true, 36],
      [true, 39],
      [true, 40],
    ],
  )
  t.true((result.nfs[0]?.outcomes.rewritten ?? 0) > 50)
})

rooted('a router is held to cases by raw IP, as far as that carries them', async (t) => {
  const stray = written(forth, 24, 0)
  stray[25] = (stray[25] ?? 0) ^ 1
  const toAll = forth.slice()
  toAll[0] = 1
  const cases = [
    caseFile('by-ip', [
      packet(0, forth),
      packet(0, written(forth, 18, 0)),
      packet(0, written(forth, 22, 0x0111)),
      packet(0, stray),
      packet(0, toAll),
      ...known.map((bytes) => packet(0, bytes)),
    ]),
  ]
  const asked = { nf: 'linux-router', topology: 'router-linux-raw-ip', cases }
  const result = await conform(asked)
  t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  t.is(result.nfs[0]?.outcomes.dropped, 1)
  const { ignored } = result.nfs[0] ?? {}
  t.is(ignored?.['not expressible by raw IP: a datagram for one host in a frame for a group'], 1)
  t.is(
    ignored?.['not expressible by raw IP: an IPv4 header that the kernel would repair, or bytes behind a datagram'],
    1,
  )
  const topology = join(temporary(), 'router.yaml')
  changed(
    'topologies/router-linux-raw-ip.yaml',
    topology,
    'for route in $CONFIG_routes',
    'for route in 203.0.113.0/24=0',
  )
  const wrong = await conform({ ...asked, topology })
  t.is(wrong.exitCode, 1)
  t.regex(wrong.conform?.failing[0]?.summary ?? '', /expected the packet to leave on port 1/)
})

rooted('a trailer that a router removes is counted, and one that it was not said to remove is missed', async (t) => {
  const cases = [
    caseFile('forth', [
      packet(0, forth),
      packet(0, routed('192.0.2.1', '203.0.113.9', 42)),
      ...known.map((bytes) => packet(0, bytes)),
    ]),
  ]
  const result = await conform({ ...ROUTER, cases })
  t.is(result.exitCode, 0, JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  t.true((result.conform?.real?.said['trailer removed'] ?? 0) >= 3)
  const nfs = temporary()
  const folder = join(nfs, 'linux-router')
  for (const nf of ['linux-router', 'router']) cpSync(`nfs/${nf}`, join(nfs, nf), { recursive: true })
  changed('nfs/linux-router/nf.yaml', join(folder, 'nf.yaml'), 'trailers: removed', 'trailers: kept')
  const kept = await conform({ ...ROUTER, nf: folder, cases, failureLimit: 0 })
  t.is(kept.exitCode, 1)
  t.regex(kept.nfs[0]?.violations[0]?.summary ?? '', /42 bytes|60 bytes|length/)
})

rooted('a router whose route leads elsewhere is found out by one packet', async (t) => {
  const topology = join(temporary(), 'router.yaml')
  changed('topologies/router-linux.yaml', topology, 'for route in $CONFIG_routes', 'for route in 203.0.113.0/24=0')
  const result = await conform({ ...ROUTER, topology, cases: [caseFile('forth', [packet(0, forth)])] })
  t.is(result.exitCode, 1)
  const [failing] = result.conform?.failing ?? []
  t.is(failing?.packets, 1)
  t.regex(failing?.summary ?? '', /expected the packet to leave on port 1, but it left on port 0/)
})

rooted('rows of a table reach the commands that set a device up', async (t) => {
  const cases = [
    caseFile('forth', [packet(0, routed('192.0.2.1', '198.18.0.9', 60)), ...known.map((bytes) => packet(0, bytes))]),
  ]
  const config = ['routes=198.18.0.0/15=1,203.0.113.0/24=1']
  const result = await conform({ ...ROUTER, config, cases })
  t.is(result.exitCode, 0, JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  t.true((result.nfs[0]?.outcomes.rewritten ?? 0) >= 1)
})
