/**
 * A running network function. Packets are put into the frames of a burst, `run` processes them in order, and verdicts
 * and bytes are read where they lie; nothing is allocated per packet.
 */
import type { DebugLines } from './debug.js'
import { type LinkRequest, link } from './link.js'
import {
  DESCRIPTOR_SIZE,
  DESCRIPTORS,
  FRAME_SIZE,
  HEADROOM,
  MAX_BURST,
  MAX_PACKET,
  PACKET_AREA,
  PROGRESS,
} from './memory-map.js'
import { NfTrap } from './trap.js'
import { egressOf } from './verdict.js'

/** Up to this length a loop over words is faster than a view and a block copy. */
const SHORT = 160
/** Starts of packets are spread over the lines of a page, else all headers compete for a few lines of the cache. */
const COLOURS = 64
const LINE = 64

export class NfInstance {
  readonly name: string
  readonly portCount: number
  /** The whole memory; packets are read in place. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Bytes of libVig's heap in use; never more than after the start. */
  readonly heapUsed: number
  /** The same as WebAssembly has it, for an instance after this one. */
  readonly memory: WebAssembly.Memory
  readonly #words: Int32Array
  readonly #longs: BigInt64Array
  readonly #run: (count: number) => void
  readonly #debug: DebugLines
  /** The host's own copy: what the function might overwrite is not read back. */
  readonly #starts = new Int32Array(MAX_BURST)
  readonly #lengths = new Int32Array(MAX_BURST)
  readonly #ingress = new Int32Array(MAX_BURST)
  /** The array that packets came from last, and the words of its buffer. */
  #source: Uint8Array
  #sourceWords: Int32Array
  #sourceOffset = 0
  #trapped = false
  #isRunning = false

  constructor(request: LinkRequest) {
    const { memory, run, heapUsed, debug } = link(request)
    this.name = request.name
    this.portCount = request.config.portCount
    this.heapUsed = heapUsed
    this.memory = memory
    this.bytes = new Uint8Array(memory.buffer)
    this.#words = new Int32Array(memory.buffer)
    this.#longs = new BigInt64Array(memory.buffer)
    this.#run = run
    this.#debug = debug
    this.#source = this.bytes
    this.#sourceWords = this.#words
  }

  /**
   * Puts `length` bytes from `start` of `bytes` into frame `index` (below 256) as a packet that enters by `port` at
   * `now` (nanoseconds, never falling). At most 9,018 bytes.
   */
  setFrame(index: number, bytes: Uint8Array, start: number, length: number, port: number, now: bigint): void {
    if (index >= MAX_BURST || length > MAX_PACKET) throw new RangeError(`no room for frame ${index} of ${length} bytes`)
    if (bytes !== this.#source) this.#readFrom(bytes)
    const from = this.#sourceOffset + start
    // Same alignment as the source, so that whole words can be copied.
    const at = this.placeOf(index) + (from & 3)
    const words = this.#words
    if (length <= SHORT && from + length <= this.#sourceWords.length * 4) {
      const source = this.#sourceWords
      const end = (from + length + 3) >>> 2
      let to = at >>> 2
      for (let word = from >>> 2; word < end; word++) words[to++] = source[word] ?? 0
    } else {
      this.bytes.set(bytes.subarray(start, start + length), at)
    }
    this.adopt(index, at, length, port, now)
  }

  /** Where in `bytes` frame `index` may be put by someone else, MAX_PACKET bytes long at most. */
  placeOf(index: number): number {
    return PACKET_AREA + index * FRAME_SIZE + HEADROOM + (index % COLOURS) * LINE
  }

  /** Says that frame `index` lies from `start` of `bytes` on already; as with `setFrame`. */
  adopt(index: number, start: number, length: number, port: number, now: bigint): void {
    const words = this.#words
    this.#starts[index] = start
    this.#lengths[index] = length
    this.#ingress[index] = port
    const descriptor = (DESCRIPTORS + index * DESCRIPTOR_SIZE) >> 2
    words[descriptor] = start
    words[descriptor + 1] = length
    words[descriptor + 2] = port
    this.#longs[(descriptor >> 1) + 2] = now
  }

  #readFrom(bytes: Uint8Array): void {
    this.#source = bytes
    this.#sourceOffset = bytes.byteOffset
    if (bytes.buffer === this.#sourceWords.buffer) return
    this.#sourceWords = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2)
  }

  /** Processes frames 0 to `count - 1` in order. A trap is an NfTrap, after which the instance is of no more use. */
  run(count: number): void {
    if (this.#trapped) throw new Error(`${this.name} has trapped and cannot go on`)
    if (count > MAX_BURST) throw new RangeError(`a burst is at most ${MAX_BURST} packets, not ${count}`)
    this.#isRunning = true
    try {
      this.#run(count)
      this.#isRunning = false
      this.#debug.passed(count)
    } catch (cause) {
      this.#isRunning = false
      if (!(cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError)) throw cause
      this.#trapped = true
      throw new NfTrap(this.name, this.#words[PROGRESS >> 2] ?? 0, cause.message, { cause })
    }
  }

  /** The frame that it was stopped with, where a run was; it is of no more use then. */
  get stoppedAt(): number | undefined {
    return this.#isRunning ? this.#words[PROGRESS >> 2] : undefined
  }

  /** Where in `bytes` packet `index` starts, before and after `run`. */
  frameBuffer(index: number): number {
    return this.#starts[index] ?? 0
  }

  /** Its length, which a network function cannot change. */
  frameLength(index: number): number {
    return this.#lengths[index] ?? 0
  }

  /** What `nf_process` answered for packet `index`. */
  result(index: number): number {
    return this.#words[((DESCRIPTORS + index * DESCRIPTOR_SIZE) >> 2) + 3] ?? 0
  }

  /** The ports that packet `index` leaves by, bit i for port i: 0 dropped, BAD_VERDICT where the answer has no meaning. */
  verdict(index: number): number {
    return egressOf(this.result(index), this.#ingress[index] ?? 0, this.portCount)
  }
}
