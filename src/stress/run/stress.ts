import { VigilError } from '../../errors.js'
import type { RunResult, StressedNf, StressTest, StressTester } from '../../result/index.js'
import type { AskedNf } from '../../testbed/index.js'
import { answeringHosts, gatewaysOf } from '../rig/hosts.js'
import { lineRate } from '../rig/line-rate.js'
import { openRig, type Rig } from '../rig/rig.js'
import { Interrupted } from '../rig/tester.js'
import { type Procedure, Sheet } from '../tests/index.js'
import type { StressOptions } from './options.js'
import { type Prepared, prepare } from './prepare.js'
import { type Ending, stressResult } from './result.js'
import { testTester } from './self-test.js'
import { loadFor, type Neighbours, sizeBench, Totals } from './size-bench.js'
import { SpecJudge } from './spec-judge.js'

/** A rate that the tester comes so near to is one that it has. */
const NEARLY = 0.98
/** Milliseconds without a frame after which none is on its way any more, where the device does not tell. */
const QUIET = { rfc: 2000, quick: 100 } as const

/**
 * Loads a network function on real ports with the tests that are asked for. The result has figures; it is `violated` where
 * frames came out wrong.
 *
 * @throws InputError for what is asked, MachineError where a privilege is missing. What ends it later is in the result.
 */
export async function stress(options: StressOptions): Promise<RunResult<StressedNf>> {
  const startedAt = new Date()
  const begun = performance.now()
  const prepared = await prepare(options)
  options.onPlan?.(planOf(prepared))
  const found: Found = { testers: [], tests: [], totals: new Totals(), wrongFrames: [], ports: [] }
  let ending: Ending | undefined
  try {
    ending = await measure(options, prepared, found, begun)
  } catch (error) {
    if (error instanceof Interrupted) ending = { cause: 'interrupted', exitCode: 4 }
    else if (error instanceof VigilError && found.tests.length > 0)
      ending = { cause: error.message, exitCode: error.exitCode }
    else throw error
  }
  return stressResult({
    ...prepared,
    ...found,
    ending,
    startedAt,
    durationSeconds: (performance.now() - begun) / 1000,
    command: options.command ?? [],
  })
}

/** Grows as it is found, so that what is there when a run ends early is kept. */
export interface Found {
  readonly testers: StressTester[]
  readonly tests: StressTest[]
  readonly totals: Totals
  wrongFrames: readonly string[]
  ports: StressedNf['ports']
}

/** @returns What the device did wrong without ending. */
async function measure(
  options: StressOptions,
  prepared: Prepared,
  found: Found,
  begun: number,
): Promise<Ending | undefined> {
  const { topology, node, nf, sizes, profile, ip, flows, seed, rateCap, estimate } = prepared
  const { signal } = options
  const quiet = QUIET[profile.name]
  const tell = (test: string, size: number, rate: number): void =>
    options.onProgress?.({
      test,
      size,
      ...(Number.isFinite(rate) ? { rate } : {}),
      seconds: (performance.now() - begun) / 1000,
      estimate,
    })
  const isBothWays = (prepared.loads[0]?.ways ?? 1) > 1
  // Before the device is there: it would take its share of the machine.
  for (const size of sizes) {
    tell('tester', size, Number.POSITIVE_INFINITY)
    found.testers.push(
      await testTester({ topology, version: ip, isBothWays, size, flows, seed, profile, rateCap, quiet, signal }),
    )
  }
  const rig = await openRig({ topology, node, asked: askedOf(options), nf, ip, quiet, rateCap, signal })
  try {
    const neighbours = {
      answering: answeringHosts(nf, topology),
      gateways: gatewaysOf(topology, rig.tester.neighbours.ask),
    }
    rig.tester.neighbours.answering = neighbours.answering
    const heartbeats = prepared.loads[0]?.heartbeats ?? []
    rig.tester.beat(heartbeats)
    const judge = prepared.isJudged
      ? new SpecJudge({ nf, spec: prepared.spec, heartbeats: () => rig.tester.heartbeats })
      : undefined
    found.wrongFrames = judge?.described ?? []
    for (const [index, size] of sizes.entries()) {
      await measureSize({ rig, judge }, prepared, neighbours, found, index, (test, rate) => tell(test, size, rate))
    }
    await rig.end()
    const { meaningless } = rig
    return meaningless === 0 ? undefined : { cause: `${meaningless} answers without a meaning`, exitCode: 1 }
  } finally {
    found.ports = rig.portReports().map(({ port, interface: name, backend, received, sent, lost }) => ({
      port,
      interface: name,
      backend,
      received,
      sent,
      lost,
    }))
    await rig.close()
  }
}

/** What a thread can be given. */
function askedOf({ nf, config, binary }: StressOptions): AskedNf {
  return {
    ...(nf === undefined ? {} : { nf }),
    ...(config === undefined ? {} : { config }),
    ...(binary === undefined ? {} : { binary }),
  }
}

async function measureSize(
  { rig, judge }: { readonly rig: Rig; readonly judge: SpecJudge | undefined },
  prepared: Prepared,
  neighbours: Neighbours,
  found: Found,
  index: number,
  onTrial: (test: string, rate: number) => void,
): Promise<void> {
  const { procedures, rateCap } = prepared
  const [planned, size, tester] = [prepared.loads[index], prepared.sizes[index], found.testers[index]]
  if (planned === undefined || size === undefined || tester === undefined) return
  const load = neighbours.gateways.length === 0 ? planned : loadFor(prepared, neighbours, size)
  const line = load.ways * lineRate(rig.links, size)
  const allowed = Math.min(rateCap, line)
  // What the tester sends at a rate is now and then a little less.
  const isReached = tester.fastest > NEARLY * allowed
  const most = isReached ? allowed : tester.fastest
  const bench = sizeBench({
    rig,
    load,
    size,
    prepared,
    neighbours,
    tester,
    most,
    bound: !isReached ? 'tester' : allowed === rateCap ? 'rate cap' : 'medium',
    totals: found.totals,
    judge,
    done: () => found.tests.filter((test) => test.size === size),
    onTrial,
  })
  for (const procedure of procedures) {
    if (!procedure.isBySize && index > 0) continue
    const sheet = new Sheet(procedure.name, titleOf(procedure, prepared), size)
    try {
      await procedure.run(bench, sheet)
      sheet.isComplete = sheet.cause === undefined
    } catch (error) {
      sheet.cause =
        error instanceof Interrupted ? 'interrupted' : error instanceof Error ? error.message : String(error)
      throw error
    } finally {
      found.tests.push(sheet.done())
    }
  }
}

/** A quick test is not what an RFC describes, and has not its name. */
function titleOf({ title, clause }: Procedure, { profile }: Prepared): string {
  return profile.name === 'rfc' ? `${title} (${clause})` : `${title}, quick`
}

function planOf({ nf, topology, procedures, sizes, loads, profile, judging, estimate }: Prepared): string[] {
  const names = procedures.map(({ name }) => name).join(', ')
  return [
    `${nf.manifest.name} on ${topology.name}, profile ${profile.name}: ${names}; frames of ${sizes.join(', ')} bytes`,
    ...(loads[0]?.plan ?? []),
    judging,
    `it will take about ${timeText(estimate)}`,
  ]
}

/** `40 s`, `3 min`, `5.2 h`. */
function timeText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  if (seconds < 6000) return `${Math.ceil(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
