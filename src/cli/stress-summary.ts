/** Load tests in a terminal: figures by test and size, the tester alone beside them, and how they differ from the RFCs. */
import {
  counted,
  directionCells,
  directionHead,
  figureText,
  latencyColumns,
  limitText,
  oddities,
  percent,
  percentileText,
  perSecond,
  seconds,
  verdictSentence,
} from '../report/index.js'
import { nameOf, type RunResult, type StressedNf, type StressTest } from '../result/index.js'
import { oneLine } from './failure.js'
import { table } from './table.js'

const signs = { holds: '✓', violated: '✗', undecided: '?', error: '!' } as const

/** @param reportPath Path of report.html. */
export function stressSummary(result: RunResult<StressedNf>, reportPath: string): string {
  const { verdict, nfs } = result
  return [
    `${signs[verdict]} ${verdict}  ${oneLine(verdictSentence(result))}\n`,
    ...nfs.flatMap((nf) => [
      `${nameOf(nf, nfs)} on ${nf.topology}, profile ${nf.profile.name}, ${counted(nf.flows, 'flow')} of IPv${nf.ip}\n`,
      ...[...new Set(nf.tests.map(({ name }) => name))].map((name) =>
        testText(nf.tests.filter((test) => test.name === name)),
      ),
      testerText(nf),
      listText('deviations from the RFCs', nf.deviations),
      listText('not exercised on hardware', nf.notExercised),
    ]),
    `${seconds(result.durationSeconds)}, report: ${reportPath}\n`,
  ].join('\n')
}

/** One test, of all sizes. */
function testText(tests: readonly StressTest[]): string {
  const rows = tests.flatMap((test) => {
    const remark = test.cause ?? limitText(test.limit)
    if (test.figures.length === 0) return [[`${test.size} B`, '', '', remark]]
    return test.figures.map((figure, i) => [`${test.size} B`, figure.name, figureText(figure), i === 0 ? remark : ''])
  })
  return [
    `  ${tests[0]?.title ?? ''}\n`,
    table(
      rows.map((row) => row.map(oneLine)),
      ['right', 'left', 'right', 'left'],
      '    ',
    ),
    latencyText(tests),
    ...tests.map(pointsText),
    ...tests.map(directionsText),
    ...tests.flatMap((test) =>
      [...test.notes, ...oddities(test)].map((line) => `    ${test.size} B: ${oneLine(line)}\n`),
    ),
  ].join('')
}

function latencyText(tests: readonly StressTest[]): string {
  const rows = tests.flatMap(({ size, latency }) => {
    return latency === undefined ? [] : [{ size: `${size} B`, columns: latencyColumns(latency) }]
  })
  const [first] = rows
  if (first === undefined) return ''
  const head = ['all frames', ...first.columns.map(([name]) => name)]
  const body = rows.map(({ size, columns }) => [size, ...columns.map(([, text]) => text)])
  return table(
    [head, ...body],
    head.map(() => 'right' as const),
    '    ',
  )
}

function pointsText({ size, points }: StressTest): string {
  if (points.length === 0) return ''
  const rows = points.map(({ offered, loss, isTesterLimited }) => [
    `${size} B`,
    perSecond(offered),
    `${percent(loss)} lost`,
    isTesterLimited ? 'tester-limited' : '',
  ])
  return table(rows, ['right', 'right', 'right', 'left'], '      ')
}

function directionsText({ size, directions = [] }: StressTest): string {
  if (directions.length === 0) return ''
  const rows = directions.map((direction) => [`${size} B`, ...directionCells(direction)])
  return table(
    [['', ...directionHead], ...rows],
    ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
    '      ',
  )
}

function testerText({ testers }: StressedNf): string {
  if (testers.length === 0) return ''
  const head = ['', 'sends at most', 'without loss', 'latency 50 %', '99 %', 'processors busy', 'by others', 'idle']
  const rows = testers.map((tester) => [
    `${tester.size} B`,
    perSecond(tester.fastest),
    perSecond(tester.ceiling),
    percentileText(tester, 50),
    percentileText(tester, 99),
    tester.processorsBusy.toFixed(2),
    tester.processorsOthers.toFixed(2),
    percent(tester.processorsIdle),
  ])
  return `  the tester alone, port to port\n${table(
    [head, ...rows],
    head.map(() => 'right' as const),
    '    ',
  )}`
}

function listText(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `  ${title}\n${lines.map((line) => `    ${oneLine(line)}\n`).join('')}`
}
