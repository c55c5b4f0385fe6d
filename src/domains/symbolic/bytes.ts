/** Reading the bytes of a frame as integers. */
import type { Term } from '../../smt/index.js'
import type { Frame } from './frame.js'
import type { Integer } from './integer.js'
import type { Run } from './run.js'

/** An offset in a frame, bytes: known, or a term of 32 bits. */
export type Offset = number | Term

export class Bytes {
  readonly frame: Frame
  readonly #run: Run

  constructor(run: Run, frame: Frame) {
    this.#run = run
    this.frame = frame
  }

  /** Bytes of the frame. */
  get length(): Integer {
    return this.#run.integers.unsigned(this.frame.length)
  }

  offset(at: Offset): Term {
    return typeof at === 'number' ? this.#run.terms.bv(at, 32) : at
  }

  /** The offset `by` bytes after another. */
  after(at: Offset, by: number): Offset {
    if (typeof at === 'number') return at + by
    return by === 0 ? at : this.#run.terms.add(at, this.#run.terms.bv(by, 32))
  }

  /** `size` bytes as a bit vector, the first in the highest bits. */
  term(at: Offset, size: number): Term {
    return this.frame.read(this.offset(at), size)
  }

  /** `size` bytes as a whole number, the first the most significant. */
  unsigned(at: Offset, size: number): Integer {
    return this.#run.integers.unsigned(this.term(at, size))
  }

  /** Bits `high` down to `low` of `size` bytes. */
  bits(at: Offset, size: number, high: number, low: number): Integer {
    return this.#run.integers.unsigned(this.#run.terms.extract(high, low, this.term(at, size)))
  }
}
