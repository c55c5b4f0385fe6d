/**
 * The highest rate at which a device loses no more than is allowed: the throughput of RFC 2544 section 26.1, found by
 * halving. What a trial does is a function that is given, so that the search is the same for any ports and in tests.
 */
import { InputError } from '../errors.js'

/** What came of sending at a rate for a while. Numbers of frames, all counted after everything in flight had time to arrive. */
export interface Outcome {
  readonly sent: number
  readonly received: number
  /** Frames that came back and that the tester itself lost. Default: none. */
  readonly testerLost?: number
}

export interface RateOutcome extends Outcome {
  /** Frames a second that were really sent. */
  readonly offered: number
}

/**
 * @param rate Frames a second.
 * @param isResult Whether it decides about the result and not about what is tried next: RFC 2544 section 24 wants 60 s then.
 */
export type RateTrial<T extends RateOutcome = RateOutcome> = (rate: number, isResult: boolean) => Promise<T>

/**
 * `passed`: no more was lost than is allowed. `lost`: more was. `short`: nothing was lost by the device, and it was not
 * offered at that rate, or the tester lost frames; it tells of the tester, and not of the device.
 */
export type Verdict = 'passed' | 'lost' | 'short'

export interface Tried<T extends RateOutcome = RateOutcome> {
  readonly rate: number
  readonly verdict: Verdict
  readonly outcome: T
}

export interface ThroughputOptions {
  /** The rate of the medium, frames a second: the first that is tried. */
  readonly most: number
  /** The search ends where two rates are no farther apart, as a share of `most`. Default: 0.005. */
  readonly resolution?: number
  /** Share of frames that may be lost. Default: 0, as in RFC 2544. */
  readonly loss?: number
  /** How often the rate that was found has to pass once more. Default: 1. */
  readonly confirmations?: number
  /** Share of a rate that may be missing from what was offered. Default: 0.01. */
  readonly shortfall?: number
}

export interface Throughput<T extends RateOutcome = RateOutcome> {
  /** Frames a second; undefined where no rate passed. */
  readonly rate: number | undefined
  /** What did not allow more: the device lost frames, the tester could not send so many, or it is the rate of the medium. */
  readonly limit: 'device' | 'tester' | 'medium'
  /** Whether no rate lost frames at or below one that passed; else the device's losses are not a matter of rate alone. */
  readonly isMonotone: boolean
  /** In the order in which they were made. */
  readonly trials: readonly Tried<T>[]
}

/** Share of frames that the device lost. What came twice makes no loss smaller than none. */
export function lossOf({ sent, received, testerLost = 0 }: Outcome): number {
  return sent === 0 ? 0 : Math.max(0, sent - received - testerLost) / sent
}

/**
 * The rate that is told has passed once and all its confirmations. Where a confirmation fails, the search goes on below, from
 * what passed there, so that it ends with any device, also one that loses frames now and then.
 *
 * @throws InputError where a trial sent nothing.
 */
export async function findThroughput<T extends RateOutcome>(
  trial: RateTrial<T>,
  options: ThroughputOptions,
): Promise<Throughput<T>> {
  const { most, resolution = 0.005, confirmations = 1 } = options
  const trials: Tried<T>[] = []
  const run = async (rate: number, isResult: boolean): Promise<Verdict> => {
    const outcome = await trial(rate, isResult)
    if (outcome.sent === 0) throw new InputError(`nothing was sent in a trial at ${rate} frames a second`)
    const verdict = verdictOf(outcome, rate, options)
    trials.push({ rate, verdict, outcome })
    return verdict
  }
  // Rates that passed and are below `high`, the least one that did not; rising.
  const passed: number[] = []
  let high: { rate: number; verdict: Verdict } | undefined
  for (;;) {
    const low = passed.at(-1) ?? 0
    const isFound = high === undefined ? low === most : high.rate - low <= resolution * most
    if (isFound && low === 0) break
    const rate = isFound ? low : high === undefined ? most : (low + high.rate) / 2
    let verdict: Verdict = 'passed'
    for (let i = 0; i < (isFound ? confirmations : 1) && verdict === 'passed'; i++) verdict = await run(rate, isFound)
    if (isFound && verdict === 'passed') break
    if (isFound) passed.pop()
    if (verdict === 'passed') passed.push(rate)
    else high = { rate, verdict }
  }
  const limits = { passed: 'medium', lost: 'device', short: 'tester' } as const
  return {
    rate: passed.at(-1),
    limit: limits[high?.verdict ?? 'passed'],
    isMonotone: isMonotone(trials),
    trials,
  }
}

function verdictOf(outcome: RateOutcome, rate: number, { loss = 0, shortfall = 0.01 }: ThroughputOptions): Verdict {
  if (lossOf(outcome) > loss) return 'lost'
  return outcome.offered < rate * (1 - shortfall) || (outcome.testerLost ?? 0) > 0 ? 'short' : 'passed'
}

function isMonotone(trials: readonly Tried[]): boolean {
  const passing = Math.max(...trials.filter(({ verdict }) => verdict === 'passed').map(({ rate }) => rate))
  return trials.every(({ verdict, rate }) => verdict !== 'lost' || rate > passing)
}
