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

  onRewrite(rule: Rule, term: Term, raw: TermBuilder, facts: Facts): void {
    const t = new Terms().raw
    const copy = new Copy(t, seenBy(rule, term))
    const assumed: Term[] = []
    const left = copy.of(term)
    // The rule is applied again, to the copy, so that it shows what it does without knowing more than it may.
    let right = rule.rewrite(left, t, {
      range: (asked) => {
        const original = copy.originalOf(asked)
        const range = original === undefined ? { lo: 0n, hi: ones(asked.width) } : facts.range(original)
        assumed.push(...within(t, asked, range))
        return range
      },
    })
    if (right === undefined) {
      // It was led to it by what it sees deeper down: the theorem is then read off from what it does to the original.
      assumed.length = 0
      const written = rule.rewrite(term, raw, {
        range: (asked) => {
          const range = facts.range(asked)
          assumed.push(...within(t, copy.of(asked), range))
          return range
        },
      })
      right = copy.of(written ?? term)
    }
    this.#add(rule.name, [...assumed, t.not(t.eq(left, right))])
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
  readonly #t: RawTerms
  readonly #copies = new Map<Term, Term>()
  readonly #originals = new Map<Term, Term>()

  constructor(t: RawTerms, seen: ReadonlySet<Term>) {
    this.#t = t
    const all = new Set([...seen, ...[...seen].flatMap(({ args }) => args)])
    for (const term of [...all].sort(byId)) {
      if (seen.has(term) || term.isConstant) this.#keep(term, t.copy(term, this.#argsOf(term)))
      else this.#abstract(term)
    }
  }

  originalOf(copy: Term): Term | undefined {
    return this.#originals.get(copy)
  }

  /** Recursion is as deep as rules build. */
  of(term: Term): Term {
    const known = this.#copies.get(term)
    if (known !== undefined) return known
    if (term.op === 'var' || term.op === 'apply') return this.#abstract(term)
    return this.#keep(term, this.#t.copy(term, this.#argsOf(term)))
  }

  #argsOf(term: Term): Term[] {
    return term.args.map((arg) => this.of(arg))
  }

  /** Something that the rule must not know more of than its sort. */
  #abstract(term: Term): Term {
    return this.#keep(term, this.#t.variable(`v${this.#copies.size}`, term.sort))
  }

  #keep(term: Term, copy: Term): Term {
    this.#copies.set(term, copy)
    this.#originals.set(copy, term)
    return copy
  }
}
