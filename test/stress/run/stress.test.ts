import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { InputError } from '../../../src/errors.js'
import { vigilHere } from '../../cli/here.js'
import { bin, isOneLine, vigil } from '../../cli/vigil.js'
import { inUserNamespace, rooted } from '../../packetio/rooted.js'
import { temporary } from '../../temporary.js'
import { wrongNats } from '../../wrong-builds/nat/builds.js'
import { writeSource } from '../../wrong-builds/wrong-build.js'
import { binaryOf, isSane, run, testsOf } from './running.js'

rooted('every frame that is sent is received or lost, in each of the tests', async (t) => {
  const tests = ['throughput', 'latency', 'frame-loss', 'back-to-back', 'recovery']
  const plans: string[] = []
  const progress: string[] = []
  const result = await run({
    tests,
    sizes: [64, 300],
    onPlan: (lines) => plans.push(...lines),
    onProgress: ({ test: name }) => progress.push(name),
  })
  t.is(result.exitCode, 0, result.cause)
  t.is(result.verdict, 'holds')
  t.deepEqual(
    testsOf(result).map(({ name, size }) => `${name} ${size}`),
    [64, 300].flatMap((size) => tests.map((name) => `${name} ${size}`)),
  )
  isSane(t, result)
  t.true(plans.some((line) => /it will take about \d+ s/.test(line)))
  t.deepEqual([...new Set(progress)], ['tester', ...tests])
  const [nf] = result.nfs
  t.is(nf?.testers.length, 2)
  t.true(testsOf(result).every(({ title }) => /quick$/.test(title) && !/RFC/.test(title)))
  t.true((nf?.deviations.length ?? 0) > 0 && (nf?.notExercised.length ?? 0) > 0)
})

for (const [nf, topology] of [
  ['nat', 'two-port-veth'],
  ['firewall', 'two-port-veth'],
  ['policer', 'two-port-veth'],
  ['bridge', 'four-port-bridge-veth'],
  ['balancer', 'balancer-three-backends-veth'],
  ['bridge', 'bridge-linux'],
] as const) {
  rooted(
    `${nf} on ${topology}: what is sent comes out where it has to`,
    async (t) => {
      const result = await run({ nf, topology, tests: ['frame-loss'] })
      t.is(result.exitCode, 0, result.cause)
      isSane(t, result)
      t.like(result.nfs[0], { framesCorrupt: 0, framesMisdirected: 0, framesWrong: 0, framesUndecided: 0 })
      t.true((result.nfs[0]?.framesReceived ?? 0) > 0)
      t.is((result.nfs[0]?.framesJudged ?? 0) > 0, nf !== 'policer')
    },
    topology === 'bridge-linux' ? ['nsenter', 'ip'] : [],
  )
}

rooted('a device that drops every tenth frame has that loss, and no throughput without it', async (t) => {
  const binary = binaryOf('  return count % 10 == 0 ? -1 : port ^ 1')
  const result = await run({ binary, tests: ['frame-loss'] })
  t.is(result.exitCode, 0, result.cause)
  isSane(t, result)
  // A busy machine loses some of its own.
  for (const { loss } of testsOf(result)[0]?.points ?? []) t.true(loss > 0.05 && loss < 0.5, String(loss))
  const strict = await run({ binary, tests: ['throughput', 'recovery'], duration: 0.2 })
  t.is(strict.exitCode, 4)
  t.is(testsOf(strict)[0]?.figures[0]?.mean, 0)
  t.is(testsOf(strict)[1]?.cause, 'there is no throughput to start from')
})

for (const [what, body, count] of [
  [
    'damages a payload',
    'if (count % 7 == 0) store<u8>(packet + length - 1, 170 ^ load<u8>(packet + length - 1))\n  return port ^ 1',
    'framesCorrupt',
  ],
  [
    'damages a tag',
    'if (count % 7 == 0) store<u8>(packet + 43, 170 ^ load<u8>(packet + 43))\n  return port ^ 1',
    'framesCorrupt',
  ],
  [
    'forgets a checksum',
    'if (count % 7 == 0) store<u8>(packet + 22, load<u8>(packet + 22) - 1)\n  return port ^ 1',
    'framesCorrupt',
  ],
  ['sends a frame back', 'return count % 7 == 0 ? port : port ^ 1', 'framesMisdirected'],
] as const) {
  rooted(`a device that ${what} now and then is found out, with exit code 1`, async (t) => {
    const result = await run({ binary: binaryOf(body), tests: ['frame-loss'] })
    t.is(result.exitCode, 1, result.cause)
    t.is(result.verdict, 'violated')
    isSane(t, result)
    t.true((result.nfs[0]?.[count] ?? 0) > 0)
  })
}

rooted('a NAT that writes a wrong address under load is found out, though each frame is whole', async (t) => {
  const edit = wrongNats.find(({ name }) => name === 'source-mac-of-the-wrong-port')
  if (edit === undefined) return t.fail()
  const binary = writeSource(temporary('stress'), 'nat', edit)
  const result = await run({ nf: 'nat', binary, tests: ['frame-loss'] })
  t.is(result.exitCode, 1, result.cause)
  isSane(t, result)
  const [nf] = result.nfs
  t.like(nf, { framesCorrupt: 0, framesMisdirected: 0, verdict: 'violated' })
  t.true((nf?.framesWrong ?? 0) > 0)
  t.is(nf?.wrongFrames.length, 10)
  t.regex(nf?.wrongFrames[0] ?? '', /ethernet\.src should be/)
  t.regex(result.cause ?? '', /judged frames are not as specified: frame \d+ of a trial, by port 0: ethernet\.src/)
  t.true(testsOf(result).some(({ trials }) => trials.some(({ judged, wrong }) => judged > 0 && wrong > 0)))
})

rooted('a device that drops everything shows nothing', async (t) => {
  const result = await run({ binary: binaryOf('return -1'), tests: ['frame-loss'] })
  t.is(result.exitCode, 4)
  t.regex(result.cause ?? '', /^vacuous: no frame came out/)
})

rooted('a device that traps ends the run with what was found before', async (t) => {
  const result = await run({
    binary: binaryOf('if (count > 50) unreachable()\n  return port ^ 1'),
    tests: ['frame-loss'],
  })
  t.is(result.exitCode, 1)
  t.regex(result.cause ?? '', /nop trapped/)
  t.false(testsOf(result)[0]?.isComplete)
})

rooted('an interrupted run keeps what it has, and has exit code 4', async (t) => {
  const controller = new AbortController()
  let trials = 0
  const result = await run({
    tests: ['frame-loss'],
    signal: controller.signal,
    onProgress: ({ test: name }) => {
      if (name === 'frame-loss' && ++trials === 2) controller.abort()
    },
  })
  t.is(result.exitCode, 4)
  t.is(result.cause, 'interrupted')
  t.is(testsOf(result)[0]?.trials.length, 1)
  t.like(testsOf(result)[0], { isComplete: false, cause: 'interrupted' })
  isSane(t, result)
})

rooted('the command says the plan first, ends on SIGTERM with its report, and prints result.json', async (t) => {
  const cwd = temporary()
  const words = [
    'stress',
    'nop',
    '--topology',
    'two-port-veth',
    '--test',
    'frame-loss',
    '--sizes',
    '64',
    '--duration',
    '20',
  ]
  const more = ['--rate-cap', '2000', '--flows', '20', '--json']
  const child = spawn(process.execPath, [bin, ...words, ...more], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { out: '', err: '' }
  child.stdout.on('data', (part: Buffer) => {
    texts.out += part.toString()
  })
  child.stderr.on('data', (part: Buffer) => {
    texts.err += part.toString()
    if (/it will take/.test(texts.err)) setTimeout(() => child.kill('SIGTERM'), 1500)
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  t.is(code, 4, texts.err)
  const printed: unknown = JSON.parse(texts.out)
  t.deepEqual(printed, JSON.parse(readFileSync(join(cwd, 'reports', 'latest', 'result.json'), 'utf8')))
  t.true(readFileSync(join(cwd, 'reports', 'latest', 'report.html'), 'utf8').includes('Undecided: interrupted'))
})

rooted('what cannot be tested is refused in one line', async (t) => {
  const lines: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['nop', '--topology', 'two-port', '--test', 'throughput'],
      /two-port\.yaml: the ports of topology two-port are simulated/,
    ],
    [
      ['nop', '--topology', 'two-port-veth', '--test', 'speed'],
      /no load test speed of nop \(there are throughput, latency, frame-loss/,
    ],
    [['nop', '--topology', 'two-port-veth'], /required option '--test <names>'/],
    [
      ['nop', '--topology', 'two-port-veth', '--test', 'latency', '--profile', 'slow'],
      /--profile "slow" \(rfc or quick\)/,
    ],
    [['nop', '--topology', 'two-port-veth', '--test', 'latency', '--sizes', '63'], /no IPv4 test frames of 63 bytes/],
    [
      ['nop', '--topology', 'two-port-veth', '--test', 'latency', '--sizes', '1519'],
      /1519 bytes are too long for these ports/,
    ],
    [['nop', '--topology', 'two-port-veth', '--test', 'latency', '--loss', '2'], /--loss "2"/],
    [['nop', '--topology', 'two-port-veth', '--test', 'latency', '--ip', '5'], /--ip "5" \(4 or 6\)/],
    [['nop', '--topology', 'two-port-veth', '--test', 'latency', '--direction', 'up'], /--direction "up"/],
    [
      ['nop', '--topology', 'two-port-veth', '--test', 'latency', '--ip', '6', '--sizes', '64'],
      /no IPv6 test frames of 64 bytes \(72 to/,
    ],
    [['nat', '--topology', 'two-port-veth', '--test', 'latency', '--ip', '6'], /nat forwards no IPv6/],
    [
      ['nat', '--topology', 'two-port-veth', '--test', 'latency,capacity', '--direction', 'both'],
      /capacity has one direction \(--direction both is for .*: --test latency\)/,
    ],
    [['nop', '--topology', 'two-port-veth', '--test', 'latency', '--duration', 'soon'], /--duration "soon"/],
    [['nop', '--topology', 'chain-firewall-nat', '--test', 'latency'], /names its network functions itself/],
    [['--topology', 'chain-firewall-nat', '--test', 'latency'], /one network function is under test at a time/],
    [
      ['nop', '--topology', 'two-nics', '--test', 'latency'],
      /two-nics\.yaml:4: these interfaces are those of the network function/,
    ],
  ]
  const impaired = join(temporary(), 'slow.yaml')
  const link = 'links: [{ from: left, to: dut.0, delay: 1ms }]'
  const parts = [
    'title: slow',
    'ports: { kind: veth }',
    'nodes: { dut: { nf: $nf, ports: 2 } }',
    'hosts: { left: {} }',
    link,
  ]
  writeFileSync(impaired, [...parts, 'inputs: { left: dut.0, right: dut.1 }', ''].join('\n'))
  const more = [
    [['nop', '--topology', impaired, '--test', 'latency'], /slow\.yaml:5: a real link is as it is/],
  ] as const
  for (const [words, message] of [...lines, ...more]) {
    const { code, stderr, stdout } = await vigilHere(['stress', ...words])
    t.is(code, 2, stdout)
    t.regex(stderr, message)
    t.true(isOneLine(stderr), stderr)
  }
  await t.throwsAsync(run({ tests: [] }), { instanceOf: InputError, message: /no test is named/ })
  await t.throwsAsync(run({ tests: ['latency'], rateCap: 0 }), { instanceOf: InputError, message: /rate cap/ })
})

/** Two ports joined by a bridge of the kernel. */
function linuxBridge(more: readonly string[]): string {
  const file = join(temporary(), 'linux.yaml')
  const lines = [
    'title: two ports of a bridge of the kernel',
    'ports: { kind: veth }',
    'device:',
    '  kind: command',
    '  setup: |',
    '    ip link add bridge type bridge stp_state 0 forward_delay 0',
    '    ip link set bridge up',
    '    for port in $PORTS; do ip link set $port master bridge; done',
    ...more,
    'nodes: { dut: { nf: $nf, ports: 2 } }',
    'inputs: { left: dut.0, right: dut.1 }',
    '',
  ]
  writeFileSync(file, lines.join('\n'))
  return file
}

rooted(
  'what a command has started is gone after an interrupted run',
  async (t) => {
    const mark = `987654.${process.pid}`
    const topology = linuxBridge([`  run: exec sleep ${mark}`])
    const runs = (): boolean =>
      readdirSync('/proc').some((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)
        } catch {
          return false
        }
      })
    const controller = new AbortController()
    let seen = false
    const result = await run({
      nf: 'bridge',
      topology,
      tests: ['throughput'],
      signal: controller.signal,
      onProgress: ({ test: name }) => {
        if (name !== 'throughput') return
        seen ||= runs()
        controller.abort()
      },
    })
    t.is(result.exitCode, 4)
    t.true(seen)
    t.false(runs())
  },
  ['nsenter', 'ip', 'sleep'],
)

rooted('a set-up that fails is one line, and no result', async (t) => {
  const topology = linuxBridge(['    echo no such thing >&2; exit 5'])
  const message = /linux\.yaml:3: the device's setup ended with 5: no such thing/
  await t.throwsAsync(run({ nf: 'bridge', topology, tests: ['throughput'] }), { instanceOf: InputError, message })
})

rooted('frames are held to the specification, but not with --no-judge, which the plan says', async (t) => {
  const words = ['stress', 'nop', '--topology', 'two-port-veth', '--test', 'frame-loss', '--sizes', '64', '--json']
  const more = ['--rate-cap', '1000', '--duration', '0.1', '--repeat', '1', '--flows', '5']
  for (const [asked, isJudged] of [
    [[], true],
    [['--no-judge'], false],
  ] as const) {
    const { code, stdout, stderr } = await vigilHere([...words, ...more, ...asked])
    t.is(code, 0, stderr)
    t.is(JSON.parse(stdout).nfs[0].framesJudged > 0, isJudged)
    t.is(/^no frame is held to the specification/m.test(stderr), !isJudged)
  }
})

inUserNamespace('who is not root makes load tests in a user namespace', async (t) => {
  const cwd = temporary()
  const words = ['stress', 'nop', '--topology', 'two-port-veth', '--test', 'frame-loss', '--sizes', '64', '--rootless']
  const more = ['--rate-cap', '1000', '--duration', '0.1', '--repeat', '1', '--flows', '5']
  const { code, stdout, stderr } = await vigil([...words, ...more], cwd)
  t.is(code, 0, stderr)
  t.regex(stdout, /^✓ holds {2}nop: 1 load test/m)
})

rooted('what a topology allows to be sent a second is not exceeded', async (t) => {
  const topology = join(temporary(), 'slow.yaml')
  const lines = ['title: slow', 'ports: { kind: veth, mostPerSecond: 500 }', 'nodes: { dut: { nf: $nf, ports: 2 } }']
  writeFileSync(topology, [...lines, 'inputs: { left: dut.0, right: dut.1 }', ''].join('\n'))
  let limit: string | undefined = 'tester'
  // A tester that others hold up cannot even send that much, which it says.
  for (let tries = 0; tries < 3 && limit === 'tester'; tries++) {
    const result = await run({ topology, tests: ['throughput'], rateCap: 100_000, flows: 1000, duration: 0.5 })
    const [found] = testsOf(result)
    t.true(found?.trials.every(({ rate }) => rate !== undefined && rate <= 500))
    // Those by which the device learns are frames, too.
    const sent = result.nfs[0]?.ports[0]?.sent ?? 0
    t.true(sent > 0 && sent <= 500 * result.durationSeconds)
    limit = found?.limit
  }
  t.is(limit, 'rate cap')
})
