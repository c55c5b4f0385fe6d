/**
 * `npm run mutants -- nat [firewall ...|--all]`: what becomes of mutants of network functions. Ends with 0 where none
 * survives unexplained and none is undecided, 1 with survivors, 4 where something is undecided.
 *
 * With `--libvig`: mutants of libVig, judged by its own proof; the exit codes are the same.
 *
 * With `--by conform`: how many of the mutants that are killed the derived conformance suites kill too. Ends with 0 where
 * that is at least 95 % for each network function, 1 where it is less, 4 where something is undecided.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

import { reportFailure } from '../cli/failure.js'
import { interruption } from '../cli/interrupt.js'
import { flushed, processTerminal } from '../cli/terminal.js'
import { InputError } from '../errors.js'
import { listBuildable } from '../nf/index.js'
import { killBySuites } from './by-conform.js'
import { type CampaignOptions, type Progress, runCampaign } from './campaign.js'
import { type LibvigCampaignOptions, runLibvigCampaign } from './libvig/campaign.js'
import { libvigExitCodeOf, libvigSummaryOf, libvigTextOf } from './libvig/summary.js'
import { suiteExitCodeOf, suiteSummaryOf, suiteTextOf } from './suite-summary.js'
import { exitCodeOf, summaryOf, textOf } from './summary.js'

const USAGE =
  'npm run mutants -- NF... [--all] | --libvig [--by conform] [--sample N | --full] [--seed S] [--workers N] [--fresh] [--json]'
/** Entries of libVig's structures: fewer than its own proof has, since there is a proof for each mutant. */
const CAPACITY = 2
/** Mutants, where no other number is named. */
const SAMPLE = { nf: '40', libvig: '90' }

const terminal = processTerminal()

/** What cannot be built here is left out of all, and named. */
async function buildable(): Promise<readonly string[]> {
  const { names, leftOut } = await listBuildable()
  for (const { name, why } of leftOut) terminal.err(`${name} is left out: ${why}\n`)
  return names
}

async function main(): Promise<number> {
  const { values, positionals } = parse()
  const nfs = values.all ? await buildable() : positionals
  if (values.by !== 'verify' && values.by !== 'conform') {
    throw new InputError(`--by must be verify or conform, not ${values.by}`, { hint: USAGE })
  }
  if (values.libvig && (nfs.length > 0 || values.by !== 'verify')) {
    throw new InputError('--libvig is about libVig alone, by its own proof', { hint: USAGE })
  }
  if (nfs.length === 0 && !values.libvig) throw new InputError('no network function is named', { hint: USAGE })
  const interrupted = interruption()
  let width = 0
  const show = (text: string): void => {
    if (!terminal.interactive) return
    terminal.err(`\r${text.slice(0, terminal.columns - 1).padEnd(width)}`)
    width = text.length
  }
  const options: CampaignOptions = {
    nfs,
    sample: values.full
      ? undefined
      : whole('--sample', values.sample ?? SAMPLE[values.libvig ? 'libvig' : 'nf'], 1, 1_000_000),
    seed: whole('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    workers: whole('--workers', values.workers ?? String(Math.min(2, availableParallelism())), 1, 64),
    patience: whole('--patience', values.patience, 1, 1_000_000),
    mostPaths: whole('--paths', values.paths, 1, 1_000_000),
    folder: values.folder,
    isFresh: values.fresh,
    signal: interrupted.signal,
    onProgress: ({ done, all, what }: Progress) => show(`${done} of ${all} mutants; ${what}`),
  }
  const capacity = whole('--capacity', values.capacity, 1, 8)
  const said = await (values.libvig
    ? byOwnProof({ ...options, capacity }, values.verbose)
    : values.by === 'conform'
      ? byConform(options)
      : byVerify(options))
  interrupted.release()
  show('')
  if (terminal.interactive) terminal.err('\r')
  terminal.out(values.json ? `${JSON.stringify(said.summaries)}\n` : said.text)
  return said.exitCode
}

interface Said {
  readonly summaries: readonly object[]
  readonly text: string
  readonly exitCode: number
}

async function byVerify(options: CampaignOptions): Promise<Said> {
  const summaries = (await runCampaign(options)).map(summaryOf)
  return { summaries, text: textOf(summaries), exitCode: exitCodeOf(summaries) }
}

async function byOwnProof(options: LibvigCampaignOptions, isVerbose: boolean): Promise<Said> {
  const summary = libvigSummaryOf(await runLibvigCampaign(options))
  return { summaries: [summary], text: libvigTextOf(summary, isVerbose), exitCode: libvigExitCodeOf(summary) }
}

async function byConform(options: CampaignOptions): Promise<Said> {
  const summaries = (await killBySuites(await runCampaign(options), options)).map(suiteSummaryOf)
  return { summaries, text: suiteTextOf(summaries), exitCode: suiteExitCodeOf(summaries) }
}

function parse() {
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        all: flag,
        by: { type: 'string', default: 'verify' },
        full: flag,
        fresh: flag,
        json: flag,
        libvig: flag,
        verbose: flag,
        capacity: { type: 'string', default: String(CAPACITY) },
        sample: { type: 'string' },
        seed: { type: 'string', default: '1' },
        workers: { type: 'string' },
        patience: { type: 'string', default: '600' },
        paths: { type: 'string', default: '500' },
        folder: { type: 'string', default: 'reports/mutants' },
      },
    })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new InputError(error.message, { hint: USAGE })
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new InputError(`${name} must be a whole number from ${least} to ${most}, not ${text}`)
}

const exitCode = await main().catch((error: unknown) => reportFailure(error, terminal, false))
await flushed()
process.exit(exitCode)
