/**
 * Cases of a suite on the bridge of this machine's kernel: `vigil conform`, with one device and with eight side by side,
 * beside a script with Scapy that does what tests for PTF do (`ptf_style.py`), in turns: `node build/bench/conform/main.js
 * [TURNS] [CASES]`. Cases wait as the suite says; what `deviations.yaml` says of this bridge is right for both. As root.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { conform } from '../../src/conform/conform.js'
import { Conditions } from '../../src/derive/conditions.js'
import { derive } from '../../src/derive/derive.js'
import { Reference } from '../../src/derive/reference.js'
import { followedBy, NOTHING } from '../../src/derive/sequence.js'
import { loadSpecSubject, type SpecSubject } from '../../src/derive/subject.js'
import { caseText } from '../../src/derive/suite/case-file.js'
import type { CasePacket, SuiteCase } from '../../src/derive/suite/suite.js'
import { startDevice } from '../../src/device/index.js'
import { settingsOf } from '../../src/nf/index.js'
import { Terms } from '../../src/smt/index.js'
import { loadTopology } from '../../src/testbed/index.js'
import { createPairs } from '../../src/wires/index.js'

const NF = 'linux-bridge'
const TOPOLOGY = 'bridge-linux'
/** Nanoseconds that a case may wait. */
const MOST_WAIT = 5_000_000_000n
/** On the line of the specification that keeps what is for bridges. */
const FOR_BRIDGES = 'dst < RESERVED + 16'
const RESET = 'bridge fdb flush dev bridge dynamic'

/** A packet, and the ports that it has to come out of. */
interface Step {
  /** Seconds. */
  readonly wait: number
  readonly port: number
  readonly bytes: string
  readonly expected: readonly number[]
}

interface Ran {
  readonly seconds: number
  readonly cpu: number
  readonly failed: number
}

const turns = Number(process.argv[2] ?? 3)
const most = Number(process.argv[3] ?? 100)
const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
try {
  const subject = await loadSpecSubject(NF, [], true)
  const reference = new Reference(subject.reading, new Conditions(subject.specFile), new Terms())
  const suite = await derive({ nf: NF, isRealTime: true })
  const chosen = suite.cases.map(carried).filter(isPlain).slice(0, most)
  const steps = chosen.map(({ packets }) => stepsOf(subject, reference, packets))
  const files = chosen.map((each) => written(`${each.name}.yaml`, caseText(each)))
  const packets = steps.reduce((sum, each) => sum + each.length, 0)
  console.log(`${chosen.length} cases, ${packets} packets, on ${NF}; medians of ${turns} in turns`)
  const stepsFile = written('steps.json', JSON.stringify(steps))
  const ways = [
    { name: 'Scapy, as for PTF', run: () => withScapy(stepsFile) },
    { name: 'vigil, 1 device', run: () => ours(files, 1) },
    { name: 'vigil, 8 devices', run: () => ours(files, 8) },
  ]
  const all = ways.map((): Ran[] => [])
  for (let turn = 0; turn < turns; turn++) {
    for (const [at, way] of ways.entries()) all[at]?.push(await way.run())
  }
  const rates = all.map((each) => chosen.length / median(each.map(({ seconds }) => seconds)))
  for (const [at, { name }] of ways.entries()) {
    const each = all[at] ?? []
    const failed = Math.max(...each.map((ran) => ran.failed))
    const rate = rates[at] ?? 0
    console.log(
      `${name.padEnd(18)} | ${rate.toFixed(1)} cases/s | ${median(each.map(({ cpu }) => cpu)).toFixed(1)} CPU s | ${(rate / (rates[0] ?? 0)).toFixed(1)} times Scapy | ${failed} failed`,
    )
    // Where a timer ends a script cannot send as exactly; a suite's waits are planned around what the device's clock allows.
    if (failed > 0 && at > 0) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Without frames that no port sends: they are shorter than an Ethernet header. */
function carried(each: SuiteCase): SuiteCase {
  return { ...each, packets: each.packets.filter(({ bytes }) => bytes.length >= 14) }
}

function isPlain({ packets }: SuiteCase): boolean {
  const waits = packets.reduce((sum, { wait }) => sum + wait, 0n)
  return (
    waits <= MOST_WAIT && packets.length > 0 && packets.every(({ times, fills }) => times === 1 && fills.length === 0)
  )
}

function stepsOf({ reading, specFile }: SpecSubject, reference: Reference, packets: readonly CasePacket[]): Step[] {
  const source = readFileSync(specFile, 'utf8').split('\n')
  let sequence = NOTHING
  let now = 0n
  return packets.map(({ wait, port, bytes }) => {
    now += wait
    sequence = followedBy(reference, sequence, { bytes, port, now })
    const { ports = 0, site } = sequence.step ?? {}
    // What is for bridges Linux floods, against the standard: nfs/linux-bridge/deviations.yaml.
    const isKept = source[(site?.line ?? 0) - 1]?.includes(FOR_BRIDGES) === true
    const isFlooded = isKept && Buffer.from(bytes).toString('hex').startsWith('0180c2000000')
    const expected = Array.from({ length: reading.portCount }, (_, at) => at).filter((at) =>
      isFlooded ? at !== port : (ports & (1 << at)) !== 0,
    )
    return { wait: Number(wait) / 1e9, port, bytes: Buffer.from(bytes).toString('hex'), expected }
  })
}

async function ours(cases: readonly string[], lanes: number): Promise<Ran> {
  const before = process.cpuUsage()
  const start = performance.now()
  const result = await conform({ nf: NF, topology: TOPOLOGY, cases, lanes })
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  if (result.cause !== undefined) throw new Error(result.cause)
  return { seconds, cpu: (user + system) / 1e6, failed: result.conform?.failing.length ?? 0 }
}

async function withScapy(steps: string): Promise<Ran> {
  const topology = loadTopology(TOPOLOGY)
  const [node] = topology.nodes
  if (node === undefined) throw new Error('a topology without a node')
  const subject = await loadSpecSubject(NF, [], true)
  const pairs = createPairs(subject.config, 1500)
  const { namespace, devices, testers } = pairs
  const device = await startDevice({
    topology,
    node,
    asked: { nf: NF },
    settings: settingsOf(subject.config),
    side: { namespace, interfaces: devices, lent: [] },
    burst: 32,
    polling: 'wait',
  })
  try {
    const [first] = testers
    if (first === undefined) throw new Error('ports are needed')
    const script = resolve('bench/conform/ptf_style.py')
    const reset = `nsenter --net=${namespace.path} ${RESET}`
    const words = ['/usr/bin/python3', script, steps, reset, ...testers.map(({ name }) => name)]
    const { status, stdout, stderr } = spawnSync('nsenter', [`--net=${first.namespace.path}`, ...words], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`Scapy (Debian: apt install python3-scapy): ${stderr.trim().split('\n').at(-1)}`)
    const ran: unknown = JSON.parse(stdout)
    if (!isRan(ran)) throw new Error(`ptf_style.py printed ${stdout.trim()}`)
    return ran
  } finally {
    await device.stop()
    pairs.close()
  }
}

function isRan(value: unknown): value is Ran {
  return typeof value === 'object' && value !== null && 'seconds' in value && 'cpu' in value && 'failed' in value
}

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
