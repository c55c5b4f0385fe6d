/**
 * Products of two words of which neither is known, as in index times size: solvers of bits do badly at them. Each is some
 * number, of which only what follows from the lemmas below is known; that is all that layouts need. Where something fails,
 * products are made real before it counts.
 *
 * Numbers have 70 bits here, so that no product of words and no sum of a few of them wraps.
 */
import type { Path } from '../../../domains/symbolic/path.js'
import { bitVecSort, type Term, type Terms } from '../../../smt/index.js'
import { type Clause, clauses } from '../representation/represented.js'

const WIDTH = 70

interface Known {
  readonly factors: readonly [Term, Term]
  readonly product: Term
}

export class WordProducts {
  readonly #path: Path
  readonly #known: Known[] = []
  /** What each product really is; the number that stands for it may have fewer bits. */
  readonly exact: { readonly product: Term; readonly real: Term }[] = []

  constructor(path: Path) {
    this.#path = path
  }

  /** Low bits of the product of two terms of one width, each below 2^32; undefined where one may not be. */
  of(left: Term, right: Term): Term | undefined {
    const { terms } = this.#path
    const [a, b] = [asWord(terms, left), asWord(terms, right)]
    if (a === undefined || b === undefined) return undefined
    return terms.extract(left.width - 1, 0, this.exactly(a, b))
  }

  /** The product of two words, in as many bits as sums of a few of them need. */
  exactly(a: Term, b: Term): Term {
    const { terms } = this.#path
    const factors = a.id < b.id ? ([a, b] as const) : ([b, a] as const)
    const before = this.#known.find((each) => each.factors[0] === factors[0] && each.factors[1] === factors[1])
    if (before !== undefined) return before.product
    const real = terms.mul(wide(terms, a), wide(terms, b))
    const bits = terms.range(real).hi.toString(2).length
    const number = this.#path.fresh('product', bitVecSort(bits))
    const product = wide(terms, number)
    this.exact.push({ product: number, real: terms.extract(bits - 1, 0, real) })
    for (const [one, other] of bothWays(factors))
      this.#assumeOrder(terms.bv(0, 32), wide(terms, terms.bv(0, 32)), one, product, other)
    for (const other of this.#known) this.#compare({ factors, product }, other)
    this.#known.push({ factors, product })
    return product
  }

  /** What is known of products with a factor in common. */
  #compare(one: Known, other: Known): void {
    for (const [x, common] of bothWays(one.factors)) {
      for (const [y, again] of bothWays(other.factors)) {
        if (common !== again) continue
        this.#assumeOrder(x, one.product, y, other.product, common)
        this.#assumeOrder(y, other.product, x, one.product, common)
      }
    }
  }

  #assumeOrder(less: Term, lower: Term, more: Term, upper: Term, common: Term): void {
    const { terms } = this.#path
    const isApart = terms.ule(terms.add(lower, wide(terms, common)), upper)
    this.#path.assume(terms.implies(terms.ult(less, more), isApart))
    this.#path.assume(terms.implies(terms.eq(less, more), terms.eq(lower, upper)))
  }
}

/**
 * Why a < b implies a s + s <= b s, and the low bits of a product are that of words: with d = b - a - 1, the first says
 * b s = a s + s + d s. None of the three parts has more than 64 bits, so by the second their sum is at least that of the first two.
 */
export function lemmas(terms: Terms): readonly Clause[] {
  const word = (name: string): Term => terms.variable(`lemma.${name}`, bitVecSort(32))
  const long = (name: string): Term => wide(terms, terms.variable(`lemma.${name}`, bitVecSort(64)))
  const [a, s] = [word('a'), word('s')]
  const [A, D, S, P, Q] = [wide(terms, a), wide(terms, word('d')), wide(terms, s), long('p'), long('q')]
  const b = terms.add(terms.add(A, terms.bv(1, WIDTH)), D)
  const parts = terms.add(terms.add(terms.mul(A, S), S), terms.mul(D, S))
  return clauses({
    '(a + 1 + d) s is a s + s + d s': terms.eq(terms.mul(b, S), parts),
    'p + s is at most p + s + q': terms.ule(terms.add(P, S), terms.add(terms.add(P, S), Q)),
    'low bits of a s are those of words': terms.eq(terms.mul(a, s), terms.extract(31, 0, terms.mul(A, S))),
  })
}

/** A number in as many bits. */
export function wide(terms: Terms, value: Term): Term {
  return terms.zeroExtendTo(WIDTH, value)
}

function asWord(terms: Terms, factor: Term): Term | undefined {
  if (factor.width === 32) return factor
  return terms.range(factor).hi < 1n << 32n ? terms.extract(31, 0, factor) : undefined
}

function bothWays([a, b]: Known['factors']): readonly Known['factors'][] {
  return a === b
    ? [[a, b]]
    : [
        [a, b],
        [b, a],
      ]
}
