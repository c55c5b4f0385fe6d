/** What a device's thread and the one that watches it tell each other while it runs: memory that both see. */

const [STOP, ASKED, DONE] = [0, 1, 2]
/** Bytes of the words before the counts, and of the counts before those of the ports. */
const HEAD = 16
const LOST = 16

export class Shared {
  readonly buffer: SharedArrayBuffer
  /** Frames of each port that the device is through with: what came of them has left it. */
  readonly processed: Float64Array
  readonly #words: Int32Array
  /** Lost on the way in, and out. */
  readonly #lost: Float64Array

  constructor(portCount: number, buffer: SharedArrayBuffer = new SharedArrayBuffer(HEAD + LOST + 8 * portCount)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer, 0, HEAD / 4)
    this.#lost = new Float64Array(buffer, HEAD, 2)
    this.processed = new Float64Array(buffer, HEAD + LOST, portCount)
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, STOP) === 1
  }

  /** How often a device with nothing in its tables was asked for. */
  get resetsAsked(): number {
    return Atomics.load(this.#words, ASKED)
  }

  get resetsDone(): number {
    return Atomics.load(this.#words, DONE)
  }

  /** @returns What `resetsDone` is once it is done. */
  askReset(): number {
    return Atomics.add(this.#words, ASKED, 1) + 1
  }

  /** Of all that were asked for when `asked` was read. */
  resetDone(asked: number): void {
    Atomics.store(this.#words, DONE, asked)
  }

  get lost(): { readonly before: number; readonly after: number } {
    return { before: this.#lost[0] ?? 0, after: this.#lost[1] ?? 0 }
  }

  setLost(before: number, after: number): void {
    this.#lost[0] = before
    this.#lost[1] = after
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1)
  }
}
