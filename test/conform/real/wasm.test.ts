/** Cases on veth pairs, with network functions of ours behind them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import { conform } from '../../../src/conform/conform.js'
import type { NfResult, RunResult } from '../../../src/result/index.js'
import { mine, specOf, wasmThatDoes } from '../../cli/fixtures.js'
import { vigilHere } from '../../cli/here.js'
import { isOneLine, vigil } from '../../cli/vigil.js'
import { inUserNamespace, rooted } from '../../packetio/rooted.js'
import { sum } from '../../replay/results.js'
import { temporary } from '../../temporary.js'
import { catalogue } from '../../wrong-builds/catalogue.js'
import { writeSource } from '../../wrong-builds/wrong-build.js'
import { caseFile, datagram, MS, packet } from './cases.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<RunResult>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

const NAT = { nf: 'nat', topology: 'two-port-veth', config: ['maxFlows=2', 'expiration=300ms'], failureLimit: 3 }
const out = datagram('10.0.0.5', 4000, '203.0.113.5', 53)
/** To whatever port the device has chosen for `out`, the first packet of its case. */
const back = datagram('203.0.113.5', 53, '198.51.100.1', 1024)
const TO_FLOW = [{ field: 'transport.dstPort', output: 1, of: 'transport.srcPort', plus: 0 }] as const

function flow(wait: bigint): string {
  return caseFile(`back-after-${wait}`, [packet(0, out), packet(1, back, wait, TO_FLOW)])
}

function summaries({ nfs }: RunResult<NfResult>): (string | undefined)[] {
  return nfs[0]?.violations.map(({ kind }) => kind) ?? []
}

rooted('a right network function passes, with answers to what it chose, waits and what no port carries', async (t) => {
  const malformed = [out.subarray(0, 5), out.subarray(0, 30), out].map((bytes) => packet(0, bytes))
  const cases = [flow(MS), flow(300n * MS), flow(300n * MS + 1n), caseFile('malformed', malformed)]
  const words = [...cases.flatMap((file) => ['--case', file]), ...NAT.config.flatMap((word) => ['--config', word])]
  const cwd = temporary()
  const ran = await vigilHere(
    ['conform', 'nat', '--topology', 'two-port-veth', ...words, '--out', 'run', '--json'],
    cwd,
  )
  t.is(ran.code, 0, ran.stderr)
  const result: RunResult<NfResult> = JSON.parse(ran.stdout)
  t.true(validate(result), JSON.stringify(validate.errors))
  const [nf] = result.nfs
  // Just before it is forgotten the answer comes through, just after that it does not: both times were moved away from it.
  t.deepEqual([nf?.outcomes.rewritten, nf?.outcomes.dropped, nf?.outcomes.violated], [6, 2, 0])
  t.deepEqual(nf?.ignored, { 'shorter than an Ethernet header, which a port does not send': 1 })
  t.is(nf?.packetsSent, (nf?.packetsChecked ?? 0) + sum(nf?.ignored ?? {}))
  const { real } = result.conform ?? {}
  t.deepEqual([real?.device, real?.lanes, real?.uncertain, real?.late, real?.stray], ['wasm', 4, 0, 0, 0])
  t.regex(readFileSync(join(cwd, 'run', 'report.html'), 'utf8'), /two-port-veth: 4 devices side by side/)
  t.regex(ran.stderr, /through the device in/)
})

rooted('wrong ones are found out by the packet, and what shows it is made small', async (t) => {
  const folder = temporary()
  const strangers = [0, 1, 2].map((host) => packet(1, datagram(`203.0.113.${host + 7}`, 53, '198.51.100.1', 1024)))
  const many = caseFile('many', [packet(0, out), ...strangers, packet(1, back, MS, TO_FLOW)])
  const names = ['peer-address-not-compared', 'udp-checksum-not-updated']
  for (const name of names) {
    const build = catalogue.nat?.find((each) => each.name === name)
    if (build === undefined) throw new Error(`there is no wrong build ${name}`)
    const binary = writeSource(folder, 'nat', build)
    const result = await conform({ ...NAT, binary, cases: [many] })
    t.is(result.exitCode, 1, name)
    const [failing] = result.conform?.failing ?? []
    t.deepEqual(failing?.repeats, { same: 3, of: 3 }, name)
    t.true((failing?.packets ?? 9) <= 2, `${name}: ${failing?.packets}`)
  }
})

rooted('a network function that traps is said to, and the other cases are run on a new one', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes('trap'))
  const cases = ['one', 'other'].map((name) => caseFile(name, [packet(0, out), packet(1, back)]))
  const nf = join(cwd, 'nfs', 'mine')
  const result = await conform({ nf, topology: 'two-port-veth', cases, failureLimit: 1, lanes: 1 })
  t.is(result.exitCode, 1)
  t.deepEqual(summaries(result), ['trap', 'trap'])
  t.deepEqual(result.nfs[0]?.ignored, { 'after a violation in its case': 2 })
})

rooted('one that does not come to an end is stopped', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes('hang'))
  const cases = [caseFile('one', [packet(0, out)])]
  const nf = join(cwd, 'nfs', 'mine')
  const result = await conform({ nf, topology: 'two-port-veth', cases, failureLimit: 0, patience: 500 })
  t.deepEqual([result.exitCode, ...summaries(result)], [1, 'hang'])
})

rooted('what never lets a packet through is vacuous', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'), wasmThatDoes('drop'))
  const nf = join(cwd, 'nfs', 'mine')
  const result = await conform({ nf, topology: 'two-port-veth', cases: [caseFile('one', [packet(0, out)])] })
  t.is(result.exitCode, 4)
  t.regex(result.cause ?? '', /vacuous/)
})

rooted('cases that wait for too long are left out, by name', async (t) => {
  const long = caseFile('long', [packet(0, out), packet(1, back, 4000n * MS, TO_FLOW)])
  const config = ['maxFlows=2', 'expiration=3s']
  const result = await conform({ ...NAT, config, longestWait: 2, cases: [flow(MS), long] })
  t.deepEqual(result.conform?.real?.notRun, { 'wait for longer than 2 s': 1 })
  t.deepEqual(result.nfs[0]?.ignored, { 'in cases that wait for longer than 2 s': 2 })
  // A wait that may be shorter is.
  const short = await conform({ ...NAT, longestWait: 2, cases: [long] })
  t.deepEqual([short.exitCode, short.conform?.real?.notRun], [0, {}])
})

rooted('an interruption ends it with what was judged until then', async (t) => {
  const interruption = new AbortController()
  setTimeout(() => interruption.abort(), 700)
  const config = ['maxFlows=2', 'expiration=5s']
  const { signal } = interruption
  const result = await conform({ ...NAT, config, signal, cases: [flow(MS), flow(5001n * MS)] })
  t.deepEqual([result.exitCode, result.cause], [4, 'interrupted'])
  t.true((result.nfs[0]?.packetsChecked ?? 9) <= 2)
})

inUserNamespace('who is not root runs in a user namespace', async (t) => {
  const file = caseFile('one', [packet(0, out), packet(1, back, MS, TO_FLOW)])
  const words = [
    'conform',
    'nat',
    '--topology',
    'two-port-veth',
    '--case',
    file,
    '--config',
    'maxFlows=2',
    '--rootless',
  ]
  const ran = await vigil([...words, '--json'])
  t.is(ran.code, 0, ran.stderr)
})

test('what cannot be is refused in one line', async (t) => {
  const cwd = temporary()
  const text = readFileSync('topologies/two-port-veth.yaml', 'utf8')
  writeFileSync(
    join(cwd, 'external.yaml'),
    text.replace('kind: veth', 'kind: interfaces, interfaces: { dut.0: lo, dut.1: lo }'),
  )
  writeFileSync(join(cwd, 'bridge.yaml'), text.replace('$nf', 'bridge'))
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['conform', 'nat', '--topology', 'two-port'], /topology two-port has no real ports/],
    [['conform', 'nat', '--topology', 'nowhere'], /there is no topology 'nowhere'/],
    [['conform', 'nat', '--topology', 'chain-firewall-nat'], /one network function is held to a suite at a time/],
    [['conform', 'nat', '--topology', 'bridge.yaml'], /topology bridge is for bridge, not for nat/],
    [['conform', 'nat', '--topology', 'external.yaml'], /external\.yaml:.*'lo' is two ports/],
    [['conform', 'nat', '--lanes', '2'], /--lanes is for real ports/],
    [['conform', 'linux-bridge'], /linux-bridge is a black box: there is no binary of it/],
  ]
  for (const [words, said] of refused) {
    const { code, stderr } = await vigilHere(words, cwd)
    t.is(code, 2, stderr)
    t.regex(stderr, said)
    t.true(isOneLine(stderr), stderr)
  }
})
