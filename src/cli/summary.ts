/**
 * The end of a run in a terminal: verdict, what became of the packets, which lines dropped them, what was wrong. What
 * was proved is told by verified-summary.ts.
 */

import { dirname } from 'node:path'

import { count, counted, outcomesOf, realLines, seconds, share, verdictSentence } from '../report/index.js'
import {
  differenceLines,
  judgedOf,
  type NfResult,
  nameOf,
  originText,
  type RunNf,
  type RunResult,
  siteText,
  type Violation,
} from '../result/index.js'
import { oneLine } from './failure.js'
import { libvigText } from './libvig-summary.js'
import { table } from './table.js'
import { verifiedText } from './verified-summary.js'

const signs = { holds: '✓', violated: '✗', undecided: '?', error: '!' } as const
/** Violations told in full; the report has more. */
const shownViolations = 3
/** Fields told of a violation. */
const shownDifferences = 8

/** @param reportPath Path of report.html. */
export function summary(result: RunResult, reportPath: string, isVerbose = false): string {
  const { verdict, nfs, replay } = result
  const violations = judgedOf(nfs).flatMap((nf) => nf.violations)
  const sections = [
    `${signs[verdict]} ${verdict}  ${oneLine(verdictSentence(result))}\n`,
    ...(replay === undefined ? [] : [traceLines(replay.traces) + networkLine(replay.network) + realText(replay.real)]),
    ...judgedOf(nfs).map((nf) => nfText(nf, nfs)),
    ...violations.slice(0, shownViolations).map((violation, i) => violationText(violation, i, judgedOf(nfs))),
    verifiedText(result, { folder: dirname(reportPath), isVerbose }),
    libvigText(result.libvig, isVerbose),
    `${seconds(result.durationSeconds)}, report: ${reportPath}\n`,
  ]
  return sections.filter((section) => section !== '').join('\n')
}

type Replay = NonNullable<RunResult['replay']>

function traceLines(traces: Replay['traces']): string {
  const rows = traces.map(({ file, packetsRead, packetsSent, skipped, transportSent, transportForwarded }) => {
    const causes = Object.entries(skipped).filter(([, packets]) => packets > 0)
    const left = causes.map(([cause, packets]) => `${count(packets)} ${cause}`).join(', ')
    const passed = transportSent === 0 ? '' : `TCP and UDP: ${share(transportForwarded, transportSent)} came out`
    return [
      oneLine(file),
      `${count(packetsRead)} read`,
      `${count(packetsSent)} sent`,
      passed,
      left && `not sent: ${left}`,
    ]
  })
  return table(rows, ['left', 'right', 'right', 'left', 'left'])
}

/** What happened outside of the network functions. */
function networkLine(network: Replay['network'] = {}): string {
  const parts = Object.entries(network).map(([name, times]) => `${name} ${count(times)}`)
  return parts.length === 0 ? '' : `  network: ${parts.join(', ')}\n`
}

/** What happened on real ports. */
function realText(real: Replay['real']): string {
  return real === undefined
    ? ''
    : realLines(real)
        .map((line, i) => `  ${i === 0 ? 'ports:  ' : '        '} ${line}\n`)
        .join('')
}

function nfText(nf: NfResult, all: readonly RunNf[]): string {
  const rows = outcomesOf(nf.outcomes).map(([outcome, packets]) => [
    outcome,
    count(packets),
    share(packets, nf.packetsChecked),
  ])
  const ignored = Object.entries(nf.ignored).map(([cause, packets]) => [`not judged: ${cause}`, count(packets), ''])
  const dropped = nf.coverage.filter(({ kind, packets }) => kind === 'drop' && packets > 0)
  const lines = [...dropped].sort((a, b) => b.packets - a.packets).map((site) => [count(site.packets), siteText(site)])
  return [
    `${nameOf(nf, all)}: ${nf.spec.title}\n`,
    nf.cause === undefined ? '' : `  why: ${oneLine(nf.cause)}\n`,
    table([...rows, ...ignored], ['left', 'right', 'right']),
    lines.length === 0 ? '' : `  dropped as these lines say:\n${table(lines, ['right', 'left'], '    ')}`,
  ].join('')
}

function violationText(violation: Violation, index: number, nfs: readonly NfResult[]): string {
  const total = nfs.reduce((sum, nf) => sum + nf.violationCount, 0)
  const { instance, summary: what, expected, actual, site } = violation
  const differences = differenceLines(violation)
  const more = differences.length - shownDifferences
  const rows = [
    ['expected', expected.text],
    ['actual', actual.text],
    ...differences.slice(0, shownDifferences).map((line) => ['', line]),
    ...(more > 0 ? [['', `and ${counted(more, 'more field')}`]] : []),
    ...(site === undefined ? [] : [['by', `${siteText(site)}: ${site.text}`]]),
  ]
  const title = `violation ${count(index + 1)} of ${count(total)}: ${instance}, ${originText(violation)}`
  return `${oneLine(title)}\n  ${oneLine(what)}\n${table(
    rows.map((row) => row.map(oneLine)),
    ['left', 'left'],
    '    ',
  )}`
}
