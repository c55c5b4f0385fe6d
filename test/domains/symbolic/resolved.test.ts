import test from 'ava'
import fc from 'fast-check'

import { resolved } from '../../../src/domains/symbolic/resolved.js'
import type { Term } from '../../../src/smt/index.js'
import { reachable } from '../../../src/smt/index.js'
import { KnownPath } from './known-path.js'

/** A term of 8 bits: sums, parts and conditions over three variables. */
interface Shape {
  readonly kind: 'variable' | 'sum' | 'choice' | 'swap'
  readonly number: number
  readonly parts: readonly Shape[]
}

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.record({
    kind: fc.constantFrom('variable', 'sum', 'choice', 'swap'),
    number: fc.nat(2),
    parts: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('shape'), { minLength: 2, maxLength: 2 })),
  }),
}))

function termOf(path: KnownPath, variables: readonly Term[], { kind, number, parts }: Shape): Term {
  const { terms } = path
  const variable = variables[number] ?? terms.bv(0, 8)
  const [left, right] = parts.map((part) => termOf(path, variables, part))
  if (kind === 'variable' || left === undefined || right === undefined) return variable
  if (kind === 'sum') return terms.add(left, right)
  if (kind === 'choice') return terms.ite(terms.ult(left, variable), left, right)
  return terms.concat(terms.extract(3, 0, left), terms.extract(7, 4, right))
}

test('with its conditions decided a term has the value that it had, and few conditions leave none', (t) => {
  fc.assert(
    fc.property(shape, fc.array(fc.nat(255), { minLength: 3, maxLength: 3 }), (made, values) => {
      const path = new KnownPath()
      const variables = values.map((value, i) => path.variable(`v${i}`, 8, BigInt(value)))
      const term = termOf(path, variables, made)
      const found = resolved(path, term, undefined)
      t.is(path.value(found), path.value(term))
      const conditions = (of: Term) => reachable([of], ({ sort }) => sort.kind === 'bool').filter((e) => e.op === 'ite')
      if (conditions(term).length <= 8) t.is(conditions(found).length, 0)
    }),
    { numRuns: 300 },
  )
})

test('the conditions of a side that is not taken are not asked', (t) => {
  const path = new KnownPath()
  const { terms } = path
  const [x, y] = [path.variable('x', 8, 1n), path.variable('y', 8, 2n)]
  const isOne = terms.eq(x, terms.bv(1, 8))
  const other = terms.ult(y, x)
  const asked: Term[] = []
  const watched = Object.assign(Object.create(path), {
    terms,
    decide: (condition: Term) => {
      asked.push(condition)
      return path.decide(condition)
    },
  })
  t.is(resolved(watched, terms.ite(isOne, y, terms.ite(other, x, terms.bv(9, 8))), undefined), y)
  t.deepEqual(asked, [isOne])
})
