import test from 'ava'
import fc from 'fast-check'

import { Evaluator, sameValue, Terms } from '../../src/smt/index.js'
import { cook, modelOf, recipe } from './recipes.js'

test('a simplified term has the value of the term as written, under every assignment', (t) => {
  fc.assert(
    fc.property(recipe, (one) => {
      const terms = new Terms()
      const simplified = cook(terms, one)
      const written = cook(terms.raw, one)
      const evaluator = new Evaluator(modelOf(terms, one))
      for (const [i, term] of simplified.entries()) {
        const raw = written[i]
        if (raw === undefined) return false
        if (!sameValue(evaluator.value(term), evaluator.value(raw))) return false
      }
      return true
    }),
    { numRuns: 2000 },
  )
  t.pass()
})
