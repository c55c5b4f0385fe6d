/**
 * The bytes of one packet, symbolically: a function from offsets to bytes of which nothing is known, and a log of what
 * was written over it, oldest first. Nothing is enumerated: offsets may be terms (a header's length is in the packet),
 * and the length of the packet is one.
 */
import type { Term } from '../../smt/index.js'
import type { Integer } from './integer.js'

export interface Frame {
  /** Bytes, 16 bits without sign; the same for every frame of a path. */
  readonly length: Term
  /** `size` bytes from `offset` (32 bits without sign) on, the first in the highest bits. */
  read(offset: Term, size: number): Term
  /** Writes a whole number of bytes, the highest bits first. */
  write(offset: Term, value: Term): void
  /**
   * The sum of the 16-bit words from `start` up to `end` (offsets, 32 bits) as they are now, an odd last byte followed by a
   * zero. Of bytes that are not known it is some function of both.
   */
  wordSum(start: Term, end: Term): Integer
  /**
   * A frame with `taken` bytes from `at` on taken out and those of `put` put in there, which is longer or shorter than every
   * other of the path; undefined where this one does not know its bytes.
   */
  spliced(at: number, taken: number, put: Term | undefined): Frame | undefined
  /** A frame with the same bytes now, written to on its own from here on. */
  copy(): Frame
  /** Offsets (32 bits) and values (8 bits) of every byte written since the packet came in, oldest first. */
  readonly writes: readonly { readonly offset: Term; readonly byte: Term }[]
}
