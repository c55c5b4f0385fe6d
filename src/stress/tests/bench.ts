/** What a test has to work with: trials with frames of one size, and the throughput that other tests start from. */
import type { StressLimit, StressProfile, StressTester } from '../../result/index.js'
import type { Load } from '../rig/load.js'
import type { Rig } from '../rig/rig.js'
import type { Segment } from '../rig/sender.js'
import type { TrialOutcome } from '../rig/tester.js'
import type { Sheet } from './sheet.js'

export interface Bench {
  readonly rig: Rig
  readonly load: Load
  readonly size: number
  readonly profile: StressProfile
  /** Frames a second that are sent at most, and what sets this bound. */
  readonly most: number
  readonly bound: StressLimit
  readonly tester: StressTester
  /** One trial, after the device has learned; it is put down on the sheet. Throws as `Tester.run`. */
  trial(sheet: Sheet, segments: readonly Segment[], expected?: number): Promise<TrialOutcome>
  /** Frames a second: what the throughput test has found, or else a search of its own. Undefined where no rate passes. */
  throughput(sheet: Sheet): Promise<number | undefined>
}

export interface Procedure {
  readonly name: string
  /** What is measured, in a word or two. */
  readonly title: string
  /** Of the RFC that describes it. */
  readonly clause: string
  /** Whether it starts from the throughput. */
  readonly needsThroughput: boolean
  /** Trials that it makes, about, and the seconds in which they send. */
  cost(profile: StressProfile): { readonly trials: number; readonly seconds: number }
  run(bench: Bench, sheet: Sheet): Promise<void>
}

/** At a steady rate for a while; one frame at least. */
export function steady(rate: number, seconds: number): readonly Segment[] {
  return rate * seconds < 1 ? [{ rate, frames: 1 }] : [{ rate, seconds }]
}
