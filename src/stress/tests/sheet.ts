/** What one test with one frame size finds, put down as it is found: an interrupted test still has its part. */

import { Histogram } from '../../histogram.js'
import type {
  StressDirection,
  StressFigure,
  StressLatency,
  StressLimit,
  StressPoint,
  StressTest,
  StressTrial,
} from '../../result/index.js'
import type { TrialOutcome } from '../rig/tester.js'
import { lossOf } from '../search.js'
import { summarise } from '../statistics.js'

const PERCENTS = [50, 75, 90, 95, 99, 99.9, 99.99]

/** Of all trials of a test. */
interface DirectionSums {
  sent: number
  received: number
  readonly latencies: Histogram
}

type Kind = Pick<StressFigure, 'unit' | 'better'>

export class Sheet {
  readonly name: string
  readonly latencies = new Histogram()
  readonly trials: StressTrial[] = []
  isComplete = false
  cause: string | undefined
  limit: StressLimit | undefined
  readonly #title: string
  readonly #size: number
  readonly #figures = new Map<string, Kind & { readonly values: number[] }>()
  readonly #points: StressPoint[] = []
  readonly #notes = new Set<string>()
  readonly #directions = new Map<string, DirectionSums>()

  constructor(name: string, title: string, size: number) {
    this.name = name
    this.#title = title
    this.#size = size
  }

  /** One more value of a figure. */
  value(name: string, kind: Kind, value: number): void {
    const known = this.#figures.get(name)
    if (known === undefined) this.#figures.set(name, { ...kind, values: [value] })
    else known.values.push(value)
  }

  addLatencies({ latencies, directions }: TrialOutcome): void {
    this.latencies.merge(latencies)
    if (directions.length < 2) return
    for (const direction of directions) this.#directionOf(direction.name).latencies.merge(direction.latencies)
  }

  /** @param rate What was wanted; Infinity where it was as fast as possible. */
  trial(outcome: TrialOutcome, rate: number, judged: Pick<StressTrial, 'judged' | 'wrong'>): void {
    this.trials.push(trialOf(outcome, rate, judged))
    if (outcome.directions.length < 2) return
    for (const { name, sent, received } of outcome.directions) {
      const direction = this.#directionOf(name)
      direction.sent += sent
      direction.received += received
    }
  }

  point(rate: number, outcome: TrialOutcome): void {
    const { offered, testerLost } = outcome
    const isTesterLimited = testerLost > 0 || offered < 0.99 * rate
    this.#points.push({ rate, offered, loss: lossOf(outcome), isTesterLimited })
  }

  #directionOf(name: string): DirectionSums {
    const known = this.#directions.get(name) ?? { sent: 0, received: 0, latencies: new Histogram() }
    this.#directions.set(name, known)
    return known
  }

  note(text: string): void {
    this.#notes.add(text)
  }

  done(): StressTest {
    const latency = latencyOf(this.latencies)
    return {
      name: this.name,
      title: this.#title,
      size: this.#size,
      isComplete: this.isComplete,
      ...(this.cause === undefined ? {} : { cause: this.cause }),
      ...(this.limit === undefined ? {} : { limit: this.limit }),
      figures: [...this.#figures].map(([name, { unit, better, values }]) => {
        const { mean, margin } = summarise(values)
        return { name, unit, better, values, mean, ...(margin === undefined ? {} : { margin }) }
      }),
      points: this.#points,
      ...(latency === undefined ? {} : { latency }),
      ...(this.#directions.size === 0 ? {} : { directions: [...this.#directions].map(directionOf) }),
      notes: [...this.#notes],
      trials: this.trials,
    }
  }
}

function directionOf([name, { sent, received, latencies }]: readonly [string, DirectionSums]): StressDirection {
  const latency = latencyOf(latencies)
  return { name, sent, received, ...(latency === undefined ? {} : { latency }) }
}

function trialOf(
  outcome: TrialOutcome,
  rate: number,
  { judged, wrong }: Pick<StressTrial, 'judged' | 'wrong'>,
): StressTrial {
  const { offered, seconds, sent, received, testerLost, duplicated, outOfOrder, corrupt, misdirected, flooded } =
    outcome
  return {
    ...(Number.isFinite(rate) ? { rate } : {}),
    offered,
    seconds,
    sent,
    received,
    lost: Math.max(0, sent - received - testerLost),
    testerLost,
    duplicated,
    outOfOrder,
    corrupt,
    misdirected,
    flooded,
    judged,
    wrong,
    processorsBusy: outcome.processors.busy,
    processorsIdle: outcome.processors.idle,
  }
}

/** Undefined without a value. */
export function latencyOf(histogram: Histogram): StressLatency | undefined {
  const { count, min, mean, max } = histogram
  if (min === undefined || mean === undefined || max === undefined) return undefined
  const percentiles = PERCENTS.map((percent) => ({ percent, value: Math.min(max, histogram.percentile(percent) ?? 0) }))
  return { count, min, mean, max, percentiles, buckets: coarse(histogram) }
}

/** Four buckets for each doubling. */
function coarse(histogram: Histogram): StressLatency['buckets'] {
  const found = new Map<number, number>()
  for (const { from, count } of histogram.buckets()) {
    const index = Math.floor(4 * Math.log2(Math.max(1, from)))
    found.set(index, (found.get(index) ?? 0) + count)
  }
  return [...found].map(([index, count]) => ({ from: 2 ** (index / 4), to: 2 ** ((index + 1) / 4), count }))
}
