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
  /** What led to an answer last: questions of one path are alike. */
  readonly habit?: Habit
}

export interface Habit {
  /** Changing a model: that is tried first, and whether the question is possible beside few facts only then. */
  changesFirst: boolean
}

/**
 * Whether `question` is possible beside the facts; undefined where a few of them do not tell. `model` is of most facts: with
 * a few values changed, of all.
 */
export function askFew(
  { terms, check, patience, habit = { changesFirst: false } }: Asking,
  question: Term,
  facts: readonly Term[],
  model: Model | undefined,
): Answer | undefined {
  const modelOfAll = (over: Model, below: Model): Answer | undefined => {
    const both = patched(below, over)
    if (!isModel(both, [question, ...facts])) return undefined
    changes.set(question, over)
    return { status: 'sat', model: both, by: 'terms' }
  }
  const close = model && (repaired(model, [question, ...facts], patience) ?? asBefore(question, facts, model, patience))
  if (close !== undefined) return { status: 'sat', model: close, by: 'terms' }
  const changed = (): Answer | undefined => {
    const kept = model && check(around(terms, question, facts, new Evaluator(model)))
    const found = model !== undefined && kept?.status === 'sat' ? modelOfAll(kept.model, model) : undefined
    habit.changesFirst = found !== undefined
    return found
  }
  const isTried = habit.changesFirst
  const first = isTried ? changed() : undefined
  if (first !== undefined) return first
  const answer = check([...near(question, facts), question])
  if (answer.status === 'unsat') return answer
  if (answer.status === 'unknown' || model === undefined) return undefined
  return modelOfAll(answer.model, model) ?? (isTried ? undefined : changed())
}

/** What was put over a model, by the question that it was changed for. */
const changes = new WeakMap<Term, Model>()

/** With what made the question true on another path: what is asked beside a TCP packet is asked beside a UDP packet too. */
function asBefore(question: Term, facts: readonly Term[], model: Model, patience?: number): Model | undefined {
  const before = changes.get(question)
  return before && repaired(patched(model, before), [question, ...facts], patience)
}

/** From a model of most facts, whether all are possible; undefined where nothing is near enough. */
export function mended(asking: Asking, facts: readonly Term[], model: Model): Answer | undefined {
  const evaluator = new Evaluator(model)
  const broken = facts.filter((fact) => !evaluator.holds(fact))
  if (broken.length === 0) return { status: 'sat', model, by: 'terms' }
  return askFew(asking, asking.terms.all(broken), facts, model)
}
