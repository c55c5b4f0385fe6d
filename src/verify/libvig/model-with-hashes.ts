/**
 * A model in which hashes are libVig's. Products of 64 bits are too hard to be solved for; so what is hashed is taken from
 * models in which they are open, varied by a byte here and there, and with that fixed the products are numbers.
 */

import { Evaluator, type Limits, type Model, type SyncSolver, type Term, type Terms } from '../../smt/index.js'
import { Random } from '../../testbed/random.js'
import type { Made } from './operation.js'

const MOST_TRIES = 40
const LIMITS: Limits = { effort: 20_000, time: 10_000 }
const BYTES = 8

/** Undefined where none is found. */
export function modelWithHashes(
  terms: Terms,
  solver: SyncSolver,
  facts: readonly Term[],
  { exact, hashed }: Pick<Made, 'exact' | 'hashed'>,
): Model | undefined {
  const random = new Random(0, 'hashes')
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const open = solver.check([...facts, ...varied(attempt)], LIMITS)
    if (open.status !== 'sat') {
      if (attempt === 0 && open.status === 'unsat') return undefined
      continue
    }
    const values = new Evaluator(open.model)
    const fixed = hashed.map((word) => terms.eq(word, constant(values, word)))
    const answer = solver.check([...facts, ...fixed, ...exact], LIMITS)
    if (answer.status === 'sat') return answer.model
  }
  return undefined

  /** One byte of what is hashed, any of them. */
  function varied(attempt: number): readonly Term[] {
    const word = hashed[Math.floor(random.fraction() * hashed.length)]
    if (attempt === 0 || word === undefined) return []
    const at = Math.floor(random.fraction() * BYTES)
    const byte = Math.floor(random.fraction() * 256)
    return [terms.eq(terms.byte(at, word), terms.bv(byte, 8))]
  }

  function constant(values: Evaluator, word: Term): Term {
    const value = values.value(word)
    if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
    return terms.bv(value, word.width)
  }
}
