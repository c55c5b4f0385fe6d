/** Relations of nf.yaml over parameters of which only terms are known: exact, like the arithmetic of relations. */
import type { Integer, Integers } from '../../domains/symbolic/integer.js'
import type { Comparison, Expression, Relation } from '../../nf/relations.js'
import type { Term } from '../../smt/index.js'

/** That a relation holds; `numberOf` says what a name stands for. */
export function relationHolds(integers: Integers, relation: Relation, numberOf: (name: string) => Integer): Term {
  return integers.terms.all(relation.comparisons.map((comparison) => compared(integers, comparison, numberOf)))
}

function compared(
  integers: Integers,
  { operator, left, right }: Comparison,
  numberOf: (name: string) => Integer,
): Term {
  const a = valueIn(integers, left, numberOf)
  const b = valueIn(integers, right, numberOf)
  switch (operator) {
    case '<':
      return integers.lt(a, b)
    case '<=':
      return integers.le(a, b)
    case '>':
      return integers.lt(b, a)
    case '>=':
      return integers.le(b, a)
    case '==':
      return integers.eq(a, b)
    case '!=':
      return integers.terms.not(integers.eq(a, b))
  }
}

function valueIn(integers: Integers, expression: Expression, numberOf: (name: string) => Integer): Integer {
  if (expression.kind === 'number') return integers.of(expression.value)
  if (expression.kind === 'name') return numberOf(expression.name)
  const left = valueIn(integers, expression.left, numberOf)
  const right = valueIn(integers, expression.right, numberOf)
  switch (expression.operator) {
    case '+':
      return integers.add(left, right)
    case '-':
      return integers.sub(left, right)
    case '*':
      return integers.mul(left, right)
  }
}
