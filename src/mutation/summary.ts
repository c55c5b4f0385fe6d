/** What a campaign has found, for people and for programs. */
import { table } from '../cli/table.js'
import type { NfCampaign } from './campaign.js'
import { freedomFor } from './freedoms.js'
import type { Freedom, Outcome, Place } from './outcome.js'

export interface Counts {
  readonly mutants: number
  readonly sampled: number
  readonly judged: number
  readonly killed: number
  readonly equivalent: number
  /** Survivors, and what no proof decides, that `mutants.yaml` lists. */
  readonly freedoms: number
  readonly survivors: number
  readonly undecided: number
}

export interface NfSummary extends Counts {
  readonly nf: string
  readonly unexplained: readonly Outcome[]
  readonly open: readonly Outcome[]
  readonly explained: readonly (Outcome & { readonly freedom: Freedom })[]
  readonly seconds: number
}

export function summaryOf({ nf, mutants, sampled, outcomes, freedoms }: NfCampaign): NfSummary {
  const kept = outcomes.filter(({ verdict }) => verdict === 'survivor' || verdict === 'undecided')
  const explained = kept.flatMap((outcome) => {
    const freedom = freedomFor(outcome, freedoms)
    return freedom === undefined ? [] : [{ ...outcome, freedom: { clause: freedom.clause, why: freedom.why } }]
  })
  const listed = new Set(explained.map(({ number }) => number))
  const unexplained = kept.filter(({ verdict, number }) => verdict === 'survivor' && !listed.has(number))
  const open = kept.filter(({ verdict, number }) => verdict === 'undecided' && !listed.has(number))
  const count = (verdict: Outcome['verdict']): number => outcomes.filter((each) => each.verdict === verdict).length
  return {
    nf,
    mutants,
    sampled,
    judged: outcomes.length,
    killed: count('killed'),
    equivalent: count('equivalent'),
    freedoms: explained.length,
    survivors: unexplained.length,
    undecided: open.length,
    unexplained,
    open,
    explained,
    seconds: outcomes.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}

/** 1 with survivors that nothing explains, 4 where something is undecided or was not judged, else 0. */
export function exitCodeOf(summaries: readonly NfSummary[]): number {
  if (summaries.some(({ survivors }) => survivors > 0)) return 1
  return summaries.some(({ undecided, judged, sampled }) => undecided > 0 || judged < sampled) ? 4 : 0
}

const COLUMNS = ['nf', 'mutants', 'judged', 'killed', 'equivalent', 'freedoms', 'survivors', 'undecided', 's']

export function textOf(summaries: readonly NfSummary[]): string {
  const rows = summaries.map((each) => [
    each.nf,
    String(each.mutants),
    each.judged === each.sampled ? String(each.judged) : `${each.judged} of ${each.sampled}`,
    ...[each.killed, each.equivalent, each.freedoms, each.survivors, each.undecided].map(String),
    each.seconds.toFixed(0),
  ])
  const lists = summaries.flatMap((each) => [
    ...each.explained.map(
      (outcome) => `${lineOf(freedomName(outcome), outcome)}\n    ${outcome.freedom.clause}: ${outcome.freedom.why}\n`,
    ),
    ...each.unexplained.map((outcome) => `${lineOf('survivor', outcome)}${whyOf(outcome)}\n`),
    ...each.open.map((outcome) => `${lineOf('undecided', outcome)}${whyOf(outcome)}\n`),
  ])
  const alignments = COLUMNS.map((_, at) => (at === 0 ? ('left' as const) : ('right' as const)))
  return `${table([COLUMNS, ...rows], alignments)}${lists.length === 0 ? '' : '\n'}${lists.join('')}${groups(summaries)}`
}

/** Where nothing proves that it meets the specification, what is listed is a person's word. */
function freedomName({ verdict }: Outcome): string {
  return verdict === 'survivor' ? 'freedom' : 'freedom, by argument only'
}

/** A mutant and what it is, for a list. */
export function lineOf(
  what: string,
  { nf, number, functionName, what: edit, at }: Place & { readonly nf: string },
): string {
  const place = at === undefined ? functionName : `${functionName}, ${at}`
  return `${what}: ${nf} ${number} (${place}): ${edit}`
}

function whyOf(outcome: Outcome): string {
  const { difference, notEquivalent } = outcome
  const reasons = [
    ...(difference === undefined ? [] : [`unlike the original: ${difference}`]),
    ...(notEquivalent === undefined ? [] : [`not proved equivalent: ${notEquivalent}`]),
    ...(outcome.verdict === 'undecided' ? outcome.causes.slice(0, 3) : []),
  ]
  return reasons.map((reason) => `\n    ${reason}`).join('')
}

/** Causes of what is undecided, the most frequent first. */
function groups(summaries: readonly NfSummary[]): string {
  const counts = new Map<string, number>()
  for (const { open } of summaries) {
    for (const outcome of open) {
      if (outcome.verdict !== 'undecided') continue
      for (const cause of new Set(outcome.causes.map(kindOf))) counts.set(cause, (counts.get(cause) ?? 0) + 1)
    }
  }
  if (counts.size === 0) return ''
  const lines = [...counts].sort(([, a], [, b]) => b - a).map(([cause, count]) => `  ${count} x ${cause}\n`)
  return `\nundecided because of\n${lines.join('')}`
}

/** A cause without its numbers. */
function kindOf(cause: string): string {
  return cause.replace(/0x[0-9a-f]+|\d+/g, 'N')
}
