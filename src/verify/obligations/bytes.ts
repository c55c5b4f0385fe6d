/**
 * That the bytes which leave are those that the specification allows: every byte, wherever the two differ at all. Both
 * frames are logs of writes over the same packet, so what neither wrote is the same in both; what is compared are the
 * offsets that either wrote. Checksums are held to how they must move instead.
 */
import { ChecksumClass, type Checksums } from '../../contracts/symbolic/index.js'
import type { ExpectedChecksum, ExpectedFrame, FreeBits } from '../../domains/symbolic/expected.js'
import type { Frame } from '../../domains/symbolic/frame.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import type { Term, Terms } from '../../smt/index.js'
import type { Demand } from './demand.js'
import { underPath } from './under-path.js'

export interface ComparedFrames {
  /** As the network function left it. */
  readonly seen: Frame
  readonly expected: ExpectedFrame
}

export class BytesAsExpected {
  readonly #path: Path
  readonly #checksums: Checksums
  readonly #frames: ComparedFrames

  constructor(path: Path, checksums: Checksums, frames: ComparedFrames) {
    this.#path = path
    this.#checksums = checksums
    this.#frames = frames
  }

  demands(): Demand[] {
    const { seen, expected } = this.#frames
    const offsets = new Set([...seen.writes, ...expected.frame.writes].map(({ offset }) => offset))
    const bytes = [...offsets].map((offset) => ({ what: `the byte ${place(offset)}`, holds: this.#sameByte(offset) }))
    const sums = expected.checksums
      .filter(({ present }) => this.#path.decide(present))
      .map((checksum) => ({ what: `the ${checksum.kind} checksum`, holds: this.#follows(checksum) }))
    return [...bytes, ...sums]
  }

  /** Equal at `offset`, but for bits that are free; true where a checksum lies there. */
  #sameByte(offset: Term): Term {
    const { terms } = this.#path
    const { seen, expected } = this.#frames
    const [left, right] = [seen.read(offset, 1), expected.frame.read(offset, 1)]
    if (left === right) return terms.true
    const isChecksum = terms.any(expected.checksums.map((checksum) => this.#covers(checksum, offset)))
    let equal = terms.eq(left, right)
    for (const free of expected.free) equal = this.#unlessFree(free, offset, left, right, equal)
    return terms.or(isChecksum, equal)
  }

  #covers({ offset: at, present }: ExpectedChecksum, offset: Term): Term {
    const { terms } = this.#path
    return terms.and(present, terms.or(terms.eq(offset, at), terms.eq(offset, this.#after(at, 1))))
  }

  /** `equal`, but where the byte at `offset` is one of `free` only its other bits count. */
  #unlessFree({ offset: first, size, mask }: FreeBits, offset: Term, left: Term, right: Term, equal: Term): Term {
    const { terms } = this.#path
    let holds = equal
    for (let at = 0; at < size; at++) {
      const bits = (mask >> BigInt(8 * (size - 1 - at))) & 0xffn
      if (bits === 0n) continue
      const others = terms.bv(0xffn ^ bits, 8)
      const same = terms.eq(terms.bvand(left, others), terms.bvand(right, others))
      holds = terms.ite(terms.eq(offset, this.#after(first, at)), same, holds)
    }
    return holds
  }

  /** Whether a checksum moved as what it covers, by the values that really left. */
  #follows(checksum: ExpectedChecksum): Term {
    const { kind, offset, mode, old } = checksum
    if (mode === 'recomputed') throw new Undecidable('checksums that must be recomputed are not proved')
    const { terms } = this.#path
    const read = this.#frames.seen.read(offset, 2)
    const zero = terms.bv(0n, 16)
    if (kind === 'udp' && this.#path.decide(terms.eq(old, zero))) return terms.eq(read, zero)
    const found = underPath(this.#path, read, (value) => this.#checksums.isUpdate(value))
    const moved = terms.bool(this.#isZero(this.#checksums.of(found).minus(this.#wanted(checksum))))
    return kind === 'udp' ? terms.and(moved, terms.not(terms.eq(found, zero))) : moved
  }

  #wanted({ old, changes }: ExpectedChecksum) {
    const { seen } = this.#frames
    const before = new Map<Term, { readonly old: readonly Term[]; readonly offset: Term }>()
    // A field that is changed twice moves from what came in to what leaves.
    for (const change of changes) if (!before.has(change.offset)) before.set(change.offset, change)
    let wanted = this.#checksums.of(old)
    for (const { offset, old: words } of before.values()) {
      for (const word of words) wanted = wanted.plus(this.#checksums.of(word))
      wanted = wanted.minus(this.#checksums.of(seen.read(offset, 2 * words.length)))
    }
    return wanted
  }

  /** Whether a sum is 0 whatever its bytes are, as far as the path lets one see. */
  #isZero(sum: ChecksumClass): boolean {
    let { constant } = sum
    const coefficients = new Map<Term, bigint>()
    for (const [term, factor] of sum.coefficients) {
      const byte = lowSum(this.#path.terms, underPath(this.#path, term))
      if (byte.op === 'bv') constant += factor * byte.value
      else coefficients.set(byte, (coefficients.get(byte) ?? 0n) + factor)
    }
    return new ChecksumClass(constant, coefficients).equals(ChecksumClass.zero)
  }

  #after(offset: Term, by: number): Term {
    const { terms } = this.#path
    return terms.add(offset, terms.bv(BigInt(by), offset.width))
  }
}

/**
 * Bits of a sum depend on the bits of its parts up to there: so written, sums of different widths are the same, and a
 * constant that has none of these bits is gone.
 */
function lowSum(terms: Terms, term: Term): Term {
  const [sum] = term.args
  if (term.op !== 'extract' || sum?.op !== 'bvadd') return term
  const parts = sum.args.map((part) => terms.extract(term.hi, 0, part))
  return terms.extract(term.hi, term.lo, terms.nary('bvadd', parts))
}

function place(offset: Term): string {
  return offset.op === 'bv' ? `at ${offset.value}` : 'at an offset that depends on the packet'
}
