/**
 * The facts that a question is likely to hang on: those that look at something it looks at itself. A path knows some
 * hundred facts, and what is asked of it mostly follows from ten. Whatever follows from some of the facts follows from
 * all, so an `unsat` of the few counts; any other answer says nothing, and the question has to be put to all of them.
 */
import { type Evaluator, isSubject, reachable, sharesOne, subjectsOf, type Term, type Terms } from '../../smt/index.js'

/** Those of `facts` that share something with the question, in their order. */
export function near(question: Term, facts: readonly Term[]): readonly Term[] {
  const own = subjectsOf(question)
  return facts.filter((fact) => sharesOne(subjectsOf(fact), own))
}

/**
 * Those that look at values of functions that the question, or one of these facts, looks at too, where values at arguments
 * that may be equal count as one: what is true of a backend of some row follows from what is true of each backend.
 */
export function linked(question: Term, facts: readonly Term[]): readonly Term[] {
  let found: readonly Term[] = []
  for (let hops = 0; hops < 2; hops++) {
    const looksAt = new Set([question, ...found].flatMap((each) => [...subjectsOf(each)]))
    const functions = [...looksAt].filter(({ op }) => op === 'apply')
    const all = new Set(functions.map(({ symbol }) => symbol))
    const anywhere = new Set(functions.filter(isAnywhere).map(({ symbol }) => symbol))
    const isLinked = (subject: Term): boolean =>
      subject.op === 'apply' && (looksAt.has(subject) || (isAnywhere(subject) ? all : anywhere).has(subject.symbol))
    found = facts.filter((fact) => [...subjectsOf(fact)].some(isLinked))
  }
  return found
}

/** A value of a function at arguments that are no constants. */
function isAnywhere({ args }: Term): boolean {
  return args.some((arg) => !arg.isConstant)
}

/**
 * The question with the facts that mention what it may change, wherever in them, and all else that these look at kept as it
 * is in a model: an answer to it is one beside all facts, but for values of functions at arguments that became equal.
 */
export function around(terms: Terms, question: Term, facts: readonly Term[], model: Evaluator): readonly Term[] {
  const free = changeable(question, facts)
  const mentioning = [question, ...facts.filter((fact) => sharesOne(mentionsOf(fact), free))]
  const others = new Set(mentioning.flatMap((each) => [...mentionsOf(each)]).filter((each) => !free.has(each)))
  return [...mentioning, ...[...others].flatMap((each) => kept(terms, each, model))]
}

/**
 * What the question looks at and, as far as facts near it look at them, values of the same functions elsewhere and of any
 * at arguments that are no constants: the ranks in a row of backends, and which of those live.
 */
function changeable(question: Term, facts: readonly Term[]): ReadonlySet<Term> {
  const own = subjectsOf(question)
  const symbols = new Set([...own].map(({ symbol }) => symbol))
  const isBeside = (subject: Term): boolean =>
    subject.op === 'apply' && (isAnywhere(subject) || symbols.has(subject.symbol))
  return new Set([...own, ...near(question, facts).flatMap((fact) => [...subjectsOf(fact)].filter(isBeside))])
}

function kept(terms: Terms, subject: Term, model: Evaluator): Term[] {
  const value = model.value(subject)
  if (typeof value === 'boolean') return [value ? subject : terms.not(subject)]
  return typeof value === 'bigint' && subject.width > 0 ? [terms.eq(subject, terms.bv(value, subject.width))] : []
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
