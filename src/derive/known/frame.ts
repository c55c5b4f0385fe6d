/** A frame whose bytes are all known. */
import type { WordSum } from '../../domains/symbolic/checksum-facts.js'
import type { Frame } from '../../domains/symbolic/frame.js'
import type { Integers } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import type { Term, Terms } from '../../smt/index.js'

export class KnownFrame implements Frame {
  readonly length: Term
  readonly writes: { readonly offset: Term; readonly byte: Term }[] = []
  readonly bytes: Uint8Array
  readonly #terms: Terms

  constructor(terms: Terms, bytes: Uint8Array) {
    this.#terms = terms
    this.bytes = bytes
    this.length = terms.bv(bytes.length, 16)
  }

  read(offset: Term, size: number): Term {
    const from = numberIn(offset)
    let value = 0n
    for (let at = 0; at < size; at++) value = (value << 8n) | BigInt(this.bytes[from + at] ?? 0)
    return this.#terms.bv(value, 8 * size)
  }

  write(offset: Term, value: Term): void {
    const size = value.width / 8
    const from = numberIn(offset)
    for (let at = 0; at < size; at++) {
      const byte = this.#terms.byte(size - 1 - at, value)
      this.bytes[from + at] = numberIn(byte)
      this.writes.push({ offset: this.#terms.bv(from + at, 32), byte })
    }
  }

  copy(): KnownFrame {
    const copy = new KnownFrame(this.#terms, this.bytes.slice())
    copy.writes.push(...this.writes)
    return copy
  }
}

/** The sums of the 16-bit words of a packet, an odd last byte followed by a zero. */
export function knownSums(bytes: Uint8Array, integers: Integers): WordSum {
  return (start, end) => {
    let sum = 0n
    for (let at = numberIn(start); at < numberIn(end); at += 2) {
      sum += BigInt(((bytes[at] ?? 0) << 8) | (at + 1 < numberIn(end) ? (bytes[at + 1] ?? 0) : 0))
    }
    return integers.of(sum)
  }
}

/** @throws Undecidable where it is not a constant. */
export function numberIn(term: Term): number {
  if (term.op === 'bv') return Number(term.value)
  throw new Undecidable('a value that a known packet and state should give is not known')
}
