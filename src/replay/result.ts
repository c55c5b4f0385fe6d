import type { DescribedNf, LoadedNf } from '../nf/index.js'
import {
  type ConformSummary,
  combineExitCodes,
  environment,
  exitCodeOf,
  type NfResult,
  type ReplaySummary,
  type RunResult,
  type RunVerdict,
  verdictOfCode,
} from '../result/index.js'
import type { JudgedRecord } from '../testbed/index.js'
import type { LoadedNode } from './load.js'

/** What ended a run before its end. */
export interface Ending {
  readonly cause: string
  /** 2 for bad input, 4 for an interruption. */
  readonly exitCode: number
}

/** A network function with what was counted of it. */
export type CountedNode = Pick<LoadedNode, 'name' | 'spec'> & {
  readonly nf: DescribedNf & Partial<Pick<LoadedNf, 'sha256' | 'libvigSha256'>>
  /** None of a black box. */
  readonly binary: string | undefined
  readonly oracle: Pick<LoadedNode['oracle'], 'tally'>
}

export interface RunFacts {
  readonly version: string
  readonly command: readonly string[]
  readonly startedAt: Date
  readonly durationSeconds: number
  readonly seed: number
  readonly nfs: readonly NfResult[]
  readonly replay?: ReplaySummary
  readonly conform?: ConformSummary
  readonly ending: Ending | undefined
}

/** Result of one network function of the run. */
export function nfResult(loaded: CountedNode, node: JudgedRecord, ending: Ending | undefined): NfResult {
  const { nf, spec, oracle } = loaded
  const { tally } = oracle
  const { outcomes } = tally
  const { sha256, libvigSha256 } = nf
  const file = loaded.binary
  const isBinary = file !== undefined && sha256 !== undefined && libvigSha256 !== undefined
  const binary = isBinary ? { file, sha256, libvigSha256 } : undefined
  const base = {
    kind: 'judged' as const,
    nf: nf.manifest.name,
    instance: loaded.name,
    spec: { file: spec.file, title: spec.spec.title, sha256: spec.sha256 },
    ...(binary === undefined ? {} : { binary }),
    config: Object.fromEntries([...nf.config.entries.keys()].map((name) => [name, nf.config.text(name)])),
    options: Object.fromEntries(nf.config.options),
    packetsSent: node.sent,
    packetsReceived: tally.left,
    packetsChecked: tally.checked,
    outcomes,
    violationCount: node.violationCount,
    violations: node.violations,
    ignored: ignoredBy(node, tally.checked),
    coverage: tally.coverage,
  }
  const { verdict, cause } = verdictOf(base, node.unobserved, ending)
  return { ...base, verdict, ...(cause === undefined ? {} : { cause }) }
}

/** Packets that entered, or would have, and were not judged. */
function ignoredBy({ sent, ignored }: JudgedRecord, checked: number): Record<string, number> {
  const ended = sent - checked - Object.values(ignored).reduce((sum, count) => sum + count, 0)
  return {
    ...ignored,
    ...(ended > 0 ? { 'waiting when the run ended early': ended } : {}),
  }
}

function verdictOf(
  result: Omit<NfResult, 'verdict'>,
  unobserved: number,
  ending?: Ending,
): { verdict: RunVerdict; cause?: string } {
  const { outcomes } = result
  if (result.violationCount > 0) return { verdict: 'violated' }
  if (ending !== undefined) return { verdict: 'undecided', cause: ending.cause }
  const vacuous = vacuity(result)
  if (vacuous !== undefined) return { verdict: 'undecided', cause: `vacuous: ${vacuous}` }
  const undecided = outcomes.undecided - unobserved
  if (undecided === 0) return { verdict: 'holds' }
  return { verdict: 'undecided', cause: `${undecided} packets could not be judged: their cause is not unique` }
}

/** Why nothing was shown of a network function; undefined where something was. */
function vacuity(result: Omit<NfResult, 'verdict'>): string | undefined {
  const { outcomes, packetsChecked, coverage } = result
  if (packetsChecked === 0) return 'no packet reached it'
  const { forwarded, rewritten, flooded, unspecified, dropped } = outcomes
  if (forwarded + rewritten + flooded > 0) return undefined
  if (unspecified > 0 && dropped === 0) return 'the specification says nothing about any of the packets'
  const lines = coverage.filter(({ kind, packets }) => kind === 'drop' && packets > 0)
  const most = lines.toSorted((a, b) => b.packets - a.packets).slice(0, 3)
  const why = most.map(({ packets, line, clause, text }, i) => {
    return `${packets} ${i === 0 ? `of ${packetsChecked} dropped ` : ''}by line ${line}, ${clause || text}`
  })
  return why.length === 0 ? 'no packet was forwarded' : `no packet was forwarded: ${why.join('; ')}`
}

/** The whole result: verdict and exit code from those of the parts. */
export function runResult(facts: RunFacts): RunResult<NfResult> {
  const { nfs, ending } = facts
  const worst =
    nfs.find(({ verdict }) => verdict === 'violated') ?? nfs.find(({ verdict }) => verdict === 'undecided') ?? nfs[0]
  const codes = nfs.map(({ verdict }) => exitCodeOf(verdict))
  const exitCode = combineExitCodes(ending === undefined ? codes : [...codes, ending.exitCode])
  const verdict = verdictOfCode(exitCode)
  const cause = verdict === 'violated' ? early(ending) : (ending?.cause ?? causeOf(worst, nfs.length))
  return {
    tool: 'vigil',
    version: facts.version,
    command: facts.command,
    startedAt: facts.startedAt.toISOString(),
    durationSeconds: facts.durationSeconds,
    seed: facts.seed,
    environment: environment(),
    verdict,
    ...(cause === undefined ? {} : { cause }),
    exitCode,
    nfs,
    ...(facts.replay === undefined ? {} : { replay: facts.replay }),
    ...(facts.conform === undefined ? {} : { conform: facts.conform }),
  }
}

/** A violation weighs more than what ended the run, but not everything was judged. */
function early(ending: Ending | undefined): string | undefined {
  return ending && `ended early: ${ending.cause}`
}

function causeOf(worst: NfResult | undefined, count: number): string | undefined {
  if (worst?.cause === undefined || count === 1) return worst?.cause
  return worst.cause.startsWith('vacuous: ')
    ? `vacuous: ${worst.instance}: ${worst.cause.slice('vacuous: '.length)}`
    : `${worst.instance}: ${worst.cause}`
}
