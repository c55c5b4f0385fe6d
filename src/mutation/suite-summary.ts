/** How many of the mutants that a campaign kills suites kill, for people and for programs. */
import { table } from '../cli/table.js'
import type { NfByConform } from './by-conform.js'
import type { Kill, Outcome } from './outcome.js'
import type { SuiteKill } from './suite-outcome.js'
import type { DerivedSuite } from './suites.js'
import { lineOf, summaryOf } from './summary.js'

type Killed = Outcome & { readonly kill: Kill }

export interface SuiteSummary {
  readonly nf: string
  readonly mutants: number
  readonly sampled: number
  readonly judged: number
  /** By the campaign. */
  readonly killed: number
  /** Of these. */
  readonly bySuite: number
  /** Percent of `killed`; undefined where there are none. */
  readonly share: number | undefined
  /** What neither a campaign nor suites decide, or what was not looked at. */
  readonly undecided: number
  readonly suites: readonly DerivedSuite[]
  readonly survivors: readonly Killed[]
  readonly open: readonly (Outcome & { readonly cause: string })[]
  /** What ended by no violation: each with the case. */
  readonly stopped: readonly (Killed & { readonly inSuite: SuiteKill })[]
}

/** Percent of the mutants that a campaign kills. */
const LEAST = 95

export function suiteSummaryOf({ campaign, suites, killed }: NfByConform): SuiteSummary {
  const { nf, mutants, sampled, judged, open: undecided } = summaryOf(campaign)
  const survivors = killed.flatMap(({ outcome, bySuite }) => (bySuite?.verdict === 'survivor' ? [outcome] : []))
  const bySuite = killed.filter((each) => each.bySuite?.verdict === 'killed').length
  const open = [
    ...undecided.map((outcome) => ({ ...outcome, cause: causeOf(outcome) })),
    ...killed.flatMap(({ outcome, bySuite: found }) =>
      found?.verdict === 'undecided' ? [{ ...outcome, cause: `in its suite: ${found.cause}` }] : [],
    ),
  ]
  const missing = sampled - judged + killed.filter((each) => each.bySuite === undefined).length
  return {
    nf,
    mutants,
    sampled,
    judged,
    killed: killed.length,
    bySuite,
    share: killed.length === 0 ? undefined : (100 * bySuite) / killed.length,
    undecided: open.length + missing,
    suites,
    survivors,
    open,
    stopped: killed.flatMap(({ outcome, bySuite: found }) =>
      found?.verdict === 'killed' && found.kill.isStopped ? [{ ...outcome, inSuite: found.kill }] : [],
    ),
  }
}

function causeOf(outcome: Outcome): string {
  return outcome.verdict === 'undecided' ? outcome.causes.slice(0, 3).join('; ') : ''
}

/**
 * 1 where suites kill less than 95 % of what a campaign kills, whatever becomes of what is undecided; 4 where something is
 * undecided, or there is nothing to kill; else 0.
 */
export function suiteExitCodeOf(summaries: readonly SuiteSummary[]): number {
  const isBelow = ({ survivors, killed, undecided }: SuiteSummary): boolean =>
    100 * survivors.length > (100 - LEAST) * (killed + undecided)
  if (summaries.some(isBelow)) return 1
  return summaries.some(({ undecided, killed }) => undecided > 0 || killed === 0) ? 4 : 0
}

const COLUMNS = ['nf', 'mutants', 'judged', 'killed', 'by suite', 'share', 'undecided', 'suites', 'cases', 'derived in']

export function suiteTextOf(summaries: readonly SuiteSummary[]): string {
  const rows = summaries.map(({ nf, mutants, judged, sampled, killed, bySuite, share, undecided, suites }) => [
    nf,
    String(mutants),
    judged === sampled ? String(judged) : `${judged} of ${sampled}`,
    String(killed),
    String(bySuite),
    share === undefined ? '-' : `${(Math.floor(share * 10) / 10).toFixed(1)} %`,
    String(undecided),
    String(suites.length),
    suites.map(({ cases }) => cases).join(' + '),
    suites.map(({ seconds, isComplete }) => `${seconds.toFixed(0)} s${isComplete ? '' : ', incomplete'}`).join(' + '),
  ])
  const lists = summaries.flatMap(({ stopped, survivors, open }) => [
    ...stopped.map((mutant) => `${lineOf('stopped', mutant)}\n    ${mutant.inSuite.what}\n`),
    ...survivors.map((mutant) => `${lineOf('survivor', mutant)}\n    ${verifySays(mutant.kill)}\n`),
    ...open.map((mutant) => `${lineOf('undecided', mutant)}\n    ${mutant.cause}\n`),
  ])
  const alignments = COLUMNS.map((_, at) => (at === 0 ? ('left' as const) : ('right' as const)))
  return `${table([COLUMNS, ...rows], alignments)}${lists.length === 0 ? '' : '\n'}${lists.join('')}`
}

function verifySays({ by, what, replay }: Kill): string {
  return `killed by ${by}: ${what}${replay === undefined ? '' : `\n    vigil ${replay.join(' ')}`}`
}
