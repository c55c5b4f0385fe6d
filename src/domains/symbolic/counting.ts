/**
 * How many entries there are, as an integer beside the functions: nothing is enumerated. What ties it to
 * them are facts about the few indices or keys that a run touches.
 */
import type { Term } from '../../smt/index.js'
import type { Integer, Integers } from './integer.js'
import type { Path } from './path.js'

/** Facts are about pairs of touched terms, so their number is bounded; leaving some out is sound. */
const MOST_TOUCHED = 6

export interface Counted {
  readonly path: Path
  readonly integers: Integers
  readonly capacity: Integer
}

/**
 * Says that `count` is at least the number of different touched ones that are in use, and at most the capacity less the
 * number of different touched ones that are free. `isFree` is absent where the touched ones are not indices.
 */
export function assumeCount(
  { path, integers, capacity }: Counted,
  count: Integer,
  touched: Iterable<Term>,
  isUsed: (term: Term) => Term,
  isFree?: (term: Term) => Term,
): void {
  const { terms } = path
  // Constants first: whether one of them is another needs no asking.
  const some = [...touched].sort((a, b) => Number(b.isConstant) - Number(a.isConstant)).slice(0, MOST_TOUCHED)
  const isFirst = some.map((term, at) => terms.all(some.slice(0, at).map((other) => terms.not(terms.eq(other, term)))))
  const sum = (holds: (term: Term) => Term) =>
    some.reduce(
      (total, term, at) => integers.add(total, one(integers, terms.and(holds(term), isFirst[at] ?? terms.true))),
      integers.of(0n),
    )
  path.assume(integers.le(sum(isUsed), count))
  // Said by the sum too; by itself it is seen without a solver.
  for (const term of some) path.assume(terms.implies(isUsed(term), integers.lt(integers.of(0n), count)))
  if (isFree !== undefined) path.assume(integers.le(integers.add(count, sum(isFree)), capacity))
}

function one(integers: Integers, condition: Term): Integer {
  return integers.select(condition, integers.of(1n), integers.of(0n))
}

/** What is left of `count` when `gone` of them are taken away, which it has. */
export function less(integers: Integers, count: Integer, gone: Integer): Integer {
  const rest = integers.sub(count, gone)
  return rest.hi < 0n ? integers.of(0n) : integers.within(rest, 0n, count.hi)
}
