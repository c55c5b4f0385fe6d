import type { AskedNf } from '../../testbed/index.js'

/** What `stress` is asked to do. */
export interface StressOptions extends AskedNf {
  /** Name or file of a topology whose ports are veth pairs, or interfaces that a device is cabled to. */
  readonly topology: string
  /** Names of tests, such as `throughput`. */
  readonly tests: readonly string[]
  /** As the RFCs want it, or a few seconds for each test. Default: `quick`. */
  readonly profile?: 'rfc' | 'quick'
  /** Bytes of frames with their check sequence. Default: 64 and 1518; those of RFC 2544 with `rfc`. */
  readonly sizes?: readonly number[]
  /** Of IP. Default: 4. */
  readonly ip?: 4 | 6
  /** Whether a device with two sides is loaded from both at once. Default: `one`; stations send from all ports anyhow. */
  readonly direction?: 'one' | 'both'
  /** How many flows. Default: 1000. */
  readonly flows?: number
  /** Default: 0. */
  readonly seed?: number
  /** Seconds of a trial that decides. Default: what the profile says. */
  readonly duration?: number
  /** How often each test is made. Default: what the profile says. */
  readonly repeat?: number
  /** Share of frames that may be lost at the throughput. Default: 0. */
  readonly loss?: number
  /** Frames a second that are never exceeded. Default: none. */
  readonly rateCap?: number
  /** Whether frames that come out are held to the specification. Default: they are; a box may be of another kind. */
  readonly judge?: boolean
  /** The command line, for the result. */
  readonly command?: readonly string[]
  readonly signal?: AbortSignal
  /** What is going to be done and how long it takes, one line each, before it begins. */
  readonly onPlan?: (lines: readonly string[]) => void
  /** Before each trial. */
  readonly onProgress?: (progress: StressProgress) => void
}

export interface StressProgress {
  readonly test: string
  readonly size: number
  /** Frames a second; absent where it is as fast as possible. */
  readonly rate?: number
  /** Since the start, and about how many it will be in all. */
  readonly seconds: number
  readonly estimate: number
}
