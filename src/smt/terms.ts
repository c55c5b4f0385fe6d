/**
 * The builder of terms. One `Terms` owns all terms made through it; terms of two builders must not be mixed, and it
 * has no other state than what was built.
 *
 * Its methods give simplified terms in a normal form; `raw` has the same methods and builds exactly what is said.
 */
import { TermBuilder } from './build.js'
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

export class Terms extends TermBuilder {
  /** The same terms, without simplification. */
  readonly raw: RawTerms

  constructor() {
    const table = new TermTable()
    super(table)
    this.raw = new RawTerms(table)
  }

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
