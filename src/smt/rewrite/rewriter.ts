/** Applies the rules to terms as they are made. */
import type { TermBuilder } from '../build.js'
import { Ranges } from '../ranges.js'
import type { Term } from '../term.js'
import type { Facts, Range, Rule } from './rule.js'
import { rulesFor } from './rules.js'

/** What is told of each application, so that it can be proved later. */
export interface RewriteListener {
  /** `rule` makes `result` of `term`; `raw` builds as it is written, in the same terms. */
  onRewrite(rule: Rule, term: Term, result: Term, raw: TermBuilder, facts: Facts): void
  /** One step of interval analysis: with arguments in these ranges, the term is in that range. */
  onRange(term: Term, range: Range, args: readonly Range[]): void
}

/**
 * How deep applications may nest, each building its result by applying others. Beyond that terms stay as they are
 * written, which is always right.
 */
const maxNesting = 300

export class Rewriter implements Facts {
  readonly #terms: TermBuilder
  readonly #raw: TermBuilder
  readonly #listener: RewriteListener | undefined
  readonly #ranges: Ranges
  /** Normal forms by id; a term that is its own normal form included. */
  readonly #normal: (Term | undefined)[] = []
  #nesting = 0

  /** `terms` builds terms in normal form, by way of this; `raw` builds them as written. */
  constructor(terms: TermBuilder, raw: TermBuilder, listener?: RewriteListener) {
    this.#terms = terms
    this.#raw = raw
    this.#listener = listener
    this.#ranges = new Ranges(listener && { onStep: (term, range, args) => listener.onRange(term, range, args) })
  }

  /** Between which unsigned values a bit vector must lie. */
  range(term: Term): Range {
    return this.#ranges.of(term)
  }

  /** The normal form of a term whose arguments are in normal form. */
  normal(term: Term): Term {
    const known = this.#normal[term.id]
    if (known !== undefined) return known
    if (this.#nesting >= maxNesting) return term
    this.#nesting++
    try {
      const found = this.#rewrite(term)
      this.#normal[term.id] = found
      // A result is normal by construction, unless nesting ended it.
      return found
    } finally {
      this.#nesting--
    }
  }

  #rewrite(term: Term): Term {
    for (const rule of rulesFor(term.op)) {
      const found = rule.rewrite(term, this.#terms, this)
      if (found === undefined || found === term) continue
      this.#listener?.onRewrite(rule, term, found, this.#raw, this)
      return found
    }
    return term
  }
}
