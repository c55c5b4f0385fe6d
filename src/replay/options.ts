import type { Readable } from 'node:stream'

import { InputError } from '../errors.js'

/** Frames of up to this many bytes are sent, 4 more for each VLAN tag: Ethernet without its check sequence. */
export const defaultMaxFrame = 1514

/** What `replay` is asked to do; names as on the command line, and the same defaults. */
export interface ReplayOptions {
  /** Paths of captures; '-' is standard input. Read one after the other. */
  readonly traces: readonly string[]
  /** Name or folder of the network function; may be left out where the topology names all of them. */
  readonly nf?: string
  /** Name or file of a topology; default: what nf.yaml says, else `two-port`, or a plain one with every port. */
  readonly topology?: string
  /** `name=value` or YAML files; `instance.name=value` where the topology has several network functions. */
  readonly config?: readonly string[]
  /** A .wasm file (or source) instead of what nf.yaml names. */
  readonly binary?: string
  /** Network functions in C say what they have to say on standard error (libvig/c/debug.h). */
  readonly debugBuild?: boolean
  /** Networks of the inside, or of the clients: `10.0.0.0/8,192.0.2.0/24`. */
  readonly clients?: string
  readonly portRules?: readonly string[]
  readonly map?: string
  /** Default `skip`. */
  readonly oversize?: 'skip' | 'segment'
  /** Largest frame without VLAN tags, in bytes; 60 to 9018, default 1514. */
  readonly maxFrame?: number
  readonly filter?: string
  readonly frames?: string
  /** Passes over the traces; default 1. */
  readonly loop?: number
  /** Most packets sent, all traces together. */
  readonly limit?: number
  readonly encapsulate?: boolean
  /** Frames go in as they are: no answer is rewritten, no host of a topology sends anything, each port is an input. */
  readonly asIs?: boolean
  /** Frames handed to a network function together, 1 to 256 (default 32). No verdict depends on it. */
  readonly burst?: number
  /** Of real ports: 1 is as fast as the trace was recorded, 2 twice as fast, `max` as fast as the device takes it; default 1. */
  readonly speed?: number | 'max'
  /** Of real ports: packets a second, whatever the trace's times, in place of `speed`. */
  readonly pps?: number
  /**
   * Of real ports: milliseconds after which a frame that did not come out is taken to be dropped, where nothing tells earlier;
   * default 1,000. A device that says that it has not come to it hangs after ten times as long.
   */
  readonly patience?: number
  /**
   * In the simulator: milliseconds after which a network function that has not come to an end with a frame is stopped, a
   * violation; default 10,000.
   */
  readonly hangAfter?: number
  /** Of real ports: the process of a `vigil run` whose ports are to be used. */
  readonly attach?: number
  /** Violations kept with their frames, for each network function; default 100. All are counted. */
  readonly violationLimit?: number
  /** Whole number from 0 to 2^53 - 1; default 0. */
  readonly seed?: number
  /** The command line, for the result. */
  readonly command?: readonly string[]
  readonly stdin?: Readable
  /** Called once, before anything is sent. */
  readonly onPlan?: (lines: readonly string[]) => void
  /** Called now and then. */
  readonly onProgress?: (progress: Progress) => void
  /** Ends the run early: what was judged so far is the result, cause `interrupted`. */
  readonly signal?: AbortSignal
}

export interface Progress {
  /** Packets read so far. */
  readonly packets: number
  /** Bytes of frames read so far. */
  readonly bytes: number
  /** Done of all that is to be read, 0 to 1; undefined where that is not known. */
  readonly fraction: number | undefined
}

/** @throws InputError for a number out of bounds. */
export function checkOptions(options: ReplayOptions): void {
  if (options.traces.length === 0) throw new InputError('no trace is named', { hint: 'name capture files, or -' })
  if (options.asIs === true && options.topology !== undefined) {
    throw new InputError('--as-is has no topology', { hint: 'leave out one of --as-is and --topology' })
  }
  if (options.debugBuild === true && options.attach !== undefined) {
    throw new InputError('--debug-build is for the vigil run whose ports --attach uses', { hint: 'give it there' })
  }
  if (options.speed !== undefined && options.pps !== undefined) {
    throw new InputError('--speed and --pps are two ways to say how fast', { hint: 'leave out one of them' })
  }
  rate('--speed', options.speed === 'max' ? undefined : options.speed, 1e6)
  rate('--pps', options.pps, 1e9)
  whole('--loop', options.loop, 1, 1_000_000)
  whole('--limit', options.limit, 0, Number.MAX_SAFE_INTEGER)
  whole('--burst', options.burst, 1, 256)
  whole('--violations', options.violationLimit, 0, 100_000)
  whole('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER)
  whole('patience', options.patience, 1, 60_000)
  whole('hangAfter', options.hangAfter, 1, 600_000)
  whole('the largest frame', options.maxFrame, 60, 9018)
}

function rate(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (value > 0 && value <= most)) return
  throw new InputError(`${name} must be above 0 and at most ${most}, not ${value}`)
}

function whole(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return
  throw new InputError(`${name} must be a whole number from ${least} to ${most}, not ${value}`)
}
