/** The tests of RFC 2544 that need no search: latency (section 26.2), frame loss rate (26.3), system recovery (26.5). */
import { InputError } from '../errors.js'
import { lossOf, type RateOutcome, type RateTrial } from './search.js'
import { type Summary, summarise } from './statistics.js'

/**
 * Latency at the throughput rate: the mean of what the runs measure, each that of a frame in the middle of a stream.
 *
 * @param run One stream of at least 120 s; nanoseconds, undefined where the frame did not come.
 * @param repeats Runs: RFC 2544 wants 20 at least.
 * @throws InputError where a frame was lost: the rate is above the throughput.
 */
export async function measureLatency(run: () => Promise<number | undefined>, repeats = 20): Promise<Summary> {
  const latencies: number[] = []
  for (let i = 0; i < repeats; i++) {
    const latency = await run()
    if (latency === undefined) throw new InputError('a tagged frame was lost at the throughput rate')
    latencies.push(latency)
  }
  return summarise(latencies)
}

export interface LossPoint<T extends RateOutcome = RateOutcome> {
  /** Frames a second. */
  readonly rate: number
  /** Share of frames lost. */
  readonly loss: number
  readonly outcome: T
}

export interface LossOptions {
  /** The rate of the medium, frames a second. */
  readonly most: number
  /** Share of it between two trials, at most 0.1. Default: 0.1. */
  readonly step?: number
}

/**
 * Loss by rate, from that of the medium down, until two successive trials lose nothing or there is no lower rate.
 *
 * @throws InputError for a step that the RFC does not allow.
 */
export async function measureLoss<T extends RateOutcome>(
  trial: RateTrial<T>,
  { most, step = 0.1 }: LossOptions,
): Promise<LossPoint<T>[]> {
  if (!(step > 0 && step <= 0.1)) throw new InputError(`a step of ${step} is not above 0 and at most 0.1`)
  const points: LossPoint<T>[] = []
  // A small part of a step is left by dividing, and is no rate.
  for (let i = 0; 1 - i * step > step / 1000; i++) {
    const rate = most * (1 - i * step)
    const outcome = await trial(rate, true)
    points.push({ rate, loss: lossOf(outcome), outcome })
    if (points.slice(-2).filter(({ loss }) => loss === 0).length === 2) break
  }
  return points
}

/** Times are nanoseconds of one clock. */
export interface Recovery {
  /** When the rate was reduced. */
  readonly reducedAt: number
  /** When the last frame was sent that did not come; undefined without loss. */
  readonly lastLostAt: number | undefined
}

export interface RecoveryOptions {
  readonly throughput: number
  /** The rate of the medium. Both are frames a second. */
  readonly most: number
  readonly repeats?: number
}

/**
 * How long a device goes on losing frames after an overload ended, in nanoseconds: 110 % of the throughput, and no more than
 * the medium has, for 60 s at least; then half of that.
 *
 * @param run One overload and what follows; rates are frames a second.
 */
export async function measureRecovery(
  run: (overload: number, reduced: number) => Promise<Recovery>,
  { throughput, most, repeats = 1 }: RecoveryOptions,
): Promise<Summary> {
  const overload = Math.min(1.1 * throughput, most)
  const times: number[] = []
  for (let i = 0; i < repeats; i++) {
    const { reducedAt, lastLostAt } = await run(overload, overload / 2)
    times.push(Math.max(0, (lastLostAt ?? reducedAt) - reducedAt))
  }
  return summarise(times)
}
