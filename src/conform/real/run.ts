/** A suite on real ports: devices side by side, each case at times that lead its way; what fails is run again and made small. */
import { setImmediate } from 'node:timers/promises'

import { loadSpecSubject, type SpecSubject } from '../../derive/subject.js'
import type { SuiteCase } from '../../derive/suite/suite.js'
import { InputError, VigilError } from '../../errors.js'
import { refuseImpaired } from '../../hosts/index.js'
import { overrideWord } from '../../nf/index.js'
import { absent, Deviations } from '../../replay/deviations.js'
import type { Deviation, Violation } from '../../result/index.js'
import { loadTopology, loadTopologyNf, type Topology, type TopologyNode } from '../../testbed/index.js'
import { type Conformed, givenCases, refuseStale, specOf } from '../given.js'
import { type ConformOptions, MOST_FAILURES } from '../options.js'
import { timed } from '../run-case.js'
import { Engine } from './engine.js'
import { Failures } from './failures.js'
import { Lane, type LaneOptions } from './lane.js'
import { runOnTime } from './on-time.js'
import { type Margins, Planner } from './plan.js'
import { type PlannedCase, RunRecord } from './record.js'

const LANES = 8
const LONGEST_WAIT = 10
/** Nanoseconds by which a packet may be early or late on a busy machine. */
const JITTER = 20_000_000n
const GAP = 1_000_000n
/** Milliseconds. What is on this machine answers in less than one; a device that says how far it is needs no silence. */
const SILENCE = 10
const PATIENCE = 1000
/** A slow device has so many times its silence. */
const PATIENT = 20
const MOST_TIME = 10_000
/** Cases that are planned between two looks at what is outside. */
const BREATH = 16

/** @throws VigilError for what is wrong with what is given, or with this machine; nothing is left then. */
export async function conformReal(options: ConformOptions): Promise<Conformed> {
  const topology = loadTopology(options.topology ?? '')
  const node = nodeOf(topology, options)
  const words = wordsOf(node)
  // What is wrong with ports or device is said before a suite is derived.
  if (options.suite === undefined && options.cases === undefined) {
    const { lane } = await prepared(topology, node, options, [...words, ...(options.config ?? [])])
    await (await Lane.open(lane)).close()
  }
  const given = await givenCases(options, { config: words, isRealTime: topology.device.kind === 'wasm' })
  const { suite } = given
  const all = [...words, ...suite.config]
  const { lane, subject, deviations, binary } = await prepared(topology, node, options, all)
  const { nf, spec } = lane
  refuseStale(given, nf.manifest.name, spec.sha256, options.suite ?? '')
  const margins = marginsOf(lane, options)
  const planned = await plans(new Planner(subject, margins), suite.cases, options)
  const ran = await runAll(lane, planned, deviations, margins, options)
  const ours = topology.device.kind === 'wasm' ? { words: all } : {}
  return { given, node: { name: node.name, nf, spec, binary }, ...ours, ...ran }
}

async function plans(
  planner: Planner,
  cases: readonly SuiteCase[],
  { signal, onProgress }: ConformOptions,
): Promise<readonly PlannedCase[]> {
  const planned: PlannedCase[] = []
  for (const [at, made] of cases.entries()) {
    // Signals are heard in between.
    if (at % BREATH === 0) {
      onProgress?.(`times of case ${at + 1} of ${cases.length}`)
      await setImmediate()
    }
    if (signal?.aborted === true) break
    planned.push({ made, plan: planner.plan(timed(made.packets)) })
  }
  return planned
}

function marginsOf(
  { topology, granularity, silence }: LaneOptions,
  { longestWait = LONGEST_WAIT }: ConformOptions,
): Margins {
  return {
    jitter: JITTER + BigInt(granularity),
    gap: GAP,
    silence: topology.device.kind === 'wasm' ? GAP : BigInt(silence + 2) * 1_000_000n,
    longest: BigInt(longestWait) * 1_000_000_000n,
  }
}

interface Prepared {
  readonly lane: LaneOptions
  readonly subject: SpecSubject
  readonly deviations: Deviations
  readonly binary: string | undefined
}

/** Specification and device, configured by `config`. */
async function prepared(
  topology: Topology,
  node: TopologyNode,
  options: ConformOptions,
  config: readonly string[],
): Promise<Prepared> {
  const subject = await loadSpecSubject(options.nf, config)
  const { manifest } = subject
  const asked = {
    ...(node.nf === options.nf ? {} : { nf: options.nf }),
    config,
    ...(options.binary === undefined ? {} : { binary: options.binary }),
  }
  const loaded = topology.device.kind === 'wasm' ? await loadTopologyNf(node, topology, asked) : undefined
  const nf = loaded?.nf ?? { manifest, config: subject.config }
  const deviations = Deviations.beside(manifest.file, nf.config.portCount, (name) => nf.config.text(name))
  const { device } = topology
  const silence =
    device.kind === 'wasm' || device.within === undefined ? SILENCE : Math.ceil(Number(device.within) / 1e6)
  const lane = {
    topology,
    node,
    asked,
    nf,
    spec: await specOf(manifest),
    silence,
    patience: Math.max(PATIENCE, PATIENT * silence),
    mostTime: options.patience ?? MOST_TIME,
    granularity: Number(manifest.timeGranularity),
    removesTrailers: manifest.removesTrailers,
    // Cases are run again: what they come to in the end is counted.
    isKnown: (violation: Violation) => deviations.knows(violation),
  }
  return { lane, subject, deviations, binary: loaded?.binary }
}

function nodeOf(topology: Topology, { nf }: ConformOptions): TopologyNode {
  const { file, ports, nodes, name } = topology
  const [node, other] = nodes
  if (node === undefined || other !== undefined) {
    throw new InputError('one network function is held to a suite at a time', { file })
  }
  if (ports.kind === 'sim' || ports.kind === 'pcap') {
    throw new InputError(`topology ${name} has no real ports`, {
      file,
      hint: 'without --topology suites run in the simulator',
    })
  }
  if (node.nf !== '$nf' && node.nf !== nf) {
    throw new InputError(`topology ${name} is for ${node.nf}, not for ${nf}`, { file, line: node.line })
  }
  refuseImpaired(topology)
  return node
}

/** What the topology says of the network function, as on a command line. */
function wordsOf({ config, ports }: TopologyNode): string[] {
  const written = Object.entries(config).map(([name, value]) => overrideWord({ name, value }))
  return ports === undefined ? written : [`portCount=${ports}`, ...written]
}

type RanReal = Pick<Conformed, 'ran' | 'real' | 'ending'>

async function runAll(
  options: LaneOptions,
  planned: readonly PlannedCase[],
  deviations: Deviations,
  margins: Margins,
  given: ConformOptions,
): Promise<RanReal> {
  const { longest } = margins
  const run = planned.filter(({ plan }) => plan.longest <= longest)
  const lanes = await openLanes(options, Math.min(given.lanes ?? LANES, Math.max(1, run.length)))
  try {
    const engine = new Engine(lanes)
    const record = new RunRecord(planned, margins, deviations)
    const interrupted = new Promise<true>((resolve) => {
      given.signal?.addEventListener('abort', () => resolve(true), { once: true })
      if (given.signal?.aborted === true) resolve(true)
    })
    const failures = new Failures(engine, options, margins)
    const work = runCases(engine, failures, run, record, margins, given)
    const ended = work.then(() => false).catch((error: unknown) => endingOf(error, record))
    // What comes of it after an interruption is nobody's.
    ended.catch(() => undefined)
    const end = await engine.drive(Promise.race([ended, interrupted]))
    engine.drop()
    const isInterrupted = end === true
    // Single cases do not show all that a device is known for.
    const isWhole = given.cases === undefined && end === false
    if (isWhole) for (const each of deviations.found) if (each.packets === 0) record.violated(absentOf(options, each))
    const real = { ...record.real(options, lanes), deviations: deviations.found }
    return { ran: record.ran(isInterrupted), real, ...(typeof end === 'boolean' ? {} : { ending: end }) }
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()))
  }
}

/** What keeps a device from going on ends the run with what was judged until then; before that there is nothing to tell. */
function endingOf(error: unknown, record: RunRecord): { readonly cause: string; readonly exitCode: number } {
  if (!(error instanceof VigilError) || record.isEmpty) throw error
  return { cause: error.message, exitCode: error.exitCode }
}

function absentOf({ nf, node }: LaneOptions, deviation: Deviation): Violation {
  return absent(nf.manifest.name, node.name, deviation)
}

/** As many as can be: named interfaces are there once. */
async function openLanes(options: LaneOptions, count: number): Promise<Lane[]> {
  const { ports } = options.topology
  const lanes: Lane[] = []
  try {
    for (let at = 0; at < (ports.kind === 'veth' ? count : 1); at++) lanes.push(await Lane.open(options))
    return lanes
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()))
    throw error
  }
}

async function runCases(
  engine: Engine,
  failures: Failures,
  planned: readonly PlannedCase[],
  record: RunRecord,
  { jitter }: Margins,
  { failureLimit = MOST_FAILURES, onProgress }: ConformOptions,
): Promise<void> {
  let done = 0
  // Those that take longest begin first, so that none is left when all others have ended.
  const inTurn = planned.toSorted((a, b) => Number(lengthOf(b) - lengthOf(a)))
  await Promise.all(
    inTurn.map(async ({ made, plan }) => {
      const seen = await runOnTime(engine, { name: made.name, ...plan }, jitter)
      record.note({ made, plan }, seen)
      done += 1
      onProgress?.(`case ${done} of ${planned.length}`)
      if (seen.violation === undefined || !record.wants(failureLimit)) return
      record.failed(await failures.look({ made, plan }, seen, seen.violation))
    }),
  )
}

function lengthOf({ plan }: PlannedCase): bigint {
  return plan.packets.at(-1)?.now ?? 0n
}
