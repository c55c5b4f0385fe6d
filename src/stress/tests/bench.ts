/** What a test has to work with: trials with frames of one size, and the throughput that other tests start from. */
import type { StressLimit, StressProfile, StressTester } from '../../result/index.js'
import type { SynFlood } from '../rig/flood.js'
import type { Load } from '../rig/load.js'
import type { Rig } from '../rig/rig.js'
import type { Segment } from '../rig/sender.js'
import type { TrialOptions, TrialOutcome } from '../rig/tester.js'
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
  /** One trial, put down on the sheet. Throws as `Tester.run`. */
  trial(sheet: Sheet, segments: readonly Segment[], options?: BenchTrialOptions): Promise<TrialOutcome>
  /** Another load for the same device. */
  loadOf(flows: number, seed?: number): Load
  /** Segments from outside that nobody has asked for, to the same device. */
  flood(): SynFlood
  /** A number of the network function's configuration; undefined where it has none of that name. */
  config(name: string): number | undefined
  /** Starts the device anew, with empty tables. @returns Whether that is possible. */
  restart(): Promise<boolean>
  /** Frames a second: what the throughput test has found, or else a search of its own. Undefined where no rate passes. */
  throughput(sheet: Sheet): Promise<number | undefined>
}

export interface BenchTrialOptions extends TrialOptions {
  /** Default: that of the bench. */
  readonly load?: Load
  /** Whether the device learns the flows first. Default: it does. */
  readonly learns?: boolean
}

export interface Procedure {
  readonly name: string
  /** What is measured, in a word or two. */
  readonly title: string
  /** Of the RFC that describes it. */
  readonly clause: string
  /** Whether the frame size matters; else it is made with the first one alone. */
  readonly isBySize: boolean
  /** Whether it starts from the throughput. */
  readonly needsThroughput: boolean
  /** Trials that it makes, about, and the seconds in which they send. */
  cost(profile: StressProfile): { readonly trials: number; readonly seconds: number }
  /** What is refused before anything is made: a line, and what to do. `config` as of the bench. Default: nothing. */
  refuses?(config: Bench['config']): { readonly what: string; readonly hint: string } | undefined
  run(bench: Bench, sheet: Sheet): Promise<void>
}

/** At a steady rate for a while; one frame at least. */
export function steady(rate: number, seconds: number): readonly Segment[] {
  return rate * seconds < 1 ? [{ rate, frames: 1 }] : [{ rate, seconds }]
}
