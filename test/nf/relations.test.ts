import test from 'ava'
import fc from 'fast-check'

import { holds, namesIn, parseRelation } from '../../src/nf/relations.js'

/** An expression as text, with the value that it must have. */
interface Case {
  readonly text: string
  readonly value: bigint
  /** Binds as a sum, a product, or not at all. */
  readonly level: 0 | 1 | 2
}

const values = new Map([
  ['a', 3n],
  ['b', 1_000_000_000_000_000_000n],
  ['portCount', 4n],
])

const atom: fc.Arbitrary<Case> = fc.oneof(
  fc.bigInt(0n, 10n ** 20n).map((value): Case => ({ text: String(value), value, level: 2 })),
  fc.constantFrom(...values).map(([text, value]): Case => ({ text, value, level: 2 })),
)

const wrapped = ({ text, level }: Case, least: number) => (level < least ? `(${text})` : text)

const { expression } = fc.letrec<{ expression: Case }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5 },
    atom,
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
      .map(([left, operator, right]): Case => {
        const level = operator === '*' ? 1 : 0
        const value =
          operator === '+'
            ? left.value + right.value
            : operator === '-'
              ? left.value - right.value
              : left.value * right.value
        return { text: `${wrapped(left, level)} ${operator} ${wrapped(right, level + 1)}`, value, level }
      }),
    tie('expression').map((inner): Case => ({ text: `-${wrapped(inner, 2)}`, value: -inner.value, level: 1 })),
  ),
}))

test('arithmetic is exact and binds as usual', (t) => {
  fc.assert(
    fc.property(expression, ({ text, value }) => {
      t.true(holds(parseRelation(`${text} == ${value}`), values))
      t.false(holds(parseRelation(`${text} != ${value}`), values))
      t.true(holds(parseRelation(`${text} < ${value} + 1 && ${text} > ${value} - 1`), values))
      t.false(holds(parseRelation(`${text} >= ${value} && ${text} <= ${value} - 1`), values))
    }),
  )
})

test('any text is a relation or is refused with a column inside it', (t) => {
  const pieces = fc.constantFrom('a', '1', '+', '-', '*', '(', ')', '<', '<=', '==', '&&', ' ', '?', 'é', '=')
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      try {
        t.true(
          typeof holds(parseRelation(text), new Map([...namesIn(parseRelation(text)).keys()].map((n) => [n, 1n]))) ===
            'boolean',
        )
      } catch (error) {
        t.true(
          error instanceof Error &&
            'column' in error &&
            Number(error.column) >= 1 &&
            Number(error.column) <= text.length + 1,
        )
      }
    }),
  )
})
