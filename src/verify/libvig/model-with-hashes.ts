/**
 * A model in which hashes are libVig's. Products of 64 bits are too hard to be solved for; so what is hashed is taken from
 * models in which they are open, varied by a byte here and there, and with that fixed the products are numbers.
 */

import { Evaluator, type Limits, Model, type SyncSolver, type Term, type Terms, type Value } from '../../smt/index.js'
import { Random } from '../../testbed/random.js'
import type { Made } from './operation.js'
import { type Parts, partsOf } from './products.js'

const MOST_TRIES = 40
const BYTE = 8
const LIMITS: Limits = { effort: 20_000, time: 10_000 }

/** Undefined where none is found. */
export function modelWithHashes(
  terms: Terms,
  solver: SyncSolver,
  facts: readonly Term[],
  hashing: Pick<Made, 'exact' | 'hashed'>,
): Model | undefined {
  for (const model of modelsWithHashes(terms, solver, facts, hashing)) return model
  return undefined
}

/** Several, as far as they are found; each but the first is unlike it in one of `varying`, the last of them first. */
export function* modelsWithHashes(
  terms: Terms,
  solver: SyncSolver,
  facts: readonly Term[],
  { exact, hashed }: Pick<Made, 'exact' | 'hashed'>,
  varying: readonly Term[] = [],
): Generator<Model> {
  const random = new Random(0, 'hashes')
  let first: Evaluator | undefined
  const session = solver.session()
  session.assert(...facts)
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const open = session.check(varied(attempt), LIMITS)
    if (open.status !== 'sat') {
      if (attempt === 0 && open.status === 'unsat') return
      continue
    }
    const values = new Evaluator(open.model)
    first ??= values
    if (hashed.length === 0) {
      yield open.model
      continue
    }
    const fixed = hashed.map((part) => terms.eq(part, constant(values, part)))
    const answer = session.check([...fixed, ...productsOf(values)], LIMITS)
    if (answer.status === 'sat') yield answer.model
  }

  function varied(attempt: number): readonly Term[] {
    if (attempt === 0) return []
    const part = varying[varying.length - attempt]
    if (part !== undefined && first !== undefined) return [terms.not(terms.eq(part, constant(first, part)))]
    return withAnyByte()
  }

  /** One byte of what is hashed, any of them. */
  function withAnyByte(): readonly Term[] {
    const part = hashed[Math.floor(random.fraction() * hashed.length)]
    if (part === undefined) return []
    const low = BYTE * Math.floor((random.fraction() * part.width) / BYTE)
    const width = Math.min(BYTE, part.width - low)
    const value = Math.floor(random.fraction() * 2 ** width)
    return [terms.eq(terms.extract(low + width - 1, low, part), terms.bv(value, width))]
  }

  /** What products are where that is hashed: numbers, since each has only what is hashed and earlier ones in it. */
  function productsOf(values: Evaluator): readonly Term[] {
    const known = new Model()
    for (const part of hashed) learn(known, part, values.value(part))
    return exact.map(({ product, real, parts }) => {
      const number = asNumber(new Evaluator(known).value(real))
      for (const [part, value] of partsOf(parts, number, firstOf(known, values, parts))) learn(known, part, value)
      return terms.eq(product, terms.bv(number, product.width))
    })
  }

  /** Where homes are counted from: where that is no product, the numbers of all products are the same for any. */
  function firstOf({ variables }: Model, values: Evaluator, parts: Parts): bigint {
    if (parts.kind === 'whole' || parts.first === undefined) return 0n
    const { symbol } = parts.first
    const known = symbol === undefined ? undefined : variables.get(symbol)
    if (known !== undefined) return asNumber(known)
    const value = values.value(parts.first)
    if (symbol !== undefined) variables.set(symbol, value)
    return asNumber(value)
  }

  function learn(model: Model, { symbol }: Term, value: Value): void {
    if (symbol === undefined) throw new TypeError('not a variable')
    model.variables.set(symbol, value)
  }

  function constant(values: Evaluator, part: Term): Term {
    return terms.bv(asNumber(values.value(part)), part.width)
  }
}

function asNumber(value: Value): bigint {
  if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
  return value
}
