/** The layouts of a network function's records, told from all paths on which both sides insert: see layouts.ts. */
import { Integers } from '../domains/symbolic/integer.js'
import { type ExploreOptions, explore } from './explore.js'
import { type Example, examplesOf, layoutsOf, packetsLike, storedOn } from './layouts.js'
import type { Start } from './machine/index.js'
import type { Pairing } from './pairing.js'
import type { Subject } from './subject.js'

export interface StoredRecords {
  readonly pairing: Pairing
  /** Records whose layout was not found, and why. */
  readonly missing: readonly string[]
  readonly examples: readonly Example[]
}

export interface StoredOptions extends ExploreOptions {
  /** Bytes of the longest packet. */
  readonly longest: number
  /** Numbers from 0 to below 1 for trying out packets. */
  readonly random: () => number
}

export function storedRecords(subject: Subject, start: Start, bare: Pairing, options: StoredOptions): StoredRecords {
  const { terms, longest, random } = options
  const integers = new Integers(terms)
  // Nothing is proved by it.
  const { paths } = explore((path) => storedOn(subject, start, bare, longest, path), { ...options, isJudging: false })
  const examples = paths.flatMap(({ end, satisfied, facts }) => {
    if (end.kind !== 'ended' || satisfied.kind !== 'yes' || end.result.seen.length === 0) return []
    const { seen } = end.result
    return examplesOf(seen, packetsLike(satisfied.model, facts, seen, random), integers)
  })
  return { ...layoutsOf(bare, examples, integers), examples }
}
