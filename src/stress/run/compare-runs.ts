/** Whether two runs of load tests differ, figure by figure: a difference within what repetitions differ by is none. */
import { InputError } from '../../errors.js'
import type { StressedNf, StressFigure, StressTest } from '../../result/index.js'
import { type Comparison, compare } from '../statistics.js'
import { readStressed } from './read-run.js'

export interface ComparedFigure {
  readonly test: string
  /** Bytes. */
  readonly size: number
  readonly figure: string
  readonly unit: StressFigure['unit']
  /** Means. */
  readonly first: number
  readonly second: number
  /**
   * Of the second, seen from the first; `unknown` where one repetition alone says nothing of the spread, or
   * where the tester and not the device made the difference.
   */
  readonly verdict: 'better' | 'worse' | 'indistinguishable' | 'unknown'
  /** Second mean minus first, and half the width of its 95 % confidence interval. */
  readonly difference: number
  readonly margin?: number
  /** Whether one of both is what the tester allows, and not the device. */
  readonly isTesterLimited: boolean
}

export interface RunComparison {
  readonly nf: string
  readonly topology: string
  readonly figures: readonly ComparedFigure[]
  /** What else differs between the runs, one line each. */
  readonly notes: readonly string[]
}

/**
 * @param first, second Run folders, or their result.json. @throws InputError where these are none, or do not have the same
 * tests of the same network function.
 */
export function compareRuns(first: string, second: string): RunComparison {
  const [one, other] = [readStressed(first), readStressed(second)]
  refuseDifferent('network functions', one.nf, other.nf)
  refuseDifferent('versions of IP', String(one.ip), String(other.ip))
  refuseDifferent('directions', one.direction, other.direction)
  refuseDifferent('topologies', one.topology, other.topology)
  refuseDifferent('tests and sizes', testsOf(one), testsOf(other))
  refuseDifferent('numbers of flows', String(one.flows), String(other.flows))
  const figures = one.tests.flatMap((test, i) => {
    const again = other.tests[i]
    return again === undefined ? [] : compareTests(test, again)
  })
  return { nf: one.nf, topology: one.topology, figures, notes: notesOf(one, other) }
}

function refuseDifferent(what: string, one: string, other: string): void {
  if (one !== other) throw new InputError(`these runs have different ${what}: ${one}, and ${other}`)
}

function testsOf({ tests }: StressedNf): string {
  return tests.map(({ name, size }) => `${name} ${size}`).join(', ')
}

function compareTests(one: StressTest, other: StressTest): ComparedFigure[] {
  return one.figures.flatMap((figure): ComparedFigure[] => {
    const again = other.figures.find(({ name }) => name === figure.name)
    if (again === undefined) return []
    const difference = again.mean - figure.mean
    const base = {
      test: one.name,
      size: one.size,
      figure: figure.name,
      unit: figure.unit,
      first: figure.mean,
      second: again.mean,
      isTesterLimited: one.limit === 'tester' || other.limit === 'tester',
    }
    if (Math.min(figure.values.length, again.values.length) < 2) return [{ ...base, verdict: 'unknown', difference }]
    const compared = compare(figure.values, again.values, figure.better)
    return [isOfTester(compared, one, other) ? { ...base, ...compared, verdict: 'unknown' } : { ...base, ...compared }]
  })
}

/** Where the tester limits, the device may be better than the figure, and is not worse. */
function isOfTester({ verdict }: Comparison, one: StressTest, other: StressTest): boolean {
  const isLimited = ({ limit }: StressTest): boolean => limit === 'tester'
  return (verdict === 'better' && isLimited(one)) || (verdict === 'worse' && isLimited(other))
}

function notesOf(one: StressedNf, other: StressedNf): string[] {
  const figures = ({ tests }: StressedNf): string[] =>
    tests.flatMap((test) => test.figures.map(({ name }) => `${test.name}, ${test.size} bytes: ${name}`))
  const [first, second] = [figures(one), figures(other)]
  const alone = [
    ...first.filter((name) => !second.includes(name)).map((name) => `${name} is in the first run alone`),
    ...second.filter((name) => !first.includes(name)).map((name) => `${name} is in the second run alone`),
  ]
  const facts = [
    ['binaries', one.binary.sha256, other.binary.sha256],
    ['configurations', JSON.stringify(one.config), JSON.stringify(other.config)],
    ['devices', one.device, other.device],
    ['durations or repetitions', JSON.stringify(one.profile), JSON.stringify(other.profile)],
  ] as const
  return [...alone, ...facts.filter(([, a, b]) => a !== b).map(([what]) => `the runs have different ${what}`)]
}
