/**
 * Products of 64 bits, which only hashing has, are some function of the factor that is not known, one for each constant:
 * what holds whatever that function is holds for the product. It is written as a number for each factor, the same where
 * factors are, which leaves the solver nothing but bits. Its halves are written such that `high ^ low`, which is how a hash
 * ends, is one variable above and one below, counted from where buckets are counted from: each number can be written so.
 */
import type { Path } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term, type Terms, variablesOf } from '../../smt/index.js'

export interface Product {
  readonly product: Term
  /** What it really is, of what is hashed and of earlier products. */
  readonly real: Term
  readonly parts: Parts
}

/** The variables that a product is written with: one, or those of its hash and its low half. */
export type Parts =
  | { readonly kind: 'whole'; readonly whole: Term }
  | {
      readonly kind: 'hash'
      readonly tag: Term
      readonly home: Term
      readonly low: Term
      /** Where the home is counted from. */
      readonly first: Term | undefined
    }

interface Known extends Pick<Product, 'product' | 'parts'> {
  /** Of a key of a structure. */
  readonly isApart: boolean
}

export class Products {
  readonly #path: Path
  readonly #products = new Map<bigint, Map<Term, Known>>()
  /** What products really are. */
  readonly exact: Product[] = []
  /** What factors are made of besides products: what is hashed. */
  readonly hashed = new Set<Term>()
  readonly #made = new Set<Term>()
  readonly homes = new Set<Term>()
  /** Where buckets are counted from, once that is so. */
  firstBucket: Term | undefined
  homeBits = 0
  /** Keys are hashed that are different from each other. */
  isApart = false

  constructor(path: Path) {
    this.#path = path
  }

  of(constant: bigint, factor: Term): Term {
    const { terms } = this.#path
    const known = this.#products.get(constant) ?? new Map<Term, Known>()
    this.#products.set(constant, known)
    const before = known.get(factor)
    if (before !== undefined) return before.product
    const parts = this.#anyParts()
    const product = joined(terms, parts)
    for (const [other, { parts: otherParts, isApart }] of known) {
      // Of keys that are different nothing is to be known but that: less is assumed.
      if (isApart && this.isApart) continue
      this.#path.assume(terms.implies(terms.eq(factor, other), isSame(terms, parts, otherParts)))
    }
    known.set(factor, { product, parts, isApart: this.isApart })
    for (const part of variablesOf([product])) this.#made.add(part)
    for (const part of variablesOf([factor])) if (!this.#made.has(part)) this.hashed.add(part)
    this.exact.push({ product, real: terms.mul(terms.bv(constant, 64), factor), parts })
    return product
  }

  /** What any number of 64 bits is written with. */
  #anyParts(): Parts {
    if (this.homeBits === 0) return { kind: 'whole', whole: this.#path.fresh('product', bitVecSort(64)) }
    const tag = this.#path.fresh('tag', bitVecSort(32 - this.homeBits))
    const home = this.#path.fresh('home', bitVecSort(this.homeBits))
    this.homes.add(home)
    return { kind: 'hash', tag, home, low: this.#path.fresh('low', bitVecSort(32)), first: this.firstBucket }
  }
}

/** What the variables of a product are where it is this number, and where homes are counted from is `first`. */
export function partsOf(parts: Parts, number: bigint, first: bigint): readonly (readonly [Term, bigint])[] {
  if (parts.kind === 'whole') return [[parts.whole, number]]
  const { tag, home, low } = parts
  const lower = BigInt.asUintN(32, number)
  const hash = (number >> 32n) ^ lower
  return [
    [tag, hash >> BigInt(home.width)],
    [home, BigInt.asUintN(home.width, hash - first)],
    [low, lower],
  ]
}

/** Exclusive or of its halves is the hash. */
function joined(terms: Terms, parts: Parts): Term {
  if (parts.kind === 'whole') return parts.whole
  const { low } = parts
  return terms.concat(terms.bvxor(hashOf(terms, parts), low), low)
}

function hashOf(terms: Terms, { tag, home, first }: Extract<Parts, { kind: 'hash' }>): Term {
  return terms.concat(tag, first === undefined ? home : terms.add(first, home))
}

function isSame(terms: Terms, parts: Parts, others: Parts): Term {
  if (parts.kind === 'whole' || others.kind === 'whole') {
    return terms.eq(joined(terms, parts), joined(terms, others))
  }
  return terms.and(terms.eq(hashOf(terms, parts), hashOf(terms, others)), terms.eq(parts.low, others.low))
}
