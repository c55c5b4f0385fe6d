/** How a run ends: with nothing shown, a violation, a trap, or early. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import test from 'ava'

import { replay } from '../../src/replay/index.js'
import { verdictSentence } from '../../src/report/index.js'
import { mine, specOf } from '../cli/fixtures.js'
import { suspended } from '../suspended.js'
import { first, sum } from './results.js'
import { conversation, freshPath, traceOf, udp } from './traffic.js'

const me = '192.168.1.7'
const server = '198.51.100.7'

/** A build of the NAT with one mistake. */
function wrongNat(find: string, replace: string): string {
  const file = join(dirname(freshPath('')), `wrong-${Math.random().toString(36).slice(2)}`, 'nfs', 'nat', 'nf.ts')
  mkdirSync(dirname(file), { recursive: true })
  symlinkSync(resolve('libvig'), join(file, '../../../libvig'))
  const text = readFileSync('nfs/nat/nf.ts', 'utf8')
  if (!text.includes(find)) throw new Error(`the NAT has no '${find}' any more`)
  writeFileSync(file, text.replace(find, replace))
  return file
}

const entry = 'export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {'

test('a run in which nothing is forwarded is undecided, and says which line dropped most', async (t) => {
  const result = await replay({ nf: 'nat', traces: [traceOf([udp('fd00::1', 1, '2001:db8::1', 2)])] })
  t.is(result.exitCode, 4)
  t.regex(result.cause ?? '', /^vacuous: no packet was forwarded: 1 of 1 dropped by line \d+, .*legal IPv4/)
  const nothing = await replay({ nf: 'nop', traces: [traceOf([udp(me, 1, server, 2)])], filter: 'tcp' })
  t.like(nothing, { exitCode: 4, cause: 'vacuous: no packet reached it' })
})

test('a wrong build is found out: packet, fields and counts', async (t) => {
  const binary = wrongNat(entry, `${entry}\n  store<u8>(packet + 22, 9)`)
  const traces = [traceOf(conversation(me, 40000, server, 20))]
  const result = await replay({ nf: 'nat', traces, binary, violationLimit: 3 })
  t.is(result.verdict, 'violated')
  t.is(result.exitCode, 1)
  const [nf] = result.nfs
  t.is(nf?.violations.length, 3)
  t.true((nf?.violationCount ?? 0) > 3)
  t.like(nf?.violations[0], { trace: traces[0], packet: 1, kind: 'bytes', ingress: 0 })
  t.true(nf?.violations[0]?.differences.some(({ field }) => field === 'ttl'))
})

test('a trap is a violation, after which nothing is judged any more', async (t) => {
  const binary = wrongNat(entry, `${entry}\n  if (length == 77) unreachable()`)
  const bomb = udp(me, 1, server, 2, 'x'.repeat(77 - 42))
  const frames = [...conversation(me, 40000, server, 2), bomb, ...conversation(me, 40001, server, 1)]
  for (const burst of [1, 256]) {
    const result = await replay({ nf: 'nat', traces: [traceOf(frames)], binary, burst })
    t.is(result.exitCode, 1)
    t.like(result.nfs[0], { violationCount: 1, packetsChecked: 8, packetsSent: 13 })
    t.like(result.nfs[0]?.violations[0], { kind: 'trap', packet: 8 })
    t.is(sum(result.nfs[0]?.ignored ?? {}), 5)
  }
})

/** The two ports of the default, with links that take time: frames wait in a queue. They enter at hosts, or at the ports. */
function slowLinks(entry: 'host' | 'port' = 'host'): string {
  const file = freshPath('slow.yaml')
  const text = readFileSync('topologies/two-port.yaml', 'utf8').replaceAll(/(to: dut\.\d)/g, '$1, delay: 10ns')
  writeFileSync(file, entry === 'port' ? text : text.replaceAll(/^ {2}(left|right): dut\.\d$/gm, '  $1: $1'))
  return file
}

test('a network function that does not come to an end is a violation, as a trap is', async (t) => {
  const binary = wrongNat(entry, `${entry}\n  while (length == 77) store<u8>(packet, 1)`)
  const bomb = udp(me, 1, server, 2, 'x'.repeat(77 - 42))
  const frames = [...conversation(me, 40000, server, 2), bomb, ...conversation(me, 40001, server, 1)]
  // Where the next packet hangs on what becomes of those before it, or comes as they arrive, it has not entered.
  for (const [burst, packetsSent, topology] of [
    [1, 13, {}],
    [256, 12, {}],
    [1, 12, { topology: slowLinks() }],
    [1, 13, { topology: slowLinks('port') }],
  ] as const) {
    const result = await replay({ nf: 'nat', traces: [traceOf(frames)], binary, burst, hangAfter: 500, ...topology })
    t.is(result.exitCode, 1)
    t.like(result.nfs[0], { violationCount: 1, packetsChecked: 8, packetsSent })
    t.is(first(result).packetsSent, packetsSent)
    t.like(result.nfs[0]?.violations[0], { kind: 'hang', packet: 8 })
    t.regex(result.nfs[0]?.violations[0]?.summary ?? '', /^(nat|dut) does not come to an end$/)
    t.deepEqual(result.nfs[0]?.ignored, { 'after it was stopped, which loses its state': packetsSent - 8 })
    t.is(first(result).packetsRead, first(result).packetsSent + sum(first(result).skipped))
  }
})

/** A build of the NAT that takes a millisecond or so for so many steps. */
function slowNat(steps: number): string {
  return wrongNat(entry, `${entry}\n  for (let i = 0; i < ${steps}; i++) store<u32>(packet, load<u32>(packet) ^ 0)`)
}

test('a network function that is slow is none that hangs', async (t) => {
  // All frames together take longer than one may.
  const binary = slowNat(1_500_000)
  const traces = [traceOf(Array.from({ length: 120 }, (_, i) => conversation(me, 40000 + i, server, 2)).flat())]
  const hangAfter = 600
  const result = await replay({ nf: 'nat', traces, binary, burst: 1, hangAfter })
  t.like(result, { exitCode: 0, verdict: 'holds' })
  t.true(result.durationSeconds * 1000 > 1.3 * hangAfter)
})

test('a run that was suspended in the middle of a packet says so, and blames nobody', async (t) => {
  const traces = [traceOf(Array.from({ length: 120 }, (_, i) => conversation(me, 40000 + i, server, 2)).flat())]
  const options = { nf: 'nat', traces, binary: slowNat(400_000), burst: 1, hangAfter: 2000, loop: 1000 }
  const printed = await suspended(
    t,
    `import { replay } from ${JSON.stringify(new URL('../../src/replay/index.js', import.meta.url))}
    const result = await replay({ ...${JSON.stringify(options)}, onPlan: () => console.error('begun') })
    const { exitCode, cause, nfs: [{ violationCount, packetsChecked }] } = result
    console.log(JSON.stringify({ exitCode, cause, violationCount, hasJudged: packetsChecked > 0 }))`,
  )
  const cause = 'hardly at a processor for 2 seconds in the middle of a packet, as if suspended (run it again)'
  t.deepEqual(JSON.parse(printed), { exitCode: 4, cause, violationCount: 0, hasJudged: true })
})

test('a specification that does not come to an end ends the run, and everything is accounted for', async (t) => {
  const folder = dirname(freshPath(''))
  mine(
    folder,
    specOf(
      'let sum = 0\nif (packet.length === 77) for (let i = 0; i < 100000000000; i++) sum += i\nreturn sum === 7 ? forward(0, packet) : drop()',
    ),
  )
  const frames = [udp(me, 1, server, 2), udp(me, 1, server, 2, 'x'.repeat(77 - 42)), udp(me, 1, server, 2)]
  // Those behind it are under way where links take time, and are not judged by what is left.
  const options = { nf: join(folder, 'nfs/mine'), traces: [traceOf(frames, [0, 0, 0])], hangAfter: 500 }
  const queued = await replay({ ...options, topology: slowLinks() })
  t.like(queued.nfs[0], { packetsChecked: 1, violationCount: 0 })
  const result = await replay(options)
  t.is(result.exitCode, 2)
  t.regex(result.cause ?? '', /^packets were not judged within 0\.5 seconds \(is there a loop in the specification/)
  t.is(first(result).packetsRead, first(result).packetsSent + sum(first(result).skipped))
})

test('a truncated trace ends the run with the results so far', async (t) => {
  const path = traceOf(conversation(me, 40000, server, 3))
  writeFileSync(path, readFileSync(path).subarray(0, -3))
  const result = await replay({ nf: 'nat', traces: [path] })
  t.is(result.verdict, 'error')
  t.is(result.exitCode, 2)
  t.regex(result.cause ?? '', /trace\.pcap, packet 9: /)
  t.like(result.nfs[0], { packetsChecked: 8, verdict: 'undecided', cause: result.cause })
  t.is(first(result).packetsRead, first(result).packetsSent + sum(first(result).skipped))
})

test('a specification that fails ends the run with its line, and everything is accounted for', async (t) => {
  const folder = dirname(dirname(wrongNat(entry, entry)))
  const spec = join(folder, 'nop', 'spec.ts')
  mkdirSync(dirname(spec))
  for (const name of ['nf.ts', 'nf.yaml']) symlinkSync(resolve('nfs/nop', name), join(dirname(spec), name))
  symlinkSync(resolve('node_modules'), join(folder, '../node_modules'))
  const text = readFileSync('nfs/nop/spec.ts', 'utf8')
  writeFileSync(spec, text.replace('forward(partner, packet)', 'forward(packet.length === 77 ? 9 : partner, packet)'))
  const bomb = udp(me, 1, server, 2, 'x'.repeat(77 - 42))
  const traces = [traceOf([...conversation(me, 40000, server, 2), bomb, ...conversation(me, 40001, server, 1)])]
  const result = await replay({ nf: dirname(spec), traces })
  t.is(result.exitCode, 2)
  t.regex(result.cause ?? '', /spec\.ts:\d+: forwards to a port that does not exist/)
  t.like(result.nfs[0], { packetsSent: 13, packetsChecked: 7, ignored: { 'waiting when the run ended early': 6 } })
})

test('an interrupted run in which something was violated is violated, and says that it ended early', async (t) => {
  const binary = wrongNat(entry, `${entry}\n  store<u8>(packet + 22, 9)`)
  const trace = traceOf(conversation(me, 40000, server, 3))
  const controller = new AbortController()
  controller.abort()
  const result = await replay({ nf: 'nat', traces: [trace, trace], binary, signal: controller.signal })
  t.like(result, { exitCode: 1, verdict: 'violated', cause: 'ended early: interrupted after 9 packets' })
  t.regex(verdictSentence(result), /^nat: \d+ violations in 9 packets, ended early: interrupted after 9 packets$/)
  t.is((await replay({ nf: 'nat', traces: [trace], binary })).cause, undefined)
})

test('an interrupted run is undecided and keeps what was judged', async (t) => {
  const trace = traceOf(conversation(me, 40000, server, 3))
  const controller = new AbortController()
  controller.abort()
  const result = await replay({ nf: 'nat', traces: [trace, trace], signal: controller.signal })
  t.is(result.exitCode, 4)
  t.is(result.cause, 'interrupted after 9 packets')
  t.is(result.nfs[0]?.packetsChecked, 9)
})
