import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'

import { createPcapngWriter, createPcapWriter, linkType, openFrames, writeAll } from '../../src/capture/index.js'
import { InputError } from '../../src/errors.js'
import { generate, profile } from '../../src/generate/index.js'
import { loadNf } from '../../src/nf/index.js'
import { loadSpec, OK, Oracle } from '../../src/oracle/index.js'
import { buildFrame } from '../../src/packet/build.js'
import { type RunNfOptions, type RunReport, runNf } from '../../src/run/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { isOneLine, vigil } from '../cli/vigil.js'
import { suspended } from '../suspended.js'
import { temporary } from '../temporary.js'

interface Stamped {
  readonly bytes: Uint8Array
  readonly time: bigint
}

interface Files {
  readonly read?: string
  readonly write?: string
}

/** A folder with a topology of two ports on these captures. */
function topology(folder: string, files: Readonly<Record<string, Files>>, more: readonly string[] = []): string {
  const path = join(folder, 'captures.yaml')
  const ports = Object.entries(files).map(([port, named]) => `    ${port}: ${JSON.stringify(named)}`)
  const lines = [
    'title: captures',
    'ports:',
    '  kind: pcap',
    '  files:',
    ...ports,
    ...more,
    'nodes: { dut: { nf: $nf, ports: 2 } }',
    'inputs: { left: dut.0, right: dut.1 }',
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

function frame(fill: number, length = 60): Uint8Array {
  const bytes = new Uint8Array(length).fill(fill)
  bytes.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5])
  return bytes
}

function capture(path: string, packets: readonly Stamped[]): string {
  writeAll(createPcapWriter(path, { nanosecond: true }), packets)
  return path
}

async function framesOf(path: string): Promise<Stamped[]> {
  const frames = await openFrames([path])
  const found: Stamped[] = []
  for await (const { count, bytes, offset, captured, time } of frames.batches()) {
    for (let i = 0; i < count; i++) {
      const start = offset[i] ?? 0
      found.push({ bytes: bytes.slice(start, start + (captured[i] ?? 0)), time: time[i] ?? 0n })
    }
  }
  return found
}

function run(options: RunNfOptions): Promise<RunReport> {
  return runNf({ nf: 'nop', ...options })
}

test('what a nat is given by two captures, in the order of their times, is what its specification says of them', async (t) => {
  const folder = temporary()
  const packets = [...generate({ ...profile('nat'), seed: 5, packets: 400 })]
  const of = (port: number) => packets.filter((packet) => packet.port === port)
  const read = [0, 1].map((port) => capture(join(folder, `in${port}.pcap`), of(port)))
  writeFileSync(join(folder, 'in1.pcap.gz'), gzipSync(readFileSync(read[1] ?? '')))
  const write = ['out0.pcap', 'out1.pcapng'].map((name) => join(folder, name))
  const files = {
    'dut.0': { read: read[0] ?? '', write: write[0] ?? '' },
    'dut.1': { read: join(folder, 'in1.pcap.gz'), write: write[1] ?? '' },
  }
  const report = await run({ nf: 'nat', topology: topology(folder, files), burst: 7 })
  t.like(report, { exitCode: 0, notExercised: [], counts: { processed: packets.length, meaningless: 0 } })
  const out = [await framesOf(write[0] ?? ''), await framesOf(write[1] ?? '')]
  t.deepEqual(
    report.ports.map(({ received, sent, backend }) => [received, sent, backend]),
    out.map((frames, port) => [of(port).length, frames.length, 'pcap']),
  )
  const { manifest, config } = await loadNf('nat')
  const oracle = new Oracle({ nf: 'nat', instance: 'dut', spec: await loadSpec(manifest.spec ?? ''), config })
  let forwarded = 0
  for (const { port, bytes, time } of packets) {
    // The times of a generated trace are all different.
    const [left] = out[1 - port]?.filter((each) => each.time === time) ?? []
    const egress = left === undefined ? 0 : 1 << (1 - port)
    const said = oracle.judge(
      port,
      time,
      bytes,
      0,
      bytes.length,
      egress,
      left?.bytes ?? bytes,
      0,
      left?.bytes.length ?? 0,
    )
    if (said !== OK) return t.fail(oracle.violation().violation.summary)
    if (left !== undefined) forwarded += 1
  }
  t.is(forwarded, report.counts.forwarded)
  t.true(forwarded > 100 && forwarded < packets.length)
})

test('frames of all ports are taken in the order of their times, of equal times by port, and of a file as it has them', async (t) => {
  const folder = temporary()
  const at = (time: bigint, fill: number): Stamped => ({ bytes: frame(fill), time })
  const left = capture(join(folder, 'left.pcap'), [at(10n, 1), at(30n, 2), at(20n, 3), at(50n, 4)])
  const right = capture(join(folder, 'right.pcap'), [at(10n, 5), at(25n, 6), at(40n, 7)])
  const out = join(folder, 'both.pcap')
  // A bridge floods what is for stations that it has not heard of.
  const files = { 'dut.0': { read: left }, 'dut.1': { read: right }, 'dut.2': { write: out } }
  const three = topology(folder, files)
  writeFileSync(three, readFileSync(three, 'utf8').replace('ports: 2', 'ports: 3'))
  const report = await run({ nf: 'bridge', topology: three, burst: 3 })
  t.is(report.exitCode, 0, report.cause)
  t.deepEqual(
    (await framesOf(out)).map(({ bytes, time }) => [bytes[20], time]),
    [
      [1, 10n],
      [5, 10n],
      [6, 25n],
      [2, 30n],
      [3, 20n],
      [7, 40n],
      [4, 50n],
    ],
  )
})

test('a time that goes back is taken for the one before: what was heard of then has not been silent since', async (t) => {
  const folder = temporary()
  const ends = { src: '10.0.0.1', dst: '198.51.100.1' }
  const out = buildFrame({ ipv4: ends, udp: { srcPort: 1000, dstPort: 53 } })
  const back = buildFrame({ ipv4: { src: ends.dst, dst: ends.src }, udp: { srcPort: 53, dstPort: 1000 } })
  const at = (seconds: bigint, bytes: Uint8Array): Stamped => ({ bytes, time: seconds * 1_000_000_000n })
  const left = capture(join(folder, 'left.pcap'), [at(100n, out), at(10n, out)])
  const right = capture(join(folder, 'right.pcap'), [at(105n, back), at(166n, back)])
  const path = topology(folder, { 'dut.0': { read: left }, 'dut.1': { read: right } })
  const { counts } = await run({ nf: 'firewall', topology: path, config: ['expiration=60s'] })
  t.like(counts, { processed: 4, forwarded: 3, dropped: 1 })
})

test('burst by burst or one by one, what leaves is the same', async (t) => {
  const folder = temporary()
  const packets = [...generate({ ...profile('firewall'), seed: 2, packets: 300 })]
  const files = [0, 1].map((port) => {
    const own = packets.filter((packet) => packet.port === port)
    return [
      `dut.${port}`,
      { read: capture(join(folder, `in${port}.pcap`), own), write: join(folder, `out${port}.pcap`) },
    ]
  })
  const path = topology(folder, Object.fromEntries(files))
  const seen: unknown[] = []
  for (const burst of [1, 32, 256]) {
    const { exitCode, counts } = await run({ nf: 'firewall', topology: path, burst })
    t.is(exitCode, 0)
    t.is(counts.processed, packets.length)
    seen.push([counts, await framesOf(join(folder, 'out0.pcap')), await framesOf(join(folder, 'out1.pcap'))])
  }
  t.deepEqual(seen[1], seen[0])
  t.deepEqual(seen[2], seen[0])
})

test('frames that a capture has not whole, or that are too long, are left out and counted', async (t) => {
  const folder = temporary()
  const read = join(folder, 'in.pcapng')
  const write = join(folder, 'out.pcapng')
  const packets = [
    { bytes: frame(1), time: 1n, interfaceId: 0 },
    { bytes: frame(2), time: 2n, interfaceId: 0, wireLength: 900 },
    { bytes: frame(3, 9019), time: 3n, interfaceId: 0 },
    { bytes: frame(4, 9018), time: 4n, interfaceId: 0 },
  ]
  writeAll(createPcapngWriter(read, { interfaces: [{ name: 'a', linkType: linkType.ethernet }] }), packets)
  const report = await run({ topology: topology(folder, { 'dut.0': { read }, 'dut.1': { write } }) })
  t.like(report.ports[0], { interface: `${read} → nothing`, received: 2, lost: 1, oversize: 1, sent: 0 })
  t.like(report.ports[1], { interface: `nothing → ${write}`, received: 0, sent: 2 })
  t.deepEqual(
    (await framesOf(write)).map(({ bytes }) => bytes[20]),
    [1, 4],
  )
})

/** An input of one frame, and an output that was there before. */
function before(): { folder: string; read: string; write: string; old: Buffer } {
  const folder = temporary()
  const read = capture(join(folder, 'in.pcap'), [{ bytes: frame(1), time: 1n }])
  const write = capture(join(folder, 'out.pcap'), [{ bytes: frame(9), time: 9n }])
  return { folder, read, write, old: readFileSync(write) }
}

function untouched(t: ExecutionContext, { folder, write, old }: ReturnType<typeof before>): void {
  t.deepEqual(readFileSync(write), old)
  t.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.part')),
    [],
  )
}

test('a capture with a fault ends the run with its file and packet, and what was written before stays', async (t) => {
  const made = before()
  const { folder, read, write } = made
  const many = Array.from({ length: 5000 }, (_, i) => ({ bytes: frame(i % 250), time: BigInt(i) }))
  const whole = readFileSync(capture(join(folder, 'many.pcap'), many))
  const cut = join(folder, 'cut.pcap')
  writeFileSync(cut, whole.subarray(0, whole.length - 3))
  const path = topology(folder, { 'dut.0': { read: cut, write }, 'dut.1': { read } })
  await t.throwsAsync(run({ topology: path }), {
    instanceOf: InputError,
    message: /cut\.pcap.*packet 5000.*the file ends inside a record/,
  })
  untouched(t, made)
  writeFileSync(cut, 'no capture at all, but a text')
  await t.throwsAsync(run({ topology: path }), { instanceOf: InputError, message: /cut\.pcap/ })
  untouched(t, made)
  const { code, stderr } = await vigil(['run', 'nop', '--topology', path])
  t.is(code, 2)
  t.true(isOneLine(stderr), stderr)
})

test('a trap is in the report, and what was written before stays', async (t) => {
  const made = before()
  mine(made.folder, specOf('return drop()'), wasmThatDoes('trap'))
  const { read, write } = made
  const path = topology(made.folder, { 'dut.0': { read, write } })
  const report = await run({ nf: join(made.folder, 'nfs', 'mine'), topology: path })
  t.is(report.exitCode, 1)
  t.regex(report.cause ?? '', /^mine trapped: /)
  untouched(t, made)
})

test('a network function that does not come to an end is stopped, and nothing is written', async (t) => {
  const made = before()
  mine(made.folder, specOf('return drop()'), wasmThatDoes('hang'))
  const { read, write } = made
  const path = topology(made.folder, { 'dut.0': { read, write } })
  const report = await run({ nf: join(made.folder, 'nfs', 'mine'), topology: path, hangAfter: 500 })
  t.like(report, { exitCode: 1, cause: 'mine does not come to an end: nothing is written' })
  untouched(t, made)
})

test('a run that was suspended in the middle of a frame says so, and blames nobody', async (t) => {
  const made = before()
  mine(made.folder, specOf('return drop()'), wasmThatDoes('slow'))
  const read = capture(join(made.folder, 'long.pcap'), [...generate({ ...profile('nop'), packets: 20_000 })])
  const path = topology(made.folder, { 'dut.0': { read, write: made.write } })
  const options = { nf: join(made.folder, 'nfs', 'mine'), topology: path, hangAfter: 2000, burst: 1 }
  const printed = await suspended(
    t,
    `import { runNf } from ${JSON.stringify(new URL('../../src/run/index.js', import.meta.url))}
    const { exitCode, cause } = await runNf({ ...${JSON.stringify(options)}, onStart: () => console.error('begun') })
    console.log(JSON.stringify({ exitCode, cause }))`,
  )
  t.like(JSON.parse(printed), { exitCode: 4 })
  t.regex(JSON.parse(printed).cause, /^hardly at a processor for long .*: nothing is written; run it again$/)
  untouched(t, made)
})

test('a network function cannot be stopped after no time at all', async (t) => {
  const made = before()
  const path = topology(made.folder, { 'dut.0': { read: made.read, write: made.write } })
  await t.throwsAsync(run({ topology: path, hangAfter: 0 }), { instanceOf: InputError, message: /after 0 millis/ })
})

test('a run that is interrupted writes nothing, and says so', async (t) => {
  const made = before()
  const { read, write } = made
  const signal = AbortSignal.abort()
  const report = await run({ topology: topology(made.folder, { 'dut.0': { read, write } }), signal, burst: 1 })
  t.like(report, { exitCode: 4, cause: 'interrupted before the captures ended: nothing is written' })
  untouched(t, made)
})

test('no capture is read and written, by whatever name, and none written twice', async (t) => {
  const made = before()
  const { folder, read, write } = made
  const link = join(folder, 'link.pcap')
  symlinkSync(read, link)
  const hard = join(folder, 'hard.pcap')
  linkSync(read, hard)
  const input = readFileSync(read)
  const fresh = join(folder, 'fresh.pcap')
  mkdirSync(join(folder, 'sub'))
  for (const [one, other] of [
    [{ read, write: read }, {}],
    [{ read, write: link }, {}],
    [{ read }, { write: hard }],
    [{ read, write }, { write }],
    [{ read, write: fresh }, { write: join(folder, 'sub', '..', 'fresh.pcap') }],
  ] as const) {
    const files = { 'dut.0': one, ...(Object.keys(other).length === 0 ? {} : { 'dut.1': other }) }
    await t.throwsAsync(run({ topology: topology(folder, files) }), {
      instanceOf: InputError,
      message: /captures\.yaml:\d: the capture .* is used twice, first in line \d$/,
    })
  }
  t.deepEqual(readFileSync(read), input)
  t.false(existsSync(fresh))
  untouched(t, made)
})

const wrong: readonly (readonly [string, Readonly<Record<string, Files>>, Partial<RunNfOptions>, RegExp])[] = [
  ['a file that is not there', { 'dut.0': { read: '/nowhere/in.pcap' } }, {}, /\/nowhere\/in\.pcap/],
  ['a folder that is not there', { 'dut.0': { read: 'IN', write: '/nowhere/out.pcap' } }, {}, /out\.pcap.*directory/],
  ['a port that is not there', { 'dut.2': { read: 'IN' } }, {}, /captures\.yaml:5: there is no port dut\.2: it has 2/],
  ['nothing to read', { 'dut.0': { write: 'out.pcap' } }, {}, /captures\.yaml:2: no port reads a capture/],
  ['a name of no capture', { 'dut.0': { read: 'IN', write: 'out.txt' } }, {}, /captures\.yaml:5: .*ends in \.pcap/],
  ['no file at all', { 'dut.0': {} }, {}, /captures\.yaml:5: /],
  ['a duration', { 'dut.0': { read: 'IN' } }, { duration: 5 }, /--duration is for ports that are no captures/],
  ['a way to wait', { 'dut.0': { read: 'IN' } }, { polling: 'busy' }, /--poll is for ports that are no captures/],
]

for (const [what, files, options, message] of wrong) {
  test(`${what} is refused in a line`, async (t) => {
    const { folder, read } = before()
    const named = Object.entries(files).map(([port, each]) => [
      port,
      { ...each, ...(each.read === 'IN' ? { read } : {}) },
    ])
    const path = topology(folder, Object.fromEntries(named))
    const error = await t.throwsAsync(run({ topology: path, ...options }), { instanceOf: InputError })
    t.regex(error?.message ?? '', message)
  })
}

test('replay, stress and devices of other kinds have no use for captures as ports', async (t) => {
  const { folder, read } = before()
  const path = topology(folder, { 'dut.0': { read } })
  const replayed = await vigil(['replay', read, '--nf', 'nop', '--topology', path])
  t.is(replayed.code, 2)
  t.regex(replayed.stderr, /captures\.yaml:2: captures as ports are not judged/)
  const stressed = await vigil(['stress', 'nop', '--topology', path, '--test', 'throughput'])
  t.is(stressed.code, 2)
  t.regex(stressed.stderr, /captures\.yaml:2: captures take a network function at any rate/)
  const external = topology(folder, { 'dut.0': { read } }, ['device: { kind: external }'])
  await t.throwsAsync(run({ topology: external }), {
    instanceOf: InputError,
    message: /captures\.yaml:6: only network functions have captures for ports/,
  })
})

test('the command says on what it runs, and what was done', async (t) => {
  const { folder, read, write } = before()
  const { code, stdout, stderr } = await vigil([
    'run',
    'nop',
    '--topology',
    topology(folder, { 'dut.0': { read }, 'dut.1': { write } }),
  ])
  t.is(code, 0, stderr)
  t.true(stdout.startsWith(`running on ${read} → nothing, nothing → ${write}; Ctrl-C ends it\n`), stdout)
  t.regex(stdout, /^nop: 1 frame in .*: forwarded 1, flooded 0, dropped 0$/m)
})
