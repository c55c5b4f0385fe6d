/**
 * What is possible beside many facts, asked of few of them: with a model of most facts at hand, one of all is mostly found
 * by changing a few values, which is sooner asked than everything anew (docs/decisions/013).
 */
import { type Answer, Evaluator, isModel, type Model, repaired, type Term, type Terms } from '../../smt/index.js'
import { around, near } from './near.js'
import { patched } from './patched.js'

export interface Asking {
  readonly terms: Terms
  readonly check: (assertions: readonly Term[]) => Answer
  /** Values that are given without the solver before it is asked; see `repaired`. */
  readonly patience?: number
}

/**
 * Whether `question` is possible beside the facts; undefined where a few of them do not tell. `model` is of most facts: with
 * a few values changed, of all.
 */
export function askFew(
  { terms, check, patience }: Asking,
  question: Term,
  facts: readonly Term[],
  model: Model | undefined,
): Answer | undefined {
  const modelOfAll = (over: Model, below: Model): Answer | undefined => {
    const both = patched(below, over)
    return isModel(both, [question, ...facts]) ? { status: 'sat', model: both, by: 'terms' } : undefined
  }
  const close = model && repaired(model, [question, ...facts], patience)
  if (close !== undefined) return { status: 'sat', model: close, by: 'terms' }
  const answer = check([...near(question, facts), question])
  if (answer.status === 'unsat') return answer
  if (answer.status === 'unknown' || model === undefined) return undefined
  const better = modelOfAll(answer.model, model)
  if (better !== undefined) return better
  const kept = check(around(terms, question, facts, new Evaluator(model)))
  return kept.status === 'sat' ? modelOfAll(kept.model, model) : undefined
}

/** From a model of most facts, whether all are possible; undefined where nothing is near enough. */
export function mended(asking: Asking, facts: readonly Term[], model: Model): Answer | undefined {
  const evaluator = new Evaluator(model)
  const broken = facts.filter((fact) => !evaluator.holds(fact))
  if (broken.length === 0) return { status: 'sat', model, by: 'terms' }
  return askFew(asking, asking.terms.all(broken), facts, model)
}
