import test from 'ava'
import fc from 'fast-check'

import { type Term, Terms } from '../../src/smt/index.js'
import { Layered } from '../../src/smt/knowledge/layered.js'
import { Ranges } from '../../src/smt/ranges.js'
import type { Range } from '../../src/smt/rewrite/rule.js'
import { cook, recipe } from './recipes.js'

const turn = fc.record({
  isNarrowed: fc.boolean(),
  of: fc.nat(60),
  from: fc.bigInt(0n, 300n),
  size: fc.bigInt(0n, 300n),
})

/** Narrows terms and asks for ranges in turn; the number of answers that are tighter than all there is, undefined if one is wrong. */
function play(turns: readonly (typeof turn extends fc.Arbitrary<infer T> ? T : never)[], all: readonly Term[]) {
  const first = new Layered<Term, Range>()
  let view = { narrowed: first, ranges: new Ranges({ narrowed: first }) }
  let tighter = 0
  for (const [i, { isNarrowed, of, from, size }] of turns.entries()) {
    // From the middle on, on top of what was known.
    if (i === turns.length >> 1) {
      const narrowed = new Layered(view.narrowed)
      view = { narrowed, ranges: new Ranges({ narrowed, before: view.ranges }) }
    }
    const term = all[of % all.length]
    if (term === undefined) continue
    const most = (1n << BigInt(term.width)) - 1n
    if (isNarrowed) {
      const lo = from > most ? most : from
      view.narrowed.set(term, { lo, hi: lo + size > most ? most : lo + size })
      view.ranges.narrowed(term)
      continue
    }
    const anew = new Ranges({ narrowed: view.narrowed }).of(term)
    const { lo, hi } = view.ranges.of(term)
    if (lo !== anew.lo || hi !== anew.hi) return undefined
    if (lo > 0n || hi < most) tighter++
  }
  return tighter
}

test('ranges are the same however they were found: remembered, narrowed since, on top of others, or all anew', (t) => {
  let tighter = 0
  fc.assert(
    fc.property(recipe, fc.array(turn, { minLength: 6, maxLength: 40 }), (one, turns) => {
      const vectors = cook(new Terms(), one).filter(({ sort, op }) => sort.kind === 'bitvec' && op !== 'bv')
      const found = vectors.length === 0 ? 0 : play(turns, vectors)
      tighter += found ?? 0
      return found !== undefined
    }),
    { numRuns: 2000 },
  )
  // Otherwise nothing was tested.
  t.true(tighter > 500, `${tighter} tighter`)
})
