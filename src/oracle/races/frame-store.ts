import { copyToWord } from '../../domains/concrete/words.js'
import { MachineError } from '../../errors.js'

/** Words before each frame: how many it takes, these included; negative once it is free. */
const HEADER = 2
const MOST_WORDS = 1 << 28

/**
 * Copies of frames of any length, side by side in a ring that grows where it must: they are put and freed in about the
 * same order. A place stays valid until it is freed; `bytes` does not stay the same, so it is to be read anew.
 */
export class FrameStore {
  /** What holds the frames; each begins at a multiple of eight bytes. */
  bytes: Uint8Array
  #words: Int32Array
  /** Positions in words, which wrap at 32 bits; what is kept lies from `#tail` on, before `#head`. */
  #head = 0
  #tail = 0

  constructor(words = 1 << 14) {
    this.#words = new Int32Array(words)
    this.bytes = new Uint8Array(this.#words.buffer)
  }

  /** Copies a frame; the place of the copy. */
  put(bytes: Uint8Array, start: number, length: number): number {
    // One word more than the frame needs: copies are of whole words.
    const size = HEADER + (((length + 11) >>> 3) << 1)
    let at = this.#head & (this.#words.length - 1)
    let gap = at + size > this.#words.length ? this.#words.length - at : 0
    while (((this.#head - this.#tail) | 0) + gap + size > this.#words.length) {
      this.#grow()
      at = this.#head & (this.#words.length - 1)
      gap = at + size > this.#words.length ? this.#words.length - at : 0
    }
    if (gap > 0) {
      this.#words[at] = -gap
      this.#head = (this.#head + gap) | 0
      at = 0
    }
    const place = (this.#head + HEADER) | 0
    this.#words[at] = size
    copyToWord(bytes, start, length, this.#words, at + HEADER)
    this.#head = (this.#head + size) | 0
    return place
  }

  /** Where in `bytes` the frame at a place begins. */
  startOf(place: number): number {
    return (place & (this.#words.length - 1)) << 2
  }

  free(place: number): void {
    const words = this.#words
    const mask = words.length - 1
    const header = (place - HEADER) & mask
    words[header] = -(words[header] ?? 0)
    while (this.#tail !== this.#head && (words[this.#tail & mask] ?? 0) < 0) {
      this.#tail = (this.#tail - (words[this.#tail & mask] ?? 0)) | 0
    }
  }

  /** A ring of twice the size, in which each frame keeps its position: none lies over the end of the smaller one. */
  #grow(): void {
    const old = this.#words
    if (old.length >= MOST_WORDS) {
      throw new MachineError('the frames that wait for their judgement take more than 1 GB', {
        hint: 'send more slowly, or wait less long for what may still leave',
      })
    }
    const grown = new Int32Array(2 * old.length)
    for (let at = this.#tail; at !== this.#head; ) {
      const from = at & (old.length - 1)
      const count = Math.min(old.length - from, (this.#head - at) | 0)
      grown.set(old.subarray(from, from + count), at & (grown.length - 1))
      at = (at + count) | 0
    }
    this.#words = grown
    this.bytes = new Uint8Array(grown.buffer)
  }
}
