/** Choices, `ite`, in a condition, but for those in what functions are applied to. */
import { reachable } from '../reachable.js'
import { isSubject } from '../subjects.js'
import type { Term } from '../term.js'
import type { Terms } from '../terms.js'

/** Terms never change. */
const remembered = new WeakMap<Term, readonly Term[]>()
const NONE: readonly Term[] = []

/** What a condition consists of, arguments first, where there is a choice in it; else nothing. */
function partsWithChoices(condition: Term): readonly Term[] {
  const known = remembered.get(condition)
  if (known !== undefined) return known
  const parts = reachable([condition], isSubject)
  const found = parts.some(({ op }) => op === 'ite') ? parts : NONE
  remembered.set(condition, found)
  return found
}

/** What the first one hangs on. */
export function openChoice(condition: Term): Term | undefined {
  return partsWithChoices(condition).find(({ op }) => op === 'ite')?.args[0]
}

/** The condition with the branch that is taken in place of each choice that is known; `rest` is what is left of a test. */
export function withoutKnownChoices(terms: Terms, condition: Term, rest: (test: Term) => Term): Term {
  const rebuilt = new Map<Term, Term>()
  for (const term of partsWithChoices(condition)) {
    const args = term.args.map((arg) => rebuilt.get(arg) ?? arg)
    const [test, yes, no] = args
    const known = term.op === 'ite' && test !== undefined ? rest(test).op : undefined
    const taken = known === 'true' ? yes : known === 'false' ? no : undefined
    const isSame = args.every((arg, i) => arg === term.args[i])
    if (taken !== undefined) rebuilt.set(term, taken)
    else if (!isSame) rebuilt.set(term, terms.rebuild(term, args))
  }
  return rebuilt.get(condition) ?? condition
}
