/** What the simulator needs of a network function and of what judges it; NfInstance and Oracle are these. */
import type { BadKind, Violation } from '../result/types.js'

/**
 * Frames of a burst, unless asked otherwise: what DPDK's drivers commonly take. Frames lie in pages of their own, and
 * many more of them crowd the tables out of the processor's list of pages (TLB).
 */
export const DEFAULT_BURST = 32

/** A network function that takes bursts of frames. */
export interface Device {
  readonly portCount: number
  /** Most frames in one burst. */
  readonly burst: number
  /** Copies a frame into place `i` of the burst, for ingress `port`; `now` in nanoseconds. */
  setFrame(i: number, bytes: Uint8Array, start: number, length: number, port: number, now: bigint): void
  /** Runs the first `count` frames; the number of those that ran. Fewer: the next one trapped, see `trapText`. */
  run(count: number): number
  readonly trapText: string
  /** What kind of end `trapText` tells of. */
  readonly trapKind: 'trap' | 'hang'
  /** Where a run of `count` frames was stopped from outside: how many ran, as of `run`. Undefined where none was. */
  stopped(count: number): number | undefined
  /** The egress ports of frame `i` as a bit mask; -1 for a verdict that means nothing, see `badText`. */
  egress(i: number): number
  badText(i: number): string
  /** Where frames are after a run: frame `i` begins at `frameAt(i)`. */
  readonly memory: Uint8Array
  frameAt(i: number): number
  frameLength(i: number): number
}

/** 0 right, 1 violation, 2 undecided: the oracle's numbers. */
export interface Judge {
  judge(
    ingress: number,
    now: bigint,
    input: Uint8Array,
    inStart: number,
    inLength: number,
    egress: number,
    output: Uint8Array,
    outStart: number,
    outLength: number,
  ): number
  judgeBad(
    ingress: number,
    now: bigint,
    input: Uint8Array,
    inStart: number,
    inLength: number,
    kind: BadKind,
    text: string,
  ): number
  /** Describes the packet judged last, when that was a violation. */
  violation(): { readonly violation: Violation }
}

/** Where a frame of the run comes from; undefined for what hosts send by themselves. */
export interface Origin {
  readonly trace: string
  /** 1-based. */
  readonly packet: number
}

/** Follows the frames that a trace put in. Tags are the sender's own numbers, not negative. */
export interface Observer {
  /** The frame left a network function for a host or a sink: once for each departure, and before `gone`. */
  left(tag: number, bytes: Uint8Array, start: number, length: number): void
  /** No copy of the frame is under way any more: the tag may be used again. */
  gone(tag: number): void
  origin(tag: number): Origin | undefined
}
