/**
 * The facts that a question is likely to hang on: those that look at something it looks at itself. A path knows some
 * hundred facts, and what is asked of it mostly follows from ten. Whatever follows from some of the facts follows from
 * all, so an `unsat` of the few counts; any other answer says nothing, and the question has to be put to all of them.
 */
import { reachable, type Term } from '../smt/index.js'

/** Those of `facts` that share something with the question, in their order. */
export function near(question: Term, facts: readonly Term[]): readonly Term[] {
  const own = subjectsOf(question)
  return facts.filter((fact) => sharesOne(subjectsOf(fact), own))
}

/** Terms never change. */
const remembered = new WeakMap<Term, ReadonlySet<Term>>()

/** Variables and values of functions, each as a whole: what they are functions of is not looked into. */
function subjectsOf(term: Term): ReadonlySet<Term> {
  const known = remembered.get(term)
  if (known !== undefined) return known
  const found = new Set(outermost(term))
  remembered.set(term, found)
  return found
}

function outermost(term: Term): Term[] {
  const isSubject = ({ op }: Term): boolean => op === 'var' || op === 'apply'
  if (isSubject(term)) return [term]
  const inner = reachable([term], isSubject)
  return [...new Set(inner.flatMap(({ args }) => args.filter(isSubject)))]
}

function sharesOne(some: ReadonlySet<Term>, others: ReadonlySet<Term>): boolean {
  const [few, many] = some.size < others.size ? [some, others] : [others, some]
  for (const each of few) if (many.has(each)) return true
  return false
}
