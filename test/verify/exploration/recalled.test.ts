import test from 'ava'
import fc from 'fast-check'

import type { Path } from '../../../src/domains/symbolic/path.js'
import { bitVecSort, Knowledge, openSyncSolver, type Term, Terms } from '../../../src/smt/index.js'
import { explore } from '../../../src/verify/exploration/explore.js'
import { Recalled } from '../../../src/verify/exploration/recalled.js'

const comparison = fc.record({
  op: fc.constantFrom('ult', 'slt', 'eq', 'and'),
  sides: fc.tuple(fc.nat(3), fc.nat(3)),
  constants: fc.tuple(fc.integer({ min: -20, max: 60 }), fc.integer({ min: -20, max: 60 })),
})

/** What a path does at each of its facts: what it asks, and whether another may part from it there. */
const stop = fc.record({ value: fc.boolean(), values: fc.nat(15), rests: fc.nat(15), isKept: fc.boolean() })

function conditionsOf(terms: Terms, made: readonly (typeof comparison extends fc.Arbitrary<infer T> ? T : never)[]) {
  const bytes = ['a', 'b', 'c', 'd'].map((name) => terms.zeroExtendTo(16, terms.variable(name, bitVecSort(8))))
  const conditions: Term[] = []
  for (const { op, sides, constants } of made) {
    const [a, b] = ([0, 1] as const).map((i) =>
      terms.add(bytes[sides[i]] ?? terms.bv(0, 16), number(terms, constants[i])),
    )
    if (a === undefined || b === undefined) continue
    const [one, other] = [conditions.at(-1), conditions.at(-2)]
    if (op === 'and' && one !== undefined && other !== undefined) conditions.push(terms.not(terms.and(one, other)))
    else conditions.push(op === 'ult' ? terms.ult(a, b) : op === 'slt' ? terms.slt(a, b) : terms.eq(a, b))
  }
  return conditions
}

function number(terms: Terms, value: number): Term {
  return terms.bv(BigInt(value), 16)
}

test('what is told is what knowledge tells that was asked nothing before, whatever other paths have asked', (t) => {
  let told = 0
  const paths = fc.array(fc.array(stop, { minLength: 8, maxLength: 8 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(comparison, { minLength: 8, maxLength: 8 }), paths, (made, walks) => {
      const terms = new Terms()
      // What is made of others comes before them: of it something is left to follow.
      const conditions = conditionsOf(terms, made).toReversed()
      return walks.every((walk) => {
        const path = new Recalled(terms)
        const facts: Term[] = []
        return conditions.every((condition, at) => {
          const { value, values, rests, isKept } = walk[at] ?? { value: true, values: 0, rests: 0, isKept: false }
          const chosen = (picked: number) => conditions.filter((_, i) => (picked >> (i % 4)) % 2 === 1)
          const isSame =
            chosen(values).every((asked) => {
              const found = path.valueOf(asked)
              if (found !== undefined) told++
              return found === plain(terms, facts).valueOf(asked)
            }) && chosen(rests).every((asked) => path.rest(asked) === plain(terms, facts).rest(asked))
          if (isKept) path.keep()
          const fact = value ? condition : terms.not(condition)
          path.learn(fact)
          facts.push(fact)
          return isSame
        })
      })
    }),
    { numRuns: 80 },
  )
  t.true(told > 500, `${told} told`)
})

function plain(terms: Terms, facts: readonly Term[]): Knowledge {
  const knowledge = new Knowledge(terms)
  for (const fact of facts) {
    knowledge.settle()
    knowledge.learn(fact)
  }
  return knowledge
}

test('a path that asks other questions when it is run again is undecidable', async (t) => {
  const solver = await openSyncSolver({ backends: ['z3-inline'] })
  const terms = new Terms()
  const x = terms.variable('x', bitVecSort(8))
  let runs = 0
  const { paths } = explore(
    (path: Path) => {
      // The second time something is known before that was open the first time.
      if (runs++ > 0) path.decide(terms.ult(terms.bv(1, 8), terms.bv(2, 8)))
      return path.decide(terms.ult(x, terms.bv(10, 8)))
    },
    { terms, solver },
  )
  t.deepEqual(
    paths.map(({ end }) => (end.kind === 'undecidable' ? end.reason : end.kind)),
    ['ended', 'a path came to other questions when it was run again'],
  )
})
