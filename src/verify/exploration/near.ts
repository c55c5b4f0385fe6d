/**
 * The facts that a question is likely to hang on: those that look at something it looks at itself. A path knows some
 * hundred facts, and what is asked of it mostly follows from ten. Whatever follows from some of the facts follows from
 * all, so an `unsat` of the few counts; any other answer says nothing, and the question has to be put to all of them.
 */
import { type Evaluator, reachable, type Term, type Terms } from '../../smt/index.js'

/** Those of `facts` that share something with the question, in their order. */
export function near(question: Term, facts: readonly Term[]): readonly Term[] {
  const own = subjectsOf(question)
  return facts.filter((fact) => sharesOne(subjectsOf(fact), own))
}

/**
 * The question with the facts that mention what it looks at, wherever in them, and all else that these look at kept as it
 * is in a model: an answer to it is one beside all facts, but for values of functions at arguments that became equal.
 */
export function around(terms: Terms, question: Term, facts: readonly Term[], model: Evaluator): readonly Term[] {
  const free = subjectsOf(question)
  const mentioning = [question, ...facts.filter((fact) => sharesOne(mentionsOf(fact), free))]
  const others = new Set(mentioning.flatMap((each) => [...mentionsOf(each)]).filter((each) => !free.has(each)))
  return [...mentioning, ...[...others].flatMap((each) => kept(terms, each, model))]
}

function kept(terms: Terms, subject: Term, model: Evaluator): Term[] {
  const value = model.value(subject)
  if (typeof value === 'boolean') return [value ? subject : terms.not(subject)]
  return typeof value === 'bigint' && subject.width > 0 ? [terms.eq(subject, terms.bv(value, subject.width))] : []
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

const mentions = new WeakMap<Term, ReadonlySet<Term>>()

/** Variables and values of functions, and those that they are functions of. */
function mentionsOf(term: Term): ReadonlySet<Term> {
  const known = mentions.get(term)
  if (known !== undefined) return known
  const found = new Set(reachable([term]).filter(isSubject))
  mentions.set(term, found)
  return found
}

function isSubject({ op }: Term): boolean {
  return op === 'var' || op === 'apply'
}

function outermost(term: Term): Term[] {
  if (isSubject(term)) return [term]
  const inner = reachable([term], isSubject)
  return [...new Set(inner.flatMap(({ args }) => args.filter(isSubject)))]
}

function sharesOne(some: ReadonlySet<Term>, others: ReadonlySet<Term>): boolean {
  const [few, many] = some.size < others.size ? [some, others] : [others, some]
  for (const each of few) if (many.has(each)) return true
  return false
}
