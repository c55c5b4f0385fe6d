/** What a load test yields for one network function: an entry of `nfs` in result.json. It has figures; no figure is a verdict. */
import type { NfSubject } from './types.js'

/** What did not allow a better figure. `rate cap`: what the user allows at most. */
export type StressLimit = 'device' | 'tester' | 'medium' | 'rate cap'

export interface StressFigure {
  readonly name: string
  readonly unit:
    | 'frames/s'
    | 'frames'
    | 'flows'
    | 'flows/s'
    | 'addresses'
    | 'addresses/s'
    | 'bytes'
    | 'bytes/s'
    | 'share'
    | 'ns'
    | 's'
  readonly better: 'higher' | 'lower'
  /** One of each repetition. */
  readonly values: readonly number[]
  readonly mean: number
  /** Half the width of the 95 % confidence interval of the mean; absent for one value alone. */
  readonly margin?: number
}

/** One trial: what was sent, and what became of it. Numbers of frames. */
export interface StressTrial {
  /** Frames a second that were wanted; absent where it was as fast as possible. */
  readonly rate?: number
  /** Frames a second that were sent. */
  readonly offered: number
  readonly seconds: number
  readonly sent: number
  /** Different frames that came out by a port that is right. */
  readonly received: number
  /** By the device: neither received nor lost by the tester. */
  readonly lost: number
  readonly testerLost: number
  readonly duplicated: number
  readonly outOfOrder: number
  /** With a length, payload or checksum that is wrong. */
  readonly corrupt: number
  /** By a port that is wrong. */
  readonly misdirected: number
  /** Copies that came out by ports that are allowed besides. */
  readonly flooded: number
  /** Of those that came out: held to the specification, and not as it says. */
  readonly judged: number
  readonly wrong: number
  /** Processors that Vigil kept busy, and the share of all of the machine that were idle. */
  readonly processorsBusy: number
  readonly processorsIdle: number
}

export interface StressPoint {
  /** Frames a second: wanted, and sent. */
  readonly rate: number
  readonly offered: number
  /** Share of the frames sent. */
  readonly loss: number
  /** Whether the tester could not send at that rate, or lost frames. */
  readonly isTesterLimited: boolean
}

/** Nanoseconds. */
export interface StressLatency {
  readonly count: number
  readonly min: number
  readonly mean: number
  readonly max: number
  readonly percentiles: readonly { readonly percent: number; readonly value: number }[]
  /** Neighbouring ones are put together, so that there are a few for each doubling. */
  readonly buckets: readonly { readonly from: number; readonly to: number; readonly count: number }[]
}

/** Frames that enter by the ports of one side, or of one port, in all trials of a test. */
export interface StressDirection {
  readonly name: string
  readonly sent: number
  readonly received: number
  /** Of those trials whose latencies are the test's. */
  readonly latency?: StressLatency
}

/** One test with frames of one size. */
export interface StressTest {
  readonly name: string
  readonly title: string
  /** Bytes of a frame with its check sequence. */
  readonly size: number
  readonly isComplete: boolean
  /** Why there is no figure, or not all. */
  readonly cause?: string
  readonly limit?: StressLimit
  readonly figures: readonly StressFigure[]
  readonly points: readonly StressPoint[]
  readonly latency?: StressLatency
  /** Where more than one was loaded at once; figures and trials are of all of them together. */
  readonly directions?: readonly StressDirection[]
  readonly notes: readonly string[]
  readonly trials: readonly StressTrial[]
}

/** What the tester does alone, port to port over a wire of its own. */
export interface StressTester {
  readonly size: number
  /** Frames a second that it sends at most, and that it sends and receives without a loss. */
  readonly fastest: number
  readonly ceiling: number
  /** At a tenth of the ceiling: below this no latency is measured. */
  readonly latency?: StressLatency
  /** At the ceiling: processors that Vigil kept busy, that others did, and the share of all of the machine that were idle. */
  readonly processorsBusy: number
  readonly processorsOthers: number
  readonly processorsIdle: number
}

export interface StressPort {
  readonly port: number
  readonly interface: string
  readonly backend: string
  readonly received: number
  readonly sent: number
  readonly lost: number
}

export interface StressProfile {
  readonly name: 'rfc' | 'quick'
  /** Seconds of a trial that decides, and of one that only looks where to go on. */
  readonly trialSeconds: number
  readonly probeSeconds: number
  readonly latencySeconds: number
  readonly repeat: number
  readonly latencyRuns: number
  readonly burstSearches: number
  /** Seconds of the longest burst. */
  readonly burstSeconds: number
  /** Of the search for the throughput, as a share of the highest rate. */
  readonly resolution: number
  /** Share of frames that may be lost. */
  readonly loss: number
}

export interface StressedNf extends NfSubject {
  readonly kind: 'stressed'
  readonly cause?: string
  readonly topology: string
  readonly device: 'wasm' | 'command' | 'external'
  readonly profile: StressProfile
  readonly flows: number
  /** Of IP. */
  readonly ip: 4 | 6
  /** `both`: all ways through the device at once. */
  readonly direction: 'one' | 'both'
  /** How test frames travel, one line each. */
  readonly plan: readonly string[]
  /** From the RFCs that describe these tests. */
  readonly deviations: readonly string[]
  /** What was never tried on hardware. */
  readonly notExercised: readonly string[]
  readonly framesSent: number
  readonly framesReceived: number
  readonly framesCorrupt: number
  readonly framesMisdirected: number
  /** Of a share of the conversations, those that came out: held to the specification; of these not as it says; besides, not to be told. */
  readonly framesJudged: number
  readonly framesWrong: number
  readonly framesUndecided: number
  /** What is wrong with the first frames that are. */
  readonly wrongFrames: readonly string[]
  readonly testers: readonly StressTester[]
  readonly tests: readonly StressTest[]
  /** Of the tester. */
  readonly ports: readonly StressPort[]
}
