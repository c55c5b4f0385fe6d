/** `vigil compare`: whether two runs of load tests differ. */
import type { Command } from 'commander'

import type { RunComparison } from '../stress/run/compare-runs.js'
import { type VerbContext, verb } from './command.js'
import { oneLine } from './failure.js'
import { table } from './table.js'

export function compareVerb({ terminal, finish }: VerbContext): Command {
  return verb('compare', 'tell whether two runs of load tests differ, by their repetitions', [
    'vigil compare reports/before reports/after',
    'vigil compare before/result.json after/result.json --json',
  ])
    .argument('<first>', 'a run folder of vigil stress, or its result.json')
    .argument('<second>', 'another one, with the same tests of the same network function')
    .action(async (first: string, second: string, { json }: { readonly json?: boolean }) => {
      const { compareRuns } = await import('../stress/run/compare-runs.js')
      const { valueText } = await import('../report/index.js')
      const comparison = compareRuns(first, second)
      terminal.out(
        json === true ? `${JSON.stringify(comparison, undefined, 2)}\n` : comparisonText(comparison, valueText),
      )
      finish(0)
    })
}

type ValueText = typeof import('../report/index.js').valueText

function comparisonText({ nf, topology, figures, notes }: RunComparison, valueText: ValueText): string {
  const rows = figures.map(
    ({ test, size, figure, unit, first, second, verdict, difference, margin, isTesterLimited }) => {
      const sign = difference < 0 ? '-' : '+'
      const change = `${sign}${valueText(unit, Math.abs(difference))}`
      return [
        test,
        `${size} B`,
        figure,
        valueText(unit, first),
        valueText(unit, second),
        margin === undefined ? change : `${change} ± ${valueText(unit, margin)}`,
        verdict === 'unknown' && !isTesterLimited ? 'unknown: one repetition alone' : verdict,
        isTesterLimited ? 'tester-limited' : '',
      ]
    },
  )
  const columns = ['left', 'right', 'left', 'right', 'right', 'right', 'left', 'left'] as const
  const body = rows.length === 0 ? '  no figure is in both runs\n' : table(rows, columns)
  return `${nf} on ${topology}: the second run seen from the first, at 95 % confidence\n${body}${notes.map((note) => `  ${oneLine(note)}\n`).join('')}`
}
