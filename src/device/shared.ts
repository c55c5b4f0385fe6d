/** What a device's thread and the one that watches it tell each other while it runs: memory that both see. */

const [STOP] = [0]
/** Bytes of the words before the counts. */
const HEAD = 8

export class Shared {
  readonly buffer: SharedArrayBuffer
  /** Frames of each port that the device is through with: what came of them has left it. */
  readonly processed: Float64Array
  readonly #words: Int32Array

  constructor(portCount: number, buffer: SharedArrayBuffer = new SharedArrayBuffer(HEAD + 8 * portCount)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer, 0, 1)
    this.processed = new Float64Array(buffer, HEAD, portCount)
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, STOP) === 1
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1)
  }
}
