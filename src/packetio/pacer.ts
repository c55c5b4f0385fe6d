/**
 * Sends frames when they are due: a thread of its own hands them to their ports, so that no pause of JavaScript delays one.
 * Frames are put into slots of a ring and published; nothing is allocated for a frame.
 */
import { getSystemErrorName } from 'node:util'

import { Burst } from './burst.js'
import { asked, type PacerHandle } from './native.js'
import type { PacketPort } from './port.js'

/** Words of 4 bytes of one frame, as in native/pacer.h: 8 bytes of time, port, error. */
const WORDS = 4
const [SENT, PORT, ERROR] = [0, 2, 3]

const WORD = 2 ** 32

/** Nanoseconds before a frame is due during which the clock is watched: a sleep may end so much too late. */
const SPIN = 60_000

export interface PacerOptions {
  /** Frames that may wait at a time. Default: 4096. */
  readonly slots?: number
  /** Bytes of the longest frame. Default: 2048. */
  readonly slotBytes?: number
  /** Whether a processor is kept busy right before frames are due; else they are sent when a sleep ends. Default: it is. */
  readonly spin?: boolean
}

/**
 * Frames leave in the order in which they were pushed, over all ports. One whose port's queue is full is late, and is not
 * dropped; those behind it keep their times. While it runs, nothing else sends on its ports, and they cannot be closed; they
 * receive as before.
 */
export class Pacer {
  /** All its times are nanoseconds since this one of `process.hrtime.bigint()`. */
  readonly origin = process.hrtime.bigint()
  readonly slots: number
  /** The bytes of each slot, for frames to be put there. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[]
  readonly #slotBytes: number
  readonly #ring: Burst
  readonly #words: Uint32Array<ArrayBuffer>
  readonly #errors: Int32Array<ArrayBuffer>
  readonly #handle: PacerHandle
  #pushed = 0
  #published = 0
  #finished = 0

  /** @throws Where a port is closed, or has a pacer. */
  constructor(ports: readonly PacketPort[], { slots = 4096, slotBytes = 2048, spin = true }: PacerOptions = {}) {
    this.slots = slots
    this.#slotBytes = slotBytes
    this.#ring = new Burst(slots, slotBytes)
    this.frames = Array.from({ length: slots }, (_, slot) =>
      this.#ring.bytes.subarray(slot * slotBytes, (slot + 1) * slotBytes),
    )
    this.#words = new Uint32Array(slots * WORDS)
    this.#errors = new Int32Array(this.#words.buffer)
    const handles = ports.map(({ handle }) => handle)
    const { bytes, frames } = this.#ring
    this.#handle = asked((addon) =>
      addon.startPacer(handles, bytes.buffer, frames, this.#words.buffer, this.origin, spin ? SPIN : 0),
    )
  }

  /** Nanoseconds since the origin. */
  now(): number {
    return Number(process.hrtime.bigint() - this.origin)
  }

  /** The slot of the next frame. */
  get next(): number {
    return this.#pushed % this.slots
  }

  /** How many frames were pushed since the start. Frame n lies in slot n modulo `slots`. */
  get pushed(): number {
    return this.#pushed
  }

  /** How many more can be pushed, by the last look at `finished`: what is known of a frame stays until then. */
  get room(): number {
    return this.slots - (this.#pushed - this.#finished)
  }

  /**
   * The frame in the `next` slot is the next to leave, by the port of that index. It is never sent before its time; one
   * whose time is over is sent at once. @throws RangeError without room for it.
   */
  push(length: number, port: number, due: number): void {
    const slot = this.next
    if (this.room === 0 || length > this.#slotBytes) throw new RangeError('the pacer has no room for the frame')
    this.#ring.setDue(slot, length, due)
    this.#words[slot * WORDS + PORT] = port
    this.#pushed += 1
  }

  /** What was pushed may leave. */
  publish(): void {
    if (this.#published === this.#pushed) return
    this.#published = this.#pushed
    asked((addon) => addon.pacerPublish(this.#handle, this.#pushed))
  }

  /** How many frames were handed to their ports since the start, or are just being: others are sent later than this call. */
  begun(): number {
    return asked((addon) => addon.pacerBegun(this.#handle))
  }

  /** Looks how many frames are done with since the start: sent, or refused by their port. */
  finished(): number {
    this.#finished = asked((addon) => addon.pacerFinished(this.#handle))
    return this.#finished
  }

  /** When a finished frame was handed to its port, taken right before that. Frames of one call have one time. */
  sentAt(slot: number): number {
    const at = slot * WORDS + SENT
    return signed(this.#words[at + 1] ?? 0) * WORD + (this.#words[at] ?? 0)
  }

  /** When a frame was due, and its bytes: as they were pushed. */
  dueAt(slot: number): number {
    return this.#ring.due(slot)
  }

  lengthAt(slot: number): number {
    return this.#ring.length(slot)
  }

  /** Why a finished frame was not sent, such as `EMSGSIZE`; ECANCELED where the pacer was stopped before. */
  errorOf(slot: number): string | undefined {
    const error = this.#errors[slot * WORDS + ERROR] ?? 0
    return error === 0 ? undefined : getSystemErrorName(-error)
  }

  /** At once. @returns How many of the published frames were not sent for it: the last ones. */
  stop(): number {
    this.#published = -1
    return asked((addon) => addon.stopPacer(this.#handle))
  }
}

/**
 * Nanoseconds to add to a time of `process.hrtime.bigint()`, in which frames are sent, for one since 1970, in which they
 * arrive. It is right to some 50 ns when it is read, and moves where the clock of the machine is adjusted.
 */
export function clockOffset(): bigint {
  return asked((addon) => addon.clockOffset())
}

function signed(word: number): number {
  return word | 0
}
