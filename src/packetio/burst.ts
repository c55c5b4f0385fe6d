/**
 * Frames in an arena, which may be the memory of a network function, so that a frame is copied once between a port and
 * where it is worked on. Nothing is allocated for a frame.
 */

/** Words of 4 bytes of one frame, as in native/port.h: start, length, flags, room, and 8 bytes of time. */
const WORDS = 6
const [START, LENGTH, FLAGS, ROOM, TIME] = [0, 1, 2, 3, 4]

/** The checksum of its transport is still to be filled in by a device: it never crossed a wire. */
export const CHECKSUM_OPEN = 1
/** Its outer VLAN tag came beside the frame, and was put back into it. */
export const TAG_RESTORED = 2

export class Burst {
  readonly capacity: number
  readonly arena: ArrayBuffer
  /** All of it. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What the addon is given. */
  readonly frames: ArrayBuffer
  readonly #words: Uint32Array<ArrayBuffer>
  readonly #times: BigInt64Array<ArrayBuffer>

  /** For so many frames, each with `room` bytes; without an arena, one of its own is made. */
  constructor(capacity: number, room: number, arena: ArrayBuffer = new ArrayBuffer(capacity * room)) {
    this.capacity = capacity
    this.arena = arena
    this.bytes = new Uint8Array(arena)
    this.frames = new ArrayBuffer(capacity * WORDS * 4)
    this.#words = new Uint32Array(this.frames)
    this.#times = new BigInt64Array(this.frames)
    for (let i = 0; i < capacity; i++) this.place(i, i * room, room)
  }

  /** Where frame `index` is put when it is received: `room` bytes from `start` of the arena on. */
  place(index: number, start: number, room: number): void {
    this.#words[index * WORDS + START] = start
    this.#words[index * WORDS + ROOM] = room
  }

  /** What is sent as frame `index`. */
  set(index: number, start: number, length: number): void {
    this.#words[index * WORDS + START] = start
    this.#words[index * WORDS + LENGTH] = length
  }

  /** The same at its place. `due`: see Pacer. */
  setDue(index: number, length: number, due: number): void {
    const at = index * WORDS
    this.#words[at + LENGTH] = length
    this.#words[at + TIME] = due
    this.#words[at + TIME + 1] = Math.floor(due / 2 ** 32)
  }

  /** What `setDue` has set. */
  due(index: number): number {
    const at = index * WORDS + TIME
    return ((this.#words[at + 1] ?? 0) | 0) * 2 ** 32 + (this.#words[at] ?? 0)
  }

  start(index: number): number {
    return this.#words[index * WORDS + START] ?? 0
  }

  length(index: number): number {
    return this.#words[index * WORDS + LENGTH] ?? 0
  }

  /** CHECKSUM_OPEN, TAG_RESTORED. */
  flags(index: number): number {
    return this.#words[index * WORDS + FLAGS] ?? 0
  }

  /** Nanoseconds since 1970 of its arrival. */
  time(index: number): bigint {
    return this.#times[(index * WORDS) / 2 + 2] ?? 0n
  }

  /** The bytes of frame `index`, as long as nothing else is put there. */
  frame(index: number): Uint8Array<ArrayBuffer> {
    const start = this.start(index)
    return this.bytes.subarray(start, start + this.length(index))
  }
}
