/**
 * Internet checksums without modular arithmetic for the solver. What `checksum_update_*` gives is some function of its
 * arguments; beside it stands what it is modulo 65535 as a sum of bytes with coefficients, in which updates only add and
 * subtract: with ~x = 65535 - x, equation 3 of RFC 1624, HC' = ~(~HC + ~m + m'), is HC' = HC + m - m' modulo 65535. Two
 * checksums that are the same sum are equal but for 0 and 0xFFFF, which are one number in ones' complement; the exact
 * values are kept as terms for whoever needs them.
 */
import type { Path } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term } from '../../smt/index.js'

const MODULUS = 65_535n
const CHECKSUM_BITS = 16

/** A sum of bytes, each times a number, plus a number, modulo 65535. */
export class ChecksumClass {
  readonly constant: bigint
  /** From 1 to 65534. */
  readonly coefficients: ReadonlyMap<Term, bigint>

  constructor(constant: bigint, coefficients: ReadonlyMap<Term, bigint>) {
    this.constant = modulo(constant)
    this.coefficients = new Map(
      [...coefficients].map(([term, n]) => [term, modulo(n)] as const).filter(([, n]) => n !== 0n),
    )
  }

  static readonly zero = new ChecksumClass(0n, new Map())

  plus(other: ChecksumClass, factor = 1n): ChecksumClass {
    const coefficients = new Map(this.coefficients)
    for (const [term, n] of other.coefficients) coefficients.set(term, (coefficients.get(term) ?? 0n) + factor * n)
    return new ChecksumClass(this.constant + factor * other.constant, coefficients)
  }

  minus(other: ChecksumClass): ChecksumClass {
    return this.plus(other, -1n)
  }

  /** The same number modulo 65535 whatever the bytes are. */
  equals(other: ChecksumClass): boolean {
    if (this.constant !== other.constant || this.coefficients.size !== other.coefficients.size) return false
    return [...this.coefficients].every(([term, n]) => other.coefficients.get(term) === n)
  }
}

function modulo(value: bigint): bigint {
  return ((value % MODULUS) + MODULUS) % MODULUS
}

interface Updated {
  readonly form: ChecksumClass
  readonly exact: () => Term
}

/** The checksums of one run of a path. */
export class Checksums {
  readonly #path: Path
  readonly #updated = new Map<Term, Updated>()

  constructor(path: Path) {
    this.#path = path
  }

  /**
   * The result of an update: 16 bits. `old` and `fresh` are of one width, whole 16-bit words; `exact` gives the value
   * itself.
   */
  update(operation: string, checksum: Term, old: Term, fresh: Term, exact: () => Term): Term {
    const { terms } = this.#path
    const symbol = terms.declareFunction(operation, [checksum.sort, old.sort, fresh.sort], bitVecSort(CHECKSUM_BITS))
    const result = terms.apply(symbol, checksum, old, fresh)
    const form = this.of(checksum).plus(this.of(old)).minus(this.of(fresh))
    this.#updated.set(result, { form, exact })
    return result
  }

  /** Whether `update` gave this term. */
  isUpdate(term: Term): boolean {
    return this.#updated.has(term)
  }

  /** The exact value of what `update` gave, built on other such results; undefined for any other term. */
  exactly(term: Term): Term | undefined {
    return this.#updated.get(term)?.exact()
  }

  /** Every result so far, in order, so that earlier ones come first. */
  get results(): Iterable<Term> {
    return this.#updated.keys()
  }

  /** The sum of the big-endian 16-bit words of a term, whose width is a multiple of 16. */
  of(term: Term): ChecksumClass {
    const { terms } = this.#path
    if (term.width > CHECKSUM_BITS) {
      let sum = ChecksumClass.zero
      for (let low = 0; low < term.width; low += CHECKSUM_BITS) {
        sum = sum.plus(this.of(terms.extract(low + CHECKSUM_BITS - 1, low, term)))
      }
      return sum
    }
    const known = this.#updated.get(term)
    if (known !== undefined) return known.form
    if (term.op === 'bv') return new ChecksumClass(term.value, new Map())
    const chosen = this.#chosen(term)
    if (chosen !== undefined) return chosen
    return this.#byte(terms.byte(1, term), 256n).plus(this.#byte(terms.byte(0, term), 1n))
  }

  /** Whether two checksums (16 bits) are the same but for 0 and 0xFFFF: decided by their sums where that is enough. */
  congruent(left: Term, right: Term): Term {
    return this.isIn(left, this.of(right), right)
  }

  /**
   * Whether a checksum is of a class; where their sums do not show it, whether it equals `otherwise` but for 0 and
   * 0xFFFF, or no, where that is not given.
   */
  isIn(checksum: Term, wanted: ChecksumClass, otherwise?: Term): Term {
    const { terms } = this.#path
    if (this.of(checksum).equals(wanted)) return terms.true
    if (otherwise === undefined) return terms.false
    const isZero = (term: Term) =>
      terms.or(terms.eq(term, terms.bv(0, CHECKSUM_BITS)), terms.eq(term, terms.bv(0xffff, CHECKSUM_BITS)))
    return terms.or(terms.eq(checksum, otherwise), terms.and(isZero(checksum), isZero(otherwise)))
  }

  /** Of a condition between two checksums: theirs where they are the same, or that of the one it is known to be. */
  #chosen({ op, args: [condition, yes, no] }: Term): ChecksumClass | undefined {
    if (op !== 'ite' || condition === undefined || yes === undefined || no === undefined) return undefined
    const [left, right] = [this.of(yes), this.of(no)]
    if (left.equals(right) || this.#isZeroWrittenOut(condition, yes, no)) return right
    if (this.#path.proves(condition)) return left
    return this.#path.proves(this.#path.terms.not(condition)) ? right : undefined
  }

  /** 0xFFFF in the place of a 0: the same number (RFC 768). */
  #isZeroWrittenOut(condition: Term, yes: Term, no: Term): boolean {
    const { terms } = this.#path
    return yes === terms.bv(0xffff, CHECKSUM_BITS) && condition === terms.eq(no, terms.bv(0, CHECKSUM_BITS))
  }

  #byte(byte: Term, weight: bigint): ChecksumClass {
    if (byte.op === 'bv') return new ChecksumClass(weight * byte.value, new Map())
    return new ChecksumClass(0n, new Map([[byte, weight]]))
  }
}
