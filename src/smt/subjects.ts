/** What terms look at. */
import { reachable } from './reachable.js'
import type { Term } from './term.js'

/** Terms never change. */
const remembered = new WeakMap<Term, ReadonlySet<Term>>()

/** Variables and values of functions, each as a whole: what they are functions of is not looked into. */
export function subjectsOf(term: Term): ReadonlySet<Term> {
  const known = remembered.get(term)
  if (known !== undefined) return known
  const found = new Set(outermost(term))
  remembered.set(term, found)
  return found
}

export function isSubject({ op }: Term): boolean {
  return op === 'var' || op === 'apply'
}

function outermost(term: Term): Term[] {
  if (isSubject(term)) return [term]
  const inner = reachable([term], isSubject)
  return [...new Set(inner.flatMap(({ args }) => args.filter(isSubject)))]
}

export function sharesOne(some: ReadonlySet<Term>, others: ReadonlySet<Term>): boolean {
  const [few, many] = some.size < others.size ? [some, others] : [others, some]
  for (const each of few) if (many.has(each)) return true
  return false
}
