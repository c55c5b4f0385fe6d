/**
 * Applications of rules as theorems: the term as it was written, with everything opaque to the rule replaced by
 * variables, is not equal to what the rule made of it, and what was assumed of ranges holds. The rule is right at this
 * instance where that is unsatisfiable.
 */
import type { TermBuilder } from '../build.js'
import { printQuery } from '../print.js'
import type { Term } from '../term.js'
import { type RawTerms, Terms } from '../terms.js'
import type { RewriteListener } from './rewriter.js'
import type { Facts, Range, Rule } from './rule.js'
import { byId, ones } from './shape.js'

export interface Theorem {
  /** The rule, or `range` and the operation for a step of interval analysis. */
  readonly rule: string
  /** SMT-LIB text that must be unsatisfiable. */
  readonly query: string
}

/** Collects the different theorems that rewriting needs. Pass it as `listener` to `Terms`. */
export class RuleLog implements RewriteListener {
  readonly #theorems = new Map<string, Theorem>()

  get theorems(): readonly Theorem[] {
    return [...this.#theorems.values()]
  }

  onRewrite(rule: Rule, term: Term, result: Term, raw: TermBuilder, facts: Facts): void {
    const t = new Terms().raw
    const copy = new Copy(t, seenBy(rule, term))
    const assumed = new Map<Term, Range>()
    const written = rule.rewrite(term, raw, {
      range: (asked) => {
        const range = facts.range(asked)
        assumed.set(asked, range)
        return range
      },
    })
    const left = copy.of(term)
    const right = this.#general(rule, left, written ?? result, copy, raw, facts) ?? copy.of(written ?? result)
    const assumptions = [...assumed].flatMap(([asked, range]) => within(t, copy.of(asked), range))
    this.#add(rule.name, [...assumptions, t.not(t.eq(left, right))])
  }

  /**
   * What the rule makes of the copy, if that is what it makes of the original, but for the variables. Reading the right
   * side off the original instead may mistake what the rule builds for a part of the left side that happens to be equal,
   * and so state too much; where the rule does something else to the copy, led by what it sees deeper down, it is all
   * there is.
   */
  #general(rule: Rule, left: Term, written: Term, copy: Copy, raw: TermBuilder, facts: Facts): Term | undefined {
    const right = rule.rewrite(left, copy.t, {
      range: (asked) => {
        const original = copy.originalOf(asked)
        return original === undefined ? { lo: 0n, hi: ones(asked.width) } : facts.range(original)
      },
    })
    return right !== undefined && copy.backTo(raw, right) === written ? right : undefined
  }

  onRange(term: Term, range: Range, args: readonly Range[]): void {
    const t = new Terms().raw
    const copy = new Copy(t, new Set([term]))
    const assumed = term.args.flatMap((arg, i) => {
      const ofArg = args[i]
      return ofArg === undefined || arg.width === 0 ? [] : within(t, copy.of(arg), ofArg)
    })
    this.#add(`range ${term.op}`, [...assumed, t.not(t.all(within(t, copy.of(term), range)))])
  }

  #add(rule: string, assertions: readonly Term[]): void {
    const query = printQuery(assertions)
    if (!this.#theorems.has(query)) this.#theorems.set(query, { rule, query })
  }
}

/** What the range says, unless it says nothing. */
function within(t: TermBuilder, term: Term, { lo, hi }: Range): Term[] {
  if (term.isConstant || term.width === 0) return []
  const bounds: Term[] = []
  if (lo > 0n) bounds.push(t.ule(t.bv(lo, term.width), term))
  if (hi < ones(term.width)) bounds.push(t.ule(term, t.bv(hi, term.width)))
  return bounds
}

/** The terms whose structure the rule looks at, when applied to `lhs`. */
function seenBy({ sees, depth }: Rule, lhs: Term): Set<Term> {
  const seen = new Set([lhs])
  let level: readonly Term[] = [lhs]
  for (let down = 0; down < depth; down++) {
    level = level.flatMap(({ args }) => args.filter((arg) => !seen.has(arg) && sees(arg)))
    for (const term of level) seen.add(term)
  }
  return seen
}

/**
 * Copies terms into other terms; arguments of what is seen that are not seen themselves become variables. Everything
 * is copied in the order of creation, which rules go by.
 */
class Copy {
  readonly t: RawTerms
  readonly #copies = new Map<Term, Term>()
  readonly #originals = new Map<Term, Term>()

  constructor(t: RawTerms, seen: ReadonlySet<Term>) {
    this.t = t
    const all = new Set([...seen, ...[...seen].flatMap(({ args }) => args)])
    for (const term of [...all].sort(byId)) {
      if (seen.has(term) || term.isConstant) this.#keep(term, t.copy(term, this.#argsOf(term)))
      else this.#abstract(term)
    }
  }

  originalOf(copy: Term): Term | undefined {
    return this.#originals.get(copy)
  }

  /** A term over the copies as one over the originals. */
  backTo(raw: TermBuilder, copy: Term): Term {
    const original = this.#originals.get(copy)
    if (original !== undefined) return original
    return raw.copy(
      copy,
      copy.args.map((arg) => this.backTo(raw, arg)),
    )
  }

  /** Recursion is as deep as rules build. */
  of(term: Term): Term {
    const known = this.#copies.get(term)
    if (known !== undefined) return known
    if (term.op === 'var' || term.op === 'apply') return this.#abstract(term)
    return this.#keep(term, this.t.copy(term, this.#argsOf(term)))
  }

  #argsOf(term: Term): Term[] {
    return term.args.map((arg) => this.of(arg))
  }

  /** Something that the rule must not know more of than its sort. */
  #abstract(term: Term): Term {
    return this.#keep(term, this.t.variable(`v${this.#copies.size}`, term.sort))
  }

  #keep(term: Term, copy: Term): Term {
    this.#copies.set(term, copy)
    this.#originals.set(copy, term)
    return copy
  }
}
