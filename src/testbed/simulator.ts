import type { Observer } from './device.js'
import { DirectSimulator } from './direct.js'
import { type Beat, Emitter } from './emitter.js'
import type { Network } from './network.js'
import { QueuedSimulator } from './queued.js'

/** What happened outside of the network functions. */
export interface NetworkCounts {
  /** Frames with a time before that of an earlier one; they were sent at the earlier one's time. */
  readonly timesBack: number
  readonly lostOnLinks: number
  readonly heldBackOnLinks: number
  /** Packets that hosts sent by themselves. */
  readonly emitted: number
  readonly isDirect: boolean
}

/** A network in virtual time. */
export interface Simulator {
  /** The run's clock: nanoseconds, never going back. */
  readonly now: bigint
  readonly counts: NetworkCounts
  /** Frames that were put in at inputs. */
  readonly entered: number
  /** Frames that wait for the burst to fill; after a `send` that ended a burst it is 0. */
  readonly waiting: number
  /**
   * Puts a frame in at an input, at `time` or, where that has passed, now. The frame's bytes must stay as they are
   * until the next `flush`. The observer hears of it under `tag`, at the latest in `flush` or `finish`.
   */
  send(input: number, bytes: Uint8Array, start: number, length: number, time: bigint, tag: number): void
  /** Ends all reading of bytes given to `send`. */
  flush(): void
  /**
   * To be called where one of the others was stopped from outside (src/within.ts): a network function that was at work has not
   * come to an end with its frame, which is told as a trap is. @returns Whether one was; else nothing can be gone on with.
   */
  stopped(): boolean
  /**
   * Lets everything arrive that is under way, as long as `wants` says so. Nothing may be sent afterwards. @returns Whether
   * all has arrived.
   */
  finish(wants?: () => boolean): boolean
}

export interface SimulatorOptions {
  readonly beats?: readonly Beat[]
  /** Frames handed to a network function together, 1 to its device's burst, 32 unless given; verdicts do not depend on it. */
  readonly burst?: number
}

/** The simplest simulator that shows all that the network can do. */
export function createSimulator(network: Network, observer: Observer, options: SimulatorOptions = {}): Simulator {
  const emitter = new Emitter(options.beats ?? [])
  return network.isDirect
    ? new DirectSimulator(network, observer, emitter, options.burst)
    : new QueuedSimulator(network, observer, emitter)
}
