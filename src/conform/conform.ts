/**
 * Runs a conformance suite through a network function in the simulator: each case on a fresh instance, in virtual time,
 * every packet judged by the specification. A case that fails is made small.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { derive } from '../derive/derive.js'
import { caseText, readCase } from '../derive/suite/case-file.js'
import { type ReadSuite, readSuite } from '../derive/suite/folder.js'
import type { Suite, SuiteCase } from '../derive/suite/suite.js'
import { InputError } from '../errors.js'
import { loadNf } from '../nf/index.js'
import { Tally } from '../oracle/tally.js'
import { nfResult, runResult } from '../replay/result.js'
import {
  type ConformedCase,
  type ConformSummary,
  type NfResult,
  packageVersion,
  type RunResult,
  type Violation,
} from '../result/index.js'
import { loadSpec } from '../spec/load/index.js'
import { runCase, timed, type Under } from './run-case.js'
import { casePackets, shrunk } from './shrink.js'

export interface ConformOptions {
  readonly nf: string
  /** The folder of a suite; derived where there is none. */
  readonly suite?: string
  /** Files of cases, in place of a suite. */
  readonly cases?: readonly string[]
  readonly config?: readonly string[]
  readonly binary?: string
  readonly seed?: number
  readonly budget?: number
  /** Failing cases that are told and made small; default 10. */
  readonly failureLimit?: number
  /** Milliseconds for a case, then its network function is said not to come to an end; default 10,000. */
  readonly patience?: number
  readonly command?: readonly string[]
  readonly signal?: AbortSignal
  readonly onProgress?: (what: string) => void
}

const MOST_FAILURES = 10
/** Cases between two looks at what is outside. */
const BREATH = 16

/** The result is that of result.json. @throws InputError for whatever is wrong before the first packet. */
export async function conform(options: ConformOptions): Promise<RunResult<NfResult>> {
  const startedAt = new Date()
  const begun = performance.now()
  const { suite, coverage, isStale } = await suiteOf(options)
  const { binary } = options
  const nf = await loadNf(options.nf, { config: suite.config, ...(binary === undefined ? {} : { binary }) })
  const { manifest } = nf
  if (manifest.spec === undefined) throw new InputError('names no specification', { file: manifest.file })
  const spec = await loadSpec(manifest.spec)
  if (isStale(manifest.name, spec.sha256)) refuseStale(options.suite ?? '', suite, manifest.name)
  const under = { nf, spec }
  const ran = await runAll(under, suite.cases, options)
  const record = {
    name: manifest.name,
    sent: ran.sent,
    violationCount: ran.violations.length,
    violations: ran.violations,
    ignored: {
      ...(ran.skipped > 0 ? { 'after a violation in its case': ran.skipped } : {}),
      ...(ran.left > 0 ? { 'in cases after one that did not come to an end': ran.left } : {}),
    },
    unobserved: 0,
  }
  const node = {
    name: manifest.name,
    nf,
    spec,
    binary: resolve(binary ?? manifest.code.file),
    oracle: { tally: ran.tally },
  }
  const conformed: ConformSummary = {
    suite: options.cases !== undefined ? 'cases' : options.suite === undefined ? 'derived' : 'folder',
    ...(options.suite === undefined ? {} : { folder: options.suite }),
    config: suite.config,
    cases: suite.cases.length,
    failed: ran.failed,
    failing: ran.failing,
    ...(coverage === undefined ? {} : { coverage }),
  }
  const ending = ran.isInterrupted ? { cause: 'interrupted', exitCode: 4 } : undefined
  return runResult({
    version: packageVersion(),
    command: options.command ?? [],
    startedAt,
    durationSeconds: (performance.now() - begun) / 1000,
    seed: suite.seed,
    nfs: [nfResult(node, record, ending)],
    conform: conformed,
    ending,
  })
}

interface Given {
  readonly suite: Pick<Suite | ReadSuite, 'config' | 'seed' | 'cases' | 'nf'>
  readonly coverage?: NonNullable<ConformSummary['coverage']>
  readonly isStale: (nf: string, sha256: string) => boolean
}

async function suiteOf(options: ConformOptions): Promise<Given> {
  const { nf, suite: folder, cases, config = [], seed, budget, signal, onProgress } = options
  if (cases !== undefined) {
    const read = cases.map((file) => readCase(textOf(file), file))
    return { suite: { nf, config, seed: seed ?? 0, cases: read }, isStale: () => false }
  }
  if (folder !== undefined) {
    const read = readSuite(folder)
    return { suite: read, isStale: (name, sha256) => read.nf !== name || read.sha256 !== sha256 }
  }
  const suite = await derive({
    nf,
    config,
    signal,
    ...(seed === undefined ? {} : { seed }),
    ...(budget === undefined ? {} : { budget }),
    ...(onProgress === undefined ? {} : { onProgress }),
  })
  const { sides, boundaries, expiries } = suite.coverage
  return { suite, coverage: { sides, boundaries, expiries }, isStale: () => false }
}

function refuseStale(file: string, suite: Given['suite'], nf: string): never {
  if (suite.nf !== nf) {
    throw new InputError(`is a suite of ${suite.nf}, not of ${nf}`, { file, hint: `vigil derive ${nf} -o SUITE` })
  }
  throw new InputError(`was made of another specification of ${nf} than the one that is here`, {
    file,
    hint: `derive it again: vigil derive ${nf} -o ${file}`,
  })
}

interface Ran {
  readonly tally: Tally
  readonly sent: number
  readonly skipped: number
  /** Packets of cases that were not run. */
  readonly left: number
  readonly violations: readonly Violation[]
  readonly failed: number
  readonly failing: readonly ConformedCase[]
  readonly isInterrupted: boolean
}

async function runAll(under: Under, cases: readonly SuiteCase[], options: ConformOptions): Promise<Ran> {
  const { failureLimit = MOST_FAILURES, signal, onProgress } = options
  const tally = new Tally()
  const violations: Violation[] = []
  const failing: ConformedCase[] = []
  let sent = 0
  let skipped = 0
  let left = 0
  const ended = (isInterrupted: boolean): Ran => {
    return { tally, sent, skipped, left, violations, failed: violations.length, failing, isInterrupted }
  }
  for (const [at, made] of cases.entries()) {
    // Signals are heard in between.
    if (at % BREATH === 0) await setImmediate()
    if (signal?.aborted === true) return ended(true)
    if (at % BREATH === 0) onProgress?.(`case ${at + 1} of ${cases.length}`)
    const packets = timed(made.packets)
    const ran = runCase(under, made.name, packets, options.patience)
    tally.include(ran.tally)
    sent += packets.length
    skipped += packets.length - ran.sent
    if (ran.violation === undefined) continue
    violations.push(ran.violation)
    if (failing.length < failureLimit) failing.push(smallest(under, made, ran.violation))
    if (ran.violation.kind === 'hang') {
      const rest = cases.slice(at + 1).flatMap((each) => each.packets)
      left = rest.reduce((sum, { times }) => sum + times, 0)
      sent += left
      break
    }
  }
  return ended(false)
}

function smallest(under: Under, made: SuiteCase, violation: Violation): ConformedCase {
  const all = timed(made.packets)
  // What does not come to an end takes its time whenever it is tried.
  const isLong = violation.kind === 'hang'
  const { packets, violation: seen } = isLong ? { packets: all, violation } : shrunk(under, made.name, all, violation)
  const name = `case-${made.name}`
  const title = `${made.title}: ${seen.summary}`
  return {
    case: made.name,
    packets: packets.length,
    summary: seen.summary,
    file: `${name}.yaml`,
    text: caseText({ ...made, name, title, packets: casePackets(packets) }),
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InputError('cannot be read', { file, hint: 'is the path of the case right?' }, { cause })
  }
}
