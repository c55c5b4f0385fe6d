/** What a run of a conformance suite says beside what was judged. */
import type { SourcePlace, SpecSite } from './verified.js'

export interface ConformSummary {
  /** Where the cases come from: derived for this run, a folder, or files of cases. */
  readonly suite: 'derived' | 'folder' | 'cases'
  readonly folder?: string
  /** `name=value` each, beside nf.yaml. */
  readonly config: readonly string[]
  readonly cases: number
  /** Of a suite: all that could be tried was, when it was derived; else its time was used up. */
  readonly isComplete?: boolean
  readonly failed: number
  /** The first that failed, made small. */
  readonly failing: readonly ConformedCase[]
  /** Where ports were real. */
  readonly real?: RealConformance
  /** Of a suite that was derived for this run. */
  readonly coverage?: {
    readonly sides: CoverageCount
    readonly boundaries: CoverageCount
    readonly expiries: CoverageCount
  }
}

/** How cases went on real ports. */
export interface RealConformance {
  readonly topology: string
  readonly device: 'wasm' | 'command' | 'external'
  /** Devices that ran cases side by side. */
  readonly lanes: number
  /** Nanoseconds from sending to coming out; absent where nothing came out. */
  readonly roundTrip?: { readonly median: number; readonly percentile99: number; readonly maximum: number }
  /** How drops were told from what is slow, by cases with drops: the device says it, a packet came out after it, silence. */
  readonly closedBy: { readonly device: number; readonly sentinel: number; readonly silence: number }
  /** Milliseconds of silence, at the end of the run. */
  readonly silence: number
  /** Cases that were not run, by cause. */
  readonly notRun: Readonly<Record<string, number>>
  /** Cases in which a packet may take another way than meant, since times are never exact; they are judged all the same. */
  readonly uncertain: number
  /** Cases in which a packet was sent or taken so late that it may have gone another way than meant, each time that they were run. */
  readonly late: number
  /** Packets that the device must have taken at other times than they were sent at. */
  readonly timesMoved: number
  /** Frames that the device sent by itself, and those without their trailers, by kind. */
  readonly said: Readonly<Record<string, number>>
  /** Frames that came between cases. */
  readonly stray: number
  /** Why packets could not be judged. */
  readonly doubts: Readonly<Record<string, number>>
  readonly notExercised: readonly string[]
  /** Where the device is known to do something else; those that did not occur are violations too. */
  readonly deviations: readonly Deviation[]
}

/** An entry of deviations.yaml. */
export interface Deviation {
  readonly file: string
  readonly line: number
  /** The line of the specification that answers for such packets. */
  readonly specLine: number
  readonly packet: string
  readonly expected: string
  readonly seen: string
  readonly cause: string
  /** Packets that were such. */
  readonly packets: number
}

/** Targets of derivation, by what became of them. */
export interface CoverageCount {
  readonly met: number
  /** Proved not to be there for any packet and state. */
  readonly unreachable: number
  readonly notFound: number
}

/**
 * What a failure is, and what that was told from. `timing`: it hangs on times within a band; `wire artefact`: the frame is as it
 * must be, but for what a wire or port is known to do; `behaviour`: everything else.
 */
export interface FailureClass {
  readonly kind: 'behaviour' | 'timing' | 'wire artefact'
  /** One line. */
  readonly reason: string
}

/**
 * Where what was expected and what was seen part, of a network function of ours. `wire`: the same binary does as specified in the
 * simulator; `difference`: the network function and its specification differ, and which of them is wrong no machine knows;
 * `undecided`: neither could be shown.
 */
export interface FailureOrigin {
  readonly kind: 'wire' | 'difference' | 'undecided'
  /** One line. */
  readonly reason: string
  /** Where the network function did what differs. */
  readonly nf?: SourcePlace
  /** The line of the specification that answered. */
  readonly spec?: SpecSite
  /** Which of both breaks a property that the other keeps. */
  readonly likelier?: 'network function' | 'specification'
  /** What else is known of it, a line each. */
  readonly evidence: readonly string[]
}

export interface ConformedCase {
  readonly case: string
  readonly class: FailureClass
  /** Of a network function of ours. */
  readonly origin?: FailureOrigin
  /** Of the smallest sequence that fails in the same way. */
  readonly packets: number
  readonly summary: string
  /** How often it failed in the same way, of so many times; absent where it was run once. */
  readonly repeats?: { readonly same: number; readonly of: number }
  /** In the run folder. */
  readonly file: string
  /** What is in it: a case, as YAML. */
  readonly text: string
}
