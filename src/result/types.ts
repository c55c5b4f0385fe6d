/** What results are made of, whatever the run: run.ts puts them together. */

import type { Deviation } from './conformed.js'

/** The four verdicts of a run, by rising severity: holds, undecided, violated, error. */
export type RunVerdict = 'holds' | 'violated' | 'undecided' | 'error'

export interface Environment {
  readonly node: string
  readonly platform: string
  readonly cpus: number
  readonly cpuModel: string
}

/** What a run says of a network function, whatever was done with it. */
export interface NfSubject {
  readonly nf: string
  /** The instance's name in the topology; of a proof the network function's. */
  readonly instance: string
  readonly spec: { readonly file: string; readonly title: string; readonly sha256: string }
  readonly binary: { readonly file: string; readonly sha256: string; readonly libvigSha256: string }
  readonly config: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, string>>
  readonly verdict: RunVerdict
}

/** One network function whose packets were judged. A chain has one entry for each. */
export interface NfResult extends Omit<NfSubject, 'binary'> {
  readonly kind: 'judged'
  /** Absent where what was under test is none. */
  readonly binary?: NfSubject['binary']
  readonly cause?: string
  /** Packets that entered the network function. */
  readonly packetsSent: number
  /** Packets that left it, counted once for each egress port. */
  readonly packetsReceived: number
  /** Packets whose fate was held against the specification. */
  readonly packetsChecked: number
  readonly outcomes: Outcomes
  readonly violationCount: number
  /** The first of them, at most `violationLimit`. */
  readonly violations: readonly Violation[]
  /** Packets not judged, by cause. */
  readonly ignored: Readonly<Record<string, number>>
  readonly coverage: readonly SiteCount[]
}

/** Packets by what became of them; every packet that was checked is in exactly one of the first six. */
export interface Outcomes {
  /** Left on one port or several, unchanged. */
  readonly forwarded: number
  /** Left on one port or several, with fields changed. */
  readonly rewritten: number
  /** Left on every port but the ingress. */
  readonly flooded: number
  readonly dropped: number
  /** The specification said nothing (`any()`). */
  readonly unspecified: number
  readonly violated: number
  /** Not decided: more than one choice could explain what was seen. */
  readonly undecided: number
}

/** How often a line of the specification gave an answer that the network function met. */
export interface SiteCount {
  readonly file: string
  readonly line: number
  readonly kind: 'drop' | 'forward' | 'flood' | 'any'
  readonly text: string
  readonly clause: string
  readonly packets: number
}

/**
 * What no specification allows. `memory`: an access outside of the packet and the function's own memory; `hang`: no end
 * within very many instructions. Only a proof sees these two: an engine stops at neither.
 */
export type BadKind = 'bad verdict' | 'trap' | 'memory' | 'hang'

export interface Violation {
  readonly nf: string
  readonly instance: string
  /** What is wrong, in one line. */
  readonly summary: string
  readonly kind: 'verdict' | 'ports' | 'bytes' | 'length' | 'property' | BadKind
  readonly trace?: string
  /** 1-based packet number in the trace. */
  readonly packet?: number
  /** Nanoseconds on the run's clock, in decimal (above 53 bits). */
  readonly time: string
  readonly ingress: number
  readonly expected: { readonly text: string; readonly ports: readonly number[]; readonly bytes?: string }
  readonly actual: { readonly text: string; readonly ports: readonly number[]; readonly bytes?: string }
  readonly input: string
  readonly differences: readonly Difference[]
  readonly site?: { readonly file: string; readonly line: number; readonly text: string; readonly clause: string }
}

/** One field that is not as the specification says. */
export interface Difference {
  readonly layer: string
  readonly field: string
  readonly expected: string
  readonly actual: string
}

export interface ReplaySummary {
  readonly topology: string
  readonly traces: readonly TraceSummary[]
  /** The plan as printed before sending, one line each. */
  readonly plan: readonly string[]
  /** What happened to packets outside of the network functions, by name: counts above 0, absent where there are none. */
  readonly network?: Readonly<Record<string, number>>
  /** Where ports were real. */
  readonly real?: RealSummary
}

/** What happened on real ports. */
export interface RealSummary {
  readonly device: 'wasm' | 'command' | 'external'
  /** How fast, in words. */
  readonly pace: string
  /** Frames sent, by the time from the first to the last. */
  readonly packetsPerSecond: number
  /** Nanoseconds by which frames left after they were due; absent where none had a time. */
  readonly timing?: {
    readonly frames: number
    readonly median: number
    readonly percentile99: number
    readonly maximum: number
  }
  /** Frames lost on the way to the device and back, by counters, and how many absent ones were taken for these. */
  readonly lost: {
    readonly before: number
    readonly after: number
    readonly excusedBefore: number
    readonly excusedAfter: number
  }
  /** Frames that came out after they were taken to be dropped. */
  readonly late: number
  /** Packets that the device must have taken in another order, or at other times, than was supposed first. */
  readonly reordered: number
  readonly timesMoved: number
  /** Frames that the device sent by itself, by kind. */
  readonly said: Readonly<Record<string, number>>
  /** Why packets could not be judged. */
  readonly doubts: Readonly<Record<string, number>>
  /** Vigil's own ports, each at the other end of that port of the device. */
  readonly ports: readonly RealPort[]
  /** Those of the device, where Vigil runs it. */
  readonly devicePorts: readonly RealPort[]
  /** What the device did that it is known to do otherwise than specified. */
  readonly known: readonly Deviation[]
  /** What the run rests on and was never tried on hardware. */
  readonly notExercised: readonly string[]
}

export interface RealPort {
  readonly port: number
  readonly interface: string
  readonly backend: string
  readonly received: number
  readonly sent: number
  readonly lost: number
  readonly refused: number
}

export interface TraceSummary {
  readonly file: string
  readonly format: string
  /** Packets in the file. */
  readonly packetsRead: number
  readonly packetsSent: number
  /** Packets of the file not sent, by cause; with packetsSent they add up to packetsRead (times the loops). */
  readonly skipped: Readonly<Record<string, number>>
  /** TCP and UDP packets sent, and how many of them came out, rewritten or not. */
  readonly transportSent: number
  readonly transportForwarded: number
  /** ... and those that came out with an address or port changed. */
  readonly transportTranslated: number
}
