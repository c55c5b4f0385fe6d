/**
 * The builder of terms. One `Terms` owns all terms made through it; terms of two builders must not be mixed, and it
 * has no other state than what was built.
 *
 * Its methods give simplified terms in a normal form; `raw` has the same methods and builds exactly what is said.
 */
import { TermBuilder } from './build.js'
import { requireBitVec } from './build-bitvec.js'
import { type RewriteListener, Rewriter } from './rewrite/rewriter.js'
import type { Range } from './rewrite/rule.js'
import type { Sort } from './sorts.js'
import { TermTable } from './table.js'
import type { FunctionSymbol, Op, Term } from './term.js'

/** Builds what is said, as it is said. */
export class RawTerms extends TermBuilder {
  protected make(
    op: Op,
    sort: Sort,
    args: readonly Term[],
    hi = 0,
    lo = 0,
    symbol: FunctionSymbol | undefined = undefined,
  ): Term {
    return this.table.compound(op, sort, args, hi, lo, symbol)
  }
}

export interface TermsOptions {
  /** Is told of every application of a rule: see rewrite/log.ts. */
  readonly listener?: RewriteListener
}

export class Terms extends TermBuilder {
  /** The same terms, without simplification. */
  readonly raw: RawTerms
  readonly #rewriter: Rewriter

  constructor({ listener }: TermsOptions = {}) {
    const table = new TermTable()
    super(table)
    this.raw = new RawTerms(table)
    this.#rewriter = new Rewriter(this, this.raw, listener)
  }

  /** Between which unsigned values a bit vector must lie, as far as its structure shows. */
  range(term: Term): Range {
    requireBitVec('range', term)
    return this.#rewriter.range(term)
  }

  protected make(
    op: Op,
    sort: Sort,
    args: readonly Term[],
    hi = 0,
    lo = 0,
    symbol: FunctionSymbol | undefined = undefined,
  ): Term {
    return this.#rewriter.normal(this.table.compound(op, sort, args, hi, lo, symbol))
  }
}
