import type { Tally } from '../oracle/tally.js'
import type { Violation } from '../result/index.js'
import type { LookedCase } from './failing.js'

export interface ConformOptions {
  readonly nf: string
  /** The folder of a suite; derived where there is none. */
  readonly suite?: string
  /** Files of cases, in place of a suite. */
  readonly cases?: readonly string[]
  readonly config?: readonly string[]
  readonly binary?: string
  /** Where real ports are; in the simulator where there is none. */
  readonly topology?: string
  /** Devices that run cases side by side, on real ports that the run makes; default 8. */
  readonly lanes?: number
  /** Seconds of the longest wait on real ports; default 10. */
  readonly longestWait?: number
  readonly seed?: number
  readonly budget?: number
  /** Failing cases that are told and made small; default 10. */
  readonly failureLimit?: number
  /** Milliseconds for a case, then its network function is said not to come to an end; default 10,000. */
  readonly patience?: number
  readonly command?: readonly string[]
  readonly signal?: AbortSignal
  readonly onProgress?: (what: string) => void
}

export const MOST_FAILURES = 10

/** What cases have come to. */
export interface RanCases {
  readonly tally: Tally
  /** Packets of all cases, run or not. */
  readonly sent: number
  /** Those that were not judged, by cause. */
  readonly ignored: Readonly<Record<string, number>>
  /** One for each case that failed. */
  readonly violations: readonly Violation[]
  readonly failing: readonly LookedCase[]
  readonly isInterrupted: boolean
}
