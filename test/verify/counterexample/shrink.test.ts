/** Counterexamples are made small: ugly packets, run on the real binary, without any solver. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'
import fc from 'fast-check'

import { buildFrame, type FrameParts, printLine } from '../../../src/packet/index.js'
import { type Finding, JudgedRuns, type TestPacket } from '../../../src/verify/counterexample/judged-runs.js'
import { shrink } from '../../../src/verify/counterexample/shrink.js'
import { isSameViolation } from '../../../src/verify/counterexample/shrinking/same-violation.js'
import { loadSubject } from '../../../src/verify/index.js'
import { wrongNats } from '../../wrong-builds/nat/builds.js'
import { wrongNops } from '../../wrong-builds/nop/builds.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { deviceOf } from '../device-of.js'

type Config = Parameters<typeof loadSubject>[1]

interface Runs {
  run(this: void, packets: readonly TestPacket[]): Finding | undefined
}

async function runsOf(nf: string, edit: Edit, options: Config = {}): Promise<Runs> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-shrink-'))
  try {
    const subject = await loadSubject(nf, { ...options, binary: writeSource(folder, nf, edit) })
    const runs = new JudgedRuns(subject)
    const device = deviceOf(subject)
    return { run: (packets) => runs.run(packets, device) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function named(builds: readonly Edit[], name: string): Edit {
  const found = builds.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no wrong build ${name}`)
  return found
}

function found(runs: Runs, packets: readonly TestPacket[]): Finding {
  const finding = runs.run(packets)
  if (finding === undefined) throw new Error('these packets show nothing')
  return finding
}

function shrunk(runs: Runs, finding: Finding): Finding {
  return shrink(finding, (packets) => runs.run(packets))
}

const lines = ({ packets }: Finding): string[] =>
  packets.map(({ bytes, port, now }) => `${now} ${port} ${printLine(bytes)}`)

/** UDP over IPv4 with odd names, wrong checksums and bytes behind the datagram. */
function ugly(from: string, to: string, fromPort = 0, toPort = 0, more: FrameParts = {}): Uint8Array {
  return buildFrame({
    ethernet: { src: '00:00:00:00:00:00', dst: '00:00:00:00:00:00' },
    ipv4: { src: from, dst: to, identification: 0x1234, ttl: 1, headerChecksum: 0x1111 },
    udp: { srcPort: fromPort, dstPort: toPort, checksum: 0x2222 },
    payload: new Uint8Array(300).fill(7),
    trailer: new Uint8Array(700).fill(9),
    ...more,
  })
}

const EXTERNAL = '198.51.100.1'
const nat: Config = { config: { wan: 0, externalIp: EXTERNAL, startPort: 1024, maxFlows: 4, expiration: '10s' } }

test('packets that are not needed go, the rest becomes short and plain', async (t) => {
  const runs = await runsOf('nat', named(wrongNats, 'peer-address-not-compared'), nat)
  const finding = found(runs, [
    { bytes: ugly('0.0.0.0', '0.0.0.0'), port: 1, now: 77_123_456_789n },
    { bytes: ugly('7.0.0.0', '0.0.0.9'), port: 1, now: 78_123_456_789n },
    { bytes: ugly('99.1.2.3', EXTERNAL, 0, 1024), port: 0, now: 79_999_999_999n },
  ])
  t.is(finding.packets.length, 3)
  t.deepEqual(lines(shrunk(runs, finding)), [
    '1000000000 1 02:00:00:00:0a:01 > 02:00:00:00:0b:01, 42 bytes, 10.0.0.1:40000 > 192.0.2.1:80, UDP, length 0',
    '2000000000 0 02:00:00:00:0b:01 > 02:00:00:00:0a:01, 42 bytes, 192.0.2.2:80 > 198.51.100.1:1024, UDP, length 0',
  ])
})

test('what matters stays: a byte of the payload; another violation, of shorter packets, is not taken for it', async (t) => {
  const runs = await runsOf('nop', {
    name: 'drops-one-byte',
    why: 'one packet is lost',
    find: '  const partner',
    replace:
      '  if (length < 60) return port\n  if (length > 100 && load<u8>(packet + 100) == 7) return DROP\n  const partner',
  })
  const finding = found(runs, [{ bytes: ugly('0.0.0.0', '0.0.0.0'), port: 1, now: 5n }])
  const small = shrunk(runs, finding)
  t.true(isSameViolation(finding.detail, small.detail))
  t.is(small.packets[0]?.bytes.length, 200)
  t.is(small.packets[0]?.bytes[100], 7)
})

test('a time just at a boundary is kept, and told', async (t) => {
  const runs = await runsOf('nat', named(wrongNats, 'expires-one-nanosecond-late'), nat)
  const again = ugly('1.1.1.1', '2.2.2.2', 3, 4)
  const start = 31_415_926_535n
  const finding = found(runs, [
    { bytes: again, port: 1, now: start },
    { bytes: ugly('9.9.9.9', EXTERNAL, 4, 1024), port: 0, now: start + 5n },
    { bytes: ugly('2.2.2.2', EXTERNAL, 4, 1024), port: 0, now: start + 10_000_000_001n },
  ])
  const { packets, notes } = shrunk(runs, finding)
  t.deepEqual(
    packets.map(({ now }) => now),
    [1_000_000_000n, 11_000_000_001n],
  )
  t.deepEqual(notes, ['packet 2 comes just at a boundary: 1 ns earlier or later, and this does not happen'])
})

test('a wait that only has to be long is a round one', async (t) => {
  const runs = await runsOf('nat', named(wrongNats, 'never-expires'), nat)
  const finding = found(runs, [
    { bytes: ugly('1.1.1.1', '2.2.2.2', 3, 4), port: 1, now: 5n },
    { bytes: ugly('2.2.2.2', EXTERNAL, 4, 1024), port: 0, now: 70_644_123_456_789n },
  ])
  const { packets, notes } = shrunk(runs, finding)
  t.deepEqual(
    packets.map(({ now }) => now),
    [1_000_000_000n, 101_000_000_000n],
  )
  t.is(notes, undefined)
})

test('a VLAN tag that does not matter goes, and a frame that is not IP is cut to its header', async (t) => {
  const runs = await runsOf('nop', named(wrongNops, 'sent-back'))
  const tagged = buildFrame({
    ethernet: { src: '00:00:00:00:00:00', dst: '00:00:00:00:00:00' },
    vlan: { id: 9 },
    payload: new Uint8Array(900).fill(3),
  })
  const { packets } = shrunk(runs, found(runs, [{ bytes: tagged, port: 0, now: 0n }]))
  t.is(packets[0]?.bytes.length, 14)
})

test('whatever is behind the datagram and whenever it comes: the same violation, no longer, and nothing more to shrink', async (t) => {
  const runs = await runsOf('nat', named(wrongNats, 'peer-address-not-compared'), nat)
  const time = fc.bigInt(0n, 9_000_000_000n)
  const address = fc.ipV4()
  await fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      time,
      time,
      address,
      address,
      (trailer, at, wait, from, stranger) => {
        fc.pre(from !== stranger)
        const packets = [
          { bytes: ugly('0.0.0.0', from, 0, 0, { trailer }), port: 1, now: at },
          { bytes: ugly(stranger, EXTERNAL, 0, 1024, { trailer }), port: 0, now: at + wait },
        ]
        const finding = found(runs, packets)
        const small = shrunk(runs, finding)
        const again = runs.run(small.packets)
        t.true(again !== undefined && isSameViolation(finding.detail, again.detail))
        t.is(again?.packets.length, small.packets.length)
        for (const [i, { bytes }] of small.packets.entries()) t.true(bytes.length <= (packets[i]?.bytes.length ?? 0))
        t.deepEqual(lines(shrunk(runs, small)), lines(small))
      },
    ),
    { numRuns: 20 },
  )
})
