/** The result of a run of load tests: verdict and exit code, and what there is to know about the figures. */
import {
  combineExitCodes,
  environment,
  packageVersion,
  type RunResult,
  type StressedNf,
  verdictOfCode,
} from '../../result/index.js'
import type { Topology } from '../../testbed/index.js'
import { notExercised } from '../../wires/index.js'
import type { Prepared } from './prepare.js'
import type { Totals } from './size-bench.js'

/** Why a run ended before its time, or is not fine. */
export interface Ending {
  readonly cause: string
  readonly exitCode: number
}

export interface StressFacts extends Prepared, Pick<StressedNf, 'testers' | 'tests' | 'ports'> {
  readonly totals: Totals
  readonly wrongFrames: readonly string[]
  readonly ending: Ending | undefined
  readonly startedAt: Date
  readonly durationSeconds: number
  readonly command: readonly string[]
}

/** DPDK's software devices have no times; those of others are the kernel's. */
function hardwareTimes({ ports }: Topology): string {
  return `network cards and hardware timestamps: times are those of ${ports.kind === 'dpdk' ? 'reading' : 'the kernel'}`
}

export function stressResult(facts: StressFacts): RunResult<StressedNf> {
  const { totals, ending } = facts
  const wrong = totals.corrupt + totals.misdirected + totals.wrong
  const cause = wrong > 0 ? wrongness(facts) : emptiness(facts)
  const codes = [wrong > 0 ? 1 : cause === undefined ? 0 : 4, ...(ending === undefined ? [] : [ending.exitCode])]
  const exitCode = combineExitCodes(codes)
  const verdict = verdictOfCode(exitCode)
  const why = ending?.exitCode === exitCode || cause === undefined ? ending?.cause : cause
  const nf = nfOf(facts)
  return {
    tool: 'vigil',
    version: packageVersion(),
    command: facts.command,
    startedAt: facts.startedAt.toISOString(),
    durationSeconds: facts.durationSeconds,
    seed: facts.seed,
    environment: environment(),
    verdict,
    ...(why === undefined ? {} : { cause: why }),
    exitCode,
    nfs: [{ ...nf, verdict, ...(why === undefined ? {} : { cause: why }) }],
  }
}

function wrongness({ totals, wrongFrames }: StressFacts): string {
  const { corrupt, misdirected, wrong, judged } = totals
  const kinds = [
    ...(corrupt > 0 || misdirected > 0 ? [`${corrupt} frames came out damaged, ${misdirected} by a wrong port`] : []),
    ...(wrong > 0 ? [`${wrong} of ${judged} judged frames are not as specified: ${wrongFrames[0]}`] : []),
  ]
  return kinds.join('; ')
}

/** Why nothing was shown; undefined where something was. */
function emptiness({ totals, tests }: StressFacts): string | undefined {
  const broken = tests.find(({ isComplete }) => !isComplete)
  // Where nothing was sent, what was in the way says more.
  if (totals.received === 0 && (totals.sent > 0 || broken?.cause === undefined)) return 'vacuous: no frame came out'
  return broken === undefined
    ? undefined
    : `${broken.name} with ${broken.size} bytes: ${broken.cause ?? 'not complete'}`
}

function nfOf(facts: StressFacts): Omit<StressedNf, 'verdict'> {
  const { nf, node, spec, binary, topology, profile, ip, flows, loads, deviations, testers, tests, totals, ports } =
    facts
  return {
    kind: 'stressed',
    nf: nf.manifest.name,
    instance: node.name,
    spec: { file: spec.file, title: spec.spec.title, sha256: spec.sha256 },
    binary: { file: binary, sha256: nf.sha256, libvigSha256: nf.libvigSha256 },
    config: Object.fromEntries([...nf.config.entries.keys()].map((name) => [name, nf.config.text(name)])),
    options: Object.fromEntries(nf.config.options),
    topology: topology.name,
    device: topology.device.kind,
    profile,
    flows,
    ip,
    direction: (loads[0]?.ways ?? 1) > 1 ? 'both' : 'one',
    plan: [...(loads[0]?.plan ?? []), facts.judging],
    deviations,
    notExercised: [hardwareTimes(topology), ...notExercised(topology)],
    framesSent: totals.sent,
    framesReceived: totals.received,
    framesCorrupt: totals.corrupt,
    framesMisdirected: totals.misdirected,
    framesJudged: totals.judged,
    framesWrong: totals.wrong,
    framesUndecided: totals.undecided,
    wrongFrames: facts.wrongFrames,
    testers,
    tests,
    ports,
  }
}
