/** What became of a mutant of libVig: plain data, a line of the record. */
import type { Change } from '../../mutants/index.js'
import type { LineOf } from '../lines.js'
import type { Place } from '../outcome.js'
import type { Difference } from './difference.js'

/** The proof that it does not stand. */
export interface Refutation {
  readonly operation: string
  readonly scope: string
  readonly what: string
}

export type LibvigVerdict =
  | { readonly verdict: 'refuted'; readonly refutation: Refutation }
  /** The same instructions. */
  | { readonly verdict: 'equivalent' }
  /** Proved to give the same results and to leave the same bytes, in this many scopes; larger structures may tell. */
  | { readonly verdict: 'equivalent in scope'; readonly scopes: number }
  /** It keeps the contracts of all operations that it is part of, and is not proved to be the original. */
  | { readonly verdict: 'survivor' }
  | { readonly verdict: 'undecided'; readonly causes: readonly string[] }

export type LibvigJudged = LibvigVerdict & {
  /** What a call on both real binaries shows. */
  readonly difference?: Difference
  /** Why it is not proved to be the original, where no call was found that shows it. */
  readonly notEquivalent?: string
}

export type LibvigOutcome = Place & LibvigJudged & { readonly nf: 'libvig'; readonly seconds: number }

/** A mutant to be judged. */
export interface LibvigTask {
  readonly nf: 'libvig'
  /** Among the changes of the original. */
  readonly number: number
  readonly capacity: number
  /** Stages that did not come to an end before. */
  readonly without: readonly string[]
}

export function placeOf(
  { number, offset, functionName, operator, what }: Change,
  lineOf: LineOf,
): Place & { readonly nf: 'libvig' } {
  const at = lineOf(offset)
  return { nf: 'libvig', number, offset, functionName, operator, what, ...(at === undefined ? {} : { at }) }
}
