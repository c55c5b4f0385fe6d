/** What the symbolic reading of the contracts computes with. */
import type { Integer } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import type { WrittenFrame } from '../../domains/symbolic/written-frame.js'
import type { Term } from '../../smt/index.js'

/** Bytes of a packet whose number is not known: from `start` (32 bits) on, `size` (32 bits) of them. */
export class Extent {
  /** As the packet is at that time. */
  readonly frame: WrittenFrame
  readonly start: Term
  readonly size: Term

  constructor(frame: WrittenFrame, start: Term, size: Term) {
    this.frame = frame
    this.start = start
    this.size = size
  }
}

/** A byte string: byte 0 in the highest bits; undefined where it has no bytes. */
export type Bytes = Term | Extent | undefined

export interface SymbolicSorts {
  truth: Term
  number: Integer
  wide: Integer
  key: Term
  value: Bytes
}

/** Bytes whose number is known and not 0. */
export function knownBytes(bytes: Bytes, what: string): Term {
  if (bytes === undefined || bytes instanceof Extent) {
    throw new Undecidable(`${what}: ${bytes === undefined ? 'no bytes' : 'the number of bytes is not known'}`)
  }
  return bytes
}
