/** A frame that came in with known bytes, over which anything may be written. */
import type { Frame } from '../../domains/symbolic/frame.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../smt/index.js'
import { knownSum, numberIn } from './frame.js'

export class GivenFrame implements Frame {
  readonly length: Term
  readonly writes: { readonly offset: Term; readonly byte: Term }[] = []
  readonly #terms: Terms
  readonly #bytes: Term[]

  private constructor(terms: Terms, bytes: Term[]) {
    this.#terms = terms
    this.#bytes = bytes
    this.length = terms.bv(bytes.length, 16)
  }

  static of(terms: Terms, bytes: Uint8Array): GivenFrame {
    return new GivenFrame(
      terms,
      Array.from(bytes, (byte) => terms.bv(byte, 8)),
    )
  }

  read(offset: Term, size: number): Term {
    const from = numberIn(offset)
    const zero = this.#terms.bv(0, 8)
    return this.#terms.concat(...Array.from({ length: size }, (_, at) => this.#bytes[from + at] ?? zero))
  }

  write(offset: Term, value: Term): void {
    const size = value.width / 8
    const from = numberIn(offset)
    for (let at = 0; at < size; at++) {
      const byte = this.#terms.byte(size - 1 - at, value)
      this.#bytes[from + at] = byte
      this.writes.push({ offset: this.#terms.bv(from + at, 32), byte })
    }
  }

  wordSum(start: Term, end: Term): Integer {
    return knownSum(this.#terms, this.#bytes.slice(numberIn(start), numberIn(end)).map(numberIn))
  }

  spliced(): undefined {
    return undefined
  }

  copy(): GivenFrame {
    const copy = new GivenFrame(this.#terms, [...this.#bytes])
    copy.writes.push(...this.writes)
    return copy
  }
}
