/** A frame whose bytes are all known. */
import type { Frame } from '../../domains/symbolic/frame.js'
import { type Integer, Integers } from '../../domains/symbolic/integer.js'
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

  wordSum(start: Term, end: Term): Integer {
    return knownSum(this.#terms, [...this.bytes.subarray(numberIn(start), numberIn(end))])
  }

  spliced(at: number, taken: number, put: Term | undefined): KnownFrame {
    const size = put === undefined ? 0 : put.width / 8
    const bytes = new Uint8Array(this.bytes.length - taken + size)
    bytes.set(this.bytes.subarray(0, at))
    bytes.set(this.bytes.subarray(at + taken), at + size)
    const spliced = new KnownFrame(this.#terms, bytes)
    if (put !== undefined) spliced.write(this.#terms.bv(at, 32), put)
    return spliced
  }

  copy(): KnownFrame {
    const copy = new KnownFrame(this.#terms, this.bytes.slice())
    copy.writes.push(...this.writes)
    return copy
  }
}

/** The sum of the 16-bit words of bytes, an odd last one followed by a zero. */
export function knownSum(terms: Terms, bytes: readonly number[]): Integer {
  return new Integers(terms).of(BigInt(bytes.reduce((sum, byte, at) => sum + (at % 2 === 0 ? byte << 8 : byte), 0)))
}

/** @throws Undecidable where it is not a constant. */
export function numberIn(term: Term): number {
  if (term.op === 'bv') return Number(term.value)
  throw new Undecidable('a value that a known packet and state should give is not known')
}
