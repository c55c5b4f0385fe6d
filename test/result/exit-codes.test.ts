import { readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'

import { combineExitCodes, exitCodeOf, exitCodes, exitCodesPage } from '../../src/result/index.js'

test('docs/exit-codes.md is printed from the table', (t) => {
  t.is(readFileSync('docs/exit-codes.md', 'utf8'), exitCodesPage(), 'run: node build/src/cli/write-docs.js')
})

test('where several apply, the precedence is 1, 70, 2, 3, 4, 0', (t) => {
  const order = [1, 70, 2, 3, 4, 0]
  t.deepEqual(
    exitCodes.map(({ code }) => code),
    order,
  )
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...order)), (codes) => {
      const first = order.find((code) => codes.includes(code)) ?? 0
      return combineExitCodes(codes) === first
    }),
  )
})

test('a code outside the table is an own error', (t) => {
  t.is(combineExitCodes([0, 99, 2]), 70)
})

test('every verdict has its exit code', (t) => {
  const verdicts = ['holds', 'violated', 'undecided', 'error'] as const
  t.deepEqual(verdicts.map(exitCodeOf), [0, 1, 4, 70])
})
