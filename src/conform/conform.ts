/**
 * Runs a conformance suite: each case on empty tables, every packet judged by the specification. A case that fails is made
 * small. In the simulator time is virtual; on real ports cases wait side by side.
 */
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { codeFile, findNf, loadNf, readManifest } from '../nf/index.js'
import { nfResult, runResult } from '../replay/result.js'
import {
  type ConformedCase,
  type ConformSummary,
  type NfResult,
  packageVersion,
  type RunResult,
} from '../result/index.js'
import { type Conformed, givenCases, refuseStale, specOf } from './given.js'
import type { ConformOptions, RanCases } from './options.js'
import { runSimulated } from './simulated.js'

export type { ConformOptions } from './options.js'

/** The result is that of result.json. @throws InputError for whatever is wrong before the first packet. */
export async function conform(options: ConformOptions): Promise<RunResult<NfResult>> {
  const startedAt = new Date()
  const begun = performance.now()
  const { given, node, words, ran, real, ending } = await (options.topology === undefined
    ? simulated(options)
    : (await import('./real/run.js')).conformReal(options))
  const { suite, coverage, isComplete } = given
  const record = {
    name: node.name,
    sent: ran.sent,
    violationCount: ran.violations.length,
    violations: ran.violations,
    ignored: ran.ignored,
    unobserved: 0,
  }
  const failing = words === undefined ? ran.failing.map(({ told }) => told) : await withOrigins(options, words, ran)
  const conformed: ConformSummary = {
    suite: options.cases !== undefined ? 'cases' : options.suite === undefined ? 'derived' : 'folder',
    ...(options.suite === undefined ? {} : { folder: options.suite }),
    config: suite.config,
    cases: suite.cases.length,
    ...(isComplete === undefined ? {} : { isComplete }),
    failed: ran.violations.length,
    failing,
    ...(coverage === undefined ? {} : { coverage }),
    ...(real === undefined ? {} : { real }),
  }
  const end = ran.isInterrupted ? { cause: 'interrupted', exitCode: 4 } : ending
  return runResult({
    version: packageVersion(),
    command: options.command ?? [],
    startedAt,
    durationSeconds: (performance.now() - begun) / 1000,
    seed: suite.seed,
    nfs: [nfResult({ ...node, oracle: ran }, record, end)],
    conform: conformed,
    ending: end,
  })
}

async function simulated(options: ConformOptions): Promise<Conformed> {
  const { binary } = options
  // What has no binary is refused before a suite is derived.
  if (binary === undefined) codeFile(readManifest(findNf(options.nf)))
  const given = await givenCases(options)
  const { suite } = given
  const nf = await loadNf(options.nf, { config: suite.config, ...(binary === undefined ? {} : { binary }) })
  const { manifest } = nf
  const spec = await specOf(manifest)
  refuseStale(given, manifest.name, spec.sha256, options.suite ?? '')
  const ran = await runSimulated({ nf, spec }, suite.cases, options)
  const node = { name: manifest.name, nf, spec, binary: resolve(binary ?? codeFile(manifest)) }
  return { given, node, words: suite.config, ran }
}

/** Where what failed of a network function of ours has come from. */
async function withOrigins(
  { nf, binary, patience, signal, onProgress }: ConformOptions,
  config: readonly string[],
  { failing, tally }: RanCases,
): Promise<readonly ConformedCase[]> {
  if (failing.length === 0 || signal?.aborted === true) return failing.map(({ told }) => told)
  const { Origins } = await import('./origin/origins.js')
  const met = ({ file, line }: { readonly file: string; readonly line: number }): number =>
    tally.coverage.find((site) => site.file === file && site.line === line)?.packets ?? 0
  const origins = await Origins.open({ nf, binary, config, patience, met })
  if (!(origins instanceof Origins)) return failing.map(({ told }) => ({ ...told, origin: origins }))
  try {
    const told: ConformedCase[] = []
    for (const [at, looked] of failing.entries()) {
      onProgress?.(`where failure ${at + 1} of ${failing.length} comes from`)
      // Signals are heard in between.
      await setImmediate()
      told.push(isAborted(signal) ? looked.told : { ...looked.told, origin: await origins.of(looked) })
    }
    return told
  } finally {
    origins.close()
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
