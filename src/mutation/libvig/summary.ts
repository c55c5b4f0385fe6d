/** What became of libVig's mutants, for people and for programs. */
import { table } from '../../cli/table.js'
import { freedomFor } from '../freedoms.js'
import type { Freedom } from '../outcome.js'
import { lineOf } from '../summary.js'
import type { LibvigCampaign } from './campaign.js'
import type { LibvigOutcome } from './outcome.js'

export interface LibvigSummary {
  readonly nf: 'libvig'
  readonly changes: number
  readonly sampled: number
  readonly judged: number
  readonly refuted: number
  /** The same instructions. */
  readonly equivalent: number
  readonly equivalentInScope: number
  readonly freedoms: number
  readonly survivors: number
  readonly undecided: number
  readonly outcomes: readonly (LibvigOutcome & { readonly freedom?: Freedom })[]
  readonly seconds: number
}

export function libvigSummaryOf({ changes, sampled, outcomes: found, freedoms }: LibvigCampaign): LibvigSummary {
  const outcomes = found.map((outcome) => {
    const listed = outcome.verdict === 'survivor' ? freedomFor(outcome, freedoms) : undefined
    return listed === undefined ? outcome : { ...outcome, freedom: { clause: listed.clause, why: listed.why } }
  })
  const count = (verdict: LibvigOutcome['verdict']): number =>
    outcomes.filter((each) => each.verdict === verdict && !('freedom' in each)).length
  return {
    nf: 'libvig',
    changes,
    sampled,
    judged: outcomes.length,
    refuted: count('refuted'),
    equivalent: count('equivalent'),
    equivalentInScope: count('equivalent in scope'),
    freedoms: outcomes.filter((each) => 'freedom' in each).length,
    survivors: count('survivor'),
    undecided: count('undecided'),
    outcomes,
    seconds: outcomes.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}

/** 1 with survivors that nothing explains, 4 where something is undecided or was not judged, else 0. */
export function libvigExitCodeOf({ survivors, undecided, judged, sampled }: LibvigSummary): number {
  if (survivors > 0) return 1
  return undecided > 0 || judged < sampled ? 4 : 0
}

const COLUMNS = ['changes', 'judged', 'refuted', 'equivalent', 'in scope', 'freedoms', 'survivors', 'undecided', 's']

export function libvigTextOf(summary: LibvigSummary, isVerbose: boolean): string {
  const { changes, judged, sampled, refuted, equivalent, equivalentInScope } = summary
  const row = [
    String(changes),
    judged === sampled ? String(judged) : `${judged} of ${sampled}`,
    ...[refuted, equivalent, equivalentInScope, summary.freedoms, summary.survivors, summary.undecided].map(String),
    summary.seconds.toFixed(0),
  ]
  const lists = summary.outcomes.filter(({ verdict }) => isVerbose || verdict !== 'refuted').map(toldOf)
  const alignments = COLUMNS.map(() => 'right' as const)
  return `${table([COLUMNS, row], alignments)}${lists.length === 0 ? '' : '\n'}${lists.join('')}`
}

function toldOf(outcome: LibvigSummary['outcomes'][number]): string {
  const { freedom, difference, notEquivalent } = outcome
  const name = freedom === undefined ? outcome.verdict : 'freedom'
  const reasons = [
    ...(freedom === undefined ? [] : [`${freedom.clause}: ${freedom.why}`]),
    ...(outcome.verdict === 'refuted' ? [refutationOf(outcome.refutation)] : []),
    ...(outcome.verdict === 'equivalent in scope' ? [`proved in ${outcome.scopes} scopes`] : []),
    ...(outcome.verdict === 'undecided' ? outcome.causes.slice(0, 3) : []),
    ...(difference === undefined ? [] : [`${difference.call}: ${difference.what}`]),
    ...(notEquivalent === undefined ? [] : [`not proved equivalent: ${notEquivalent}`]),
  ]
  return `${lineOf(name, outcome)}\n${reasons.map((reason) => `    ${reason}\n`).join('')}`
}

function refutationOf({ operation, scope, what }: { operation: string; scope: string; what: string }): string {
  return `${operation}, ${scope}: ${what}`
}
