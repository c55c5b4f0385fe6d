/** Which outcome of its contract a call takes, by the conditions of all of them where it begins. */
import type { Operation, Outcome, Parameters } from '../../contracts/index.js'
import type { Path } from '../../domains/symbolic/path.js'
import type { Term, Terms } from '../../smt/index.js'

/** That one of them holds, and no other. */
export function exactlyOne(terms: Terms, conditions: readonly Term[]): Term {
  return terms.any(
    conditions.map((each) => terms.and(each, terms.not(terms.any(conditions.filter((other) => other !== each))))),
  )
}

/** The one that holds on the path: the last, where none before it does. */
export function takenOn(path: Path, { name, outcomes }: Operation, conditions: readonly Term[]): Outcome<Parameters> {
  const found = conditions.slice(0, -1).findIndex((condition) => path.decide(condition))
  const outcome = outcomes[found === -1 ? conditions.length - 1 : found]
  if (outcome === undefined) throw new RangeError(`${name} has no outcome`)
  return outcome
}
