import { Random } from '../../src/testbed/index.js'
import { answer, FRAME, type Kind } from './kinds.js'

/** Packets made ahead together; the making is not timed. */
export const CHUNK = 16_384
/** Bytes from one frame to the next, as in a pcap file: record header and frame. */
export const STRIDE = FRAME + 16
/** Share of the conversations that fall silent, and are replaced, while all others speak once each way. */
const CHURN = 0.02
/** An entry is kept for this many such rounds; one would be the least, since the order changes. */
const ROUNDS_KEPT = 2.5
/** Rounds that a silent entry stays in the table, on average: it last spoke half a round before its end. */
const SILENT_ROUNDS = 2
const ORDERS = 8

/** Frames ready to be sent, one after the other as a capture's buffer has them. */
export interface Chunk {
  readonly bytes: Uint8Array
  readonly count: number
  readonly ports: Uint8Array
  readonly times: BigInt64Array
  /** The conversation that a frame opens, or -1. */
  readonly opens: Int32Array
}

export interface TrafficOptions {
  readonly kind: Kind
  /** Entries of the table to be held in use. */
  readonly occupied: number
  /** Nanoseconds that an unused entry is kept. */
  readonly lifetime: bigint
  /** Sent by itself every so often, at most one each chunk's share: heartbeats. */
  readonly beats: readonly Beat[]
  readonly beatEvery: bigint
}

export interface Beat {
  readonly frame: Uint8Array
  readonly port: number
}

/**
 * Conversations in random order, both ways. In each round every conversation speaks once and is answered once; an
 * answer is made from what the device emitted. A share goes silent and expires, while as many new ones open.
 */
export class Traffic {
  readonly chunk: Chunk
  /** Conversations opened so far. */
  opened = 0
  readonly #options: TrafficOptions
  readonly #live: number
  readonly #names: Int32Array
  readonly #frames: Uint8Array
  readonly #ports: Uint8Array
  readonly #answered: Uint8Array
  readonly #orders: Int32Array[]
  readonly #random = new Random(20_240_611)
  readonly #step: bigint
  #now = 1_700_000_000_000_000_000n
  #nextBeat = this.#now
  #at = 0
  #round = 0
  #churn = 0
  #oldest = 0
  #filled = 0

  constructor(options: TrafficOptions) {
    this.#options = options
    const { kind, occupied, lifetime } = options
    this.#live = Math.round(occupied / Math.max(1, kind.entries) / (1 + CHURN * SILENT_ROUNDS))
    this.#step = lifetime / BigInt(Math.round(ROUNDS_KEPT * 2 * this.#live))
    this.#names = new Int32Array(this.#live)
    this.#frames = new Uint8Array(this.#live * 2 * FRAME)
    this.#ports = new Uint8Array(this.#live * 2)
    this.#answered = new Uint8Array(this.#live)
    this.#orders = Array.from({ length: ORDERS }, () => permutation(2 * this.#live, this.#random))
    this.chunk = {
      bytes: new Uint8Array(CHUNK * STRIDE),
      count: CHUNK,
      ports: new Uint8Array(CHUNK),
      times: new BigInt64Array(CHUNK),
      opens: new Int32Array(CHUNK),
    }
    for (let unit = 0; unit < this.#live; unit++) this.#open(unit)
  }

  /** Packets until every conversation has spoken and the first ones have expired. */
  get warmUp(): number {
    return Math.ceil((ROUNDS_KEPT + 1.5) * 2 * this.#live)
  }

  /** Makes the next frames. */
  next(): Chunk {
    const { beats, beatEvery } = this.#options
    this.#replace()
    this.#filled = 0
    while (this.#filled < CHUNK) {
      this.#now += this.#step
      if (beats.length > 0 && this.#now >= this.#nextBeat && this.#filled + beats.length < CHUNK) {
        for (const { frame, port } of beats) this.#add(frame, 0, port, -1)
        this.#nextBeat = this.#now + beatEvery
      }
      this.#addNext()
    }
    return this.chunk
  }

  /** The device emitted the frame at `at` for the packet that opened conversation `unit`. */
  emitted(unit: number, bytes: Uint8Array, at: number): void {
    if (this.#answered[unit] === 1) return
    this.#answered[unit] = 1
    const way = 2 * unit + 1
    this.#ports[way] = this.#options.kind.answerPort(this.#names[unit] ?? 0, bytes, at)
    answer(bytes, at, this.#frames, way * FRAME)
  }

  #open(unit: number): void {
    this.#names[unit] = this.opened
    this.#ports[2 * unit] = this.#options.kind.open(this.opened, this.#frames, 2 * unit * FRAME)
    this.#answered[unit] = 0
    this.opened += 1
  }

  /** Conversations go silent at the same rate all the time. */
  #replace(): void {
    this.#churn += (CHURN * CHUNK) / 2
    for (; this.#churn >= 1; this.#churn--) {
      this.#open(this.#oldest)
      this.#oldest = (this.#oldest + 1) % this.#live
    }
  }

  /** An answer that cannot be made yet gives way to another frame of the first kind. */
  #addNext(): void {
    const way = this.#orders[this.#round % ORDERS]?.[this.#at] ?? 0
    this.#at += 1
    if (this.#at === 2 * this.#live) {
      this.#at = 0
      this.#round += 1
    }
    const unit = way >> 1
    const isAnswered = this.#answered[unit] === 1
    const sent = isAnswered ? way : 2 * unit
    this.#add(this.#frames, sent * FRAME, this.#ports[sent] ?? 0, isAnswered ? -1 : unit)
  }

  #add(frame: Uint8Array, from: number, port: number, opens: number): void {
    const { bytes, ports, times } = this.chunk
    const i = this.#filled++
    bytes.set(frame.subarray(from, from + FRAME), i * STRIDE)
    ports[i] = port
    times[i] = this.#now
    this.chunk.opens[i] = opens
  }
}

/** The numbers from 0 to `length - 1` in random order (Fisher and Yates). */
function permutation(length: number, random: Random): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const other = random.below(i + 1)
    const value = order[i] ?? 0
    order[i] = order[other] ?? 0
    order[other] = value
  }
  return order
}
