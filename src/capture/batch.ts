/** The one batch that a capture refills again and again. */

import { TimeColumn } from './time.js'
import type { FrameBatch } from './types.js'

const capacity = 4096
const utf8 = new TextDecoder()

/** Reads the comments out of a packet's options, which lie at `bytes[start, start + length)`. */
export type CommentReader = (bytes: Uint8Array, start: number, length: number) => string | undefined

/** Storage behind `FrameBatch`. `capacity` bounds what a batch holds, whatever the buffer holds. */
export class BatchStorage implements FrameBatch {
  readonly capacity = capacity
  count = 0
  bytes: Uint8Array = new Uint8Array(0)
  readonly offset = new Uint32Array(capacity)
  readonly captured = new Uint32Array(capacity)
  readonly wire = new Uint32Array(capacity)
  readonly times = new TimeColumn(capacity)
  readonly time = this.times.values
  readonly interfaceId = new Uint32Array(capacity)
  readonly optionsStart = new Uint32Array(capacity)
  readonly optionsLength = new Uint32Array(capacity)
  readComments: CommentReader = () => undefined

  /** Forgets the frames; the next ones lie in `bytes`. */
  reset(bytes: Uint8Array): void {
    this.count = 0
    this.bytes = bytes
  }

  comment(i: number): string | undefined {
    const length = i < this.count ? (this.optionsLength[i] ?? 0) : 0
    return length === 0 ? undefined : this.readComments(this.bytes, this.optionsStart[i] ?? 0, length)
  }
}

/** UTF-8 text of a file; what is not UTF-8 shows as replacement characters. */
export function decodeText(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}
