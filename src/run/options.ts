import type { ForwardCounts, Polling, PortReport } from '../device/index.js'
import type { Environment } from '../result/index.js'
import type { AskedNf } from '../testbed/index.js'

/** What `runNf` is asked to do. */
export interface RunNfOptions extends AskedNf {
  /** Name or file of a topology whose ports are interfaces, devices of DPDK, veth pairs, or captures. */
  readonly topology: string
  /** Seconds; without it, until the signal comes or captures end. Not for captures. */
  readonly duration?: number
  /** Whether a port without frames is waited for, or asked again at once. Default: `wait`. Not for captures. */
  readonly polling?: Polling
  /** Frames handed to the network function together, 1 to 256. Default: 32. */
  readonly burst?: number
  /** Of captures: milliseconds after which a network function that has not come to an end is stopped. Default: 10,000. */
  readonly hangAfter?: number
  /** The command line, for the report. */
  readonly command?: readonly string[]
  readonly signal?: AbortSignal
  /** Once the ports are open. */
  readonly onStart?: (start: RunStart) => void
  /** Once a second. */
  readonly onProgress?: (progress: RunProgress) => void
}

export interface RunStart {
  readonly interfaces: readonly string[]
  /** Whether the other ends of them are the run's own: `vigil replay --attach` uses them, by this process's number. */
  readonly isOffered: boolean
}

export type RunProgress = { readonly seconds: number } & Readonly<ForwardCounts>

export interface RunReport {
  readonly tool: 'vigil'
  readonly version: string
  readonly command: readonly string[]
  /** ISO 8601. */
  readonly startedAt: string
  readonly durationSeconds: number
  readonly environment: Environment
  /** 0; 1 where the network function trapped, did not come to an end or gave answers without a meaning; 4 where captures were not read to their end. */
  readonly exitCode: number
  /** Why it ended before its time. */
  readonly cause?: string
  readonly nf: string
  readonly binary: string
  readonly topology: string
  readonly polling: Polling
  readonly counts: Readonly<ForwardCounts>
  readonly ports: readonly PortReport[]
  /** What the run rests on and was never tried on hardware. */
  readonly notExercised: readonly string[]
}
