import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'

import { profile, writeTrace } from '../../src/generate/index.js'
import { replay } from '../../src/replay/index.js'
import type { NfResult, RunResult } from '../../src/result/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { vigilHere } from '../cli/here.js'
import { bin, isOneLine, vigil } from '../cli/vigil.js'
import { leftBehind } from '../packetio/left-behind.js'
import { withDpdk } from '../packetio/with-dpdk.js'
import { temporary } from '../temporary.js'

function traceFor(name: string, packets: number): string {
  const path = join(temporary(), `${name}.pcapng`)
  writeTrace(path, { ...profile(name), packets })
  return path
}

/** A topology that comes with Vigil, its ports made rings. */
function onRings(name: string): string {
  const text = readFileSync(`topologies/${name}.yaml`, 'utf8')
  const file = join(temporary(), 'rings.yaml')
  writeFileSync(file, text.replace('kind: veth', 'kind: dpdk'))
  return file
}

function holds(t: ExecutionContext, result: RunResult<NfResult>, least: number): void {
  const [nf] = result.nfs
  const [violation] = nf?.violations ?? []
  t.is(result.verdict, 'holds', violation === undefined ? result.cause : JSON.stringify(violation, undefined, 1))
  t.true((nf?.packetsChecked ?? 0) >= least)
  const { real } = result.replay ?? {}
  t.deepEqual(real?.lost, { before: 0, after: 0, excusedBefore: 0, excusedAfter: 0 })
  t.deepEqual(real?.notExercised, [])
  const [testers = [], devices = []] = [real?.ports, real?.devicePorts]
  t.is(testers.length, devices.length)
  t.true(devices.length >= 2)
  // What a port cannot carry is refused to the tester; the device has none of it.
  for (const { lost, backend } of testers) t.deepEqual([lost, backend], [0, 'dpdk'])
  for (const { lost, refused, backend } of devices) t.deepEqual([lost, refused, backend], [0, 0, 'dpdk'])
}

const traffic: readonly (readonly [string, () => string])[] = [
  ['nop', () => 'dpdk-rings'],
  ['nat', () => 'dpdk-rings'],
  ['firewall', () => 'dpdk-rings'],
  ['policer', () => 'dpdk-rings'],
  ['bridge', () => onRings('four-port-bridge-veth')],
  ['balancer', () => onRings('balancer-three-backends-veth')],
]

for (const [nf, topology] of traffic) {
  withDpdk(`${nf} on rings of DPDK, as fast as it takes them: every packet is judged, and none is lost`, async (t) => {
    const result = await replay({ nf, topology: topology(), traces: [traceFor(nf, 1500)], speed: 'max' })
    holds(t, result, 1450)
  })
}

withDpdk('on rings a trace is sent by its own times too', async (t) => {
  const result = await replay({ nf: 'nop', topology: 'dpdk-rings', traces: [traceFor('nop', 200)], pps: 2000 })
  holds(t, result, 190)
  t.true((result.replay?.real?.timing?.frames ?? 0) >= 190)
})

/** A folder with the device `mine` on rings, and a trace of 30 packets. */
function folderOf(what: Parameters<typeof wasmThatDoes>[0]): string {
  const cwd = temporary()
  mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes(what))
  const text = [
    'title: mine',
    'ports: { kind: dpdk }',
    `nodes: { dut: { nf: ${join(cwd, 'nfs', 'mine')}, ports: 2 } }`,
    'inputs: { left: dut.0, right: dut.1 }',
    'replay: { sides: { inside: left, outside: right }, translates: false }',
  ]
  writeFileSync(join(cwd, 'mine.yaml'), text.join('\n'))
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 30 })
  return cwd
}

const WORDS = ['replay', 'trace.pcap', '--topology', 'mine.yaml', '--json', '--speed', 'max'] as const

withDpdk('a device on rings that drops what it must forward is caught', async (t) => {
  const ran = await vigilHere(WORDS, folderOf('drop'))
  t.is(ran.code, 1, ran.stderr)
  const result: RunResult<NfResult> = JSON.parse(ran.stdout)
  t.is(result.nfs[0]?.violationCount, result.nfs[0]?.packetsChecked)
})

withDpdk('a trap of a device on rings ends the run, and its thread before its ports', async (t) => {
  const ran = await vigil(WORDS, folderOf('trap'))
  t.is(ran.code, 1, ran.stderr)
  t.regex(ran.stdout, /trapped/)
})

withDpdk('a hang of a device on rings ends the run, and its thread before its ports', async (t) => {
  const cwd = folderOf('hang')
  const traces = [join(cwd, 'trace.pcap')]
  // Its thread is busy as long as it is waited for.
  const result = await replay({ topology: join(cwd, 'mine.yaml'), traces, speed: 'max', patience: 200 })
  t.is(result.exitCode, 1)
  t.is(result.nfs[0]?.violations[0]?.summary, 'the network function does not come to an end with a frame')
})

for (const [signal, exitCode] of [
  ['SIGINT', 4],
  ['SIGTERM', 4],
  ['SIGKILL', null],
] as const) {
  withDpdk(`a run on rings that is ended by ${signal} leaves nothing`, async (t) => {
    const cwd = temporary()
    writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 4000 })
    const words = ['replay', 'trace.pcap', '--nf', 'nop', '--topology', 'dpdk-rings', '--pps', '200']
    const child = spawn(process.execPath, [bin, ...words], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    // Past the start of DPDK, which takes a quarter of a second.
    await setTimeout(1500)
    child.kill(signal)
    const [code] = await once(child, 'close')
    t.is(code, exitCode)
    t.deepEqual(leftBehind(child.pid), [])
  })
}

withDpdk('what rings are not for is one line', async (t) => {
  const cwd = temporary()
  const run = await vigilHere(['run', 'nop', '--topology', 'dpdk-rings', '--duration', '1'], cwd)
  t.is(run.code, 2)
  t.true(isOneLine(run.stderr))
  t.regex(run.stderr, /dpdk-rings\.yaml:\d+: rings of DPDK have both ends in one process/)
  const own = join(cwd, 'own.yaml')
  writeFileSync(
    own,
    readFileSync('topologies/dpdk-rings.yaml', 'utf8').replace(
      'ports: { kind: dpdk }',
      'ports:\n  kind: dpdk\n  devices:\n    dut.0: net_null0\n    dut.1: net_null1',
    ),
  )
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 10 })
  for (const words of [
    ['replay', 'trace.pcap', '--nf', 'nop'],
    ['stress', 'nop', '--test', 'throughput'],
  ]) {
    const ran = await vigilHere([...words, '--topology', own], cwd)
    t.is(ran.code, 2)
    t.true(isOneLine(ran.stderr))
    t.regex(ran.stderr, /own\.yaml:\d+: these devices are those of the network function itself/)
  }
})
