import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

import { generate, profile, writeTrace } from '../../src/generate/index.js'
import { Layers, parseLayers } from '../../src/packet/layers.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import type { NfResult, RunResult } from '../../src/result/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { vigilHere } from '../cli/here.js'
import { interrupted, isOneLine, type Ran, vigil } from '../cli/vigil.js'
import { rooted } from '../packetio/rooted.js'
import { traceOf, udp } from '../replay/traffic.js'
import { temporary } from '../temporary.js'
import { writeSource } from '../wrong-builds/wrong-build.js'

/** A trace of the usual traffic of a network function. */
function traceFor(name: string, packets: number): string {
  const path = join(temporary(), `${name}.pcapng`)
  writeTrace(path, { ...profile(name), packets })
  return path
}

type Result = RunResult<NfResult>

function holds(t: ExecutionContext, result: Result, least: number): void {
  const [nf] = result.nfs
  const [violation] = nf?.violations ?? []
  t.is(result.verdict, 'holds', violation === undefined ? result.cause : JSON.stringify(violation, undefined, 1))
  t.is(result.exitCode, 0)
  t.true((nf?.packetsChecked ?? 0) >= least)
  const { real } = result.replay ?? {}
  t.deepEqual(real?.lost, { before: 0, after: 0, excusedBefore: 0, excusedAfter: 0 })
  t.is(real?.late, 0)
  for (const { lost, refused } of real?.devicePorts ?? []) t.deepEqual([lost, refused], [0, 0])
}

const traffic: readonly (readonly [string, string])[] = [
  ['nop', 'two-port-veth'],
  ['nat', 'two-port-veth'],
  ['firewall', 'two-port-veth'],
  ['policer', 'two-port-veth'],
  ['bridge', 'four-port-bridge-veth'],
  ['balancer', 'balancer-three-backends-veth'],
]

for (const [nf, topology] of traffic) {
  rooted(`${nf} on veth pairs, as fast as it takes them: every packet is judged, and none is lost`, async (t) => {
    const result = await replay({ nf, topology, traces: [traceFor(nf, 3000)], speed: 'max' })
    holds(t, result, 2900)
  })
}

rooted('as fast as possible no answer overtakes its question, so that a firewall lets it in', async (t) => {
  const frames = Array.from({ length: 2000 }, (_, i) => [
    udp('192.168.0.7', 2000 + i, '203.0.113.5', 53, 'ask'),
    udp('203.0.113.5', 53, '192.168.0.7', 2000 + i, 'tell'),
  ]).flat()
  const result = await replay({ nf: 'firewall', topology: 'two-port-veth', traces: [traceOf(frames)], speed: 'max' })
  holds(t, result, 4000)
  // Where nothing waits for the question, 2 to 6 of 100 packets are answers that came first. Waiting has an end on a busy machine.
  const { rewritten = 0, dropped = 0 } = result.nfs[0]?.outcomes ?? {}
  t.true(rewritten >= 3980, `${rewritten} let through, ${dropped} dropped`)
})

rooted('at its own speed a trace is sent by an absolute schedule, and how exact that was is told', async (t) => {
  const trace = traceFor('nop', 400)
  const result = await replay({ nf: 'nop', topology: 'two-port-veth', traces: [trace], speed: 5 })
  holds(t, result, 380)
  const { timing, pace } = result.replay?.real ?? {}
  t.is(pace, '5 times as fast as it was recorded')
  t.true((timing?.frames ?? 0) >= 380)
  const { median = 0, percentile99 = 0, maximum = 0 } = timing ?? {}
  t.true(median >= 0 && median <= percentile99 && percentile99 <= maximum)
})

rooted('a rate is kept to', async (t) => {
  const options: ReplayOptions = { nf: 'nop', topology: 'two-port-veth', traces: [traceFor('nop', 300)], pps: 2000 }
  const result = await replay(options)
  holds(t, result, 290)
  t.is(result.replay?.real?.pace, '2000 packets a second')
  t.true((result.replay?.real?.timing?.frames ?? 0) >= 290)
})

rooted(
  "the kernel's bridge does what the specification of ours says",
  async (t) => {
    // It drops what says that it is IP and is not legal, which IEEE 802.1Q does not ask for.
    const legal = [...generate({ ...profile('bridge'), packets: 1500 })].filter(({ bytes }) => !isWrongIp(bytes))
    const traces = [traceOf(legal.map(({ bytes }) => bytes))]
    const result = await replay({ nf: 'bridge', topology: 'bridge-linux', traces, speed: 'max' })
    t.is(result.replay?.real?.device, 'command')
    holds(t, result, 500)
  },
  ['ip', 'nsenter'],
)

function isWrongIp(bytes: Uint8Array): boolean {
  const layers = new Layers()
  parseLayers(layers, bytes, 0, bytes.length, true)
  const saysIp = layers.etherType === 0x0800 || layers.etherType === 0x86dd
  return saysIp && layers.ipv4 === -1 && layers.ipv6 === -1
}

/** A topology of one network function `mine` with two ports, and `more`. */
function topologyOf(cwd: string, more: string): void {
  const text = [
    'title: mine',
    'ports: { kind: veth }',
    more,
    `nodes: { dut: { nf: ${join(cwd, 'nfs', 'mine')}, ports: 2 } }`,
    'inputs: { left: dut.0, right: dut.1 }',
    'replay: { sides: { inside: left, outside: right }, translates: false }',
    '',
  ]
  writeFileSync(join(cwd, 'mine.yaml'), text.filter((line) => line !== '').join('\n'))
}

function resultIn({ stdout }: Ran): Result {
  const result: Result = JSON.parse(stdout)
  return result
}

/** A folder with the network function `mine`, a topology of it and a trace. */
function folderOf(spec: string, module: Uint8Array, more = ''): string {
  const cwd = temporary()
  mine(cwd, specOf(spec), module)
  topologyOf(cwd, more)
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 60 })
  return cwd
}

const WORDS = ['replay', 'trace.pcap', '--topology', 'mine.yaml', '--json'] as const

function mineReplayed(
  spec: string,
  module: Uint8Array,
  more = '',
  words: readonly string[] = ['--speed', 'max'],
): Promise<Ran> {
  return vigilHere([...WORDS, ...words], folderOf(spec, module, more))
}

rooted('a device that drops what it must forward is caught, at each packet', async (t) => {
  const cwd = folderOf('return forward(1 - ingress, packet)', wasmThatDoes('drop'))
  const ran = await vigil([...WORDS, '--speed', 'max'], cwd)
  t.is(ran.code, 1)
  const [nf] = resultIn(ran).nfs
  t.is(nf?.violationCount, nf?.packetsChecked)
  t.like(nf?.violations[0], { kind: 'verdict', trace: 'trace.pcap', packet: 1 })
})

rooted('a device that lets out what it must drop is caught, at each packet', async (t) => {
  const ran = await mineReplayed('return drop()', wasmThatDoes('bounce'))
  t.is(ran.code, 1)
  const [nf] = resultIn(ran).nfs
  t.true((nf?.violationCount ?? 0) >= 55)
})

rooted('a device that writes what no state allows is caught at each packet, however many are under way', async (t) => {
  const [find, replace] = ['externalIp = configExternalIp()', 'externalIp = configExternalIp() + 1']
  const binary = writeSource(temporary(), 'nat', { name: 'next-address', why: '', find, replace })
  const traces = [traceFor('nat', 12)]
  const {
    verdict,
    nfs,
    replay: ran,
  } = await replay({ nf: 'nat', binary, topology: 'two-port-veth', traces, limit: 12, speed: 'max' })
  t.is(verdict, 'violated')
  t.deepEqual(ran?.real?.doubts, {})
  t.is(nfs[0]?.outcomes.undecided, 0)
  t.true((nfs[0]?.outcomes.violated ?? 0) > 10, `${nfs[0]?.outcomes.violated}`)
})

rooted('a network function that traps ends the run, as a violation', async (t) => {
  const ran = await mineReplayed('return drop()', wasmThatDoes('trap'))
  t.is(ran.code, 1)
  const result = resultIn(ran)
  t.like(result.nfs[0], { verdict: 'violated', violationCount: 1 })
  t.like(result.nfs[0]?.violations[0], { kind: 'trap', summary: 'mine trapped: unreachable' })
})

rooted(
  'a network function that does not come to an end is a violation, though dropping all would be right',
  async (t) => {
    const cwd = folderOf('return drop()', wasmThatDoes('hang'))
    const traces = [join(cwd, 'trace.pcap')]
    // Its thread is busy as long as it is waited for.
    const result = await replay({ topology: join(cwd, 'mine.yaml'), traces, speed: 'max', patience: 200 })
    t.is(result.exitCode, 1)
    const [nf] = result.nfs
    t.is(nf?.violationCount, 1)
    // While the run goes on: when it is over, who ends the device finds out too.
    t.like(nf?.violations[0], { kind: 'hang', summary: 'the network function does not come to an end with a frame' })
  },
)

rooted('answers that name no port are a violation, though nothing is seen of them', async (t) => {
  const ran = await mineReplayed('return drop()', wasmThatDoes('sink'))
  t.is(ran.code, 1)
  t.like(resultIn(ran).nfs[0]?.violations.at(-1), { kind: 'bad verdict' })
})

rooted(
  'a device whose set-up fails is told with its line and its own words',
  async (t) => {
    const ran = await mineReplayed(
      'return drop()',
      wasmThatDoes('drop'),
      'device: { kind: command, setup: "echo no such thing >&2; exit 5" }',
    )
    t.is(ran.code, 2)
    t.regex(ran.stderr, /mine\.yaml:3: the device's setup ended with 5: no such thing/)
    t.is(ran.stdout, '')
  },
  ['nsenter'],
)

rooted(
  'a device whose set-up ends with 3 needs what the machine does not have, as it says itself',
  async (t) => {
    const ran = await mineReplayed(
      'return drop()',
      wasmThatDoes('drop'),
      'device: { kind: command, setup: "echo no such kernel >&2; exit 3" }',
    )
    t.is(ran.code, 3)
    t.regex(ran.stderr, /mine\.yaml:3: no such kernel/)
    t.is(ran.stdout, '')
  },
  ['nsenter'],
)

rooted(
  'a device whose command ends by itself ends the run with what was judged before',
  async (t) => {
    const ran = await mineReplayed(
      'return drop()',
      wasmThatDoes('drop'),
      'device: { kind: command, run: "sleep 0.3; echo it broke; exit 5" }',
      ['--pps', '50'],
    )
    t.is(ran.code, 2)
    const result = resultIn(ran)
    t.is(result.verdict, 'error')
    t.regex(result.cause ?? '', /the device's command ended with 5: it broke/)
  },
  ['nsenter'],
)

rooted(
  'a link that is lost in mid-run ends it with exit code 3',
  async (t) => {
    const ran = await mineReplayed(
      'return drop()',
      wasmThatDoes('drop'),
      'device: { kind: command, run: "sleep 0.3; ip link set $PORT0 down; sleep 60" }',
      ['--pps', '50'],
    )
    t.is(ran.code, 3)
    t.is(resultIn(ran).verdict, 'error')
  },
  ['nsenter', 'ip'],
)

rooted('Ctrl-C ends a run in real time with what was judged until then', async (t) => {
  const cwd = temporary()
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 2000 })
  const words = ['replay', 'trace.pcap', '--nf', 'nop', '--topology', 'two-port-veth', '--pps', '100']
  const ran = await interrupted(words, cwd, /inputs?|topology/)
  t.is(ran.code, 4)
  t.regex(ran.stdout, /interrupted/)
})

rooted('four runs at once do not meet', async (t) => {
  const traces = [traceFor('nop', 1000)]
  const all = await Promise.all(
    [1, 2, 3, 4].map(() => replay({ nf: 'nop', topology: 'two-port-veth', traces, pps: 5000 })),
  )
  for (const result of all) holds(t, result, 990)
})

rooted('patience is for real ports, as the library is told', async (t) => {
  const given = { topology: 'two-port', nf: 'nop', traces: [traceFor('nop', 10)], patience: 10 }
  await t.throwsAsync(replay(given), { message: /patience is for real ports/ })
})

rooted('what can be found wrong before sending is refused in one line', async (t) => {
  const cwd = temporary()
  const trace = traceFor('nop', 10)
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['--nf', 'nop', '--speed', 'max'], /--speed is for real ports/],
    [['--nf', 'nop', '--topology', 'two-port-veth', '--speed', '0'], /--speed "0"/],
    [['--nf', 'nop', '--topology', 'two-port-veth', '--speed', '2', '--pps', '5'], /two ways to say how fast/],
    [['--nf', 'nop', '--topology', 'two-nics'], /two-nics\.yaml:4: these interfaces are those of the network function/],
    [['--nf', 'nop', '--topology', 'two-port-veth', '--attach', '1'], /process 1 offers no ports/],
    [['--nf', 'nop', '--topology', 'two-port', '--attach', '1'], /--attach is for real ports/],
  ]
  for (const [words, message] of refusals) {
    const ran = await vigilHere(['replay', trace, ...words], cwd)
    t.is(ran.code, 2, words.join(' '))
    t.regex(ran.stderr, message)
    t.true(isOneLine(ran.stderr))
  }
})
